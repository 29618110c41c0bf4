"""What workers do, on one screen: call a procedure, nothing else. The arguments are ids, never a person's data."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from impfzentrum.procedures import (
    account_links,
    bouncing,
    checking_record,
    delivering,
    importing,
    living,
    matching,
    retaining,
    sweeping,
)
from impfzentrum.procedures.reports import jobs


@shared_task(name="impfzentrum.match")
def match(release_id: int) -> None:
    matching.match_release(release_id, now=timezone.now())


@shared_task(name="impfzentrum.deliver")
def deliver() -> None:
    delivering.deliver_messages(clock=timezone.now)


@shared_task(name="impfzentrum.sweep")
def sweep() -> None:
    sweeping.sweep(now=timezone.now())
    living.note_life(living.SWEEP, now=timezone.now())


@shared_task(name="impfzentrum.tend")
def tend() -> None:
    sweeping.tend(now=timezone.now())


@shared_task(name="impfzentrum.export")
def export(job_id: int) -> None:
    jobs.write_export(job_id, clock=timezone.now)


@shared_task(name="impfzentrum.keep_terms")
def keep_terms() -> None:
    retaining.keep_terms(now=timezone.now())


@shared_task(name="impfzentrum.import_bookings")
def import_bookings(import_id: int) -> None:
    importing.work_on(import_id, now=timezone.now())


@shared_task(name="impfzentrum.read_bounces")
def read_bounces() -> None:
    if settings.BOUNCES_MAILBOX:
        bouncing.read_bounces_quietly(settings.BOUNCES_MAILBOX, now=timezone.now())


@shared_task(name="impfzentrum.show_life")
def show_life(queue: str) -> None:
    living.note_life(queue, now=timezone.now())


@shared_task(name="impfzentrum.send_account_links")
def send_account_links() -> None:
    account_links.send_account_links(now=timezone.now())


@shared_task(name="impfzentrum.check_record")
def check_record(check_id: int) -> None:
    checking_record.run_check(check_id, clock=timezone.now)
