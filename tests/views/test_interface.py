"""The way in for booking systems: a key, small JSON, each event once; and the page where keys are made."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import AuditEvent, Booking, CancelReport, InterfaceKey
from impfzentrum.procedures.forgetting_bookings import apply_stray_reports
from impfzentrum.procedures.limiting import Limit
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.test_importing import bring, take
from tests.tables import ugly
from tests.views.booked import SECRET, book, make_interface_key
from tests.views.staff import log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")
ADDRESS = "/schnittstelle/termine/storno/"
KEYS = "/zentrum/korbach/termine/schnittstelle/"


def report(event_id: object = "e-1", reference: object = "KB-1", *, secret: str = SECRET, **more: Any) -> Any:
    """Status and body of an answer."""
    body = {"event_id": event_id, "reference": reference, **more}
    return send(json.dumps(body), secret=secret)


def send(body: str | bytes, *, secret: str = SECRET, kind: str = "application/json") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    response = Client(enforce_csrf_checks=True).post(ADDRESS, body, content_type=kind, headers=headers)
    return response.status_code, response.json()


def test_a_cancellation_is_noted_once_however_often_it_is_told(world: World) -> None:
    key = make_interface_key(world)
    booking = book(world)
    for _time in range(3):
        assert report() == (200, {"result": "cancelled", "event_id": "e-1", "reference": "KB-1"})
    booking.refresh_from_db()
    assert (booking.state, booking.marked_by) == ("cancelled", None)
    event = AuditEvent.objects.get(action="booking_cancelled")
    assert (event.actor, event.subject) == (None, str(booking.public_id))
    assert event.detail == {"by": "interface", "key": str(key.public_id)}
    assert report("e-2")[1]["result"] == "already"
    assert CancelReport.objects.count() == 2


def test_staff_cannot_take_back_what_the_booking_system_said(world: World) -> None:
    make_interface_key(world)
    booking = book(world)
    report()
    booking.refresh_from_db()
    client = log_in(world.staff)
    assert "Rückgängig" not in client.get("/zentrum/korbach/termine/").content.decode()
    values = {"action": "undo", "seen": booking.state_since.isoformat()}
    client.post(f"/zentrum/korbach/termine/{booking.public_id}/", values)
    booking.refresh_from_db()
    assert booking.state == "cancelled"


def test_an_event_is_about_one_appointment(world: World) -> None:
    make_interface_key(world)
    report()
    status, body = report("e-1", "KB-2")
    assert (status, body["error"]) == (409, "event_reused")


def test_what_is_not_known_yet_is_cancelled_when_it_is_taken_in(world: World) -> None:
    make_interface_key(world)
    assert report("e-1", "KB-1001")[1]["result"] == "waiting"
    take(world, bring(world, ugly.windows_1252()))
    assert Booking.objects.get(reference="KB-1001").state == "cancelled"
    assert report("e-1", "KB-1001")[1]["result"] == "cancelled"


def test_a_report_and_a_file_that_missed_each_other_meet_within_a_minute(world: World) -> None:
    make_interface_key(world)
    report()
    booking = book(world)  # committed in the same moment: neither saw the other
    apply_stray_reports(now=NOON + timedelta(minutes=1))
    booking.refresh_from_db()
    assert booking.state == "cancelled"
    later = book(world, "KB-7")
    report("e-9", "KB-7-alt")
    apply_stray_reports(now=NOON + timedelta(days=2))
    later.refresh_from_db()
    assert later.state == "planned"


def test_a_key_reaches_its_own_centre_only(world: World) -> None:
    key = make_interface_key(world)
    InterfaceKey.objects.filter(pk=key.pk).update(centre=make_neighbour(world))
    booking = book(world)
    assert report()[1]["result"] == "waiting"
    booking.refresh_from_db()
    assert booking.state == "planned"


@pytest.mark.parametrize("secret", ["", "nr_wrong", SECRET[:-1], " "])
def test_without_a_valid_key_nothing_is_said(world: World, secret: str) -> None:
    make_interface_key(world)
    book(world)
    status, body = report(secret=secret)
    assert (status, body["error"]) == (401, "unauthorized")
    assert not CancelReport.objects.exists()


def test_a_revoked_key_opens_nothing(world: World) -> None:
    make_interface_key(world)
    InterfaceKey.objects.update(revoked_at=NOON, revoked_by=world.staff)
    assert report()[0] == 401


WRONG: dict[str, tuple[Any, tuple[Any, ...], int, str]] = {
    "not JSON": (send, ("{",), 400, "not_json"),
    "not UTF-8": (send, (b"\xff\xfe",), 400, "not_json"),
    "deep": (send, ("[" * 4_000,), 400, "not_json"),
    "a list": (send, ("[]",), 422, "invalid"),
    "empty": (send, ("{}",), 422, "invalid"),
    "too large": (send, (json.dumps({"event_id": "x" * 5_000}),), 413, "too_large"),
    "no event": (report, ("", "KB-1"), 422, "invalid"),
    "a list as number": (report, ("e", ["KB-1"]), 422, "invalid"),
    "yes as number": (report, ("e", True), 422, "invalid"),
    "a long number": (report, ("e", "x" * 61), 422, "invalid"),
    "a zero byte": (report, ("e\0", "KB-1"), 422, "invalid"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_in_json(world: World, name: str) -> None:
    make_interface_key(world)
    call, arguments, status, code = WRONG[name]
    assert (call(*arguments)[0], call(*arguments)[1]["error"]) == (status, code)
    assert not CancelReport.objects.exists()


def test_fields_and_forms_are_named(world: World) -> None:
    make_interface_key(world)
    assert report("e", "", name="Erika")[1]["fields"] == {
        "reference": "required, a non-empty string",
        "name": "unknown field",
    }
    assert send("event_id=1", kind="application/x-www-form-urlencoded")[0] == 415
    response = Client().get(ADDRESS)
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")


def test_a_number_may_come_as_a_number(world: World) -> None:
    make_interface_key(world)
    book(world, "4711")
    assert report(17, 4711) == (200, {"result": "cancelled", "event_id": "17", "reference": "4711"})


def test_too_many_requests_are_told_when_to_come_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_interface_key(world)
    monkeypatch.setattr(Limit.INTERFACE, "most", 2)
    assert [report(f"e-{number}")[0] for number in range(3)] == [200, 200, 429]
    monkeypatch.setattr(Limit.INTERFACE_REFUSED, "most", 1)
    assert [report(secret="wrong")[0] for _ in range(2)] == [401, 429]


def test_a_key_is_shown_once_and_kept_as_a_hash(world: World) -> None:
    client = log_in(make_member(world.centre, Role.CENTRE_LEAD))
    book(world)
    values = {"name": "Terminportal", "form_key": str(uuid.uuid4())}
    page = client.post(KEYS, values).content.decode()
    found = re.search(r"nr_[\w-]{43}", page)
    assert found
    assert found[0] not in client.get(KEYS).content.decode()
    assert found[0] not in client.post(KEYS, values, follow=True).content.decode()
    assert found[0] not in str(InterfaceKey.objects.values())
    assert report(secret=found[0])[1]["result"] == "cancelled"
    assert "zuletzt benutzt am 24.04.2021, 12:00 Uhr" in client.get(KEYS).content.decode()
    key = InterfaceKey.objects.get()
    client.post(f"{KEYS}{key.public_id}/")
    assert report("e-2", secret=found[0])[0] == 401
    assert "widerrufen am 24.04.2021" in client.get(KEYS).content.decode()
    actions = AuditEvent.objects.filter(action__startswith="interface").order_by("pk")
    assert list(actions.values_list("action", flat=True)) == ["interface_key_made", "interface_key_revoked"]


def test_a_key_needs_a_name(world: World) -> None:
    client = log_in(make_member(world.centre, Role.CENTRE_LEAD))
    page = client.post(KEYS, {"name": " ", "form_key": str(uuid.uuid4())})
    assert (page.status_code, InterfaceKey.objects.count()) == (422, 0)
    with time_machine.travel(NOON):
        assert "Bitte geben Sie dem Schlüssel einen Namen." in page.content.decode()
