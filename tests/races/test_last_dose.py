"""Twenty people, five doses: exactly five get one, whatever happens at the same moment."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from django.db import IntegrityError

from impfzentrum.errors import DosesTaken
from impfzentrum.models import Dose, Offer
from impfzentrum.models.moving import LostRace
from impfzentrum.models.release import DoseQuerySet
from impfzentrum.procedures.answering import accept_offer
from tests import factories
from tests.conftest import Together, World
from tests.factories import NOON

pytestmark = pytest.mark.race


def twenty_for_five(world: World) -> list[Offer]:
    release = world.release(doses=5)
    return [factories.open_race(release, entry) for entry in world.entries(20)]


def claim_without_lock(self: DoseQuerySet, offer: Offer) -> Dose | None:
    """The claim as it would be without its lock: everybody reads the same first free dose."""
    dose = self.filter(release=offer.release_id, state="free").order_by("number").first()
    time.sleep(0.05)  # the moment in which the others read it too
    return dose


def test_last_dose_is_taken_once(committed_world: World, at_the_same_time: Together) -> None:
    offers = twenty_for_five(committed_world)
    outcomes = at_the_same_time(accept_offer, offers, now=NOON)
    assert Counter(map(type, outcomes)) == {Dose: 5, DosesTaken: 15}
    assert len({dose.pk for dose in outcomes if isinstance(dose, Dose)}) == 5
    assert Counter(Offer.objects.values_list("state", flat=True)) == {"accepted": 5, "late": 15}


def test_without_the_lock_the_race_happens(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    offers = twenty_for_five(unguarded_world)
    monkeypatch.setattr(DoseQuerySet, "claim_for", claim_without_lock)
    outcomes = at_the_same_time(accept_offer, offers, now=NOON)
    given = [outcome for outcome in outcomes if isinstance(outcome, Dose)]
    doubly = len({dose.pk for dose in given}) < len(given)
    noticed_too_late = any(isinstance(outcome, IntegrityError | LostRace) for outcome in outcomes)
    assert doubly or noticed_too_late


def test_one_person_taps_twice(committed_world: World, at_the_same_time: Together) -> None:
    committed_world.entry()
    [offer] = factories.ask(committed_world.release(doses=1))
    outcomes = at_the_same_time(accept_offer, [offer] * 6, now=NOON)
    assert {type(outcome) for outcome in outcomes} == {Dose}
    assert len({dose.pk for dose in outcomes}) == 1
    assert offer.messages.filter(template="place_and_time").count() == 1


def test_without_locks_two_taps_confirm_twice(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded_world.entry()
    [offer] = factories.ask(unguarded_world.release(doses=1))

    def claim(self: DoseQuerySet, offer: Offer) -> Dose | None:
        dose = self.filter(offers=offer.pk).first()
        time.sleep(0.05)
        return dose

    def leave_unlocked(offer: Offer) -> None:
        time.sleep(0.05)

    monkeypatch.setattr(DoseQuerySet, "claim_for", claim)
    monkeypatch.setattr("impfzentrum.procedures.answering._lock_person", leave_unlocked)
    outcomes = at_the_same_time(accept_offer, [offer] * 6, now=NOON)
    confirmed_twice = offer.messages.filter(template="place_and_time").count() > 1
    assert confirmed_twice or any(isinstance(outcome, LostRace) for outcome in outcomes)
