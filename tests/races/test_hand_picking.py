"""Doses given by hand while colleagues decide, people accept and other releases ask: one dose, one promise, or none."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from threading import Barrier

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError

from impfzentrum.errors import AlreadyProposed, DosesTaken, HandPickDecided, NoFreeDose, NotEligible, Refusal
from impfzentrum.models import AuditEvent, Dose, HandPick, Offer, Release, StandbyEntry
from impfzentrum.models.moving import LostRace
from impfzentrum.models.release import DoseQuerySet
from impfzentrum.procedures import hand_picking
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.hand_picking import (
    consent_to_hand_pick,
    lapse_hand_picks,
    propose_hand_pick,
    refuse_hand_pick,
    withdraw_hand_pick,
)
from impfzentrum.procedures.releasing import stop_release
from tests import factories
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.procedures.picking import order, propose

pytestmark = pytest.mark.race


def colleagues(world: World, count: int) -> list[User]:
    return [factories.make_staff(world.centre, f"colleague-{number}") for number in range(count)]


def slowly(function: Callable[..., object], seconds: float = 0.3) -> Callable[..., object]:
    """The function, with a pause after it: the moment in which the others do the same."""

    def run(*args: object, **named: object) -> object:
        found = function(*args, **named)
        time.sleep(seconds)
        return found

    return run


def at_once(function: Callable[..., object]) -> Callable[..., object]:
    """The function, which returns only when the other one of two has come as far: both have seen the same."""
    met = Barrier(2)

    def run(*args: object, **named: object) -> object:
        found = function(*args, **named)
        met.wait(timeout=30)
        return found

    return run


def read_running(release: Release, **_named: object) -> Release:
    return Release.objects.select_related("centre").get(pk=release.pk)


def read_proposal(pick: HandPick) -> HandPick:
    return HandPick.objects.select_related("release__centre").get(pk=pick.pk)


def read_person(pick: HandPick) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=pick.entry_id)


def read_free(self: DoseQuerySet, release_id: int) -> Dose | None:
    return self.filter(release=release_id, state="free").order_by("number").first()


def test_colleagues_who_consent_at_once_give_one_dose(committed_world: World) -> None:
    pick = propose(committed_world, committed_world.release(doses=5), committed_world.entry())
    outcomes = run_together(
        [partial(consent_to_hand_pick, pick, by=one, now=NOON) for one in colleagues(committed_world, 5)]
    )
    assert sum(isinstance(one, HandPick) for one in outcomes) == 1
    assert sum(isinstance(one, HandPickDecided) for one in outcomes) == 4
    assert Dose.objects.filter(state="confirmed").count() == Offer.objects.count() == 1
    assert AuditEvent.objects.filter(action="hand_pick_consented").count() == 1


def test_five_taps_of_one_colleague_give_one_dose(committed_world: World) -> None:
    pick = propose(committed_world, committed_world.release(doses=5), committed_world.entry())
    [colleague] = colleagues(committed_world, 1)
    outcomes = run_together([partial(consent_to_hand_pick, pick, by=colleague, now=NOON)] * 5)
    assert all(isinstance(one, HandPick) for one in outcomes)
    assert Dose.objects.filter(state="confirmed").count() == Offer.objects.count() == 1


def test_without_the_locks_colleagues_collide(unguarded_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_picking, "lock_running", read_running)
    monkeypatch.setattr(hand_picking, "lock_person", read_person)
    both = colleagues(unguarded_world, 2)
    for _ in range(5):  # after the barrier one may still be through before the other begins to write
        pick = propose(unguarded_world, unguarded_world.release(doses=5), unguarded_world.entry())
        monkeypatch.setattr(hand_picking, "lock_proposal", at_once(read_proposal))
        outcomes = run_together([partial(consent_to_hand_pick, pick, by=one, now=NOON) for one in both])
        if any(isinstance(one, IntegrityError | LostRace) for one in outcomes):
            return
    pytest.fail(f"the database refuses the second dose: {outcomes}")


def test_consent_against_no_withdrawal_and_the_clock(committed_world: World) -> None:
    first, second = colleagues(committed_world, 2)
    release = committed_world.release(doses=6)
    for entry in committed_world.entries(6):
        pick = propose(committed_world, release, entry)
        consent, *others = run_together(
            [
                partial(consent_to_hand_pick, pick, by=first, now=NOON),
                partial(refuse_hand_pick, pick, by=second, now=NOON),
                partial(withdraw_hand_pick, pick, by=committed_world.staff, now=NOON),
                partial(lapse_hand_picks, now=NOON + timedelta(minutes=15)),
            ]
        )
        pick.refresh_from_db()
        assert pick.state in ("consented", "refused", "withdrawn", "lapsed")
        assert isinstance(consent, HandPick if pick.state == "consented" else HandPickDecided)
        for other in others:
            assert other is None or isinstance(other, int | HandPickDecided)
    decided = AuditEvent.objects.filter(action__startswith="hand_pick").exclude(action="hand_pick_proposed")
    assert decided.count() == 6


def test_without_the_lock_of_the_proposal_the_clock_gets_between(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    pick = propose(unguarded_world, unguarded_world.release(), unguarded_world.entry())
    [colleague] = colleagues(unguarded_world, 1)
    monkeypatch.setattr(hand_picking, "lock_proposal", slowly(read_proposal))

    def lapse() -> int:
        time.sleep(0.1)
        return lapse_hand_picks(now=NOON + timedelta(minutes=15))

    consent, lapsed = run_together([partial(consent_to_hand_pick, pick, by=colleague, now=NOON), lapse])
    assert isinstance(consent, LostRace)
    assert lapsed == 1


def test_consent_against_an_acceptance_of_the_last_dose(committed_world: World) -> None:
    [colleague] = colleagues(committed_world, 1)
    for _ in range(5):
        release = committed_world.release()
        pick = propose(committed_world, release, committed_world.entry())
        offer = factories.open_race(release, committed_world.entry())
        consent, answer = run_together(
            [partial(consent_to_hand_pick, pick, by=colleague, now=NOON), partial(accept_offer, offer, now=NOON)]
        )
        assert isinstance(consent, HandPick) != isinstance(answer, Dose), "one of the two"
        assert isinstance(consent, HandPick | NoFreeDose)
        assert isinstance(answer, Dose | DosesTaken)
        assert release.offers.filter(state="accepted").count() == 1


def test_without_the_lock_of_the_dose_it_is_given_twice(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = unguarded_world.release()
    pick = propose(unguarded_world, release, unguarded_world.entry())
    offer = factories.open_race(release, unguarded_world.entry())
    [colleague] = colleagues(unguarded_world, 1)
    monkeypatch.setattr(DoseQuerySet, "claim_free", at_once(read_free))
    outcomes = run_together(
        [partial(consent_to_hand_pick, pick, by=colleague, now=NOON), partial(accept_offer, offer, now=NOON)]
    )
    assert any(isinstance(one, IntegrityError | LostRace) for one in outcomes)


def ask_elsewhere_while_a_colleague_consents(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[object, object]:
    """The colleague has found the person eligible; then another release asks them, and they say yes to that."""
    person = world.entry()
    pick = propose(world, world.release(), person)
    elsewhere = world.release()
    [colleague] = colleagues(world, 1)
    monkeypatch.setattr(hand_picking, "_refuse_ineligible", slowly(hand_picking._refuse_ineligible, 0.5))

    def say_yes_elsewhere() -> Dose | None:
        time.sleep(0.15)
        offers = factories.ask(elsewhere)
        return accept_offer(offers[0], now=NOON) if offers else None

    consent, answer = run_together([partial(consent_to_hand_pick, pick, by=colleague, now=NOON), say_yes_elsewhere])
    return consent, answer


def test_who_is_given_a_dose_by_hand_is_asked_nowhere_else(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent, answer = ask_elsewhere_while_a_colleague_consents(committed_world, monkeypatch)
    assert isinstance(consent, HandPick)
    assert answer is None, "matching passes by who is locked"


def test_without_the_lock_of_the_person_they_would_be_promised_two(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_picking, "lock_person", read_person)
    consent, answer = ask_elsewhere_while_a_colleague_consents(unguarded_world, monkeypatch)
    assert isinstance(answer, Dose)
    assert isinstance(consent, IntegrityError | LostRace)


@pytest.mark.parametrize("say", [accept_offer, decline_offer])
def test_consent_against_the_own_answer_in_another_release(committed_world: World, say: Callable[..., object]) -> None:
    [colleague] = colleagues(committed_world, 1)
    for _ in range(4):
        person = committed_world.entry()
        pick = propose(committed_world, committed_world.release(), person)
        [offer] = factories.ask(committed_world.release())
        assert offer.entry_id == person.pk
        consent, answer = run_together(
            [partial(consent_to_hand_pick, pick, by=colleague, now=NOON), partial(say, offer, now=NOON)]
        )
        person.refresh_from_db()
        if say is accept_offer:
            assert isinstance(answer, Dose)
            assert isinstance(consent, NotEligible)
        else:
            assert answer is None
            assert isinstance(consent, HandPick | NotEligible)
        given = Offer.objects.filter(entry=person, state="accepted").count()
        assert given == (1 if person.state == "appointed" else 0)
        # Who said no and waits again would be asked before the next round's person, by the luck of the draw.
        StandbyEntry.objects.filter(pk=person.pk, state="waiting").update(state="paused")


def test_consent_against_the_end_by_hand(committed_world: World) -> None:
    [colleague] = colleagues(committed_world, 1)
    for _ in range(5):
        release = committed_world.release(doses=2)
        pick = propose(committed_world, release, committed_world.entry())
        consent, _stopped = run_together(
            [
                partial(consent_to_hand_pick, pick, by=colleague, now=NOON),
                partial(stop_release, release, by=committed_world.staff, now=NOON),
            ]
        )
        given = release.doses.filter(state="confirmed").count()
        assert given == (1 if isinstance(consent, HandPick) else 0)
        assert isinstance(consent, HandPick | Refusal)


def test_two_who_propose_the_same_person(committed_world: World) -> None:
    release, person = committed_world.release(), committed_world.entry()
    calls = [
        partial(propose_hand_pick, order(release, person), by=one, now=NOON) for one in colleagues(committed_world, 4)
    ]
    outcomes = run_together(calls)
    assert sum(isinstance(one, HandPick) for one in outcomes) == 1
    assert sum(isinstance(one, AlreadyProposed) for one in outcomes) == 3


def test_without_the_lock_of_the_release_the_database_refuses_the_second_proposal(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release, person = unguarded_world.release(), unguarded_world.entry()
    monkeypatch.setattr(hand_picking, "lock_running", read_running)
    monkeypatch.setattr(hand_picking, "_refuse_ineligible", at_once(hand_picking._refuse_ineligible))
    calls = [
        partial(propose_hand_pick, order(release, person), by=one, now=NOON) for one in colleagues(unguarded_world, 2)
    ]
    assert any(isinstance(one, IntegrityError) for one in run_together(calls))
