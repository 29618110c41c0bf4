"""Telling the workers that there is something to do. A lost wake-up costs one sweep, never a dose."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake_match(release_id: int) -> None:
    """After the commit, let a worker look at this release."""
    transaction.on_commit(partial(_send, "impfzentrum.match", release_id))


def wake_deliver() -> None:
    """After the commit, let a worker empty the outbox."""
    transaction.on_commit(partial(_send, "impfzentrum.deliver"))


def wake_export(job_id: int) -> None:
    """After the commit, let a worker write this export."""
    transaction.on_commit(partial(_send, "impfzentrum.export", job_id))


def wake_import(import_id: int) -> None:
    """After the commit, let a worker take up a file with booked appointments."""
    transaction.on_commit(partial(_send, "impfzentrum.import_bookings", import_id))


def wake_account_links() -> None:
    """After the commit, let a worker mail links to accounts."""
    transaction.on_commit(partial(_send, "impfzentrum.send_account_links"))


def wake_record_check(check_id: int) -> None:
    """After the commit, let a worker check the record of a county."""
    transaction.on_commit(partial(_send, "impfzentrum.check_record", check_id))


def _send(name: str, *args: int) -> None:
    try:
        current_app.send_task(name, args=args)
    except (OperationalError, OSError) as fault:
        # The work stands in the database; the next sweep finds it. The person at the counter must not wait for Redis.
        logger.warning("broker unreachable, %s waits for the sweep: %s", name, type(fault).__name__)
