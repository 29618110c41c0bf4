"""A rest is over while somebody decides about the person: a rest that begins anew must not be taken away with it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from impfzentrum.models import StandbyEntry
from impfzentrum.procedures.capping import end_rests
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.races.guards import unlock
from tests.races.schedules import Rewrite, keep

pytestmark = pytest.mark.race
LATER = NOON + timedelta(hours=4)


def end_while_it_begins_anew(world: World, rewrite: Rewrite) -> bool:
    """Whether the person rests afterwards: the clock ends a rest while an offer that ran out begins the next one."""
    person = world.entry(cool_down_until=NOON)

    def begin_anew() -> None:
        with transaction.atomic():
            StandbyEntry.objects.select_for_update(no_key=True).get(pk=person.pk)
            StandbyEntry.objects.filter(pk=person.pk).update(cool_down_until=LATER)
            time.sleep(0.6)

    def end() -> int:
        time.sleep(0.2)

        def run(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            return execute(rewrite(sql), params, many, context)

        with connection.execute_wrapper(run):
            return end_rests(now=NOON)

    outcomes = run_together([begin_anew, end])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    person.refresh_from_db()
    return person.cool_down_until == LATER


def test_a_rest_that_begins_anew_is_kept(committed_world: World) -> None:
    assert end_while_it_begins_anew(committed_world, keep)


def test_without_the_lock_of_the_person_it_would_be_lost(committed_world: World) -> None:
    assert not end_while_it_begins_anew(committed_world, unlock(("person",)))
