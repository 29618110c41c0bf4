"""One table of everything that can lie behind the link of an offer: status, heading, and that there is a way on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client

from impfzentrum.models import County, Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.staying import leave_list
from impfzentrum.states import AttendanceState, OfferState
from tests.conftest import World
from tests.factories import NOON, ask, open_race

YES, NO = {"answer": "yes"}, {"answer": "no"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def offer(world: World) -> Offer:
    County.objects.update(hotline="05631 00 00 00")
    world.entry(travel_minutes=25)
    return ask(world.release())[0]


def end(state: OfferState) -> Callable[[Offer], None]:
    def close(offer: Offer) -> None:
        with transaction.atomic():
            close_offers(Offer.objects.filter(pk=offer.pk), state, now=NOON)

    return close


def accept(offer: Offer) -> None:
    accept_offer(offer, now=NOON)


def accept_and_cancel(offer: Offer) -> None:
    accept_offer(offer, now=NOON)
    cancel_dose(Offer.objects.get(pk=offer.pk), now=NOON)


def accept_and_miss(offer: Offer) -> None:
    accept_offer(offer, now=NOON)
    order = AttendanceOrder(offer, AttendanceState.MISSED, uuid4(), surely=True)
    note_attendance(order, by=User.objects.get(), now=NOON)


def expire_and_answer(offer: Offer) -> None:
    end(OfferState.EXPIRED)(offer)
    Client().post(f"/a/{offer.token}/", YES)


def decline_and_leave(offer: Offer) -> None:
    decline_offer(offer, now=NOON)
    leave_list(Offer.objects.get(pk=offer.pk).entry, now=NOON)


class Case(NamedTuple):
    """What happened to the offer, and then: looking, saying yes, saying no.

    A no that changes nothing is no conflict: it leads to the page that says how things stand.
    """

    before: Callable[[Offer], object]
    heading: str
    get: int
    yes: int
    no: int


CASES = {
    "open": Case(lambda offer: None, "Heute ist eine Impfdosis für Sie frei", 200, 303, 303),
    "accepted": Case(accept, "Ihr Termin steht fest", 200, 303, 409),
    "declined": Case(lambda offer: decline_offer(offer, now=NOON), "In Ordnung, heute nicht", 200, 409, 303),
    "declined, then left": Case(decline_and_leave, "In Ordnung, heute nicht", 200, 409, 303),
    "cancelled": Case(accept_and_cancel, "Ihr Termin ist abgesagt", 200, 409, 303),
    "unused": Case(accept_and_miss, "Sie wurden bei diesem Termin nicht geimpft", 200, 409, 303),
    "expired": Case(end(OfferState.EXPIRED), "Dieses Angebot ist abgelaufen", 410, 409, 303),
    "answered too late": Case(expire_and_answer, "Ihre Antwort kam leider zu spät", 410, 409, 303),
    "undeliverable": Case(end(OfferState.UNDELIVERABLE), "Dieses Angebot ist abgelaufen", 410, 409, 303),
    "withdrawn": Case(end(OfferState.WITHDRAWN), "Das Impfzentrum hat dieses Angebot zurückgezogen", 410, 409, 303),
}


def heading(page: bytes) -> str:
    found = re.findall(r"<h1[^>]*>(.*?)</h1>", page.decode(), re.DOTALL)
    assert len(found) == 1
    return " ".join(found[0].split())


def has_a_way_on(client: Client, page: bytes) -> bool:
    """A link or a form in the main part, and every one of its links leads to a page that is there."""
    main = page.decode().split("<main")[1].split("</main>")[0]
    links = [link for link in re.findall(r'href="(/[^"]*)"', main) if not link.endswith(".ics")]
    assert all(client.get(link).status_code in (200, 303, 410) for link in links)
    return bool(links) and "05631 00 00 00" in page.decode()


@pytest.mark.parametrize("name", CASES)
def test_every_page_has_its_status_its_heading_and_a_way_on(client: Client, offer: Offer, name: str) -> None:
    case = CASES[name]
    case.before(offer)
    page = client.get(f"/a/{offer.token}/")
    assert (page.status_code, heading(page.content)) == (case.get, case.heading)
    assert has_a_way_on(client, page.content)


@pytest.mark.parametrize(("given", "which"), [(YES, "yes"), (NO, "no")])
@pytest.mark.parametrize("name", CASES)
def test_every_answer_has_its_status(
    client: Client, offer: Offer, name: str, given: dict[str, str], which: str
) -> None:
    case = CASES[name]
    case.before(offer)
    page = client.post(f"/a/{offer.token}/", given)
    assert page.status_code == getattr(case, which)
    if page.status_code == 409:
        assert has_a_way_on(client, page.content)


@pytest.mark.parametrize("token", ["abcdefghijklmnopqrstuv", "x", "a" * 300, "äöü"])
def test_a_forged_link_is_not_found_and_helps(client: Client, offer: Offer, token: str) -> None:
    page = client.get(f"/a/{token}/")
    assert (page.status_code, heading(page.content)) == (404, "Diesen Link kennen wir nicht")
    assert "/link/" in page.content.decode()
    assert client.post(f"/a/{token}/", YES).status_code == 404


def test_an_old_offer_says_so_before_the_sweep_comes(
    client: Client, offer: Offer, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOON + timedelta(days=40))
    page = client.get(f"/a/{offer.token}/")
    assert (page.status_code, heading(page.content)) == (410, "Dieses Angebot ist abgelaufen")
    assert has_a_way_on(client, page.content)


def test_a_race_that_is_over_has_a_page_of_its_own(client: Client, world: World) -> None:
    County.objects.update(hotline="05631 00 00 00")
    release = world.release()
    winner, loser = (open_race(release, entry) for entry in world.entries(2))
    accept_offer(winner, now=NOON)
    end(OfferState.WITHDRAWN)(loser)
    page = client.get(f"/a/{loser.token}/")
    assert (page.status_code, heading(page.content)) == (410, "Alle Dosen sind schon vergeben")
    assert has_a_way_on(client, page.content)
    assert client.post(f"/a/{loser.token}/", YES).status_code == 409


def test_the_minutes_left_are_plain_text_and_only_a_script_makes_them_speak(client: Client, offer: Offer) -> None:
    page = client.get(f"/a/{offer.token}/").content.decode()
    assert 'data-seconds="900"' in page
    assert "noch 15 Minuten." in page
    assert "aria-live" not in page
    assert "countdown.js" in page
