"""Several workers empty one outbox: each message is sent once."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from impfzentrum.models import Message, Offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.matching import match_release
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.gateways.programmable import Gateway

pytestmark = pytest.mark.race

PEOPLE = 40
_LOCK = re.compile(r"FOR NO KEY UPDATE( OF \S+)? SKIP LOCKED")


def take_without_lock(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """The lease as it would be without its lock and its second look at the state, and with time to read the same."""
    sql = _LOCK.sub("", sql).replace(
        "AND state = 'queued' RETURNING", "AND (SELECT pg_sleep(0.3)) IS NOT NULL RETURNING"
    )
    return execute(sql, params, many, context)


def send_with_four_workers(world: World, *, guarded: bool) -> int:
    """How many messages were sent more than once."""
    world.entries(PEOPLE)
    match_release(world.release(doses=PEOPLE).pk, now=NOON)

    def work() -> int:
        if guarded:
            return deliver_messages(clock=lambda: NOON)
        with connection.execute_wrapper(take_without_lock):
            return deliver_messages(clock=lambda: NOON)

    outcomes = run_together([partial(work)] * 4)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    return int(sum(outcomes)) - PEOPLE


def test_four_workers_send_each_message_once(committed_world: World, gateway: Gateway) -> None:
    lock, seen = threading.Lock(), Counter[str]()

    def count() -> None:
        with lock:
            seen["calls"] += 1

    gateway.meanwhile = count
    assert send_with_four_workers(committed_world, guarded=True) == 0
    assert seen["calls"] == PEOPLE
    assert Counter(Message.objects.values_list("state", "attempts")) == {("sent", 1): PEOPLE}
    assert Offer.objects.filter(state="open").count() == PEOPLE


def test_without_the_lock_messages_would_be_sent_twice(committed_world: World, gateway: Gateway) -> None:
    assert send_with_four_workers(committed_world, guarded=False) > 0
