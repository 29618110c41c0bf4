"""Places in the queue follow what people tell us, what happens to them and what the rules say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from impfzentrum.models import Place, PlaceDue, PriorityCriterion, StandbyEntry, Vaccine, VaccineRule
from impfzentrum.procedures.clearing import remove_old_places
from impfzentrum.procedures.drawing import ensure_draw, order_in_force
from tests import factories
from tests.conftest import World
from tests.factories import NOON

TOMORROW = NOON + timedelta(days=1)


def ready(entry: StandbyEntry) -> bool:
    return Place.objects.filter(draw=order_in_force(entry.centre, now=NOON), entry=entry, ready=True).exists()


def test_the_place_follows_the_state_at_once(world: World) -> None:
    entry = world.entry()
    assert ready(entry)
    StandbyEntry.objects.filter(pk=entry.pk).update(state="offered")
    assert not Place.objects.get(entry=entry).ready
    StandbyEntry.objects.filter(pk=entry.pk).update(state="waiting")
    assert Place.objects.get(entry=entry).ready


Change = Callable[[StandbyEntry], object]


CHANGES: dict[str, Change] = {
    "left": lambda entry: StandbyEntry.objects.filter(pk=entry.pk).update(state="left"),
    "too young": lambda entry: StandbyEntry.objects.filter(pk=entry.pk).update(birth_date=date(2015, 1, 1)),
    "no vaccine": lambda entry: entry.vaccines.clear(),
    "another dose": lambda entry: StandbyEntry.objects.filter(pk=entry.pk).update(
        dose_wanted=2, last_vaccine=Vaccine.objects.get(), last_dose_on=NOON.date()
    ),
    "rule over": lambda entry: VaccineRule.objects.update(valid_until=date(2021, 4, 1)),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_who_may_not_be_asked_any_more_loses_the_place(world: World, change: str) -> None:
    entry = world.entry()
    assert ready(entry)
    CHANGES[change](entry)
    assert not ready(entry)


def test_a_criterion_that_is_over_counts_only_without_an_order_of_groups(world: World) -> None:
    entry = world.entry()
    assert ready(entry)
    PriorityCriterion.objects.update(valid_until=date(2021, 4, 1))
    assert ready(entry)
    assert Place.objects.filter(draw=order_in_force(world.centre, now=NOON)).get().priority_group == 9


def test_who_moves_to_another_centre_loses_the_place_here(world: World) -> None:
    entry = world.entry()
    assert ready(entry)
    other = factories.make_centre(world.county, slug="bad-arolsen")
    entry.centre = other
    entry.save()
    draw = order_in_force(world.centre, now=NOON)
    assert not Place.objects.filter(draw=draw).exists()
    assert Place.objects.filter(draw=order_in_force(other, now=NOON), entry=entry).exists()


def test_a_further_centre_that_is_given_up_is_forgotten(world: World) -> None:
    other = factories.make_centre(world.county, slug="bad-arolsen")
    entry = world.entry()
    entry.further_centres.create(centre=other, travel_minutes=30)
    draw = order_in_force(other, now=NOON)
    assert draw.places.count() == 1
    entry.further_centres.all().delete()
    order_in_force(other, now=NOON)
    assert draw.places.count() == 0


NOT_A_FACT = {
    *("id", "public_id", "state_since", "created_at", "given_name", "family_name", "postcode", "mobile"),
    *("mobile_index", "mobile_confirmed_at", "email", "email_index", "email_confirmed_at", "language"),
    *("consented_at", "consent_version", "late_since", "cool_down_until", "unanswered", "paused_until", "token_hash"),
    *("capped_until", "morning_mail", "morning_asked_on", "email_off", "email_off_since"),
    *("phone", "phone_confirmed_at", "second_phone", "call_hint"),
    *("name_index", "interpreter", "needs", "comes_with"),
    *("asked_at", "seen_at", "restricted_at"),  # who restricts is paused, and the state says so
}
"""What does not decide about a place. A new field is either here or in the trigger `person_changed`."""


def other_value(name: str, world: World) -> object:
    values: dict[str, object] = {
        "campaign": factories.make_campaign(world.county, state="planned").pk,
        "centre": factories.make_centre(world.county, slug="anderswo").pk,
        "state": "left",
        "birth_date": date(1930, 1, 1),
        "criterion": PriorityCriterion.objects.latest("pk").pk,
        "priority_group": 4,
        "travel_minutes": 77,
        "availability": 1,
        "ready_until": NOON,
    }
    return values[name]


@pytest.mark.parametrize(
    "name",
    [
        field.name
        for field in StandbyEntry._meta.concrete_fields
        if field.name not in NOT_A_FACT and field.name not in ("dose_wanted", "last_vaccine", "last_dose_on")
    ],
)
def test_every_fact_that_changes_is_noted(world: World, name: str) -> None:
    entry = world.entry()
    value = other_value(name, world)
    PlaceDue.objects.all().delete()
    StandbyEntry.objects.filter(pk=entry.pk).update(**{name: value})
    assert PlaceDue.objects.filter(entry=entry, centre=world.centre).exists()


def test_the_places_of_the_day_before_are_removed_once(world: World) -> None:
    world.entries(3)
    first = ensure_draw(world.centre, now=NOON)
    second = ensure_draw(world.centre, now=TOMORROW)
    assert remove_old_places(world.centre, now=TOMORROW + timedelta(seconds=30)) == 0
    assert remove_old_places(world.centre, now=TOMORROW + timedelta(minutes=2)) == 3
    assert remove_old_places(world.centre, now=TOMORROW + timedelta(minutes=3)) == 0
    assert (first.places.count(), second.places.count()) == (0, 3)
