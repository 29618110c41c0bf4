"""A yes in the last second, while the clock closes the offer: one of the two, never half of each."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from psycopg2 import sql

from impfzentrum.errors import OfferExpired
from impfzentrum.models import Dose, Offer
from impfzentrum.models.moving import LostRace
from impfzentrum.models.release import DoseQuerySet
from impfzentrum.procedures import answering, closing
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.expiring import end_releases, expire_offers
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.states import OfferState
from tests import factories
from tests.conftest import Together, World, run_together

pytestmark = pytest.mark.race


def ask_ten(world: World) -> list[Offer]:
    world.entries(10)
    return factories.ask(world.release(doses=10))


def test_accept_against_expiry(committed_world: World) -> None:
    offers = ask_ten(committed_world)
    end = offers[0].answer_by
    assert end is not None
    accepts = [lambda one=one: accept_offer(one, now=end) for one in offers]
    expiry = [lambda: expire_offers(now=end + timedelta(seconds=1))] * 4
    outcomes = run_together([*expiry[:2], *accepts, *expiry[2:]])
    for offer, outcome in zip(offers, outcomes[2:12], strict=True):
        offer.refresh_from_db()
        if isinstance(outcome, Dose):
            assert (offer.state, outcome.holder_id) == ("accepted", offer.entry_id)
        else:
            assert isinstance(outcome, OfferExpired)
            assert offer.state == "late"
    assert Dose.objects.filter(state="free").count() + Dose.objects.filter(state="confirmed").count() == 10


def test_without_locks_a_yes_is_lost_to_the_clock(unguarded_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    offers = ask_ten(unguarded_world)
    end = offers[0].answer_by
    assert end is not None

    def claim(self: DoseQuerySet, offer: Offer) -> Dose | None:
        return self.filter(offers=offer.pk, state="held").first()

    def read_and_wait(offer: Offer) -> None:
        return None

    def give_slowly(offer: Offer, dose: Dose, **named: object) -> None:
        time.sleep(0.3)  # the moment in which the clock closes the offer
        give(offer, dose, **named)  # type: ignore[arg-type]

    give = answering._give_dose
    monkeypatch.setattr(DoseQuerySet, "claim_for", claim)
    monkeypatch.setattr(answering, "_lock_person", read_and_wait)
    monkeypatch.setattr(answering, "_give_dose", give_slowly)

    def expire() -> int:
        time.sleep(0.1)
        return expire_offers(now=end + timedelta(seconds=1))

    outcomes = run_together([expire, *[lambda one=one: accept_offer(one, now=end) for one in offers]])
    assert any(isinstance(outcome, LostRace) for outcome in outcomes)


def close_while_a_yes_commits(offer: Offer) -> int:
    """Close an offer by a statement that begins before a yes is committed and gets its locks only after it."""

    def close_later() -> int:
        time.sleep(0.2)
        with transaction.atomic():
            return close_offers(Offer.objects.filter(pk=offer.pk), OfferState.EXPIRED, now=factories.NOON)

    def accept_slowly() -> None:
        with transaction.atomic():
            accept_offer(offer, now=factories.NOON)
            time.sleep(0.6)

    [closed, _] = run_together([close_later, accept_slowly])
    assert isinstance(closed, int), closed
    return closed


def test_who_waits_for_a_yes_sees_it_although_their_statement_is_older(committed_world: World) -> None:
    [offer, *_] = ask_ten(committed_world)
    assert close_while_a_yes_commits(offer) == 0
    offer.refresh_from_db()
    assert (offer.state, Dose.objects.filter(state="confirmed").count()) == ("accepted", 1)


def test_without_the_second_look_at_the_state_the_older_statement_wins(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    [offer, *_] = ask_ten(unguarded_world)
    text = closing._CLOSE.string.replace("AND state IN ('prepared', 'open')", "")
    assert text != closing._CLOSE.string
    monkeypatch.setattr(closing, "_CLOSE", sql.SQL(text))
    assert close_while_a_yes_commits(offer) == 1, "a yes is taken back"


def test_accept_against_the_end_of_the_release(committed_world: World) -> None:
    committed_world.entries(6, travel_minutes=1)
    release = committed_world.release(doses=6)
    offers = factories.ask(release)
    end = offers[0].answer_by
    assert end is not None
    calls = [lambda one=one: accept_offer(one, now=end) for one in offers]
    run_together([*calls, lambda: end_releases(now=release.use_by)])
    assert set(Dose.objects.values_list("state", flat=True)) <= {"confirmed", "lapsed"}


def test_accept_against_stop(committed_world: World) -> None:
    offers = ask_ten(committed_world)
    release, now = offers[0].release, factories.NOON
    calls = [lambda one=one: accept_offer(one, now=now) for one in offers]
    run_together([*calls, lambda: stop_release(release, by=committed_world.staff, now=now)])
    assert set(Dose.objects.values_list("state", flat=True)) <= {"confirmed", "withdrawn"}
    assert set(Offer.objects.values_list("state", flat=True)) <= {"accepted", "late", "withdrawn"}


def test_yes_against_no_of_the_same_person(committed_world: World) -> None:
    now = factories.NOON
    for offer in ask_ten(committed_world):
        run_together([partial(accept_offer, offer, now=now), partial(decline_offer, offer, now=now)])
        offer.refresh_from_db()
        assert offer.state in ("accepted", "declined")


def test_cancelling_twice_frees_one_dose_once(committed_world: World, at_the_same_time: Together) -> None:
    committed_world.entry()
    [offer] = factories.ask(committed_world.release(doses=1))
    accept_offer(offer, now=factories.NOON)
    outcomes = at_the_same_time(cancel_dose, [offer] * 5, now=factories.NOON)
    assert outcomes == [None] * 5
    assert Dose.objects.get().state == "free"
    assert offer.messages.filter(template="cancelled").count() == 1
