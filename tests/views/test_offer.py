"""The page of an offer in each of its states: right words, right status, and a GET that changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from icalendar import Calendar

from impfzentrum.models import Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from tests.conftest import World
from tests.factories import NOON, ask, open_race
from tests.views.citizens import text_of

NothingWritten = Callable[[], AbstractContextManager[None]]
KEPT = "Ihr Platz auf der Liste bleibt erhalten."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def offer(world: World) -> Offer:
    world.entry(travel_minutes=25)
    return ask(world.release())[0]


def path(offer: Offer, step: str = "") -> str:
    return f"/a/{offer.token}/{step}"


def test_an_open_offer_says_until_when_and_what(
    client: Client, offer: Offer, nothing_is_written: NothingWritten
) -> None:
    with nothing_is_written():
        page = client.get(path(offer))
    words = text_of(page)
    assert page.status_code == 200
    for part in (
        "Angebot, noch kein Termin",
        "12:15 Uhr",
        "noch 15 Minuten. So lange ist die Dosis nur für Sie reserviert.",
        "Comirnaty (BioNTech), 1. Impfung",
        "heute zwischen 12:30 und 17:45 Uhr",
        "etwa 25 Minuten von Ihnen",
    ):
        assert part in words
    assert "Südring" not in words, "the address comes after the yes"


def test_a_link_is_nobody_elses(client: Client, offer: Offer) -> None:
    page = client.get(path(offer))
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_yes_leads_to_place_time_and_code(client: Client, offer: Offer, nothing_is_written: NothingWritten) -> None:
    answer = client.post(path(offer), {"answer": "yes"})
    assert (answer.status_code, answer["Location"]) == (303, path(offer))
    offer.refresh_from_db()
    assert offer.dose is not None
    with nothing_is_written():
        words = text_of(client.get(path(offer)))
    for part in ("Ihr Termin steht fest", offer.dose.check_in_code, "Südring 2", "34497 Korbach", "Termin absagen"):
        assert part in words


def test_a_second_yes_is_the_same_yes(client: Client, offer: Offer) -> None:
    assert [client.post(path(offer), {"answer": "yes"}).status_code for _twice in range(2)] == [303, 303]


def test_no_keeps_the_place(client: Client, offer: Offer) -> None:
    page = client.post(path(offer), {"answer": "no"}, follow=True)
    assert (page.status_code, "In Ordnung, heute nicht" in text_of(page)) == (200, True)
    offer.entry.refresh_from_db()
    assert offer.entry.state == "waiting"


@pytest.mark.parametrize("given", ["", "maybe", "YES"])
def test_an_answer_that_is_none(client: Client, offer: Offer, given: str) -> None:
    page = client.post(path(offer), {"answer": given})
    assert (page.status_code, "Bitte antworten Sie bis" in text_of(page)) == (400, True)


def test_an_answer_after_the_end(client: Client, offer: Offer, clock: time_machine.Traveller) -> None:
    clock.move_to(NOON + timedelta(minutes=16))
    before = client.get(path(offer))
    assert (before.status_code, KEPT in text_of(before)) == (410, True), "also before the sweep has come by"
    refused = client.post(path(offer), {"answer": "yes"})
    assert (refused.status_code, KEPT in text_of(refused)) == (409, True)
    after = client.get(path(offer))
    assert (after.status_code, "kam leider zu spät" in text_of(after)) == (410, True)


def test_an_offer_that_is_just_being_sent_is_open(client: Client, world: World) -> None:
    world.entry()
    release = world.release()
    match_release(release.pk, now=NOON)
    offer = release.offers.get()
    assert offer.state == "prepared"
    page = client.get(path(offer))
    assert (page.status_code, "Bitte antworten Sie bald" in text_of(page)) == (200, True)
    assert client.post(path(offer), {"answer": "yes"}).status_code == 303


def test_a_race_that_others_have_won(client: Client, world: World) -> None:
    release = world.release()
    winner, loser = (open_race(release, entry) for entry in world.entries(2))
    assert "mehrere Personen zugleich" in text_of(client.get(path(loser)))
    accept_offer(winner, now=NOON)
    page = client.post(path(loser), {"answer": "yes"})
    assert (page.status_code, "Andere waren ein wenig schneller" in text_of(page)) == (409, True)


def test_a_withdrawn_offer(client: Client, world: World, offer: Offer) -> None:
    stop_release(offer.release, by=world.staff, now=NOON)
    page = client.get(path(offer))
    assert (page.status_code, "Impfzentrum hat dieses Angebot zurückgezogen" in text_of(page)) == (410, True)
    assert client.post(path(offer), {"answer": "yes"}).status_code == 409


def test_no_after_a_yes_is_led_to_cancelling(client: Client, offer: Offer) -> None:
    accept_offer(offer, now=NOON)
    page = client.post(path(offer), {"answer": "no"})
    assert (page.status_code, "Termin absagen" in text_of(page)) == (409, True)


def test_yes_after_a_no_is_over(client: Client, offer: Offer) -> None:
    decline_offer(offer, now=NOON)
    page = client.post(path(offer), {"answer": "yes"})
    assert (page.status_code, "heute nicht" in text_of(page)) == (409, True)


def test_cancelling_asks_once_and_gives_the_dose_back(
    client: Client, offer: Offer, nothing_is_written: NothingWritten
) -> None:
    accept_offer(offer, now=NOON)
    with nothing_is_written():
        assert "Möchten Sie den Termin absagen?" in text_of(client.get(path(offer, "storno/")))
    page = client.post(path(offer, "storno/"), follow=True)
    assert page.redirect_chain == [(path(offer), 303)]
    assert "Ihr Termin ist abgesagt" in text_of(page)
    assert offer.release.doses.get().state == "free"


def test_there_may_be_nothing_to_cancel(client: Client, offer: Offer) -> None:
    assert "Bitte antworten Sie bis" in text_of(client.get(path(offer, "storno/")))
    page = client.post(path(offer, "storno/"))
    assert (page.status_code, "keinen zugesagten Termin" in text_of(page)) == (409, True)


def test_already_vaccinated_leaves_the_list(client: Client, offer: Offer, nothing_is_written: NothingWritten) -> None:
    with nothing_is_written():
        client.get(path(offer, "geimpft/"))
    page = client.post(path(offer, "geimpft/"), follow=True)
    assert "Sie stehen nicht mehr auf der Liste" in text_of(page)
    assert "Ihr Platz" not in text_of(page)
    offer.entry.refresh_from_db()
    assert offer.entry.state == "vaccinated"


def test_the_calendar_file(client: Client, offer: Offer) -> None:
    assert client.get(path(offer, "termin.ics")).status_code == 404
    accept_offer(offer, now=NOON)
    answer = client.get(path(offer, "termin.ics"))
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert answer["Content-Type"].startswith("text/calendar")
    assert event.decoded("dtstart") == offer.release.arrive_from
    cancel_dose(offer, now=NOON)
    assert client.get(path(offer, "termin.ics")).status_code == 404


@pytest.mark.parametrize("step", ["", "storno/", "geimpft/", "termin.ics"])
@pytest.mark.parametrize("token", ["x", "abcdefghijklmnopqrstuv", "'%22--", "a" * 300])
def test_a_forged_link_helps(client: Client, world: World, token: str, step: str) -> None:
    page = client.get(f"/a/{token}/{step}")
    assert (page.status_code, "Diesen Link kennen wir nicht" in text_of(page)) == (404, True)


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client: Client, offer: Offer, method: str) -> None:
    assert getattr(client, method)(path(offer)).status_code == 405
