"""A double tap on the summary, and two devices on one draft."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import pytest

from impfzentrum.models import SignUpDraft, StandbyEntry
from impfzentrum.procedures import drafting, registering
from impfzentrum.procedures.drafting import Answers, keep_answers, start_draft
from impfzentrum.procedures.registering import FASTEST, register_draft
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.procedures.people import sign_up

pytestmark = pytest.mark.race


def look_without_lock(draft: SignUpDraft) -> SignUpDraft:
    """The negative control: everybody looks before anybody has written."""
    found = SignUpDraft.objects.get(pk=draft.pk)
    time.sleep(0.4)
    return found


def tap_twice(world: World) -> list[Any]:
    draft = start_draft(world.campaign, "alter", {}, now=NOON - FASTEST)
    return run_together([partial(register_draft, draft, sign_up(world, email=""), now=NOON)] * 2)


def test_a_double_tap_is_one_entry(committed_world: World) -> None:
    first, second = tap_twice(committed_world)
    assert first == second
    assert StandbyEntry.objects.count() == 1


def test_without_the_lock_it_would_be_two(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registering, "lock_draft", look_without_lock)
    tap_twice(committed_world)
    assert StandbyEntry.objects.count() == 2


def send_two_pages(world: World) -> set[str]:
    draft = start_draft(world.campaign, "alter", {}, now=NOON)
    pages = ("kontakt", "zeit")
    run_together([partial(keep_answers, draft, page, {"typed": [page]}, sent=True, now=NOON) for page in pages])
    return Answers.of(SignUpDraft.objects.get()).sent


def test_two_devices_lose_nothing(committed_world: World) -> None:
    assert send_two_pages(committed_world) == {"alter", "kontakt", "zeit"}


def test_without_the_lock_a_page_would_be_lost(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafting, "lock_draft", look_without_lock)
    assert len(send_two_pages(committed_world)) == 2
