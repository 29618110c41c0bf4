"""A release as it runs: its page, what it says happens next, and its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import Dose, Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.expiring import end_releases
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.states import DoseState
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.staff import find_version, log_in, make_member, make_neighbour

pytestmark = pytest.mark.usefixtures("saturday_noon")

LIVE = "/zentrum/korbach/freigabe/1/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def see(client: Client) -> str:
    return client.get(LIVE).content.decode()


def test_what_stands_on_the_page(world: World, client: Client) -> None:
    world.entries(3)
    offers = ask(world.release(doses=3, note="Fläschchen 2"))
    accept_offer(offers[0], now=NOON + timedelta(minutes=1))
    page = see(client)
    for words in (
        "Freigabe 1 · seit 12:00 Uhr · Rest aus Fläschchen",
        "Fläschchen 2",
        "Comirnaty, 3 Dosen, bis 18:00 Uhr",
        "1 von 3 vergeben",
        "noch 6 Stunden",
        "2 angeboten, Frist läuft",
        "1 zugesagt",
        "2 Angebote laufen, das nächste endet um 12:15 Uhr",
        "Sagt niemand zu, fragen wir sofort die Nächsten. Sie müssen nichts tun.",
        "Zusage für Dosis 1",
        "Welle 1: 3 Personen aus Gruppe 2",
        "3 Dosen freigegeben",
    ):
        assert words in page
    assert offers[0].entry.family_name not in page, "nobody is named here"


def test_before_the_first_offer(world: World, client: Client) -> None:
    world.release()
    assert "Wir fragen gleich die Nächsten" in see(client)


def test_while_the_messages_are_on_their_way(world: World, client: Client) -> None:
    world.entry()
    match_release(world.release().pk, now=NOON)
    assert "1 Angebot wird gerade verschickt" in see(client)


def test_when_nobody_is_left(world: World, client: Client) -> None:
    ask(world.release(doses=2))
    page = see(client)
    assert "Zurzeit ist niemand mehr erreichbar" in page
    assert "Niemand mehr erreichbar, 2 Dosen bleiben frei" in page


def test_when_the_last_offers_run(world: World, client: Client) -> None:
    world.entry()
    ask(world.release(doses=2))
    assert "Danach ist zurzeit niemand mehr auf der Liste, der passt." in see(client)


def test_when_all_doses_are_taken(world: World, client: Client) -> None:
    world.entry()
    release = world.release()
    for offer in ask(release):
        accept_offer(offer, now=NOON)
    match_release(release.pk, now=NOON)
    page = see(client)
    assert "Alle Dosen sind vergeben" in page
    assert "hx-trigger" in page, "somebody may still cancel"


def test_after_the_end_nothing_asks_any_more(world: World, client: Client) -> None:
    world.release(doses=2)
    with time_machine.travel(NOON + timedelta(hours=7), tick=False):
        end_releases(now=NOON + timedelta(hours=7))
        page = log_in(world.staff).get(LIVE).content.decode()
    assert "Diese Freigabe ist vorbei" in page
    assert "2 verfallen" in page
    assert "hx-trigger" not in page


def test_a_poll_without_news_is_empty(world: World, client: Client) -> None:
    world.entry()
    release = world.release()
    version = find_version(see(client))
    assert client.get(LIVE, {"stand": version}, headers=HTMX).status_code == 204
    ask(release)
    news = client.get(LIVE, {"stand": version}, headers=HTMX)
    assert (news.status_code, "<html" in news.content.decode()) == (200, False)


@pytest.mark.parametrize("number", [2, 0, 10**30])
def test_an_unknown_number_is_not_found(world: World, client: Client, number: int) -> None:
    world.release()
    assert client.get(f"/zentrum/korbach/freigabe/{number}/").status_code == 404


def test_the_number_of_a_neighbour_is_another_release(world: World) -> None:
    world.release()
    client = log_in(make_member(make_neighbour(world), Role.CENTRE_STAFF))
    assert client.get("/zentrum/bad-wildungen/freigabe/1/").status_code == 404


def test_ending_asks_first_and_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    world.entries(2)
    ask(world.release(doses=2))
    with nothing_is_written():
        assert "Freigabe 1 beenden?" in client.get(f"{LIVE}beenden/").content.decode()
        client.get(LIVE)
        client.get(LIVE, headers=HTMX)


def test_ending_keeps_promises(world: World, client: Client) -> None:
    world.entries(2)
    offers = ask(world.release(doses=3))
    accept_offer(offers[0], now=NOON)
    assert client.post(f"{LIVE}beenden/").headers["Location"] == LIVE
    states = list(Dose.objects.order_by("number").values_list("state", flat=True))
    assert states == [DoseState.CONFIRMED, DoseState.WITHDRAWN, DoseState.WITHDRAWN]
    assert not Offer.objects.live().exists()
    page = see(client)
    assert "Diese Freigabe wurde beendet" in page
    assert "Freigabe beendet, 2 Dosen zurückgenommen" in page


def test_who_ends_second_sees_what_the_first_did(world: World, client: Client) -> None:
    stop_release(world.release(), by=world.staff, now=NOON)
    assert client.get(f"{LIVE}beenden/").headers["Location"] == LIVE
    page = client.post(f"{LIVE}beenden/", follow=True).content.decode()
    assert "Diese Freigabe läuft nicht mehr." in page


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_release(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    world.entries(rows + 2)
    for offer in ask(world.release(doses=rows + 1))[:rows]:
        accept_offer(offer, now=NOON)
    for headers in ({}, HTMX):
        with django_assert_num_queries(12):
            response = client.get(LIVE, headers=headers)
        assert len(response.context["view"].doses) == rows + 1


def test_when_nobody_is_left_it_says_why_and_what_would_help(world: World, client: Client) -> None:
    world.entries(2, priority_group=4)
    world.entry(travel_minutes=240)
    match_release(world.release(doses=1, use_by=NOON + timedelta(hours=3)).pk, now=NOON)
    page = see(client)
    assert "Warum niemand mehr gefragt wird" in page
    assert "Gruppe noch nicht geöffnet" in page
    assert "kann nicht rechtzeitig da sein" in page
    assert "Öffnet der Landkreis Gruppe 4: 2 Personen mehr." in page


def test_while_people_are_being_asked_no_shortage_is_explained(world: World, client: Client) -> None:
    world.entries(3)
    ask(world.release(doses=1))
    assert "Warum niemand mehr gefragt wird" not in see(client)
