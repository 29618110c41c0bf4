"""Staff change a release while people answer, the clock ends offers and matching asks: no promise breaks."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import IntegrityError

from impfzentrum.errors import ChangedMeanwhile, DosesTaken, Refusal
from impfzentrum.models import AuditEvent, Dose, Offer, Release
from impfzentrum.models.moving import LostRace
from impfzentrum.procedures import changing
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.expiring import expire_offers
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import stop_release
from tests import factories
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.races.changes import CHANGES, OF_DOSES, Call, Change, accepting, adding, shortening, taking_back

pytestmark = pytest.mark.race


def assert_promises_hold() -> None:
    for offer in Offer.objects.filter(state="accepted").select_related("dose"):
        assert offer.dose is not None
        assert (offer.dose.state, offer.dose.holder_id) == ("confirmed", offer.entry_id)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_against_ten_who_accept(committed_world: World, change: Change) -> None:
    committed_world.entries(10)
    release = committed_world.release(doses=10)
    accepts = accepting(factories.ask(release))
    for outcome in run_together([*accepts[:5], change(committed_world, release), *accepts[5:]]):
        assert outcome is None or isinstance(outcome, Dose | Refusal)
    assert_promises_hold()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_against_the_clock_and_matching(committed_world: World, change: Change) -> None:
    committed_world.entries(20)
    release = committed_world.release(doses=8)
    offers = factories.ask(release)
    clock = partial(expire_offers, now=NOON + timedelta(minutes=15, seconds=1))
    matching = partial(match_release, release.pk, now=NOON)
    declines = [partial(decline_offer, offer, now=NOON) for offer in offers[:3]]
    calls: list[Call] = [
        matching,
        clock,
        *declines,
        change(committed_world, release),
        clock,
        matching,
        *accepting(offers[5:]),
    ]
    for outcome in run_together(calls):
        assert not isinstance(outcome, Exception) or isinstance(outcome, Refusal)
    assert_promises_hold()


@pytest.mark.parametrize("first", CHANGES)
@pytest.mark.parametrize("second", CHANGES)
def test_two_changes_at_once(committed_world: World, first: Change, second: Change) -> None:
    committed_world.entries(6)
    release = committed_world.release(doses=8)
    factories.ask(release)
    outcomes = run_together([first(committed_world, release), second(committed_world, release)])
    refused = [outcome for outcome in outcomes if outcome is not None]
    assert all(isinstance(outcome, ChangedMeanwhile) for outcome in refused)
    about_the_same = (first in OF_DOSES) == (second in OF_DOSES)
    same_times = first == second and first not in OF_DOSES
    assert len(refused) == (1 if about_the_same and not same_times else 0)
    made = AuditEvent.objects.filter(action__in=["doses_added", "doses_taken_back", "times_changed"])
    assert made.count() == (1 if about_the_same else 2)


def test_taking_back_against_an_open_race(committed_world: World) -> None:
    release = committed_world.release(doses=5)
    accepts = accepting([factories.open_race(release, entry) for entry in committed_world.entries(12)])
    taken_back, *answers = run_together([taking_back(committed_world, release), *accepts])
    match_release(release.pk, now=NOON)
    states = Counter(release.doses.values_list("state", flat=True))
    assert states == ({"confirmed": 5} if isinstance(taken_back, Refusal) else {"confirmed": 2, "withdrawn": 3})
    assert {type(answer) for answer in answers} == {Dose, DosesTaken}
    assert_promises_hold()


def test_without_the_lock_of_doses_what_is_accepted_would_be_taken_back(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded_world.entries(4)
    release = unguarded_world.release(doses=4)

    def read_undecided(release: Release) -> list[Dose]:
        doses = list(release.doses.undecided())
        time.sleep(0.4)  # the moment in which people say yes
        return doses

    def accept_meanwhile(offer: Offer) -> Dose:
        time.sleep(0.1)
        return accept_offer(offer, now=NOON)

    monkeypatch.setattr(changing, "lock_undecided", read_undecided)
    accepts = [partial(accept_meanwhile, offer) for offer in factories.ask(release)]
    outcome, *_ = run_together([taking_back(unguarded_world, release), *accepts])
    assert isinstance(outcome, LostRace), "the compare-and-set sees what the lock should have prevented"


def test_five_taps_add_once(committed_world: World) -> None:
    release = committed_world.release(doses=2)
    run_together([adding(committed_world, release)] * 5)
    assert release.doses.count() == 5


def test_without_the_lock_of_the_release_five_taps_collide(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = unguarded_world.release(doses=2)

    def read_running(release: Release, *, now: datetime) -> Release:
        return Release.objects.select_related("centre").get(pk=release.pk)

    def find_and_wait(release: Release, stand: str) -> int:
        counting = refuse_changed_doses(release, stand)
        time.sleep(0.2)  # the moment in which the others find the same doses
        return counting

    refuse_changed_doses = changing._refuse_changed_doses
    monkeypatch.setattr(changing, "lock_running", read_running)
    monkeypatch.setattr(changing, "_refuse_changed_doses", find_and_wait)
    outcomes = run_together([adding(unguarded_world, release)] * 5)
    assert any(isinstance(outcome, IntegrityError) for outcome in outcomes), "numbers are given once, says the database"


def test_adding_against_the_end_by_hand(committed_world: World) -> None:
    release = committed_world.release(doses=2)
    stop = partial(stop_release, release, by=committed_world.staff, now=NOON)
    run_together([adding(committed_world, release), stop, shortening(committed_world, release)])
    assert set(release.doses.values_list("state", flat=True)) == {"withdrawn"}
