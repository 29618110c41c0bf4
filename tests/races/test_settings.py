"""Two admins save one setting at once: one version is saved, the other hears of it."""

from __future__ import annotations

import time
import uuid
from functools import partial
from typing import Any

import pytest

from impfzentrum.models import County, SettingVersion
from impfzentrum.models.setting import SettingVersion as Version
from impfzentrum.procedures import setting_up
from impfzentrum.procedures.setting_up import Setting, change_setting
from impfzentrum.setting_refusals import SettingChangedMeanwhile
from impfzentrum.vocabulary import SettingKind
from tests.conftest import World, run_together
from tests.factories import NOON

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def save_at_once(world: World, people: int = 6) -> list[Any]:
    """Each sets another cap on what all of them saw."""
    setting = Setting(SettingKind.LIST, world.county, world.county)
    stand, values = setting.stamp, {name: getattr(world.county, name) for name in setting.fields}
    calls = [
        partial(
            change_setting,
            Setting(SettingKind.LIST, world.county, County.objects.get()),
            {**values, "list_cap": 100 + number},
            stand=stand,
            form_key=uuid.uuid4(),
            by=world.staff,
            now=NOON,
        )
        for number in range(people)
    ]
    return run_together(calls)


def test_one_is_saved_and_the_others_hear_of_it(committed_world: World) -> None:
    outcomes = save_at_once(committed_world)
    saved = [one for one in outcomes if isinstance(one, Version)]
    assert len(saved) == 1
    assert sum(isinstance(one, SettingChangedMeanwhile) for one in outcomes) == 5
    assert County.objects.get().list_cap == saved[0].after["list_cap"]


def test_without_the_lock_a_change_would_be_lost(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody waits for the row, and everybody has read before anybody writes."""
    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", lambda rows, **_: rows)
    kept = setting_up.stamp_values

    def read_and_linger(values: object) -> str:
        time.sleep(0.3)
        return kept(values)

    monkeypatch.setattr(setting_up, "stamp_values", read_and_linger)
    outcomes = save_at_once(committed_world)
    assert sum(isinstance(one, SettingChangedMeanwhile) for one in outcomes) < 5, "several thought they were first"
    assert SettingVersion.objects.count() >= 1
