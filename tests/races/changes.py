"""What the races about a change of a running release share: the changes, ready to be called, and who accepts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from impfzentrum.models import Offer, Release
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.changing import add_doses, stamp_doses, take_back_doses
from impfzentrum.procedures.retiming import Times, change_times
from tests.conftest import World
from tests.factories import NOON

Call = Callable[[], object]
Change = Callable[[World, Release], Call]


def adding(world: World, release: Release, count: int = 3) -> Call:
    return partial(add_doses, release, count, stand=stamp_doses(release), by=world.staff, now=NOON)


def taking_back(world: World, release: Release, count: int = 3) -> Call:
    return partial(take_back_doses, release, count, stand=stamp_doses(release), by=world.staff, now=NOON)


def shortening(world: World, release: Release) -> Call:
    """Arrival ends at 13:45 instead of 17:45."""
    old = Times.of(release)
    return setting(world, release, Times(old.use_by, old.arrive_from, old.arrive_until - timedelta(hours=4)))


def lengthening(world: World, release: Release) -> Call:
    """Arrival ends at 18:45."""
    old, hour = Times.of(release), timedelta(hours=1)
    return setting(world, release, Times(old.use_by + hour, old.arrive_from, old.arrive_until + hour))


def setting(world: World, release: Release, times: Times) -> Call:
    return partial(change_times, release, times, stand=Times.of(release).stamp(), by=world.staff, now=NOON)


CHANGES: list[Change] = [adding, taking_back, shortening, lengthening]
OF_DOSES = (adding, taking_back)


def accepting(offers: list[Offer]) -> list[Call]:
    return [partial(accept_offer, offer, now=NOON) for offer in offers]
