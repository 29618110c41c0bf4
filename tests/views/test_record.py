"""The record on a page: search, paging, why, check, export. County admin and auditor read, nobody changes."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from impfzentrum.models import AuditEvent, Dose, RecordCheck
from impfzentrum.procedures import checking_record, searching_record
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.auditing import record, seal_events
from impfzentrum.procedures.checking_record import run_check, tend_checks
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member, make_stranger

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("saturday_noon")]

ROOT = "/kreis/waldeck-frankenberg/protokoll/"
WHY = f"{ROOT}warum/"


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.COUNTY_AUDITOR))


def names(page: HttpResponse) -> list[str]:
    return [one.name for one in page.context["events"]]  # type: ignore[attr-defined]


def look(client: Client, **query: object) -> HttpResponse:
    return client.get(ROOT, {name: str(value) for name, value in query.items()})  # type: ignore[return-value]


# --- search


def test_search_by_person_release_staff_and_topic(world: World, client: Client) -> None:
    person, other = world.entry(), world.entry()
    record(world.county.pk, "paused", other.public_id, now=NOON)
    release = world.release()
    offers = ask(release)
    asked = offers[0].entry
    accept_offer(offers[0], now=NOON)
    assert names(look(client, person=asked.public_id))[:2] == ["Zusage", "Menschen gefragt"]
    assert set(names(look(client, person=offers[0].public_id))) == set(names(look(client, person=asked.public_id)))
    code = Dose.objects.get().check_in_code
    assert names(look(client, person=code.lower())) == names(look(client, person=asked.public_id))
    quiet = person if asked == other else other
    assert "Zusage" not in names(look(client, person=quiet.public_id))
    assert set(names(look(client, centre=world.centre.pk, number=1))) >= {"Dosen freigegeben", "Zusage"}
    assert names(look(client, staff=world.staff.pk)) == ["Dosen freigegeben"]
    assert set(names(look(client, topic="lose"))) <= {"Startwert festgelegt", "Reihenfolge gelost"}
    assert names(look(client, start="1.3.2021", end="2.3.2021")) == []


def test_nobody_is_found_by_contact_or_name(world: World, client: Client) -> None:
    person = world.entry()
    for reference in (person.mobile, person.family_name, str(uuid.uuid4())):
        page = look(client, person=reference)
        assert page.status_code == 422
        assert "niemand bekannt" in text_of(page)


def test_the_page_shows_no_contact(world: World, client: Client) -> None:
    person = world.entry()
    record(world.county.pk, "joined", person.public_id, now=NOON, group=2)
    text = text_of(look(client, person=person.public_id))
    assert f"Person {str(person.public_id)[:8]}" in text
    assert person.family_name not in text
    assert person.mobile not in text


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"number": "1"}, "centre"),
        ({"number": "99", "centre": "own"}, "number"),
        ({"start": "2.4.2021", "end": "1.4.2021"}, "end"),
        ({"start": "gestern"}, "start"),
        ({"topic": "geld"}, "topic"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(
    world: World, client: Client, query: dict[str, str], field: str
) -> None:
    page = look(client, **{name: world.centre.pk if value == "own" else value for name, value in query.items()})
    assert page.status_code == 422
    assert page.context["form"].errors[field]  # type: ignore[attr-defined]


def test_pages_follow_each_other_without_gap_or_repeat(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching_record, "PAGE", 4)
    for number in range(10):
        record(world.county.pk, "replied", str(uuid.uuid4()), now=NOON - timedelta(minutes=number // 3), word=number)
    seen: list[int] = []
    page = look(client)
    for _ in range(5):
        seen += [one.event.pk for one in page.context["events"]]  # type: ignore[attr-defined]
        following = page.context["following"]  # type: ignore[attr-defined]
        if not following:
            break
        record(world.county.pk, "replied", "new", now=NOON, word="while reading")
        page = client.get(f"{ROOT}?{following}")  # type: ignore[assignment]
    first = AuditEvent.objects.exclude(subject="new").order_by("-at", "-pk").values_list("pk", flat=True)
    assert seen == list(first)
    assert names(look(client, nach="unlesbar")) == names(look(client))


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for _ in range(rows):
        world.release()
        record(world.county.pk, "joined", uuid.uuid4(), now=NOON, actor=world.staff)
        check = RecordCheck.objects.create(county=world.county, requested_by=world.staff, requested_at=NOON)
        RecordCheck.objects.filter(pk=check.pk).update(finished_at=NOON, started_at=NOON)
    with django_assert_num_queries(11):
        assert len(look(client, topic="").context["events"]) >= 2 * rows  # type: ignore[attr-defined]


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    person = world.entry()
    world.release()
    with nothing_is_written():
        assert look(client).status_code == 200
        assert client.get(WHY).status_code == 200
        query = {"centre": str(world.centre.pk), "number": "1", "person": str(person.public_id)}
        assert client.get(WHY, query).status_code == 200
    for end in ("pruefen/", "export/"):
        assert client.get(ROOT + end).status_code == 405


# --- why


def test_why_this_one_and_not_that_one(world: World, client: Client) -> None:
    people = world.entries(2)
    release = world.release()
    asked = ask(release)[0].entry
    other = next(one for one in people if one != asked)
    query = {"centre": world.centre.pk, "number": 1, "person": asked.public_id, "other": other.public_id}
    text = text_of(client.get(WHY, {name: str(value) for name, value in query.items()}))
    assert "Ja: gefragt am 24.04.2021, 12:00 Uhr" in text
    assert "Nein, sie wurde nicht gefragt." in text
    assert "Beide in Gruppe 2: Das Los stellte die erste Person weiter vorn" in text


def test_why_needs_a_release_and_a_person(world: World, client: Client) -> None:
    page = client.get(WHY, {"centre": str(world.centre.pk), "number": "", "person": ""})
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"number", "person"}


# --- check


def test_a_worker_checks_and_the_result_is_shown(world: World, client: Client) -> None:
    world.entries(2)
    ask(world.release())
    seal_events(world.county)
    assert client.post(f"{ROOT}pruefen/").status_code == 302
    check = RecordCheck.objects.get()
    assert "wartet auf einen freien Rechner" in text_of(look(client))
    assert "läuft schon" in text_of(client.post(f"{ROOT}pruefen/", follow=True))
    for _ in range(2):  # woken twice
        run_check(check.pk, clock=lambda: NOON + timedelta(minutes=2))
    text = text_of(look(client))
    assert "Alles stimmt" in text
    assert "fertig 12:02 Uhr" in text
    assert AuditEvent.objects.get(action="record_checked").detail["faults"] == 0


def test_a_fault_is_shown_in_words(world: World, client: Client) -> None:
    ask(world.release())
    seal_events(world.county)
    AuditEvent.objects.create(county=world.county, at=NOON, action="paused", subject="x", position=900, digest="0" * 64)
    check = RecordCheck.objects.create(county=world.county, requested_by=world.staff, requested_at=NOON)
    run_check(check.pk, clock=lambda: NOON)
    text = text_of(look(client))
    assert "Protokolleintrag 900 passt nicht zu seiner Prüfsumme" in text
    assert "Alles stimmt" not in text


@pytest.mark.expects_errors
def test_a_check_that_breaks_off_says_so(world: World, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_off(county: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(checking_record, "verify_record", break_off)
    check = RecordCheck.objects.create(county=world.county, requested_by=world.staff, requested_at=NOON)
    run_check(check.pk, clock=lambda: NOON)
    assert "Die Prüfung brach ab." in text_of(look(client))


def test_a_lost_wake_up_and_a_dead_worker(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[int] = []
    monkeypatch.setattr(checking_record, "wake_record_check", woken.append)
    check = RecordCheck.objects.create(county=world.county, requested_by=world.staff, requested_at=NOON)
    tend_checks(now=NOON)
    assert woken == []
    tend_checks(now=NOON + timedelta(minutes=2))
    assert woken == [check.pk]
    RecordCheck.objects.update(started_at=NOON)
    tend_checks(now=NOON + timedelta(hours=7))
    check.refresh_from_db()
    assert check.failed


# --- export


@pytest.mark.parametrize(("kind", "begin"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")])
def test_the_export_holds_the_same_rows_and_is_noted(world: World, client: Client, kind: str, begin: bytes) -> None:
    record(world.county.pk, "sending_stopped", "x", now=NOON, actor=world.staff, reason="=1+1")
    seal_events(world.county)
    answer = client.post(f"{ROOT}export/", {"topic": "versand", "format": kind})
    assert answer.content.startswith(begin)
    assert f"protokoll-waldeck-frankenberg-2021-04-24.{kind}" in answer["Content-Disposition"]
    event = AuditEvent.objects.get(action="record_exported")
    assert event.detail["rows"] == 1
    assert event.actor.membership.role == Role.COUNTY_AUDITOR  # type: ignore[union-attr]
    if kind == "csv":
        _head, row = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert row[2] == "Versand angehalten"
        assert not any(cell.startswith("=") for cell in row)


def test_a_faulty_search_exports_nothing(client: Client) -> None:
    assert client.post(f"{ROOT}export/", {"start": "nie", "format": "csv"}).status_code == 422
    assert not AuditEvent.objects.filter(action="record_exported").exists()


# --- who may


@pytest.mark.parametrize("role", Role)
def test_only_the_county_reads(world: World, role: Role) -> None:
    make_stranger()
    client = log_in(make_member(world.centre, role, username=f"r-{role}"))
    reads = role in (Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR)
    for page in (ROOT, WHY):
        assert client.get(page).status_code == (200 if reads else 403)
        assert client.get(page.replace("waldeck-frankenberg", "heidekreis")).status_code == (404 if reads else 403)
    for end in ("pruefen/", "export/"):
        assert client.post(f"/kreis/heidekreis/protokoll/{end}").status_code == (404 if reads else 403)


def test_another_county_is_in_no_answer(world: World, client: Client) -> None:
    centre, release = make_stranger()
    person = release.centre.entries.first()
    assert person is None
    record(centre.county_id, "joined", uuid.uuid4(), now=NOON)
    assert all(one.event.county_id == world.county.pk for one in look(client).context["events"])  # type: ignore[attr-defined]
    assert look(client, centre=centre.pk, number=1).status_code == 422
