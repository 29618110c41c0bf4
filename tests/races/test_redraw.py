"""Drawing lots anew: two at once, at midnight, and while a matcher finds new rules."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta

import pytest

from impfzentrum.models import AuditEvent, Centre, Draw, Place
from impfzentrum.procedures import committing, drawing, placing
from impfzentrum.procedures.committing import commit_for_tomorrow
from impfzentrum.procedures.drawing import ensure_draw, order_in_force, redraw
from impfzentrum.procedures.verifying import verify_record
from tests.conftest import Together, World, run_together
from tests.factories import NOON

pytestmark = pytest.mark.race

LATER = NOON + timedelta(minutes=1)
REASONS = ["Liste neu eingelesen", "Reihenfolge war bekannt"]


def draw_again(world: World) -> Draw:
    return redraw(world.centre, reason=REASONS[0], by=world.staff, now=LATER)


def redraw_at_once(world: World, at_the_same_time: Together) -> list[object]:
    world.entries(3)
    ensure_draw(world.centre, now=NOON)
    return at_the_same_time(lambda reason: redraw(world.centre, reason=reason, by=world.staff, now=LATER), REASONS)


def test_two_who_draw_anew_at_once_draw_two_orders_one_after_the_other(
    committed_world: World, at_the_same_time: Together
) -> None:
    world = committed_world
    redraw_at_once(world, at_the_same_time)
    draws = list(Draw.objects.order_by("drawn_at"))
    assert sorted(draw.round for draw in draws) == [1, 2, 3]
    assert sorted(draw.reason for draw in draws[1:]) == REASONS
    assert len({draw.drawn_at for draw in draws}) == 3, "one is the last, and it is in force"
    assert order_in_force(world.centre, now=LATER) == draws[-1]
    assert Place.objects.filter(draw=draws[-1], ready=True).count() == 3
    assert verify_record(world.county).faults == []


def test_two_who_draw_anew_without_the_lock_get_in_each_others_way(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_time_to_interfere(monkeypatch)
    outcomes = redraw_at_once(unguarded_world, at_the_same_time)
    moments = Draw.objects.values_list("drawn_at", flat=True)
    assert any(isinstance(outcome, Exception) for outcome in outcomes) or len(set(moments)) < 3


def give_time_to_interfere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for the places, and everybody who has looked at the draws acts only after the others looked too."""
    next_round, find_in_force = committing._next_round, placing.find_order

    def look_slowly(centre: Centre, day: date) -> int:
        number = next_round(centre, day)
        time.sleep(0.3)
        return number

    def find_slowly(centre: Centre | int) -> Draw | None:
        draw = find_in_force(centre)
        time.sleep(0.3)
        return draw

    for module in (drawing, committing):
        monkeypatch.setattr(module, "lock_places", lambda centre: None)
    monkeypatch.setattr(committing, "_next_round", look_slowly)
    monkeypatch.setattr(drawing, "find_order", find_slowly)


def redraw_at_midnight(world: World) -> list[object]:
    """The day begins: a worker draws its order while a lead asks for a new one."""
    world.entries(3)
    ensure_draw(world.centre, now=NOON - timedelta(days=1))
    commit_for_tomorrow(world.centre, now=NOON - timedelta(days=1))
    return run_together([lambda: ensure_draw(world.centre, now=NOON), lambda: draw_again(world)])


def test_a_redraw_at_midnight_comes_after_the_draw_of_the_day(committed_world: World) -> None:
    world = committed_world
    redraw_at_midnight(world)
    draws = Draw.objects.filter(day=NOON.date()).order_by("drawn_at")
    assert [(draw.round, bool(draw.reason)) for draw in draws] == [(1, False), (2, True)]
    assert order_in_force(world.centre, now=LATER) == draws[1]
    assert verify_record(world.county).faults == []


def test_at_midnight_without_the_lock_the_day_is_drawn_twice_or_refused(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_time_to_interfere(monkeypatch)
    outcomes = redraw_at_midnight(unguarded_world)
    drawn = AuditEvent.objects.filter(action="drawn").count()
    assert any(isinstance(outcome, Exception) for outcome in outcomes) or drawn > 3


def renew_while_somebody_draws_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """A matcher finds new rules while a lead draws anew: whose seed is in force at the end?"""
    world.entries(3)
    ensure_draw(world.centre, now=NOON)
    world.vaccine.rules.update(age_min=18)
    renew = drawing._renew_order

    def renew_late(centre: Centre, *, now: datetime) -> Draw:
        run_together([lambda: draw_again(world)])
        return renew(centre, now=now)

    monkeypatch.setattr(drawing, "_renew_order", renew_late)
    return order_in_force(world.centre, now=NOON)


def test_new_rules_never_bring_back_the_seed_of_before(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    order = renew_while_somebody_draws_anew(committed_world, monkeypatch)
    assert order == Draw.objects.get(requested_by__isnull=False)


def test_if_the_notes_were_not_read_again_the_order_would_be_made_once_more(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "are_rules_due", lambda centre: True)
    order = renew_while_somebody_draws_anew(unguarded_world, monkeypatch)
    assert order.reason == drawing.RULES_CHANGED
