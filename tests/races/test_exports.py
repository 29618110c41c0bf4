"""Long exports under pressure: one worker writes, and nobody orders more than they may."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.contrib.auth.models import User

from impfzentrum.models import ExportFile, ExportJob
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.reports import jobs
from impfzentrum.procedures.reports.jobs import OPEN_AT_ONCE, TooManyExports, order_export, write_export
from impfzentrum.procedures.reports.report import Scope
from impfzentrum.sheets.files import SheetFormat, write_sheet
from tests.conftest import Together, World
from tests.factories import NOON

pytestmark = pytest.mark.race

PEOPLE = 6


def order(by: User, world: World) -> ExportJob:
    scope = Scope(world.county, None, NOON.date(), NOON.date())
    return order_export(scope, SheetFormat.CSV, by=by, now=NOON)


def write(job_id: int) -> bool:
    return write_export(job_id, clock=lambda: NOON)


def count_writes(monkeypatch: pytest.MonkeyPatch, *, meet: bool) -> list[int]:
    """Note each writing; with `meet` two writers wait for each other, so that both are at it at once."""
    writes: list[int] = []
    barrier = threading.Barrier(2)

    def note(*args: Any, **named: Any) -> None:
        writes.append(1)
        if meet:
            barrier.wait(timeout=60)
        write_sheet(*args, **named)

    monkeypatch.setattr(jobs, "write_sheet", note)
    return writes


def test_one_worker_writes(committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch) -> None:
    job = order(committed_world.staff, committed_world)
    writes = count_writes(monkeypatch, meet=False)
    outcomes = at_the_same_time(write, [job.pk] * PEOPLE)
    assert sorted(outcomes) == [False] * (PEOPLE - 1) + [True]
    assert len(writes) == 1
    assert ExportFile.objects.count() == 1


def test_without_the_lease_two_would_write(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = order(committed_world.staff, committed_world)
    writes = count_writes(monkeypatch, meet=True)

    def read_only(job_id: int, *, now: object) -> ExportJob:
        return ExportJob.objects.select_related("county", "centre").get(pk=job_id)

    monkeypatch.setattr(jobs, "take_job", read_only)
    outcomes = at_the_same_time(write, [job.pk] * 2)
    assert len(writes) == 2
    assert sorted(outcomes) == [False, True], "storing is compared and set once more"


def test_nobody_orders_more_than_they_may(committed_world: World, at_the_same_time: Together) -> None:
    outcomes = at_the_same_time(order, [committed_world.staff] * PEOPLE, world=committed_world)
    assert sum(isinstance(one, ExportJob) for one in outcomes) == OPEN_AT_ONCE
    assert sum(isinstance(one, TooManyExports) for one in outcomes) == PEOPLE - OPEN_AT_ONCE


def test_without_the_lock_they_would(
    committed_world: World, at_the_same_time: Together, monkeypatch: pytest.MonkeyPatch
) -> None:
    barrier = threading.Barrier(PEOPLE)

    def meet_before_the_commit(*args: Any, **named: Any) -> None:
        barrier.wait(timeout=60)
        record(*args, **named)

    monkeypatch.setattr(jobs, "lock_orderer", lambda by: None)
    monkeypatch.setattr(jobs, "record", meet_before_the_commit)
    at_the_same_time(order, [committed_world.staff] * PEOPLE, world=committed_world)
    assert ExportJob.objects.count() == PEOPLE > OPEN_AT_ONCE
