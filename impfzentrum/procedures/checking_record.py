"""Checking the record from a page: somebody asks for it, a worker does it, and what it found is kept and shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from impfzentrum.models import County, RecordCheck
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.verifying import verify_record
from impfzentrum.procedures.waking import wake_record_check
from impfzentrum.setting_refusals import CheckUnderWay

logger = logging.getLogger(__name__)

WAIT = timedelta(minutes=1)
"""Who has not begun by then was never heard of: the wake-up was lost."""

LONGEST = timedelta(hours=6)
"""A check that takes longer has died with its worker."""

SHOWN_FAULTS = 500
"""So many sentences of a check are kept; their number is always told."""


def request_check(county: County, *, by: User, now: datetime) -> RecordCheck:
    """Have the record checked. Raises CheckUnderWay while a check waits or runs."""
    try:
        with transaction.atomic():
            check = RecordCheck.objects.create(county=county, requested_by=by, requested_at=now)
            wake_record_check(check.pk)
    except IntegrityError as clash:
        if "record_check_one_at_a_time" not in str(clash):
            raise
        raise CheckUnderWay from clash
    return check


def run_check(check_id: int, *, clock: Callable[[], datetime]) -> None:
    """Check the record and keep what was found. Woken twice, only the first does it.

    The check reads for minutes where a county has millions of events; no transaction is open meanwhile.
    """
    if not RecordCheck.objects.filter(pk=check_id, started_at=None).update(started_at=clock()):
        return
    check = RecordCheck.objects.select_related("county").get(pk=check_id)
    try:
        found = verify_record(check.county)
    except Exception:
        logger.exception("check of the record of county %s broke off", check.county_id)
        _finish(check_id, clock(), failed=True)
        return
    counts = {name: getattr(found, name) for name in ("events", "draws", "picks", "offers")}
    _finish(check_id, clock(), failed=False, faults=found.faults, **counts)


def _finish(check_id: int, now: datetime, *, failed: bool, faults: list[str] | None = None, **counts: int) -> None:
    told = faults or []
    kept = told[:SHOWN_FAULTS]
    if len(told) > len(kept):
        kept.append(f"… und {len(told) - len(kept)} weitere")
    with transaction.atomic():
        check = RecordCheck.objects.select_for_update(no_key=True).get(pk=check_id)
        if check.finished_at is not None:
            return
        for name, value in {"finished_at": now, "failed": failed, "faults": kept, **counts}.items():
            setattr(check, name, value)
        check.save()
        record(
            check.county_id,
            "record_checked",
            f"check-{check.pk}",
            now=now,
            actor=check.requested_by,
            faults=len(told),
            failed=failed,
            **counts,
        )


def tend_checks(*, now: datetime) -> None:
    """Every minute: wake for a check that nobody began, and give up one whose worker has died."""
    for check in RecordCheck.objects.filter(finished_at=None):
        if check.started_at is None and check.requested_at < now - WAIT:
            wake_record_check(check.pk)
        elif check.started_at is not None and check.started_at < now - LONGEST:
            logger.warning("check %s of the record has died with its worker", check.pk)
            _finish(check.pk, now, failed=True)


def list_checks(county: County) -> list[RecordCheck]:
    """The last checks, the newest first."""
    return list(RecordCheck.objects.filter(county=county).select_related("requested_by").order_by("-pk")[:5])
