"""The order is drawn beside the one in force: offers go on meanwhile, and nobody who changes something is forgotten."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from impfzentrum.models import Centre, Draw, Place, StandbyEntry
from impfzentrum.procedures import drawing, placing
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.drawing import ensure_draw, order_in_force, redraw
from impfzentrum.procedures.matching import match_release
from tests import factories
from tests.conftest import Together, World, run_together
from tests.factories import NOON

pytestmark = pytest.mark.race

LATER = NOON + timedelta(minutes=1)
PATIENCE = 3.0
"""Seconds that the draw waits for what shall happen meanwhile, in case that waits for the draw."""


@dataclass
class HaltedDraw:
    """A draw that has made the places and halts before its commit until something else has happened."""

    placed: threading.Event = field(default_factory=threading.Event)
    happened: threading.Event = field(default_factory=threading.Event)

    def meanwhile(self, action: Callable[[], object]) -> Callable[[], object]:
        def act() -> object:
            assert self.placed.wait(timeout=30)
            try:
                return action()
            finally:
                self.happened.set()

        return act


@contextmanager
def halted_draw(monkeypatch: pytest.MonkeyPatch) -> Iterator[HaltedDraw]:
    place_everybody = placing.place_everybody
    halted = HaltedDraw()

    def place_and_halt(draw: Draw, *, now: datetime) -> None:
        place_everybody(draw, now=now)
        halted.placed.set()
        halted.happened.wait(timeout=PATIENCE)

    with monkeypatch.context() as patch:
        patch.setattr(drawing, "place_everybody", place_and_halt)
        yield halted


def draw_again(world: World) -> Draw:
    return redraw(world.centre, reason="Probe im Test", by=world.staff, now=LATER)


def draw_and_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch, action: Callable[[], object]) -> object:
    """What `action` gives that runs between the making of the places and the commit of the new order."""
    ensure_draw(world.centre, now=NOON)
    with halted_draw(monkeypatch) as halted:
        _, outcome = run_together([lambda: draw_again(world), halted.meanwhile(action)])
    return outcome


def is_ready(entry: StandbyEntry) -> bool:
    order = order_in_force(entry.centre, now=LATER)
    return Place.objects.filter(draw=order, entry=entry, ready=True).exists()


def test_four_at_once_draw_one_order(committed_world: World, at_the_same_time: Together) -> None:
    committed_world.entries(3)
    draws = at_the_same_time(ensure_draw, [committed_world.centre] * 4, now=NOON)
    assert len({draw.commitment for draw in draws}) == 1
    assert Draw.objects.count() == 1


def test_four_at_once_without_the_lock_draw_several(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    unguarded_world.entries(3)
    place_everybody = placing.place_everybody

    def place_slowly(draw: Draw, *, now: datetime) -> None:
        time.sleep(0.2)
        place_everybody(draw, now=now)

    monkeypatch.setattr(drawing, "lock_places", lambda centre: None)
    monkeypatch.setattr(drawing, "place_everybody", place_slowly)
    outcomes = at_the_same_time(ensure_draw, [unguarded_world.centre] * 4, now=NOON)
    refused = any(isinstance(outcome, Exception) for outcome in outcomes)
    assert refused or Draw.objects.count() > 1


def ask_and_accept(world: World) -> float:
    """Seconds from a release until the yes is counted."""
    began = time.monotonic()
    [offer] = factories.ask(world.release(), now=NOON)
    accept_offer(offer, now=NOON)
    return time.monotonic() - began


def test_offers_and_answers_do_not_wait_for_the_draw(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world = committed_world
    world.entries(5)
    seconds = draw_and_meanwhile(world, monkeypatch, lambda: ask_and_accept(world))
    assert isinstance(seconds, float)
    assert seconds < PATIENCE
    assert not is_ready(StandbyEntry.objects.get(state="appointed"))


def test_a_draw_that_locked_the_list_would_keep_offers_waiting(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = unguarded_world
    world.entries(5)
    forget_notes = placing.forget_notes

    def lock_the_list(centre: Centre) -> None:
        forget_notes(centre)
        list(StandbyEntry.objects.order_by("pk").select_for_update(no_key=True))

    ensure_draw(world.centre, now=NOON)
    monkeypatch.setattr(drawing, "forget_notes", lock_the_list)
    outcome = draw_and_meanwhile(world, monkeypatch, lambda: ask_and_accept(world))
    # Everybody is locked and passed by: nobody is asked at all.
    assert isinstance(outcome, ValueError)


def come_back_while_drawing(world: World, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether somebody can be asked who ended their pause before the places were made, committed after that."""
    entry = world.entry(state="paused")
    ensure_draw(world.centre, now=NOON)
    changed = threading.Event()
    with halted_draw(monkeypatch) as halted:

        def come_back() -> None:
            with transaction.atomic():
                StandbyEntry.objects.filter(pk=entry.pk).update(state="waiting")
                changed.set()
                assert halted.placed.wait(timeout=30)
            halted.happened.set()

        def draw() -> Draw:
            assert changed.wait(timeout=30)
            return draw_again(world)

        run_together([come_back, draw])
    return is_ready(entry)


def test_who_comes_back_while_the_order_is_drawn_is_ready_in_it(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert come_back_while_drawing(committed_world, monkeypatch)


def test_if_the_draw_believed_what_it_saw_they_would_be_passed_over(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    place_everybody = placing.place_everybody

    def believe(draw: Draw, *, now: datetime) -> None:
        """Take those as ready who are waiting at the moment of looking."""
        place_everybody(draw, now=now)
        waiting = StandbyEntry.objects.filter(state="waiting")
        Place.objects.filter(draw=draw).exclude(entry__in=waiting).update(ready=False)

    monkeypatch.setattr(placing, "place_everybody", believe)
    assert not come_back_while_drawing(unguarded_world, monkeypatch)


def change_while_drawing(world: World, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether somebody who corrects their age while the order is drawn is out of the new order."""
    entry = world.entry()

    def change() -> None:
        StandbyEntry.objects.filter(pk=entry.pk).update(birth_date=NOON.date().replace(year=2015))
        match_release(world.release().pk, now=NOON)  # works off the notes of the order that it sees

    draw_and_meanwhile(world, monkeypatch, change)
    return not Place.objects.filter(draw=order_in_force(world.centre, now=LATER), entry=entry).exists()


def test_what_is_changed_while_the_order_is_drawn_counts_in_it(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert change_while_drawing(committed_world, monkeypatch)


def test_without_the_lock_of_the_places_the_change_would_be_lost(
    unguarded_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "lock_places", lambda centre: None)
    assert not change_while_drawing(unguarded_world, monkeypatch)
