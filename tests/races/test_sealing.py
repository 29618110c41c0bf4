"""Several sealers at once make one chain."""

from __future__ import annotations

import time

import pytest
from django.db import IntegrityError
from django.db.utils import OperationalError

from impfzentrum.models import AuditEvent, County
from impfzentrum.procedures import auditing
from impfzentrum.procedures.auditing import find_broken_links, record, seal_events
from tests.conftest import Together, World
from tests.factories import NOON

pytestmark = pytest.mark.race


def record_many(world: World, count: int = 60) -> None:
    for number in range(count):
        record(world.county.pk, "asked", number, now=NOON, people=number)


def link_slowly(county: County, batch: list[AuditEvent]) -> None:
    time.sleep(0.1)  # the moment in which the others read the same end of the chain
    link(county, batch)


link = auditing._link


def test_four_sealers_make_one_chain(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_many(committed_world)
    monkeypatch.setattr(auditing, "_link", link_slowly)
    monkeypatch.setattr(auditing, "SEAL_BATCH", 40)
    sealed = at_the_same_time(seal_events, [committed_world.county] * 4)
    assert sum(sealed) == 60
    positions = AuditEvent.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == list(range(1, 61))
    assert list(find_broken_links(committed_world.county)) == []


def test_without_the_lock_two_sealers_collide(
    unguarded_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    record_many(unguarded_world)
    monkeypatch.setattr(auditing, "_link", link_slowly)
    monkeypatch.setattr(auditing, "_lock_chain", lambda county: None)
    outcomes = at_the_same_time(seal_events, [unguarded_world.county] * 4)
    assert any(isinstance(outcome, IntegrityError | OperationalError) for outcome in outcomes)
