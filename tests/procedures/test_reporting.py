"""What staff and county are told: figures of the Berlin day, sums that add up, a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest

from impfzentrum.models import Dose, Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.reporting import (
    count_today,
    count_waiting,
    list_confirmed_today,
    list_running,
    view_release,
)
from impfzentrum.procedures.tabulating import Figures, sum_by_centre, sum_figures, tabulate_releases
from impfzentrum.states import DoseState
from tests import factories
from tests.conftest import World
from tests.factories import NOON, ask
from tests.views.staff import make_neighbour

Counting = Callable[[int], AbstractContextManager[object]]


def put(dose: Dose, world: World, state: DoseState) -> None:
    holder = world.entry() if state not in {DoseState.FREE, DoseState.LAPSED, DoseState.WITHDRAWN} else None
    Dose.objects.filter(pk=dose.pk).update(state=state, holder=holder)


def test_every_state_of_a_dose_has_its_place_and_sums_add_up(world: World) -> None:
    release = world.release(doses=len(DoseState))
    for dose, state in zip(release.doses.all(), DoseState, strict=True):
        put(dose, world, state)
    counts = count_today(world.centre, now=NOON)
    assert (counts.filled, counts.open_doses, counts.held, counts.lapsed) == (4, 3, 1, 1)
    [row] = tabulate_releases(world.county, start=NOON.date(), end=NOON.date())
    assert row.figures == Figures(released=9, accepted=4, lapsed=1, withdrawn=1, open=3)
    assert row.figures.fill_rate == 50
    labels = [dose.label for dose in view_release(release, now=NOON).doses]
    assert labels == ["frei", "…", "17:45", "da", "✓", "–", "fehlt", "✕", "–"]


def test_nothing_to_give_has_no_rate() -> None:
    assert Figures().fill_rate is None
    assert Figures(released=2, withdrawn=2).fill_rate is None


def test_waiting_people_are_counted_by_group_for_the_running_campaign(world: World) -> None:
    world.entries(2, priority_group=1)
    world.entries(3, priority_group=2)
    world.entry(state="paused")
    factories.make_entry(make_neighbour(world), world.campaign, world.vaccine)
    assert count_waiting(world.centre) == {1: 2, 2: 3}
    world.campaign.state = "closed"
    world.campaign.save()
    assert count_waiting(world.centre) == {}


def test_people_of_other_lists_who_would_come_are_counted_apart(world: World) -> None:
    world.entry(priority_group=1)
    guest = factories.make_entry(make_neighbour(world), world.campaign, world.vaccine)
    guest.further_centres.create(centre=world.centre, travel_minutes=30)
    counts = count_today(world.centre, now=NOON)
    assert (counts.waiting, counts.from_elsewhere) == (1, 1)


@pytest.mark.parametrize(("hour", "minute", "counted"), [(0, 0, 1), (23, 59, 1)])
def test_today_is_a_day_in_berlin(world: World, hour: int, minute: int, counted: int) -> None:
    release = world.release(now=NOON.replace(hour=8))
    type(release).objects.update(released_at=NOON.replace(hour=hour, minute=minute))
    assert count_today(world.centre, now=NOON).open_doses == counted
    for other_day in (NOON - timedelta(days=1), NOON + timedelta(days=1)):
        assert count_today(world.centre, now=other_day).open_doses == 0


def test_the_sums_of_each_centre(world: World) -> None:
    neighbour = make_neighbour(world)
    world.release(doses=2)
    world.release(doses=3)
    factories.make_release(neighbour, world.campaign, world.vaccine, world.staff, doses=4)
    rows = tabulate_releases(world.county, start=NOON.date(), end=NOON.date())
    assert [(centre.slug, sums.released) for centre, sums in sum_by_centre(rows)] == [
        ("bad-wildungen", 4),
        ("korbach", 5),
    ]
    assert sum_figures(rows).released == 9


def test_a_held_dose_drains_until_the_offer_ends(world: World) -> None:
    world.entry()
    release = world.release()
    [offer] = ask(release)
    assert offer.answer_by == NOON + timedelta(minutes=15)
    seen = [view_release(release, now=NOON + timedelta(minutes=m, seconds=30)).doses[0] for m in (0, 7, 14, 20)]
    assert [(dose.label, dose.share_left) for dose in seen] == [("15′", 95), ("8′", 50), ("1′", 5), ("0′", 0)]


def test_what_happens_next_follows_the_offers(world: World) -> None:
    world.entry()
    release = world.release(doses=2)
    assert view_release(release, now=NOON).outlook == "searching"
    ask(release)
    release.refresh_from_db()
    view = view_release(release, now=NOON)
    assert (view.outlook, view.offers_open, view.nobody_left) == ("asking", 1, True)
    Offer.objects.update(state="expired")
    assert view_release(release, now=NOON).outlook == "nobody_left"


def test_events_are_those_of_the_release_newest_first(world: World) -> None:
    world.entry()
    release = world.release()
    ask(release)
    actions = [event.action for event in view_release(release, now=NOON).events]
    assert actions == ["asked", "released"]


@pytest.mark.parametrize("rows", [1, 3])
def test_the_number_of_queries_is_fixed(world: World, django_assert_num_queries: Counting, rows: int) -> None:
    for _ in range(rows):
        world.entries(rows)
        release = world.release(doses=rows)
        for offer in ask(release):
            accept_offer(offer, now=NOON)
    with django_assert_num_queries(3):
        count_today(world.centre, now=NOON)
    with django_assert_num_queries(3):
        assert len(list_running(world.centre, now=NOON)) == rows
    with django_assert_num_queries(3):
        assert len(view_release(release, now=NOON).doses) == rows
    with django_assert_num_queries(1):
        told = [
            (dose.holder.family_name, dose.holder.criterion.get_proof_display(), dose.release.vaccine.name)
            for dose in list_confirmed_today(world.centre, now=NOON)
            if dose.holder and dose.holder.criterion
        ]
    assert len(told) == rows * rows
    with django_assert_num_queries(1):
        assert len(tabulate_releases(world.county, start=NOON.date(), end=NOON.date())) == rows


def test_contacts_stay_sealed_where_only_names_are_shown(world: World) -> None:
    world.entry()
    for offer in ask(world.release()):
        accept_offer(offer, now=NOON)
    [dose] = list_confirmed_today(world.centre, now=NOON)
    assert dose.holder
    assert dose.holder.get_deferred_fields() >= {"mobile", "email", "birth_date", "postcode"}
