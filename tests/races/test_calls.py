"""Two members of staff press "Ich rufe jetzt an" at once: one of them calls."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from impfzentrum.errors import CallTaken
from impfzentrum.models import AuditEvent, Message, Offer
from impfzentrum.procedures.answering import decline_offer
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.phoning import note_yes, take_call
from tests.conftest import World, run_together
from tests.factories import NOON, make_staff
from tests.procedures.calling import ask_by_phone, the_call

pytestmark = pytest.mark.race

STAFF = 4


def take_blindly(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Taking as it would be if the call were looked at before, and not again when it is taken."""
    if sql.startswith('UPDATE "impfzentrum_message"'):
        sql = sql.replace('"impfzentrum_message"."state" = %s)', "%s::text IS NOT NULL)")
    return execute(sql, params, many, context)


def take_together(world: World, *, guarded: bool) -> list[Any]:
    ask_by_phone(world)
    call = the_call()
    people = [make_staff(world.centre, f"staff-{number}") for number in range(STAFF)]

    def take(by: User) -> User:
        if guarded:
            take_call(call, by=by, now=NOON)
        else:
            with connection.execute_wrapper(take_blindly):
                take_call(call, by=by, now=NOON)
        return by

    return run_together([partial(take, by) for by in people])


def test_one_of_many_takes_the_call(committed_world: World) -> None:
    outcomes = take_together(committed_world, guarded=True)
    [taken] = [one for one in outcomes if isinstance(one, User)]
    assert sum(isinstance(one, CallTaken) for one in outcomes) == STAFF - 1
    assert the_call().taken_by == taken
    assert AuditEvent.objects.filter(action="call_taken").count() == 1


def test_without_the_second_look_a_person_would_be_called_twice(committed_world: World) -> None:
    outcomes = take_together(committed_world, guarded=False)
    assert sum(isinstance(one, User) for one in outcomes) > 1


def test_yes_on_the_phone_and_no_by_another_way_are_one_answer(committed_world: World) -> None:
    offer = ask_by_phone(committed_world)
    take_call(the_call(), by=committed_world.staff, now=NOON)
    outcomes = run_together(
        [
            partial(note_yes, the_call(), by=committed_world.staff, now=NOON),
            partial(decline_offer, offer, now=NOON),
        ]
    )
    offer.refresh_from_db()
    assert offer.state in ("accepted", "declined")
    assert sum(isinstance(one, Exception) for one in outcomes) == 1, "who came second hears that it is answered"
    assert the_call().state == "delivered"


def test_nobody_takes_a_call_after_a_stop(committed_world: World) -> None:
    ask_by_phone(committed_world)
    call, staff = the_call(), committed_world.staff
    stop = partial(stop_sending, committed_world.county, by=staff, reason="Falsche Charge", now=NOON)
    outcomes = run_together([partial(take_call, call, by=staff, now=NOON), stop])
    taken = Message.objects.get(pk=call.pk).state == "sending"
    assert taken == (outcomes[0] is None)
    assert Offer.objects.get().state == ("open" if taken else "prepared")
