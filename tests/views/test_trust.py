"""How people are chosen, easy language, feedback with its inbox, the list's state and word of an opening."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.forms.models import model_to_dict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from impfzentrum.models import AuditEvent, County, Feedback, GroupFigures, OpeningWatch
from impfzentrum.procedures.figuring import refresh_figures
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

HERE = "/waldeck-frankenberg/"
GIVE = f"{HERE}rueckmeldung/"
INBOX = "/kreis/waldeck-frankenberg/rueckmeldungen/"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{HERE}auswahl/", "Unter Gleichen entscheidet das Los."),
        (f"{HERE}leicht/", "Im Impf-Zentrum bleibt manchmal Impf-Stoff übrig."),
        (f"{HERE}rueckmeldung/?von=accepted", "Wie kamen Sie zurecht?"),
        (f"{HERE}rueckmeldung/danke/", "Danke für Ihre Rückmeldung"),
        ("/barrierefreiheit/", "Durchsetzungs- und Überwachungsstelle Barrierefreie Informationstechnik"),
        ("/datenschutz/", "bis Sie sich abmelden, dann sofort gelöscht"),
        ("/impressum/", "§ 5 DDG"),
        ("/link/unterwegs/", "Aus Datenschutz sagen wir hier nicht"),
    ],
)
def test_a_page_says_what_it_should_and_writes_nothing(
    client: Client, world: World, nothing_is_written: Callable[[], AbstractContextManager[None]], path: str, words: str
) -> None:
    with nothing_is_written():
        page = client.get(path)
    assert (page.status_code, words in text_of(page)) == (200, True)
    assert page.content.decode().count("<h1") == 1


def test_small_figures_are_withheld(client: Client, world: World) -> None:
    world.entries(7)
    refresh_figures(world.centre, now=NOON)
    GroupFigures.objects.filter(priority_group=2).update(asked=[3, 3, 3, 3], taken=[1, 1, 1, 1])
    words = text_of(client.get(f"{HERE}auswahl/"))
    assert "Gruppe 2 warten heute 7 Angebote 12 davon zugesagt weniger als 5" in words
    assert "Gruppe 1 warten heute weniger als 5" in words


@pytest.mark.parametrize("people", [1, 3])
def test_the_page_reads_counted_figures(client: Client, world: World, people: int) -> None:
    world.entries(people)
    refresh_figures(world.centre, now=NOON)
    with CaptureQueriesContext(connection) as queries:
        client.get(f"{HERE}auswahl/")
    assert len(queries) == 5
    assert not [one for one in queries if "standbyentry" in one["sql"]]


# --- the list's state


@pytest.mark.parametrize(
    ("state", "cap", "words", "may_watch"),
    [
        ("open", None, "Die Liste ist offen.", False),
        ("open", 5, "2 von höchstens 5 Plätzen sind vergeben.", False),
        ("open", 2, "2 Personen stehen auf der Liste, höchstens 2 nehmen wir auf.", True),
        ("capped", None, "Die Liste ist voll", True),
        ("paused", None, "Wir sortieren gerade.", True),
        ("closed", None, "Wir sortieren gerade.", False),
    ],
)
def test_the_state_is_told_with_number_text_and_a_way_on(
    client: Client, world: World, state: str, cap: int | None, words: str, may_watch: bool
) -> None:
    world.entries(2)
    text = "Wir sortieren gerade." if state in ("paused", "closed") else ""
    County.objects.update(list_state=state, list_cap=cap, list_text=text)
    page = client.get(HERE)
    assert words in text_of(page)
    assert (f"{HERE}nachricht/" in page.content.decode()) == may_watch


def test_from_the_page_to_the_confirmed_address_and_back(client: Client, world: World) -> None:
    assert client.get(f"{HERE}nachricht/")["Location"] == f"{HERE}anmelden/", "an open list needs no word"
    County.objects.update(list_state="paused")
    assert client.post(f"{HERE}nachricht/", {"email": "erika@", "website": ""}).status_code == 422
    assert client.post(f"{HERE}nachricht/", {"email": "erika@example.org", "website": "x"}).status_code == 303
    assert not OpeningWatch.objects.exists()
    answer = client.post(f"{HERE}nachricht/", {"email": "erika@example.org", "website": ""})
    assert answer["Location"] == f"{HERE}nachricht/unterwegs/"
    link = f"/o/{OpeningWatch.objects.get().token}/"
    assert "Bestätigen" in text_of(client.get(link))
    assert OpeningWatch.objects.get().confirmed_at is None
    assert "sobald die Liste öffnet" in text_of(client.post(link, {"wanted": "yes"}, follow=True))
    assert OpeningWatch.objects.get().confirmed_at == NOON
    assert "Ihre Adresse ist gelöscht" in text_of(client.post(link, {"wanted": "no"}))
    assert client.get(link).status_code == 404


def test_who_changes_the_list_stands_in_the_record(world: World) -> None:
    client = log_in(User.objects.create_superuser("root", password="demo-password"))
    world.entries(2)
    county = County.objects.get()
    form = {name: value for name, value in model_to_dict(county).items() if value is not None}
    form |= {"list_state": "paused", "list_text": "Bis Montag.", "list_cap": "1"}
    form |= {"offer_validity": "00:15:00", "cool_down": "04:00:00"}
    page = client.post(reverse("admin:impfzentrum_county_change", args=[county.pk]), form, follow=True)
    assert "mehr als die Höchstzahl" in text_of(page)
    event = AuditEvent.objects.get(action="list_changed")
    assert event.actor is not None
    assert event.actor.username == "root"
    assert event.detail["before"] == {"list_state": "open", "list_text": "", "list_cap": None}
    assert event.detail["after"] == {"list_state": "paused", "list_text": "Bis Montag.", "list_cap": 1}
    wrong = client.post(reverse("admin:impfzentrum_county_change", args=[county.pk]), form | {"list_state": "ajar"})
    assert wrong.status_code == 200
    assert AuditEvent.objects.filter(action="list_changed").count() == 1


# --- feedback


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [
        ({"rating": "5", "text": "", "page": "accepted"}, 303, 1),
        ({"rating": "", "text": "Zu kleine Schrift", "page": "status"}, 303, 1),
        ({"text": "ohne Seite"}, 303, 1),
        ({"rating": "", "text": "", "page": "status"}, 422, 0),
        ({"rating": "9", "text": "x", "page": "status"}, 422, 0),
        ({"rating": "1", "text": "x", "page": "/s/abc/"}, 422, 0),
        ({"rating": "1", "text": "x" * 2001, "page": "status"}, 422, 0),
        ({"rating": "1", "text": "x", "page": "status", "website": "buy"}, 303, 0),
    ],
)
def test_what_comes_into_the_inbox(client: Client, world: World, typed: dict[str, str], status: int, kept: int) -> None:
    assert client.post(GIVE, typed).status_code == status
    assert Feedback.objects.count() == kept


def test_what_was_typed_is_still_there_after_a_mistake(client: Client, world: World) -> None:
    page = client.post(GIVE, {"rating": "9", "text": "Zu <b>klein", "page": "left"}).content.decode()
    assert "Zu &lt;b&gt;klein" in page
    assert 'value="left"' in page


def test_it_needs_the_secret_of_a_form_and_has_a_limit(world: World) -> None:
    assert Client(enforce_csrf_checks=True).post(GIVE, {"rating": "1"}).status_code == 403
    client = Client()
    answers = [client.post(GIVE, {"rating": "1"}).status_code for _ in range(31)]
    assert answers == [303] * 30 + [429]


def give(world: World, count: int) -> None:
    for number in range(count):
        Feedback.objects.create(
            county=world.county,
            page="status",
            rating=2,
            text=f"Wort {number}",
            language="de",
            given_at=NOON + timedelta(minutes=number),
        )


@pytest.mark.parametrize("rows", [1, 3])
def test_the_inbox_takes_as_many_queries_however_full_it_is(world: World, rows: int) -> None:
    give(world, rows)
    client = log_in(make_member(world.centre, Role.COUNTY_ADMIN))
    with CaptureQueriesContext(connection) as queries:
        words = text_of(client.get(INBOX))
    assert f"Wort {rows - 1}" in words
    assert len(queries) == 7, [one["sql"][:100] for one in queries]


def test_the_inbox_has_pages_and_words_are_marked_as_read(world: World) -> None:
    give(world, 26)
    client = log_in(make_member(world.centre, Role.COUNTY_ADMIN))
    first, second = text_of(client.get(INBOX)), text_of(client.get(f"{INBOX}?seite=2"))
    assert "Wort 25" in first
    assert "Wort 0" in second
    assert "Seite 2 von 2" in second
    said = Feedback.objects.latest("pk")
    assert client.post(f"{INBOX}{said.pk}/gelesen/").status_code == 302
    said.refresh_from_db()
    assert (said.read_at, said.read_by is not None) == (NOON, True)
    assert "Gelesen am" in text_of(client.get(INBOX))


def test_who_may_read_and_who_may_mark(world: World) -> None:
    give(world, 1)
    said = Feedback.objects.get()
    for role in Role:
        client = log_in(make_member(world.centre, role))
        expected = {Role.COUNTY_ADMIN: (200, 302), Role.COUNTY_AUDITOR: (200, 403)}.get(role, (403, 403))
        assert (client.get(INBOX).status_code, client.post(f"{INBOX}{said.pk}/gelesen/").status_code) == expected


@pytest.mark.parametrize("place", ["accepted", "declined", "left", "status", "signed_up"])
def test_every_way_ends_with_the_form(client: Client, world: World, place: str) -> None:
    entry = world.entry(state="left" if place == "left" else "waiting")
    pages = {"left": f"/s/{entry.token}/", "status": f"/s/{entry.token}/", "signed_up": f"{HERE}anmelden/post/"}
    if place in pages:
        page = client.get(pages[place])
    else:
        [offer] = ask(world.release())
        answer = {"answer": "yes" if place == "accepted" else "no"}
        page = client.post(f"/a/{offer.token}/", answer, follow=True)
    assert f'name="page" value="{place}"' in page.content.decode()
