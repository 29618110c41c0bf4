"""A release that widens: an open race when holding would lose doses, and its end when all doses are taken."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from impfzentrum.errors import DosesTaken
from impfzentrum.gateways.postfach import read_postfach
from impfzentrum.models import Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.expiring import end_releases, releases_to_match
from impfzentrum.procedures.learning import learn
from impfzentrum.procedures.matching import match_release
from tests import factories
from tests.conftest import World
from tests.factories import NOON

pytestmark = pytest.mark.django_db


@pytest.fixture
def widening(world: World) -> World:
    world.county.widens = True
    world.county.save()
    return world


def teach(world: World, *, yes: float, silence: float) -> None:
    """Twenty earlier releases of the county with these answers each."""
    for days in range(1, 21):
        release = world.release(now=NOON - timedelta(days=days))
        Release.objects.filter(pk=release.pk).update(state="ended", taught_yes=yes, taught_silence=silence)
        release.doses.update(state="lapsed")


def short_release(world: World, *, doses: int = 1, minutes: int = 60) -> Release:
    return world.release(doses=doses, use_by=NOON + timedelta(minutes=minutes), arrive_from=NOON + timedelta(minutes=5))


def test_with_time_and_willing_people_each_dose_is_held(widening: World) -> None:
    teach(widening, yes=9, silence=1)
    widening.entries(10)
    release = widening.release(doses=2)
    assert match_release(release.pk, now=NOON) == 2
    assert all(offer.held for offer in release.offers.all())


def test_when_time_is_short_more_people_are_asked_than_there_are_doses(widening: World) -> None:
    teach(widening, yes=1, silence=9)
    widening.entries(60)
    release = short_release(widening)
    asked = match_release(release.pk, now=NOON)
    assert asked > 2
    assert not any(offer.held for offer in release.offers.all())
    assert release.doses.get().state == "free"
    release.refresh_from_db()
    assert release.look_again_at is not None
    assert release.look_again_at <= NOON + timedelta(minutes=1)


def test_looking_again_at_once_asks_nobody_more(widening: World) -> None:
    teach(widening, yes=1, silence=9)
    widening.entries(60)
    release = short_release(widening)
    match_release(release.pk, now=NOON)
    assert match_release(release.pk, now=NOON) == 0


def test_the_message_of_a_race_does_not_promise_a_held_dose(widening: World) -> None:
    teach(widening, yes=1, silence=9)
    widening.entries(60)
    factories.ask(short_release(widening))
    assert all("solange der Vorrat reicht" in message.text for message in read_postfach())


def test_the_race_ends_the_moment_all_doses_are_taken(widening: World) -> None:
    teach(widening, yes=1, silence=9)
    widening.entries(60)
    first, second, *_others = factories.ask(short_release(widening))
    accept_offer(first, now=NOON)
    match_release(first.release_id, now=NOON)
    states = {offer.state for offer in first.release.offers.exclude(pk=first.pk)}
    assert states == {"withdrawn"}
    assert {offer.entry.state for offer in first.release.offers.exclude(pk=first.pk)} == {"waiting"}
    with pytest.raises(DosesTaken):
        accept_offer(second, now=NOON)
    second.refresh_from_db()
    assert second.state == "late"


def test_a_cancelled_dose_opens_the_release_again(widening: World) -> None:
    teach(widening, yes=9, silence=1)
    widening.entries(3)
    [offer] = factories.ask(widening.release(doses=1))
    accept_offer(offer, now=NOON)
    match_release(offer.release_id, now=NOON)
    offer.release.refresh_from_db()
    assert offer.release.state == "filled"
    assert offer.release.look_again_at is None


def test_nobody_is_asked_in_quiet_hours(widening: World) -> None:
    widening.county.quiet_from, widening.county.quiet_until = time(11), time(14)
    widening.county.save()
    widening.entries(5)
    release = widening.release(doses=2)
    assert match_release(release.pk, now=NOON) == 0
    assert match_release(release.pk, now=NOON + timedelta(hours=2)) > 0


def test_quiet_hours_hold_for_a_county_that_does_not_widen(world: World) -> None:
    world.county.quiet_from, world.county.quiet_until = time(11), time(14)
    world.county.save()
    world.entries(5)
    assert match_release(world.release(doses=2).pk, now=NOON) == 0


def test_the_sweep_leaves_a_release_alone_until_its_time(widening: World) -> None:
    release = widening.release(doses=1)
    assert releases_to_match(now=NOON) == [release.pk]
    match_release(release.pk, now=NOON + timedelta(seconds=1))
    assert releases_to_match(now=NOON + timedelta(seconds=2)) == []
    assert releases_to_match(now=NOON + timedelta(minutes=2)) == [release.pk]


def test_a_dose_that_came_free_is_found_without_a_wake_up(widening: World) -> None:
    widening.entry()
    [offer] = factories.ask(widening.release(doses=1))
    now = NOON + timedelta(seconds=5)
    match_release(offer.release_id, now=now)
    assert releases_to_match(now=now) == []
    accept_offer(offer, now=now + timedelta(seconds=1))
    assert releases_to_match(now=now + timedelta(seconds=2)) == [offer.release_id]


def test_the_end_of_a_release_teaches_the_next(widening: World) -> None:
    widening.entries(4)
    release = widening.release(doses=4)
    before = learn(widening.county, now=NOON).mean
    for offer in factories.ask(release)[:2]:
        accept_offer(offer, now=NOON)
    end_releases(now=release.use_by)
    release.refresh_from_db()
    assert release.taught_yes == 2
    assert learn(widening.county, now=release.use_by).mean > before
