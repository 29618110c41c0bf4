"""Many workers meet the same trouble at once: it is one step, not eight."""

from __future__ import annotations

import time
from functools import partial

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import SmsProvider, WeightChange
from impfzentrum.procedures import routing
from impfzentrum.procedures.routing import note_trouble, read_weights
from tests.conftest import run_together
from tests.factories import NOON

pytestmark = pytest.mark.race


def trouble_at_once(settings: SettingsWrapper) -> int:
    """Eight workers in trouble with seven; how many changes of its weight are noted."""
    settings.SMS_BACKENDS = {"seven": "a", "twilio": "b"}
    read_weights()
    run_together([partial(note_trouble, "seven", reason="HTTP 500", now=NOON)] * 8)
    return WeightChange.objects.filter(provider__name="seven").count()


def test_eight_errors_at_once_are_one_step(transactional_db: None, settings: SettingsWrapper) -> None:
    assert trouble_at_once(settings) == 1
    assert dict(SmsProvider.objects.values_list("name", "weight")) == {"seven": 40, "twilio": 60}


def test_without_the_lock_they_would_be_several(
    transactional_db: None, settings: SettingsWrapper, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_without_lock() -> dict[str, SmsProvider]:
        rows = {row.name: row for row in SmsProvider.objects.all()}
        time.sleep(0.3)
        return rows

    monkeypatch.setattr(routing, "_lock_providers", read_without_lock)
    assert trouble_at_once(settings) > 1


def test_the_rows_appear_once(transactional_db: None, settings: SettingsWrapper) -> None:
    settings.SMS_BACKENDS = {"seven": "a", "twilio": "b"}
    outcomes = run_together([read_weights] * 8)
    assert outcomes == [{"seven": 50, "twilio": 50}] * 8
    assert SmsProvider.objects.count() == 2
