"""The draw of the day locks everybody of a centre. Who else locks people never waits for it in a circle."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from django.db.utils import OperationalError

from impfzentrum.models import Centre, Draw, StandbyEntry
from impfzentrum.procedures import drawing
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.proving import prove_contact
from tests.conftest import Together, World, run_together
from tests.factories import NOON
from tests.procedures.people import register

pytestmark = pytest.mark.race


def confirm_while_drawing(world: World, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    proof = register(world)
    draw_order = drawing._draw_order

    def draw_slowly(centre: Centre, seed: bytes) -> list[str]:
        time.sleep(0.4)  # the draw is begun, and the person taps
        return draw_order(centre, seed)

    def confirm() -> StandbyEntry:
        time.sleep(0.15)
        return prove_contact(proof, proof.code, now=NOON)

    monkeypatch.setattr(drawing, "_draw_order", draw_slowly)
    return run_together([partial(ensure_draw, world.centre, now=NOON), confirm])


def test_who_confirms_while_the_order_is_drawn_waits_and_gets_a_ticket(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = confirm_while_drawing(committed_world, monkeypatch)
    assert [type(outcome) for outcome in outcomes] == [Draw, StandbyEntry]
    entry = StandbyEntry.objects.get()
    assert entry.state == "waiting"
    assert entry.ticket > 0


def test_if_the_person_were_locked_before_the_draw_each_would_wait_for_the_other(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("impfzentrum.procedures.proving.ensure_draw", lambda centre, *, now: None)
    outcomes = confirm_while_drawing(unguarded_world, monkeypatch)
    assert any(isinstance(outcome, OperationalError) for outcome in outcomes)


def draw_while_the_sweep_closes_offers(world: World) -> list[object]:
    first, *_, last = sorted(entry.pk for entry in world.entries(5))

    def close_slowly() -> None:
        """What close_offers does: lock people in the order of their numbers."""
        with transaction.atomic():
            for pk in (first, last):
                StandbyEntry.objects.select_for_update(no_key=True).get(pk=pk)
                time.sleep(0.4)

    def draw() -> Draw:
        time.sleep(0.15)
        return ensure_draw(world.centre, now=NOON)

    calls: list[Callable[[], object]] = [close_slowly, draw]
    return run_together(calls)


def test_the_draw_locks_people_in_the_order_of_the_sweep(committed_world: World) -> None:
    outcomes = draw_while_the_sweep_closes_offers(committed_world)
    assert [type(outcome) for outcome in outcomes] == [type(None), Draw]


def test_in_another_order_each_would_wait_for_the_other(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_DRAW_ALL", drawing._DRAW_ALL.replace("ORDER BY id", "ORDER BY id DESC"))
    outcomes = draw_while_the_sweep_closes_offers(unguarded_world)
    assert any(isinstance(outcome, OperationalError) for outcome in outcomes)


def test_four_at_once_draw_one_order(committed_world: World, at_the_same_time: Together) -> None:
    committed_world.entries(3)
    draws = at_the_same_time(ensure_draw, [committed_world.centre] * 4, now=NOON)
    assert len({draw.commitment for draw in draws}) == 1
    assert Draw.objects.count() == 1
