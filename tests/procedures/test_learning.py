"""A county learns from its own answers how soon people answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from impfzentrum.models import Offer, ResponseLesson
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.expiring import end_releases
from impfzentrum.procedures.learning import learn_response, read_lessons, read_response
from impfzentrum.procedures.sweeping import tend
from impfzentrum.rules.response import PRIOR
from tests import factories
from tests.conftest import World
from tests.factories import NOON

pytestmark = pytest.mark.django_db

EVENING = NOON + timedelta(hours=6)


def answer_after(world: World, minutes: list[float]) -> None:
    """A release whose people say yes so many minutes after the message, and that is over."""
    world.entries(len(minutes))
    offers = factories.ask(world.release(doses=len(minutes)))
    for after, offer in zip(minutes, offers, strict=True):
        accept_offer(offer, now=NOON + timedelta(minutes=after))
    end_releases(now=EVENING)


def test_nothing_is_learned_before_a_release_is_over(world: World) -> None:
    assert not learn_response(world.county, now=NOON)
    assert read_response(world.county) is PRIOR
    world.entry()
    factories.ask(world.release())
    assert not learn_response(world.county, now=NOON)


@pytest.mark.parametrize(("soon", "sooner"), [(29, True), (1, False)])
def test_the_curve_bends_towards_what_was_seen(world: World, soon: int, sooner: bool) -> None:
    answer_after(world, [1.0] * soon + [14.0] * (30 - soon))
    assert learn_response(world.county, now=EVENING)
    learned = read_lessons(world.county, now=EVENING).response
    assert (learned.answered_by(5) > PRIOR.answered_by(5)) is sooner
    assert ResponseLesson.objects.get().answers == 30
    assert not learn_response(world.county, now=EVENING), "nothing new has ended"


def test_silence_counts_only_until_its_end(world: World) -> None:
    world.entries(2)
    offers = factories.ask(world.release(doses=2))
    accept_offer(offers[0], now=NOON + timedelta(minutes=2))
    Offer.objects.filter(pk=offers[1].pk).update(handed_over_at=None)  # never arrived: teaches nothing
    end_releases(now=EVENING)
    learn_response(world.county, now=EVENING)
    assert ResponseLesson.objects.get().answers == 1


def test_another_county_keeps_its_own_curve(world: World) -> None:
    other = factories.make_county("anderswo", "06636")
    answer_after(world, [14.0] * 5)
    tend(now=EVENING)
    assert read_response(world.county) is not PRIOR
    assert read_response(other) is PRIOR
