"""The dashboard of the day."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.opening_vials import note_vials
from impfzentrum.procedures.reporting import DoseView
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.citizens import text_of
from tests.views.staff import find_version, log_in

pytestmark = pytest.mark.usefixtures("saturday_noon")

TODAY = "/zentrum/korbach/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def client(world: World) -> Client:
    return log_in(world.staff)


def test_an_empty_day_says_so(client: Client) -> None:
    page = client.get(TODAY).content.decode()
    assert "<h1" in page
    assert "Samstag, 24. April, 12:00 Uhr" in page
    for sentence in ("Zurzeit läuft keine Freigabe.", "Heute hat noch niemand zugesagt.", "Zurzeit wartet niemand."):
        assert sentence in page
    assert "Neue Freigabe …" in page


def test_figures_racks_and_names_of_a_day(world: World, client: Client) -> None:
    world.entries(3, priority_group=1)
    offers = ask(world.release(doses=2))
    accept_offer(offers[0], now=NOON)
    response = client.get(TODAY)
    counts = response.context["counts"]
    assert (counts.filled, counts.open_doses, counts.held, counts.lapsed, counts.waiting) == (1, 1, 1, 0, 1)
    assert (counts.free, counts.confirmed, counts.arrived) == (0, 1, 0)
    page = response.content.decode()
    person = offers[0].entry
    assert f"{person.family_name}, {person.given_name}" in page
    assert person.mobile not in page, "contacts are nobody's business here"
    assert "12:30–17:45" in page
    assert "Comirnaty, 1. Dosis" in page
    assert offers[1].entry.family_name not in page, "who was only asked is not named"


def test_the_last_release_is_proposed_once_more(world: World, client: Client) -> None:
    world.entries(2)
    world.release(doses=6, use_by=NOON + timedelta(hours=5))
    response = client.get(TODAY)
    page = response.content.decode()
    assert "Noch einmal wie zuletzt: Comirnaty, bis 17:00 Uhr" in page
    assert 'name="doses" type="number" inputmode="numeric" autocomplete="off" min="1" max="200" value="6"' in page
    assert "2 Personen kommen infrage." in page


def test_a_poll_brings_the_moving_part_once(world: World, client: Client) -> None:
    world.release()
    first = client.get(TODAY, headers=HTMX)
    text = first.content.decode()
    assert "<html" not in text
    assert "csrfmiddlewaretoken" not in text
    version = find_version(text)
    assert client.get(TODAY, {"stand": version}, headers=HTMX).status_code == 204
    world.entry()
    assert client.get(TODAY, {"stand": version}, headers=HTMX).status_code == 200


def test_the_page_is_never_kept(client: Client) -> None:
    assert "no-store" in client.get(TODAY).headers["Cache-Control"]


def test_without_a_campaign_nothing_is_proposed(world: World, client: Client) -> None:
    world.campaign.state = "closed"
    world.campaign.save()
    assert "Zurzeit läuft keine Impfaktion." in client.get(TODAY).content.decode()
    assert client.get(f"{TODAY}freigeben/").status_code == 409


def test_pinned_rules_are_named(world: World, client: Client) -> None:
    world.campaign.rules_as_of = NOON.date()
    world.campaign.save()
    assert "rechnet mit den Regeln vom 24. April 2021" in client.get(TODAY).content.decode()


def test_looking_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    world.release()
    with nothing_is_written():
        client.get(TODAY)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_day(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    for _ in range(rows):
        world.entries(3, priority_group=1)
        release = world.release(doses=3)
        for offer in ask(release)[:2]:
            accept_offer(offer, now=NOON)
        note_vials(
            world.centre, world.campaign, world.vaccine, 1, NOON - timedelta(hours=5.5), by=world.staff, now=NOON
        )
    with django_assert_num_queries(26):
        response = client.get(TODAY)
    assert len(response.context["running"]) == len(response.context["vials"]) == len(response.context["alerts"]) == rows
    assert len(response.context["confirmed"]) == 2 * rows
    with django_assert_num_queries(18):
        client.get(TODAY, headers=HTMX)


def test_doses_drain_in_the_rack(world: World, client: Client) -> None:
    world.entry()
    ask(world.release())
    with time_machine.travel(NOON + timedelta(minutes=9), tick=False):
        [view] = client.get(TODAY).context["running"]
    assert list(view.doses) == [DoseView(1, view.doses[0].state, "6′", 6, 40)]


def test_the_day_list_says_what_to_prepare_and_who_comes_together(world: World, client: Client) -> None:
    first = world.entry(priority_group=1, interpreter="tr", needs="wheelchair,more_time")
    second = world.entry(priority_group=1, comes_with=first.companion_code)
    for offer in ask(world.release(doses=2)):
        accept_offer(offer, now=NOON)
    page = text_of(client.get(TODAY))
    assert "Dolmetschen: Türkisch" in page
    assert "Platz für einen Rollstuhl" in page
    assert f"Begleit-Code {second.companion_code}, möchte kommen mit {first.companion_code}" in page
    assert f"Begleit-Code {first.companion_code}" in page.replace(f"mit {first.companion_code}", "")
