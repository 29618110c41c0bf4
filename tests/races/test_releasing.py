"""Two colleagues see the same left-over doses: one gives them free, the other is asked first."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from functools import partial

import pytest

from impfzentrum.day_refusals import ReleasedMeanwhile, VialsEnded
from impfzentrum.models import Centre, OpenedVials, Release
from impfzentrum.procedures import releasing
from impfzentrum.procedures.opening_vials import end_vials, note_vials
from impfzentrum.vocabulary import VialEnd
from tests.conftest import World, run_together
from tests.factories import NOON

pytestmark = pytest.mark.race
COLLEAGUES = 4


def give_free(world: World, key: uuid.UUID) -> Release:
    return world.release(doses=6, seen=0, form_key=key)


def calls(world: World) -> list[partial[Release]]:
    return [partial(give_free, world, uuid.uuid4()) for _ in range(COLLEAGUES)]


def test_the_same_doses_are_released_once(committed_world: World) -> None:
    outcomes = run_together(calls(committed_world))
    assert Counter(map(type, outcomes)) == {Release: 1, ReleasedMeanwhile: COLLEAGUES - 1}
    assert Release.objects.count() == 1


def test_without_the_lock_of_the_centre_both_would_go_out(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(COLLEAGUES)
    numbers = iter(range(1, COLLEAGUES + 1))

    def lock_nothing(centre: Centre) -> None:
        return None

    def look_and_wait(order: releasing.ReleaseOrder) -> None:
        refuse(order)
        together.wait(timeout=30)  # everybody has looked, nobody has written

    refuse = releasing._refuse_same_doses
    monkeypatch.setattr(releasing, "lock_centre", lock_nothing)
    monkeypatch.setattr(releasing, "_refuse_same_doses", look_and_wait)
    monkeypatch.setattr(releasing, "_next_number", lambda centre: next(numbers))
    outcomes = run_together(calls(committed_world))
    assert Counter(map(type, outcomes)) == {Release: COLLEAGUES}


def test_a_vial_ends_once(committed_world: World) -> None:
    world = committed_world
    opened = note_vials(world.centre, world.campaign, world.vaccine, 1, NOON, by=world.staff, now=NOON)
    end = partial(end_vials, opened, by=world.staff, now=NOON)
    outcomes = run_together([partial(end, VialEnd.EMPTY), partial(end, VialEnd.MISTAKE)] * 2)
    assert Counter(map(type, outcomes)) == {type(None): 1, VialsEnded: 3}
    assert OpenedVials.objects.exclude(end="").count() == 1
