"""Who may be asked: each reason against it with a twin who differs in this one thing and may be asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from impfzentrum.models import (
    Campaign,
    PriorityCriterion,
    PriorityOrder,
    StandbyEntry,
    VaccineRule,
)
from impfzentrum.rules.availability import ALWAYS, bits_of_day
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.models.eligibility import (
    MONDAY_MORNING,
    SATURDAY_AFTERNOON,
    SATURDAY_EVENING,
    SATURDAY_MORNING,
    TODAY,
    eligible,
    second_dose,
)

Reason = tuple[Callable[[World], dict[str, Any]], Callable[[World], dict[str, Any]]]


def other_campaign(world: World) -> Campaign:
    return factories.make_campaign(world.county, state="closed")


def criterion(world: World, group: int, **dates: date) -> PriorityCriterion:
    return PriorityCriterion.objects.create(
        rule_set=world.campaign.rule_set,
        code=f"beruf-{PriorityCriterion.objects.count()}",
        group=group,
        paragraph="§ 3",
        theme="work",
        proof="einrichtung",
        **{"valid_from": date(2021, 2, 8), **dates},
    )


def with_longest(world: World, weeks: int) -> World:
    VaccineRule.objects.update(interval_max_weeks=weeks)
    return world


REASONS: dict[str, Reason] = {
    "unconfirmed": (lambda w: {"state": "unconfirmed"}, lambda w: {}),
    "asked already by another release": (lambda w: {"state": "offered"}, lambda w: {}),
    "has an appointment": (lambda w: {"state": "appointed"}, lambda w: {}),
    "pauses": (lambda w: {"state": "paused"}, lambda w: {}),
    "vaccinated": (lambda w: {"state": "vaccinated"}, lambda w: {}),
    "has left": (lambda w: {"state": "left"}, lambda w: {}),
    "another campaign": (lambda w: {"campaign": other_campaign(w)}, lambda w: {}),
    "another centre": (
        lambda w: {"centre": factories.make_centre(w.county, slug="bad-arolsen")},
        lambda w: {},
    ),
    "a group that is not open": (lambda w: {"priority_group": 4}, lambda w: {"priority_group": 1}),
    "a criterion no longer in force": (
        lambda w: {"criterion": criterion(w, 2, valid_until=TODAY - timedelta(days=1))},
        lambda w: {"criterion": criterion(w, 2, valid_until=TODAY)},
    ),
    "a criterion not yet in force": (
        lambda w: {"criterion": criterion(w, 2, valid_from=TODAY + timedelta(days=1))},
        lambda w: {"criterion": criterion(w, 2, valid_from=TODAY)},
    ),
    "no criterion while groups count": (lambda w: {"criterion": None}, lambda w: {}),
    "too young by a day": (lambda w: {"birth_date": date(2005, 4, 25)}, lambda w: {"birth_date": date(2005, 4, 24)}),
    "interval short by a day": (
        lambda w: second_dose(w, weeks=6, last_dose_on=TODAY - timedelta(days=41)),
        lambda w: second_dose(w, weeks=6),
    ),
    "another vaccine last time": (
        lambda w: second_dose(w, weeks=12, last_vaccine=factories.make_vaccine(w.campaign, "Vaxzevria")),
        lambda w: second_dose(w, weeks=12),
    ),
    "interval long by a day": (
        lambda w: second_dose(with_longest(w, 9), weeks=9, last_dose_on=TODAY - timedelta(days=64)),
        lambda w: second_dose(w, weeks=9),
    ),
    "a dose beyond the series": (lambda w: second_dose(w, weeks=30, dose_wanted=3), lambda w: second_dose(w, weeks=30)),
    "cool-down": (
        lambda w: {"cool_down_until": NOON + timedelta(seconds=1)},
        lambda w: {"cool_down_until": NOON},
    ),
    "offered as often as the county allows": (
        lambda w: {"capped_until": NOON + timedelta(seconds=1)},
        lambda w: {"capped_until": NOON},
    ),
    "no time on this day of the week": (
        lambda w: {"availability": ALWAYS & ~bits_of_day(TODAY)},
        lambda w: {"availability": bits_of_day(TODAY)},
    ),
    "no time while people can arrive": (
        lambda w: {"availability": SATURDAY_MORNING | SATURDAY_EVENING},
        lambda w: {"availability": SATURDAY_AFTERNOON},
    ),
    "ready, but not long enough": (
        lambda w: {"availability": MONDAY_MORNING, "ready_until": NOON + timedelta(minutes=30)},
        lambda w: {"availability": MONDAY_MORNING, "ready_until": NOON + timedelta(minutes=31)},
    ),
    "ready yesterday": (
        lambda w: {"availability": MONDAY_MORNING, "ready_until": NOON - timedelta(days=1)},
        lambda w: {},
    ),
    # An hour to use, a quarter of it before arrival ends, a minute on the way, three minutes to answer.
    "travel longer than the time left": (lambda w: {"travel_minutes": 42}, lambda w: {"travel_minutes": 41}),
}


def make_unfit(world: World, values: dict[str, Any]) -> None:
    entry = world.entry(**{name: value for name, value in values.items() if name not in ("campaign", "centre")})
    for name in ("campaign", "centre"):
        setattr(entry, name, values.get(name, getattr(world, name)))
    entry.save()


@pytest.mark.parametrize("reason", REASONS)
def test_one_reason_is_enough(world: World, reason: str) -> None:
    against, fit = REASONS[reason]
    make_unfit(world, against(world))
    twin = world.entry(**fit(world))
    release = world.release(use_by=NOON + timedelta(hours=1))
    assert eligible(release) == [twin]


def test_who_does_not_accept_the_vaccine_is_not_asked_for_it(world: World) -> None:
    other = factories.make_vaccine(world.campaign, "Vaxzevria")
    only_other = world.entry()
    only_other.vaccines.set([other])
    both = world.entry()
    both.vaccines.add(other)
    assert eligible(world.release()) == [both]


def test_who_was_asked_for_this_release_is_not_asked_again_but_for_the_next(world: World) -> None:
    first, second = sorted(world.entries(2), key=factories.ticket_of)
    release = world.release(doses=1)
    [offer] = factories.ask(release)
    assert offer.entry == first
    StandbyEntry.objects.update(state="waiting")
    assert eligible(release) == [second]
    assert eligible(world.release()) == [first, second]


def test_too_old_for_the_vaccine_by_a_day(world: World) -> None:
    VaccineRule.objects.update(age_max=59)
    world.entry(birth_date=date(1961, 4, 24))
    twin = world.entry(birth_date=date(1961, 4, 25))
    assert eligible(world.release()) == [twin]


def test_without_a_rule_in_force_nobody_is_asked(world: World) -> None:
    world.entry()
    release = world.release()
    assert len(eligible(release)) == 1
    VaccineRule.objects.update(valid_until=TODAY - timedelta(days=1))
    assert eligible(release) == []


def test_the_last_minutes_belong_to_those_nearby(world: World) -> None:
    far, near = world.entry(travel_minutes=30), world.entry(travel_minutes=0)
    release = world.release(use_by=NOON + timedelta(hours=1))
    assert set(eligible(release)) == {far, near}
    assert eligible(release, minutes=11.5) == [near]
    assert eligible(release, minutes=41) == [near]
    assert eligible(release, minutes=41.1) == []
    assert eligible(release, minutes=500) == []


def test_lower_groups_come_first_and_inside_a_group_the_ticket_decides(world: World) -> None:
    release = world.release()
    late = factories.give_ticket(world.entry(priority_group=2), 1)
    early = factories.give_ticket(world.entry(priority_group=1), 9)
    middle = factories.give_ticket(world.entry(priority_group=1), 10)
    same_ticket = factories.give_ticket(world.entry(priority_group=1), 10)
    assert eligible(release) == [early, middle, same_ticket, late]


def test_no_order_in_force_opens_everybody_and_only_the_ticket_counts(world: World) -> None:
    PriorityOrder.objects.create(campaign=world.campaign, group=None, valid_from=TODAY)
    release = world.release()
    last = factories.give_ticket(world.entry(priority_group=1), 3)
    first = factories.give_ticket(world.entry(priority_group=4, criterion=None), 1)
    middle = factories.give_ticket(world.entry(priority_group=3, criterion=None), 2)
    assert eligible(release) == [first, middle, last]


def test_nothing_open_asks_nobody(world: World) -> None:
    world.entry()
    PriorityOrder.objects.all().delete()
    assert eligible(world.release()) == []


def test_pinned_rules_hold_on_any_later_day_while_ages_go_on(world: World) -> None:
    PriorityOrder.objects.update(valid_until=date(2021, 6, 6))
    world.campaign.rules_as_of = TODAY
    world.campaign.save()
    VaccineRule.objects.update(valid_until=date(2021, 5, 31))
    five_years_on = NOON.replace(year=2026, month=11, day=21)
    grown_up = world.entry(birth_date=date(2010, 11, 21))
    world.entry(birth_date=date(2010, 11, 22))
    release = world.release(now=five_years_on)
    assert list(StandbyEntry.objects.eligible_for(release, five_years_on)) == [grown_up]
    world.campaign.rules_as_of = None
    world.campaign.save()
    release.refresh_from_db()
    assert list(StandbyEntry.objects.eligible_for(release, five_years_on)) == []
