"""Forgetting booked appointments: names in the night after the day, whole rows a week later, files after two hours."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction

from impfzentrum.models import Booking, BookingImport, CancelReport, Centre
from impfzentrum.models.booking import KEPT_FOR
from impfzentrum.procedures import importing
from impfzentrum.procedures.importing import SEALED_FOR, discard
from impfzentrum.procedures.storing_bookings import apply_waiting_reports
from impfzentrum.rules.days import day_begins
from impfzentrum.states import ImportState

logger = logging.getLogger(__name__)

AT_ONCE = 5_000
"""Rows in one statement: a long day of a large county is several of them."""


def forget_names(*, now: datetime) -> int:
    """Delete the names of appointments whose day is over; return how many."""
    over = Booking.objects.filter(at__lt=day_begins(now)).exclude(name="").values("pk")[:AT_ONCE]
    return Booking.objects.filter(pk__in=over).update(name="")


def forget_bookings(*, now: datetime) -> int:
    """Delete appointments, and what booking systems said of them, a week after their day; return how many."""
    before = day_begins(now) - KEPT_FOR
    over = Booking.objects.filter(at__lt=before).values("pk")[:AT_ONCE]
    said = CancelReport.objects.filter(received_at__lt=before).values("pk")[:AT_ONCE]
    gone = Booking.objects.filter(pk__in=over).delete()[0]
    return gone + CancelReport.objects.filter(pk__in=said).delete()[0]


def forget_files(*, now: datetime) -> None:
    """Throw away files that nobody took in, and after a week that there was one."""
    waiting = BookingImport.objects.filter(state__in=[ImportState.WAITING, ImportState.READ])
    for work in waiting.filter(state_since__lte=now - SEALED_FOR).select_related("centre"):
        if discard(work, by=None, now=now):
            logger.info("file %s was not taken in and is gone", work.public_id)
    ended = [ImportState.STORED, ImportState.REFUSED, ImportState.DISCARDED]
    BookingImport.objects.filter(state__in=ended, state_since__lte=now - importing.KEPT_FOR).delete()


def apply_stray_reports(*, now: datetime) -> None:
    """Cancel what was reported while its file was being stored."""
    for centre in Centre.objects.filter(cancel_reports__outcome="waiting").distinct():
        with transaction.atomic():
            apply_waiting_reports(centre, now=now)
