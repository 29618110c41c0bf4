"""The last place of a list that has a cap: many sign up at the same moment, one gets it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from impfzentrum.errors import ListNotOpen
from impfzentrum.models import Campaign, County, ListSize, StandbyEntry
from impfzentrum.procedures import listing
from impfzentrum.procedures.registering import register_person
from tests.conftest import Together, World
from tests.factories import NOON
from tests.procedures.people import sign_up

pytestmark = pytest.mark.race


def sign_up_for_one_place(world: World, at_the_same_time: Together) -> tuple[int, int, int]:
    """Six people for one place: how many are on the list, were turned away, and are told to be on it."""
    world.entry()
    County.objects.update(list_cap=2)
    campaign = Campaign.objects.select_related("county").get()
    forms = [sign_up(world, campaign=campaign, email="", mobile=f"+49171392{number:04d}") for number in range(6)]
    outcomes: list[Any] = at_the_same_time(register_person, forms, now=NOON)
    turned_away = sum(isinstance(one, ListNotOpen) for one in outcomes)
    return StandbyEntry.objects.count(), turned_away, ListSize.objects.get().people


def test_one_gets_the_last_place(committed_world: World, at_the_same_time: Together) -> None:
    assert sign_up_for_one_place(committed_world, at_the_same_time) == (2, 5, 2)


def test_without_the_lock_of_the_size_the_list_would_overflow(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    def only_read(campaign: Campaign) -> ListSize:
        size = ListSize.objects.get(campaign=campaign)
        time.sleep(0.5)
        return size

    monkeypatch.setattr(listing, "lock_size", only_read)
    people, _, told = sign_up_for_one_place(committed_world, at_the_same_time)
    assert people > 2
    assert told == people, "the trigger counts right even so"
