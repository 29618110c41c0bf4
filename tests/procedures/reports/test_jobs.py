"""Long exports: one worker writes, a killed one is replaced, nobody but who asked sees them, and a day later they are
gone."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook

from impfzentrum.models import AuditEvent, ExportFile, ExportJob
from impfzentrum.procedures.reports import jobs
from impfzentrum.procedures.reports.jobs import (
    LEASE,
    TooManyExports,
    forget_exports,
    order_export,
    wake_exports,
    write_export,
)
from impfzentrum.sheets.files import SheetFormat, write_sheet
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.reports.month import Month, plant_month


@pytest.fixture
def month(world: World) -> Month:
    return plant_month(world)


def noon() -> datetime:
    return NOON


def order(month: Month, file_format: SheetFormat = SheetFormat.XLSX) -> ExportJob:
    return order_export(month.scope(), file_format, by=month.world.staff, now=NOON)


def test_a_line_an_offer_and_nothing_that_names_anybody(month: Month) -> None:
    job = order(month)
    assert write_export(job.pk, clock=noon)
    job.refresh_from_db()
    assert (job.rows_total, job.rows_done, job.percent, job.open) == (18, 18, 100, False)
    page = load_workbook(io.BytesIO(job.file.content)).active
    assert page is not None
    lines = [[cell.value for cell in row] for row in page.iter_rows()]
    assert len(lines) == 19
    assert lines[0][:4] == ["Impfzentrum", "Freigabe", "Impfstoff", "Welle (0: von Hand)"]
    assert {str(line[-1]) for line in lines[1:]} == {
        "angenommen", "zu spät", "abgelaufen", "storniert", "nicht eingelöst"
    }  # fmt: skip
    assert not any("Muster" in str(cell) for line in lines for cell in line)
    assert AuditEvent.objects.filter(action="export_ordered", subject=str(job.public_id)).count() == 1


def test_a_second_wake_up_writes_nothing(month: Month) -> None:
    job = order(month)
    assert write_export(job.pk, clock=noon)
    assert not write_export(job.pk, clock=noon)
    assert ExportFile.objects.count() == 1


def test_what_a_killed_worker_had_begun_another_takes_over(month: Month) -> None:
    job = order(month)
    ExportJob.objects.filter(pk=job.pk).update(lease_until=NOON + LEASE, tries=1)
    assert not write_export(job.pk, clock=noon), "the lease is somebody else's"
    assert write_export(job.pk, clock=lambda: NOON + LEASE)


def test_who_lost_the_lease_stores_nothing(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    job = order(month)
    monkeypatch.setattr(jobs, "CHUNK", 2)

    def be_slow(*args: object, **named: object) -> None:
        ExportJob.objects.filter(pk=job.pk).update(tries=2)  # another worker took over meanwhile
        write_sheet(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "write_sheet", be_slow)
    assert not write_export(job.pk, clock=noon)
    assert not ExportFile.objects.exists()


@pytest.mark.expects_errors
def test_what_fails_three_times_says_so(month: Month, monkeypatch: pytest.MonkeyPatch) -> None:
    job = order(month)

    def break_off(*_args: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(jobs, "write_sheet", break_off)
    for minutes in (0, 10, 20):
        assert not write_export(job.pk, clock=lambda after=minutes: NOON + timedelta(minutes=after))  # type: ignore[misc]
    job.refresh_from_db()
    assert job.failed_at is not None
    assert not job.open


def test_the_minute_finds_what_no_wake_up_reached_and_gives_up_what_kills_workers(
    month: Month, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, deadly = order(month), order(month)
    ExportJob.objects.filter(pk=deadly.pk).update(tries=3, lease_until=NOON)
    woken: list[int] = []
    monkeypatch.setattr(jobs, "wake_export", woken.append)
    wake_exports(now=NOON)
    assert woken == [lost.pk]
    deadly.refresh_from_db()
    assert deadly.failed_at == NOON


def test_three_at_once_are_enough(month: Month) -> None:
    for _ in range(3):
        order(month)
    with pytest.raises(TooManyExports):
        order(month)
    ExportJob.objects.update(failed_at=NOON)
    order(month)


def test_a_day_later_it_is_gone(month: Month) -> None:
    job = order(month, SheetFormat.CSV)
    write_export(job.pk, clock=noon)
    assert forget_exports(now=NOON + timedelta(hours=23)) == 0
    assert forget_exports(now=NOON + timedelta(hours=24)) == 1
    assert not ExportFile.objects.exists()
