"""Times change while people accept and messages are handed over: nobody is told the old times only."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction

from impfzentrum.models import AuditEvent, Dose, Message, Offer, Release
from impfzentrum.procedures import retiming
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.handing import start_clock
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.retiming import Times
from tests import factories
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.races.changes import Call, accepting, lengthening, setting, shortening

pytestmark = pytest.mark.race

SOON_OVER = NOON + timedelta(minutes=30)
"""An end of arrival for which people with twenty minutes of travel have to start at 12:10."""


def test_who_accepts_while_the_times_change_knows_the_new_ones(committed_world: World) -> None:
    committed_world.entries(10)
    release = committed_world.release(doses=10)
    accepts = accepting(factories.ask(release))
    outcomes = run_together([*accepts[:5], lengthening(committed_world, release), *accepts[5:]])
    assert [type(outcome) for outcome in outcomes] == [Dose] * 5 + [type(None)] + [Dose] * 5
    told_new = Message.objects.filter(template="times_changed").values_list("offer", flat=True)
    told_old = Message.objects.filter(template="place_and_time", expires_at__lte=release.arrive_until)
    assert set(told_new) == set(told_old.values_list("offer", flat=True))


def shorten_while_they_accept(world: World, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    world.entries(4)
    release = world.release(doses=4)
    list_promised = retiming.list_promised

    def list_and_wait(release: Release) -> list[Offer]:
        promised = list_promised(release)
        time.sleep(0.4)  # the moment in which people say yes
        return promised

    def accept_meanwhile(offer: Offer) -> Dose:
        time.sleep(0.1)
        return accept_offer(offer, now=NOON)

    monkeypatch.setattr(retiming, "list_promised", list_and_wait)
    accepts = [partial(accept_meanwhile, offer) for offer in factories.ask(release)]
    return run_together([shortening(world, release), *accepts])


def promised_ends() -> set[str]:
    """Until when who accepted may come, as the confirmation that was queued with the yes knows it."""
    messages = Message.objects.filter(template="place_and_time")
    return {f"{message.expires_at.astimezone(NOON.tzinfo):%H:%M}" for message in messages}


def test_who_accepts_while_arrival_is_shortened_is_promised_the_new_end(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = shorten_while_they_accept(committed_world, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [type(None)] + [Dose] * 4
    assert promised_ends() == {"13:45"}


def test_without_the_lock_of_doses_a_promise_would_be_broken(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retiming, "lock_undecided", lambda release: [])
    outcomes = shorten_while_they_accept(unguarded_world, monkeypatch)
    assert outcomes[0] is None, "shortened"
    assert promised_ends() == {"17:45"}
    assert not Message.objects.filter(template="times_changed").exists()


def test_without_the_lock_of_the_release_one_change_would_undo_another(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = unguarded_world.release(doses=2)

    def read_running(release: Release, **_: object) -> Release:
        found = Release.objects.select_related("centre").get(pk=release.pk)
        time.sleep(0.2)  # the moment in which the other reads the same times
        return found

    monkeypatch.setattr(retiming, "lock_running", read_running)
    run_together([shortening(unguarded_world, release), lengthening(unguarded_world, release)])
    assert AuditEvent.objects.filter(action="times_changed").count() == 2, "neither saw the other"


def hand_over_while_arrival_is_cut(world: World) -> Offer:
    """The hand-over has noted the end of the offer and has not committed yet when the times change."""
    world.entry()
    release = world.release()
    match_release(release.pk, now=NOON)
    offer = release.offers.select_related("entry", "release__centre__county").get()

    def hand_over() -> None:
        with transaction.atomic():
            start_clock(offer, now=NOON)
            time.sleep(0.5)

    def cut() -> None:
        time.sleep(0.15)
        change()

    change: Call = setting(world, release, Times(release.use_by, NOON, SOON_OVER))
    run_together([hand_over, cut])
    offer.refresh_from_db()
    return offer


def test_an_offer_handed_over_while_arrival_is_cut_ends_in_time(committed_world: World) -> None:
    assert hand_over_while_arrival_is_cut(committed_world).answer_by == NOON + timedelta(minutes=10)


def test_without_the_lock_of_the_offer_it_would_end_by_the_old_times(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_live_offers(release: Release) -> list[Offer]:
        offers = list(release.offers.live().select_related("entry"))
        for offer in offers:
            offer.release = release
        return offers

    monkeypatch.setattr(retiming, "lock_live_offers", read_live_offers)
    assert hand_over_while_arrival_is_cut(unguarded_world).answer_by == NOON + timedelta(minutes=15)


def test_who_is_handed_over_after_the_cut_waits_for_it(committed_world: World) -> None:
    committed_world.entries(8)
    release = committed_world.release(doses=8)
    match_release(release.pk, now=NOON)
    hand_over = partial(factories.ask, release)
    cut = setting(committed_world, release, Times(release.use_by, NOON, SOON_OVER))
    run_together([hand_over, cut, hand_over])
    opened = Offer.objects.filter(state="open")
    assert opened.count() == 8
    assert {offer.answer_by <= NOON + timedelta(minutes=10) for offer in opened if offer.answer_by} == {True}
