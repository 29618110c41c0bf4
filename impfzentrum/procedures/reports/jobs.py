"""Long exports: asked for on a page, written by a worker, fetched by who asked, gone after a day.

The order is a row; a wake-up that gets lost costs a minute. A worker has a lease while it writes and renews it as it
goes, so that another one takes over what a killed one had begun, and never what is still being written.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impfzentrum.errors import Refusal
from impfzentrum.models import ExportFile, ExportJob
from impfzentrum.models.report import EXPORT_KEPT, MAX_TRIES
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.reports.offers import CHUNK, count_offers, list_offers, offer_columns
from impfzentrum.procedures.reports.report import Scope
from impfzentrum.procedures.waking import wake_export
from impfzentrum.sheets.files import SheetFormat, write_sheet
from impfzentrum.sheets.sheet import Cell, Sheet

logger = logging.getLogger(__name__)

OFFERS = "angebote"
LEASE = timedelta(minutes=2)
"""A worker that has not written `CHUNK` lines for so long is gone."""

OPEN_AT_ONCE = 3


class TooManyExports(Refusal):
    """Somebody has several exports under way already."""

    code = "too_many_exports"
    sentence = gettext_lazy("Von Ihnen sind schon {most} Ausgaben in Arbeit. Bitte warten Sie, bis eine fertig ist.")


def order_export(scope: Scope, file_format: SheetFormat, *, by: User, now: datetime) -> ExportJob:
    """Have all offers of a scope written into a file. Raises TooManyExports."""
    with transaction.atomic():
        # Two orders at once would both count two: who orders locks their own row first.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        if _open(ExportJob.objects.filter(asked_by=by)).count() >= OPEN_AT_ONCE:
            raise TooManyExports(most=OPEN_AT_ONCE)
        job = ExportJob.objects.create(
            county=scope.county,
            centre=scope.centre,
            asked_by=by,
            asked_at=now,
            kind=OFFERS,
            file_format=file_format,
            first=scope.first,
            last=scope.last,
        )
        days = {"first": str(scope.first), "last": str(scope.last)}
        record(scope.county.pk, "export_ordered", job.public_id, now=now, actor=by, kind=OFFERS, **days)
        wake_export(job.pk)
    return job


def _open(jobs: QuerySet[ExportJob]) -> QuerySet[ExportJob]:
    return jobs.filter(finished_at=None, failed_at=None)


def write_export(job_id: int, *, clock: Callable[[], datetime]) -> bool:
    """Write the file of an export; say whether this call did. Called twice, or by two workers, one of them writes.

    A fault leaves the job for the next try; after `MAX_TRIES` it has failed, and its page says so.
    """
    job = _take(job_id, now=clock())
    if job is None:
        return False
    try:
        with tempfile.TemporaryFile(prefix="export-") as file:
            scope = Scope(job.county, job.centre, job.first, job.last)
            ExportJob.objects.filter(pk=job.pk).update(rows_total=count_offers(scope), rows_done=0)
            sheet = Sheet(_("Einzelne Angebote"), offer_columns(), _tell_progress(job, list_offers(scope), clock))
            write_sheet(sheet, SheetFormat(job.file_format), file)
            file.seek(0)
            return _store(job, file.read(), now=clock())
    except _LeaseLost:
        return False
    except Exception:
        logger.exception("export %s could not be written", job.public_id)
        if job.tries >= MAX_TRIES:
            _open(ExportJob.objects.filter(pk=job.pk)).update(failed_at=clock(), lease_until=None)
        return False


def _take(job_id: int, *, now: datetime) -> ExportJob | None:
    """The job with a lease of ours, or None where somebody else has it or nothing is left to do."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    taken = _open(ExportJob.objects.filter(free, pk=job_id)).update(lease_until=now + LEASE, tries=F("tries") + 1)
    return ExportJob.objects.select_related("county", "centre").get(pk=job_id) if taken else None


class _LeaseLost(Exception):
    """Another worker took over: what this one writes is nobody's any more."""


def _tell_progress(job: ExportJob, lines: Iterator[list[Cell]], clock: Callable[[], datetime]) -> Iterator[list[Cell]]:
    for number, line in enumerate(lines, start=1):
        yield line
        if number % CHUNK == 0:
            ours = _open(ExportJob.objects.filter(pk=job.pk, tries=job.tries))
            if not ours.update(rows_done=number, lease_until=clock() + LEASE):
                raise _LeaseLost


def _store(job: ExportJob, content: bytes, *, now: datetime) -> bool:
    with transaction.atomic():
        ours = _open(ExportJob.objects.filter(pk=job.pk, tries=job.tries))
        if not ours.update(finished_at=now, lease_until=None, rows_done=F("rows_total")):
            return False  # deleted meanwhile, or taken over
        ExportFile.objects.create(job=job, content=content)
    return True


def wake_exports(*, now: datetime) -> None:
    """Every minute: wake the workers for orders that nobody has, and end those that were tried too often."""
    waiting = _open(ExportJob.objects.filter(Q(lease_until=None) | Q(lease_until__lte=now)))
    waiting.filter(tries__gte=MAX_TRIES).update(failed_at=now, lease_until=None)
    for job_id in waiting.values_list("pk", flat=True):
        wake_export(job_id)


def forget_exports(*, now: datetime) -> int:
    """Delete exports a day after they were ordered, files and all; return how many."""
    return ExportJob.objects.filter(asked_at__lte=now - EXPORT_KEPT).delete()[1].get("impfzentrum.ExportJob", 0)
