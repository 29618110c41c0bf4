"""The claim asks exactly those whom `eligible_for` names, in its order: whatever the people, the groups, the clock."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from impfzentrum.models import Offer, PriorityOrder, Release, StandbyEntry, Vaccine
from impfzentrum.procedures.capping import end_rests
from impfzentrum.procedures.claiming import claim_people, find_stretch
from impfzentrum.procedures.drawing import order_in_force
from impfzentrum.rules.availability import ALWAYS, Part, bit_of
from tests import factories
from tests.conftest import World
from tests.factories import NOON

PERSON = st.fixed_dictionaries(
    {
        "birth_date": st.sampled_from([date(1935, 5, 1), date(1950, 1, 4), date(2004, 4, 24), date(2007, 1, 1)]),
        "priority_group": st.sampled_from([1, 2, 4]),
        "travel_minutes": st.sampled_from([5, 20, 59, 60, 61, 90, 240]),
        "state": st.sampled_from(["waiting", "waiting", "waiting", "paused", "offered"]),
        "availability": st.sampled_from([ALWAYS, ALWAYS, *(bit_of(5, part) for part in Part), bit_of(0, Part.MORNING)]),
        "ready_until": st.sampled_from([None, None, NOON - timedelta(hours=1), NOON + timedelta(hours=1)]),
        "capped_until": st.sampled_from([None, None, None, NOON + timedelta(minutes=1)]),
        "cool_down_until": st.sampled_from([None, None, NOON - timedelta(minutes=1), NOON + timedelta(minutes=1)]),
        "later_dose": st.sampled_from([None, None, date(2021, 2, 1), date(2021, 4, 20)]),
        "other_vaccine": st.booleans(),
        "further": st.sampled_from([None, None, 30, 100]),
    }
)


def plant(world: World, elsewhere: StandbyEntry, other: Vaccine, values: dict[str, object]) -> None:
    later, only_other, further = values.pop("later_dose"), values.pop("other_vaccine"), values.pop("further")
    if later is not None:
        values |= {"dose_wanted": 2, "last_vaccine": world.vaccine, "last_dose_on": later}
    entry = world.entry(**values)
    if only_other:
        entry.vaccines.set([other])
    if isinstance(further, int):
        StandbyEntry.objects.filter(pk=entry.pk).update(centre=elsewhere.centre)
        entry.further_centres.create(centre=world.centre, travel_minutes=further)


def wish(release: Release, count: int) -> list[int]:
    return [entry.pk for entry in StandbyEntry.objects.eligible_for(release, NOON)[:count]]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(PERSON, min_size=1, max_size=12),
    count=st.integers(1, 6),
    minutes=st.sampled_from([30, 64, 65, 95, 300]),
    all_groups=st.booleans(),
    before=st.booleans(),
)
def test_the_claim_asks_the_first_of_eligible_for(
    world: World, people: list[dict[str, object]], count: int, minutes: int, all_groups: bool, before: bool
) -> None:
    with transaction.atomic():
        other = Vaccine.objects.create(name="Spikevax", approved_on=date(2021, 1, 6), doses_per_vial=10)
        elsewhere = StandbyEntry(centre=factories.make_centre(world.county, slug="anderswo"))
        if before:  # the order stands already when the people come, or they are drawn with it
            order_in_force(world.centre, now=NOON)
        for values in people:
            plant(world, elsewhere, other, dict(values))
        if all_groups:
            PriorityOrder.objects.create(campaign=world.campaign, group=None, valid_from=NOON.date())
        release = world.release(
            doses=count,
            arrive_from=NOON,
            arrive_until=NOON + timedelta(minutes=minutes),
            use_by=NOON + timedelta(hours=9),
        )
        end_rests(now=NOON)  # the sweep's; until it has come, who rested is not asked
        draw = order_in_force(world.centre, now=NOON)
        wanted = wish(release, count)
        stretch = find_stretch(release, draw, now=NOON)
        asked = []
        if stretch is not None:
            claim = claim_people(release, stretch, hold=count, race=0, limit=count, wave=1, now=NOON)
            asked = [one.entry for one in claim.asked]
        assert sorted(asked) == sorted(wanted)
        if stretch is not None and not all_groups:
            offers = Offer.objects.filter(release=release).order_by("priority_group", "ticket")
            assert [offer.entry_id for offer in offers] == wanted
            assert {offer.dose_id is not None for offer in offers} <= {True}
        transaction.set_rollback(True)
