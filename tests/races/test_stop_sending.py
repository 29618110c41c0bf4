"""The stop is pressed, and the last SMS of a budget are leased, while many workers lease."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
from django.db import connection

from impfzentrum.models import County, Message, MessageTemplate, SendingStop
from impfzentrum.procedures import halting, holding
from impfzentrum.procedures.budgeting import read_budgets
from impfzentrum.procedures.halting import resume_sending, stop_sending
from impfzentrum.procedures.leasing import Room, lease_messages
from impfzentrum.procedures.outbox import queue_for_everybody
from impfzentrum.rules.budget import Budget
from impfzentrum.vocabulary import Channel
from tests.conftest import World, run_together
from tests.factories import NOON

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

WORKERS = 6


def fill_queue(world: World, messages: int) -> None:
    people = world.entries(messages)
    queue_for_everybody(people, MessageTemplate.WELCOME, now=NOON, expires_at=NOON + timedelta(hours=1))


def lease_all() -> int:
    """What a worker does until nothing is due for it any more."""
    leased = 0
    while batch := lease_messages(now=NOON, room={Channel.SMS: Room(2, 2)}):
        leased += len(batch)
        time.sleep(0.002)
    return leased


def press_stop(world: World) -> SendingStop:
    time.sleep(0.03)
    return stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)


def race_stop(world: World) -> tuple[SendingStop, int]:
    """The stop, and how many messages the workers took in all."""
    fill_queue(world, 60)
    *leased, stop = run_together([*[lease_all] * WORKERS, partial(press_stop, world)])
    assert isinstance(stop, SendingStop), stop
    return stop, sum(leased)


def test_after_the_stop_nobody_leases_and_what_is_in_flight_is_told(committed_world: World) -> None:
    stop, leased = race_stop(committed_world)
    assert stop.in_flight == leased == Message.objects.filter(state="sending").count()
    assert leased < 60, "the stop came in between"
    assert lease_messages(now=NOON) == []


def linger(what: Callable[..., object]) -> Callable[..., object]:
    """The same, and then time in which others go on."""

    def slow(*args: object, **named: object) -> object:
        outcome = what(*args, **named)
        time.sleep(0.1)
        return outcome

    return slow


def test_without_the_lock_workers_lease_after_the_stop(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "share_sending", lambda: None)
    monkeypatch.setattr(holding, "read_holds", linger(holding.read_holds))
    stop, leased = race_stop(committed_world)
    assert stop.in_flight < leased


def test_two_colleagues_stop_and_lift_once(committed_world: World) -> None:
    stops = run_together([partial(press_stop, committed_world)] * 4)
    assert len({stop.pk for stop in stops}) == 1
    lifted = run_together([partial(resume_sending, committed_world.county, by=committed_world.staff, now=NOON)] * 4)
    assert sorted(lifted) == [False, False, False, True]


def test_without_the_lock_the_second_stop_is_refused(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(halting, "hold_sending", lambda: None)
    monkeypatch.setattr(halting, "find_stop", linger(halting.find_stop))
    outcomes = run_together([partial(press_stop, committed_world)] * 4)
    assert any("stop_one_a_county" in str(outcome) for outcome in outcomes if isinstance(outcome, Exception))


def race_budget(world: World) -> int:
    County.objects.update(sms_per_day=7)
    fill_queue(world, 30)
    return sum(run_together([lease_all] * WORKERS))


def test_many_workers_together_lease_no_more_than_the_budget(committed_world: World) -> None:
    assert race_budget(committed_world) == 7
    assert read_budgets(now=NOON)[committed_world.county.pk].left == 0


def test_without_the_lock_the_budget_is_overdrawn(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = itertools.count()

    def read_without_lock(*, now: datetime) -> dict[int, Budget]:
        budgets = read_budgets(now=now)
        time.sleep(0.2 * (next(calls) % 4))  # the later ones still believe what they read at first
        return budgets

    monkeypatch.setattr(holding, "read_budgets_exactly", read_without_lock)
    assert race_budget(committed_world) > 7


def test_a_stop_waits_only_for_those_who_are_leasing(committed_world: World) -> None:
    """Nobody holds the lock while sending: it ends with the transaction of the lease."""
    fill_queue(committed_world, 2)
    assert len(lease_messages(now=NOON)) == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)
