"""Warnings of the dashboard: each when it should, and none when all is well."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from impfzentrum.models import Message, Release
from impfzentrum.procedures.alerting import Alert, find_waiting_since, list_alerts
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.reporting import list_running
from impfzentrum.procedures.watching import tell_sending
from impfzentrum.states import ReleaseState
from tests.conftest import World
from tests.factories import NOON, ask

MINUTE = timedelta(minutes=1)


def alerts(world: World, *, now: datetime) -> list[Alert]:
    running, sending = list_running(world.centre, now=now), tell_sending(world.county, now=now)
    return list_alerts(running, [], sending, find_waiting_since(world.county, now=now), now=now)


def test_a_day_that_goes_well_warns_of_nothing(world: World) -> None:
    world.entries(3)
    ask(world.release(doses=3))
    assert alerts(world, now=NOON + MINUTE) == []


def test_nobody_left_is_warned_of_with_what_helps(world: World) -> None:
    ask(world.release(doses=2))
    [alert] = alerts(world, now=NOON + MINUTE)
    assert (alert.kind, alert.number, alert.title) == ("nobody", 1, "Freigabe 1: 2 Dosen sind frei, und niemand passt")


@pytest.mark.parametrize(("minutes", "warned"), [(46, []), (45, ["deadline"]), (1, ["deadline"])])
def test_free_doses_near_the_deadline(world: World, minutes: int, warned: list[str]) -> None:
    world.entries(2)
    release = world.release(doses=2)
    ask(release)
    Release.objects.update(use_by=NOON + timedelta(minutes=minutes), arrive_from=NOON - MINUTE, arrive_until=NOON)
    assert [alert.kind for alert in alerts(world, now=NOON)] == warned
    Release.objects.update(state=ReleaseState.FILLED)
    release.doses.update(state="withdrawn", holder=None)
    assert alerts(world, now=NOON) == [], "nothing is left to give"


def test_a_release_that_nobody_looks_at_says_that_no_worker_runs(world: World) -> None:
    world.entry()
    world.release()
    assert alerts(world, now=NOON + timedelta(seconds=44)) == []
    assert [alert.kind for alert in alerts(world, now=NOON + MINUTE)] == ["silent"]
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    assert alerts(world, now=NOON + MINUTE) == [], "stopped on purpose"


def test_messages_that_wait_too_long(world: World) -> None:
    world.entry()
    match_release(world.release().pk, now=NOON)
    assert alerts(world, now=NOON + MINUTE) == []
    Release.objects.update(look_again_at=None)  # matching works, sending does not
    [alert] = alerts(world, now=NOON + 3 * MINUTE)
    assert (alert.kind, alert.title) == (
        "waiting",
        "Nachrichten gehen nicht hinaus, die älteste wartet seit 3 Min.",
    )
    Message.objects.update(state="sent")
    assert alerts(world, now=NOON + 3 * MINUTE) == []


def test_a_budget_near_its_end(world: World) -> None:
    world.county.sms_per_day = 100
    world.county.save()
    world.entries(8)
    ask(world.release(doses=4))
    assert alerts(world, now=NOON + MINUTE) == []
    Message.objects.update(parts=21)
    [alert] = alerts(world, now=NOON + MINUTE)
    assert (alert.kind, alert.title) == ("budget", "84 Prozent des SMS-Budgets für heute sind verbraucht")
