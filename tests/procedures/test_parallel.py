"""Many messages at once: in which order, on how many lines, in how many statements, and for how long they are ours."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, DataError, OperationalError, connection, connections
from django.test.utils import CaptureQueriesContext

from impfzentrum.gateways.lines import Call, Lines
from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.delivering import LINES, LONGEST_CALL, MOST, deliver_messages
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.insisting import insist
from impfzentrum.procedures.leasing import LEASE, Room, lease_messages, renew_leases, requeue_lost_leases
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.outbox import queue_for_everybody
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import AtOnce, Gateway
from tests.procedures.played import prepared_offer

OTHERS = int(LINES[Channel.SMS] * MOST)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def queue_others(world: World, count: int) -> None:
    """So many messages that are no offers, all to one person."""
    person = world.entry()
    queue_for_everybody([person] * count, MessageTemplate.PAUSED, now=NOON, expires_at=after(3600))


def queue_offers(world: World, count: int) -> None:
    world.entries(count)
    match_release(world.release(doses=count).pk, now=NOON)


def test_offers_go_before_everything_that_waited_longer(world: World) -> None:
    queue_others(world, 30)
    queue_offers(world, 2)
    Message.objects.filter(template="offer").update(due_at=after(60))
    leased = lease_messages(now=after(60), room={Channel.SMS: Room(all=5, others=5)})
    assert [one.template for one in leased] == ["offer"] * 2 + ["paused"] * 3


def test_what_is_no_offer_gets_no_more_than_its_room(world: World) -> None:
    queue_others(world, 10)
    assert len(lease_messages(now=NOON, room={Channel.SMS: Room(all=9, others=4)})) == 4
    assert lease_messages(now=NOON, room={Channel.SMS: Room(all=0, others=4), Channel.EMAIL: Room(8, 8)}) == []


def test_an_early_answer_is_recorded_while_a_slow_one_is_waited_for(world: World, gateway: Gateway) -> None:
    queue_offers(world, 3)
    let_go, calls = threading.Event(), iter(range(3))

    def keep_the_first_waiting() -> None:
        if next(calls) == 0:
            let_go.wait(20)

    def clock() -> datetime:
        if threading.current_thread() is threading.main_thread() and Offer.objects.filter(state="open").count() == 2:
            let_go.set()
        return NOON

    gateway.meanwhile = keep_the_first_waiting
    begun = time.monotonic()
    assert deliver_messages(clock=clock) == 3
    assert time.monotonic() - begun < 15
    assert Offer.objects.filter(state="open").count() == 3


def test_slow_messages_leave_lines_for_a_fresh_offer(world: World, gateway: Gateway) -> None:
    queue_others(world, 3 * OTHERS)
    queue_offers(world, 1)
    Message.objects.filter(template="offer").update(due_at=after(1))
    let_go, attempts = threading.Event(), []

    def hang_until_the_offer_came() -> None:
        attempts.append(1)
        if len(attempts) <= OTHERS:
            let_go.wait(20)
        else:
            let_go.set()

    gateway.meanwhile = hang_until_the_offer_came
    deliver_messages(clock=lambda: after(1 if len(attempts) >= OTHERS else 0))
    assert "Angebot" in gateway.texts[0], "the offer overtook all that hung"
    assert len(gateway.texts) == 3 * OTHERS + 1


def test_a_batch_costs_the_same_statements_whatever_its_size(world: World, gateway: Gateway) -> None:
    counts = []
    for size in (2, 12):
        queue_offers(world, size)
        with CaptureQueriesContext(connection) as queries:
            assert deliver_messages(clock=lambda: NOON, pool=AtOnce()) == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 26
    assert set(Offer.objects.values_list("state", flat=True)) == {"open"}


def test_no_thread_opens_a_connection_to_the_database(world: World, gateway: Gateway) -> None:
    queue_offers(world, 4)
    opened: list[object] = []

    def look() -> None:
        if threading.current_thread() is not threading.main_thread():
            opened.append([one.connection for one in connections.all(initialized_only=True)])

    gateway.meanwhile = look
    deliver_messages(clock=lambda: NOON)
    assert opened == [[]] * 4


def test_a_call_that_begins_too_late_sends_nothing_and_gets_a_new_lease(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process was stopped for a while between lease and call."""
    prepared_offer(world)
    start, starts = Lines.start, []

    def late(lines: Lines, call: Call) -> None:
        starts.append(call)
        start(lines, call)

    monkeypatch.setattr(Lines, "start", late)
    too_late = (LEASE - LONGEST_CALL).total_seconds() + 1
    deliver_messages(clock=lambda: after(too_late if starts else 0), pool=AtOnce())
    assert [len(starts), gateway.attempts] == [2, 1]
    message = Message.objects.get()
    assert (message.state, message.lease_until) == ("sent", after(too_late) + LEASE)


def test_a_stop_also_holds_what_could_not_begin_in_time(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So nothing leaves later than one lease after the stop: a call begins within five seconds and ends within ten."""
    assert LONGEST_CALL < LEASE
    prepared_offer(world)
    start, starts = Lines.start, []

    def late(lines: Lines, call: Call) -> None:
        starts.append(call)
        stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
        start(lines, call)

    monkeypatch.setattr(Lines, "start", late)
    too_late = (LEASE - LONGEST_CALL).total_seconds() + 1
    deliver_messages(clock=lambda: after(too_late if starts else 0), pool=AtOnce())
    assert [len(starts), gateway.attempts] == [1, 0]
    message = Message.objects.get()
    assert (message.state, message.lease_until, message.doubtful_since) == ("queued", None, None)


def test_a_lease_that_ran_out_before_the_call_belongs_to_others(
    world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared_offer(world)
    start, starts = Lines.start, []

    def long_after(lines: Lines, call: Call) -> None:
        starts.append(call)
        requeue_lost_leases(now=after(16))
        start(lines, call)

    monkeypatch.setattr(Lines, "start", long_after)
    deliver_messages(clock=lambda: after(16 if starts else 0), pool=AtOnce())
    assert [one.ask for one in starts] == [False, True, False], (
        "taken up again it is in doubt: first the provider is asked"
    )
    assert gateway.attempts == 1


def test_a_renewal_keeps_the_lease_and_remembers_the_letter(world: World) -> None:
    prepared_offer(world)
    [message] = lease_messages(now=NOON)
    assert renew_leases([message], now=after(10), begun={message.pk: NOON}) == [message]
    assert requeue_lost_leases(now=after(20)) == 0
    assert requeue_lost_leases(now=after(26)) == 1
    assert Message.objects.get().doubtful_since == NOON, "not the moment of the renewal: the letter is older"
    assert renew_leases([message], now=after(27), begun={}) == [], "it is not ours any more"


def test_answers_are_noted_again_when_the_database_went_away() -> None:
    """A connection that ends at the very COMMIT is a bare DatabaseError: taken for final, it would be sent twice."""
    faults = [OperationalError("starting up"), DatabaseError("server closed the connection unexpectedly")]

    def note() -> str:
        if faults:
            raise faults.pop()
        return "noted"

    assert insist(note) == "noted"
    faults.append(DataError("out of range"))
    with pytest.raises(DataError):
        insist(note)
