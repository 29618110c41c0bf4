"""Ready today in one tap, days and hours, the morning mail: all of it on the personal page, without script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from impfzentrum.models import StandbyEntry, VaccineRule
from impfzentrum.rules.availability import ALWAYS, Part, bit_of, bits_of_day, summarize_week
from impfzentrum.templatetags.telling import days_and_hours
from tests.conftest import World
from tests.factories import NOON, make_vaccine
from tests.views.citizens import error_beside, text_of

EVENINGS = sum(bit_of(day, Part.EVENING) for day in range(5))
TODAY = NOON.date()


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def page_of(entry: StandbyEntry, step: str = "") -> str:
    return f"/s/{entry.token}/{step}"


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def test_the_page_offers_three_times_and_one_tap_is_enough(client: Client, world: World) -> None:
    entry = world.entry()
    page = client.get(page_of(entry)).content.decode()
    assert re.findall(r'name="until" value="([\d:]+)"', page) == ["14:00", "18:00", "20:00"]
    answer = client.post(page_of(entry, "bereit/"), {"until": "14:00"}, follow=True)
    assert answer.redirect_chain == [(page_of(entry), 303)]
    assert "Sie sind heute bereit bis 14:00 Uhr" in text_of(answer)
    assert again(entry).ready_until == NOON + timedelta(hours=2)


def test_it_can_be_taken_back(client: Client, world: World) -> None:
    entry = world.entry(ready_until=NOON + timedelta(hours=2))
    answer = client.post(page_of(entry, "bereit/zurueck/"), follow=True)
    assert "Heute bereit?" in text_of(answer)
    assert again(entry).ready_until is None


def test_it_ends_by_itself(client: Client, world: World, clock: time_machine.Traveller) -> None:
    entry = world.entry(ready_until=NOON + timedelta(hours=2))
    clock.move_to(NOON + timedelta(hours=2))
    assert "Heute bereit?" in text_of(client.get(page_of(entry)))


@pytest.mark.parametrize("until", ["11:00", "", "25:00", "bald", "14"])
def test_a_time_that_is_none_is_told_on_the_page(client: Client, world: World, until: str) -> None:
    entry = world.entry()
    answer = client.post(page_of(entry, "bereit/"), {"until": until})
    assert answer.status_code == 409
    assert "Diese Uhrzeit ist für heute schon vorbei" in text_of(answer)
    assert again(entry).ready_until is None


def test_after_closing_there_is_nothing_to_tap(client: Client, world: World, clock: time_machine.Traveller) -> None:
    entry = world.entry()
    clock.move_to(NOON.replace(hour=20))
    page = client.get(page_of(entry))
    assert 'name="until"' not in page.content.decode()
    assert "für heute geschlossen" in text_of(page)


@pytest.mark.parametrize("state", ["paused", "appointed", "vaccinated", "left"])
def test_only_who_waits_sees_it(client: Client, world: World, state: str) -> None:
    entry = world.entry(state=state)
    assert "Heute bereit?" not in text_of(client.get(page_of(entry)))
    assert client.post(page_of(entry, "bereit/"), {"until": "18:00"}).status_code == 409


def test_the_link_of_the_morning_mail_writes_nothing(
    client: Client, world: World, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    entry = world.entry(email="erika@example.org", morning_mail=True)
    with nothing_is_written():
        client.get(page_of(entry))
        client.get(page_of(entry, "zeiten/"))
    for step in ("bereit/", "bereit/zurueck/", "morgens/"):
        assert client.get(page_of(entry, step)).status_code == 405


def test_the_morning_mail_is_off_until_asked_for(client: Client, world: World) -> None:
    entry = world.entry(email="erika@example.org")
    assert "Ja, morgens fragen" in text_of(client.get(page_of(entry)))
    answer = client.post(page_of(entry, "morgens/"), {"wanted": "yes"}, follow=True)
    assert "Nicht mehr morgens fragen" in text_of(answer)
    assert again(entry).morning_mail
    client.post(page_of(entry, "morgens/"), {"wanted": "no"})
    assert not again(entry).morning_mail


def test_without_a_confirmed_address_it_is_not_offered(client: Client, world: World) -> None:
    entry = world.entry(email="erika@example.org", email_confirmed_at=None)
    assert "morgens fragen" not in text_of(client.get(page_of(entry)))
    assert client.post(page_of(entry, "morgens/"), {"wanted": "yes"}).status_code == 409


def test_days_and_hours_are_changed_and_told(client: Client, world: World) -> None:
    entry = world.entry()
    assert "Zeiten jederzeit" in text_of(client.get(page_of(entry)))
    ticked = [str(day * 3 + Part.EVENING) for day in range(5)]
    answer = client.post(page_of(entry, "zeiten/"), {"any_time": "some", "times": ticked}, follow=True)
    assert "Ihre Zeiten sind gespeichert." in text_of(answer)
    assert "Zeiten Montag bis Freitag ab 17 Uhr" in text_of(answer)
    assert again(entry).availability == EVENINGS
    form = client.get(page_of(entry, "zeiten/")).content.decode()
    assert re.findall(r'name="times" value="(\d+)"[^>]* checked', form) == ticked
    client.post(page_of(entry, "zeiten/"), {"any_time": "always", "times": ticked})
    assert again(entry).availability == ALWAYS


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        ({"any_time": "some"}, "times", "mindestens eine Zeit"),
        ({"any_time": "some", "times": ["21"]}, "times", "Diese Zeit gibt es nicht"),
        ({"any_time": "some", "times": ["x"]}, "times", "Diese Zeit gibt es nicht"),
        ({"times": ["3"]}, "any_time", "„Jederzeit“ oder bestimmte Zeiten"),
        ({"any_time": "never"}, "any_time", "„Jederzeit“ oder bestimmte Zeiten"),
    ],
)
def test_what_is_missing_is_told_beside_it(
    client: Client, world: World, typed: dict[str, Any], field: str, sentence: str
) -> None:
    entry = world.entry(availability=EVENINGS)
    answer = client.post(page_of(entry, "zeiten/"), typed)
    assert answer.status_code == 422
    assert sentence in error_beside(answer, field)
    assert again(entry).availability == EVENINGS


def test_who_has_left_changes_no_hours(client: Client, world: World) -> None:
    entry = world.entry(state="left")
    assert client.post(page_of(entry, "zeiten/"), {"any_time": "always"}).status_code == 409


def test_every_box_says_its_day_and_hours(client: Client, world: World) -> None:
    page = text_of(client.get(page_of(world.entry(), "zeiten/")))
    for day in ("Montag", "Mittwoch", "Sonntag"):
        for part in ("bis 12 Uhr", "12 bis 17 Uhr", "ab 17 Uhr"):
            assert f"{day}, {part}" in page


def test_who_was_asked_often_is_told_from_when_again(client: Client, world: World) -> None:
    entry = world.entry(capped_until=NOON + timedelta(days=1))
    assert "Wieder fragen wir Sie ab morgen, 12:00 Uhr" in text_of(client.get(page_of(entry)))


def test_whose_last_dose_is_too_long_ago_is_told(client: Client, world: World) -> None:
    VaccineRule.objects.update(interval_max_weeks=8)
    second = {"dose_wanted": 2, "last_vaccine": world.vaccine}
    in_time = world.entry(**second, last_dose_on=TODAY - timedelta(weeks=8))
    too_late = world.entry(**second, last_dose_on=TODAY - timedelta(weeks=8, days=1))
    assert "ärztlich beraten" not in text_of(client.get(page_of(in_time)))
    assert "ärztlich beraten" in text_of(client.get(page_of(too_late)))
    too_late.vaccines.add(make_vaccine(world.campaign, "Vaxzevria"))
    assert "ärztlich beraten" in text_of(client.get(page_of(too_late))), "what may not follow does not help"
    VaccineRule.objects.update(interval_max_weeks=None)
    assert "ärztlich beraten" not in text_of(client.get(page_of(too_late)))
    VaccineRule.objects.update(interval_max_weeks=8, valid_until=TODAY - timedelta(days=1))
    assert "ärztlich beraten" not in text_of(client.get(page_of(too_late))), "without a rule it is not the interval"


@pytest.mark.parametrize(
    ("bits", "german", "english"),
    [
        (EVENINGS, ["Montag bis Freitag ab 17 Uhr"], ["Monday to Friday from 17:00"]),
        (bits_of_day(TODAY), ["Samstag ganztags"], ["Saturday all day"]),
        (
            bit_of(0, Part.MORNING) | bit_of(1, Part.MORNING) | bit_of(3, Part.MORNING) | bit_of(3, Part.EVENING),
            ["Montag und Dienstag bis 12 Uhr", "Donnerstag bis 12 und ab 17 Uhr"],
            ["Monday and Tuesday until 12:00", "Thursday until 12:00 and from 17:00"],
        ),
    ],
)
def test_a_week_in_words(bits: int, german: list[str], english: list[str]) -> None:
    with translation.override("de"):
        assert [days_and_hours(days) for days in summarize_week(bits)] == german
    with translation.override("en"):
        assert [days_and_hours(days) for days in summarize_week(bits)] == english
