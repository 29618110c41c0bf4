"""Further centres on the personal page: chosen in one form, told on the status page, and named in every offer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from impfzentrum.models import AuditEvent, Centre, FurtherCentre, StandbyEntry
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import error_beside, text_of

CountQueries = Callable[[int], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def arolsen(world: World) -> Centre:
    return factories.make_centre(
        world.county, slug="bad-arolsen", name="Impfzentrum Bad Arolsen", street="Große Allee 1", town="Bad Arolsen"
    )


def page_of(entry: StandbyEntry, step: str = "orte/") -> str:
    return f"/s/{entry.token}/{step}"


def chosen(entry: StandbyEntry) -> dict[int, int]:
    return dict(FurtherCentre.objects.filter(entry=entry).values_list("centre", "travel_minutes"))


def tick(centre: Centre, minutes: str) -> dict[str, str]:
    return {f"centre_{centre.pk}": "on", f"minutes_{centre.pk}": minutes}


def test_a_centre_is_chosen_told_and_given_up(client: Client, world: World, arolsen: Centre) -> None:
    entry = world.entry()
    status = text_of(client.get(page_of(entry, "")))
    assert "Weitere Impfzentren keine" in status
    assert "Weitere Impfzentren wählen" in status
    form = text_of(client.get(page_of(entry)))
    assert "Ihr Impfzentrum bleibt: Impfzentrum Korbach , 20 Minuten von Ihnen." in form
    answer = client.post(page_of(entry), tick(arolsen, "35 Minuten"), follow=True)
    assert answer.redirect_chain == [(page_of(entry, ""), 303)]
    assert "Ihre Impfzentren sind gespeichert." in text_of(answer)
    assert "Weitere Impfzentren Impfzentrum Bad Arolsen, 35 Minuten von Ihnen" in text_of(answer)
    draws = reverse("citizen:draws", args=["bad-arolsen"])
    assert f'href="{draws}"' in answer.content.decode(), "where their lots of that centre are explained"
    form = client.get(page_of(entry)).content.decode()
    assert f'name="centre_{arolsen.pk}"' in form
    assert " checked" in form
    assert 'value="35"' in form
    client.post(page_of(entry), {f"minutes_{arolsen.pk}": "35"})
    assert chosen(entry) == {}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Bitte geben Sie an, wie viele Minuten Sie brauchen: Impfzentrum Bad Arolsen."),
        ("bald", "als ganze Zahl"),
        ("241", "höchstens 240 Minuten"),
        ("0", "mindestens eine Minute"),
    ],
)
def test_what_is_wrong_is_told_beside_it_and_nothing_typed_is_lost(
    client: Client, world: World, arolsen: Centre, typed: str, sentence: str
) -> None:
    entry = world.entry()
    other = factories.make_centre(world.county, slug="bad-wildungen", name="Impfzentrum Bad Wildungen")
    answer = client.post(page_of(entry), {**tick(arolsen, typed), **tick(other, "47")})
    assert answer.status_code == 422
    assert sentence in error_beside(answer, f"minutes_{arolsen.pk}")
    assert error_beside(answer, f"minutes_{other.pk}") == ""
    page = answer.content.decode()
    assert page.count(" checked") == 2
    assert 'value="47"' in page
    assert not typed or f'value="{typed}"' in page
    assert chosen(entry) == {}


def test_minutes_without_a_tick_count_for_nothing(client: Client, world: World, arolsen: Centre) -> None:
    entry = world.entry()
    for typed in ("", "35", "bald", "999"):
        assert client.post(page_of(entry), {f"minutes_{arolsen.pk}": typed}).status_code == 303
    assert chosen(entry) == {}


def test_only_centres_of_the_own_county_can_be_ticked(client: Client, world: World, arolsen: Centre) -> None:
    entry = world.entry()
    abroad = factories.make_centre(factories.make_county("heidekreis", "03358"), slug="soltau", name="Soltau")
    page = client.get(page_of(entry))
    assert "Soltau" not in text_of(page)
    assert f"centre_{world.centre.pk}" not in page.content.decode()
    client.post(page_of(entry), {**tick(abroad, "30"), **tick(world.centre, "30")})
    assert chosen(entry) == {}


def test_where_there_is_one_centre_nothing_is_said_of_others(client: Client, world: World) -> None:
    entry = world.entry()
    assert "Weitere Impfzentren" not in text_of(client.get(page_of(entry, "")))
    for answer in (client.get(page_of(entry)), client.post(page_of(entry))):
        assert (answer.status_code, answer["Location"]) == (303, page_of(entry, ""))


@pytest.mark.parametrize("state", ["vaccinated", "left"])
def test_who_is_off_the_list_chooses_nothing(client: Client, world: World, arolsen: Centre, state: str) -> None:
    entry = world.entry(state=state)
    assert "Weitere Impfzentren wählen" not in text_of(client.get(page_of(entry, "")))
    assert client.get(page_of(entry)).status_code == 303
    answer = client.post(page_of(entry), tick(arolsen, "30"))
    assert answer.status_code == 409
    assert "Das ist im Augenblick nicht möglich" in text_of(answer)
    assert chosen(entry) == {}


def test_looking_writes_nothing_and_strangers_see_nothing(
    client: Client, world: World, arolsen: Centre, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    entry = world.entry()
    with nothing_is_written():
        assert client.get(page_of(entry)).status_code == 200
    assert client.get("/s/abcdefghijklmnopqrstuv/orte/").status_code == 404


def test_an_offer_elsewhere_names_its_own_place_all_the_way(client: Client, world: World, arolsen: Centre) -> None:
    entry = world.entry()
    client.post(page_of(entry), tick(arolsen, "35"))
    (offer,) = factories.ask(factories.make_release(arolsen, world.campaign, world.vaccine, world.staff))
    asked = text_of(client.get(f"/a/{offer.token}/"))
    assert "Impfzentrum Bad Arolsen, etwa 35 Minuten von Ihnen" in asked
    assert "Korbach" not in asked
    client.post(f"/a/{offer.token}/", {"answer": "yes"})
    confirmed = text_of(client.get(f"/a/{offer.token}/"))
    assert "Impfzentrum Bad Arolsen Große Allee 1" in confirmed
    assert "Korbach" not in confirmed.replace("34497 Korbach", "")
    assert "Comirnaty im Impfzentrum Bad Arolsen, heute" in text_of(client.get(page_of(entry, "")))
    calendar = client.get(f"/a/{offer.token}/termin.ics").content.decode()
    assert "Bad Arolsen" in calendar
    assert "Impfzentrum Korbach" not in calendar


def test_staff_pages_show_who_comes_from_another_list(client: Client, world: World, arolsen: Centre) -> None:
    client.post(page_of(world.entry()), tick(arolsen, "35"))
    staff = factories.make_staff(arolsen, "arolsen")
    release = factories.make_release(arolsen, world.campaign, world.vaccine, staff)
    (offer,) = factories.ask(release)
    client.post(f"/a/{offer.token}/", {"answer": "yes"})
    client.force_login(staff)
    today = text_of(client.get("/zentrum/bad-arolsen/"))
    assert f"{offer.entry.family_name}, Erika" in today
    live = text_of(client.get(f"/zentrum/bad-arolsen/freigabe/{release.number}/"))
    assert "1 von 1 vergeben" in live
    assert "Zusage für Dosis 1" in live


def _chosen_by(world: World, centres: int) -> StandbyEntry:
    entry = world.entry()
    for number in range(centres):
        centre = factories.make_centre(world.county, slug=f"centre-{number}", name=f"Impfzentrum {number}")
        entry.further_centres.create(centre=centre, travel_minutes=30 + number)
    return entry


@pytest.mark.parametrize("centres", [1, 3])
def test_the_number_of_queries_is_fixed(
    client: Client, world: World, django_assert_num_queries: CountQueries, centres: int
) -> None:
    entry = _chosen_by(world, centres)
    with django_assert_num_queries(10):
        client.get(page_of(entry, ""))
    with django_assert_num_queries(3):
        client.get(page_of(entry))


def test_the_record_says_how_many_never_which(client: Client, world: World, arolsen: Centre) -> None:
    client.post(page_of(world.entry()), tick(arolsen, "35"))
    detail: Any = AuditEvent.objects.get(action="further_centres_changed").detail
    assert detail == {"centres": 1}


def test_the_page_speaks_english(client: Client, world: World, arolsen: Centre) -> None:
    page = text_of(client.get(page_of(world.entry()), headers={"accept-language": "en"}))
    assert "Further vaccination centres" in page
    assert "Minutes from door to door: Impfzentrum Bad Arolsen" in page
