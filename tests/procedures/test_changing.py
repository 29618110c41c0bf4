"""More doses and fewer doses for a release that runs. What people have been promised stays promised."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest

from impfzentrum.errors import (
    DosesChangedMeanwhile,
    NothingToTakeBack,
    ReleaseNotRunning,
    TooFewToTakeBack,
    TooManyDoses,
)
from impfzentrum.models import AuditEvent, Dose, Offer, Release
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.changing import add_doses, stamp_doses, take_back_doses
from impfzentrum.procedures.expiring import end_releases, releases_to_match
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import SOON, fresh


def play(world: World, *, free: int, held: int, confirmed: int) -> Release:
    """A release at noon with doses in these states; what is accepted has the lowest numbers."""
    world.entries(held + confirmed)
    release = world.release(doses=free + held + confirmed)
    for offer in factories.ask(release)[:confirmed]:
        accept_offer(offer, now=NOON)
    match_release(release.pk, now=NOON)
    release.refresh_from_db()
    return release


def add(world: World, release: Release, count: int, *, stand: str = "", now: datetime = SOON) -> None:
    add_doses(release, count, stand=stand or stamp_doses(release), by=world.staff, now=now)


def take_back(world: World, release: Release, count: int, *, stand: str = "", now: datetime = SOON) -> None:
    take_back_doses(release, count, stand=stand or stamp_doses(release), by=world.staff, now=now)


def states_of(release: Release) -> dict[str, int]:
    assert list(find_violations()) == []
    return dict(Counter(release.doses.values_list("state", flat=True)))


def test_doses_that_are_added_carry_the_next_numbers_and_are_offered(world: World) -> None:
    release = play(world, free=0, held=2, confirmed=0)
    world.entries(3)
    add(world, release, 3)
    assert list(release.doses.values_list("number", flat=True)) == [1, 2, 3, 4, 5]
    event = AuditEvent.objects.get(action="doses_added")
    assert (event.actor, event.subject, event.detail) == (world.staff, str(release.pk), {"doses": 3})
    assert match_release(release.pk, now=SOON) == 3


def test_a_filled_release_runs_again(world: World) -> None:
    release = play(world, free=0, held=0, confirmed=1)
    assert release.state == "filled"
    add(world, release, 1)
    release.refresh_from_db()
    assert release.state == "running"
    assert releases_to_match(now=SOON) == [release.pk], "found by the sweep too, should the wake-up be lost"


@pytest.mark.parametrize(
    ("before", "count", "after"),
    [
        ({"free": 3}, 1, {"free": 2, "withdrawn": 1}),
        ({"free": 2, "held": 2}, 2, {"held": 2, "withdrawn": 2}),
        ({"free": 1, "held": 2}, 2, {"held": 1, "withdrawn": 2}),
        ({"held": 2, "confirmed": 1}, 2, {"confirmed": 1, "withdrawn": 2}),
        ({"free": 1, "held": 1, "confirmed": 2}, 1, {"held": 1, "confirmed": 2, "withdrawn": 1}),
    ],
)
def test_free_doses_go_before_held_ones_and_accepted_ones_never(
    world: World, before: dict[str, int], count: int, after: dict[str, int]
) -> None:
    release = play(world, **{"free": 0, "held": 0, "confirmed": 0, **before})
    take_back(world, release, count)
    assert states_of(release) == after
    assert AuditEvent.objects.get(action="doses_taken_back").detail == {
        "doses": count,
        "offers": before.get("held", 0) - after.get("held", 0),
    }


def test_the_highest_numbers_go_first(world: World) -> None:
    release = world.release(doses=4)
    take_back(world, release, 2)
    assert list(release.doses.filter(state="withdrawn").values_list("number", flat=True)) == [3, 4]


def test_the_youngest_offer_goes_first_and_its_person_is_back_on_the_list(world: World) -> None:
    world.entry()
    release = world.release(doses=2)
    [older] = factories.ask(release)
    world.entry()
    [younger] = [offer for offer in factories.ask(release, now=SOON) if offer != older]
    take_back(world, release, 1)
    assert (fresh(older).state, fresh(older).entry.state) == ("open", "offered")
    assert (fresh(younger).state, fresh(younger).entry.state, fresh(younger).entry.unanswered) == (
        "withdrawn",
        "waiting",
        0,
    )


@pytest.mark.parametrize(("open_doses", "count"), [(1, 2), (2, 3), (3, 200)])
def test_the_refusal_tells_how_many_can_be_taken_back(world: World, open_doses: int, count: int) -> None:
    release = play(world, free=open_doses - 1, held=1, confirmed=2)
    before = states_of(release)
    with pytest.raises(TooFewToTakeBack, match=f"höchstens {open_doses}"):
        take_back(world, release, count)
    assert states_of(release) == before
    assert not AuditEvent.objects.filter(action="doses_taken_back").exists()


def test_when_all_is_accepted_nothing_can_be_taken_back(world: World) -> None:
    with pytest.raises(NothingToTakeBack):
        take_back(world, play(world, free=0, held=0, confirmed=2), 1)


def test_with_the_last_open_dose_gone_the_release_is_filled(world: World) -> None:
    release = play(world, free=1, held=0, confirmed=2)
    take_back(world, release, 1)
    match_release(release.pk, now=SOON)
    release.refresh_from_db()
    assert release.state == "filled"


def test_with_no_dose_left_at_all_the_release_is_over(world: World) -> None:
    release = play(world, free=1, held=1, confirmed=0)
    racing = factories.open_race(release, world.entry())
    take_back(world, release, 2)
    release.refresh_from_db()
    assert (release.state, states_of(release)) == ("withdrawn", {"withdrawn": 2})
    assert (fresh(racing).state, fresh(racing).entry.state) == ("withdrawn", "waiting")
    assert not Offer.objects.live().exists()


def test_an_open_race_goes_on_with_fewer_doses(world: World) -> None:
    release = world.release(doses=2)
    first, second = [factories.open_race(release, entry) for entry in world.entries(2)]
    take_back(world, release, 1)
    assert {fresh(first).state, fresh(second).state} == {"open"}
    accept_offer(first, now=SOON)
    match_release(release.pk, now=SOON)
    assert fresh(second).state == "withdrawn"
    assert states_of(release) == {"confirmed": 1, "withdrawn": 1}


def test_a_second_tap_and_a_colleague_in_between_are_refused_with_what_stands_now(world: World) -> None:
    release = world.release(doses=6)
    stand = stamp_doses(release)
    add(world, release, 2, stand=stand)
    with pytest.raises(DosesChangedMeanwhile, match="jetzt sind es 8"):
        add(world, release, 2, stand=stand)
    take_back(world, release, 2)
    for change in (add, take_back):
        with pytest.raises(DosesChangedMeanwhile, match="jetzt sind es 6"):
            change(world, release, 2, stand=stand)
    assert Dose.objects.count() == 8


@pytest.mark.parametrize("stand", ["x", "-1", "6.0", "9" * 5000])
def test_a_damaged_stand_changes_nothing(world: World, stand: str) -> None:
    release = world.release(doses=6)
    with pytest.raises(DosesChangedMeanwhile):
        add(world, release, 1, stand=stand)
    assert Dose.objects.count() == 6


def test_answers_do_not_make_a_form_stale(world: World) -> None:
    release = play(world, free=2, held=2, confirmed=1)
    stand = stamp_doses(release)
    for offer in release.offers.live():
        accept_offer(offer, now=SOON)
    cancel_dose(release.offers.filter(state="accepted")[0], now=SOON)
    take_back(world, release, 1, stand=stand)
    assert states_of(release) == {"free": 2, "confirmed": 2, "withdrawn": 1}


@pytest.mark.parametrize(("count", "left"), [(11, 10), (200, 10)])
def test_a_release_has_its_limit(world: World, count: int, left: int) -> None:
    release = world.release(doses=190)
    with pytest.raises(TooManyDoses, match=f"höchstens 200 Dosen. Dazu passen hier noch {left}"):
        add(world, release, count)
    add(world, release, left)
    assert release.doses.count() == 200


def test_a_release_that_is_over_is_not_changed(world: World) -> None:
    release, stopped = world.release(doses=2), world.release(doses=2)
    stop_release(stopped, by=world.staff, now=SOON)
    for change in (add, take_back):
        with pytest.raises(ReleaseNotRunning):
            change(world, stopped, 1)
        with pytest.raises(ReleaseNotRunning):
            change(world, release, 1, now=release.use_by)
        change(world, release, 1, now=release.use_by - timedelta(seconds=1))
    end_releases(now=release.use_by)
    with pytest.raises(ReleaseNotRunning):
        add(world, release, 1)
