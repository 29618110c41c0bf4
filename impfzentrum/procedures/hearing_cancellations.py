"""What a booking system reports: an appointment is cancelled. Each of its events counts once."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from impfzentrum.booking_refusals import EventReused
from impfzentrum.models import Booking, CancelReport, InterfaceKey
from impfzentrum.procedures.auditing import record
from impfzentrum.rules.days import day_begins
from impfzentrum.states import BookingState
from impfzentrum.vocabulary import ReportOutcome


def hear_cancellation(key: InterfaceKey, *, event_id: str, reference: str, now: datetime) -> ReportOutcome:
    """Cancel the appointment and say what came of it. The same event again: the same answer, and nothing else.

    An appointment that is not known yet is cancelled as soon as it is taken in (within a day). Raises EventReused when
    this event was about another appointment.
    """
    try:
        with transaction.atomic():
            # Of two deliveries of one event at once the second waits here for the first one's commit.
            report = CancelReport.objects.create(
                centre=key.centre,
                event_id=event_id,
                reference=reference,
                received_at=now,
                outcome=ReportOutcome.WAITING,
            )
            outcome = _cancel(key, reference, now=now)
            CancelReport.objects.filter(pk=report.pk).update(outcome=outcome)
            return outcome
    except IntegrityError:
        known = CancelReport.objects.get(centre=key.centre, event_id=event_id)
    if known.reference != reference:
        raise EventReused
    return ReportOutcome(known.outcome)


def _cancel(key: InterfaceKey, reference: str, *, now: datetime) -> ReportOutcome:
    rows = Booking.objects.filter(centre=key.centre, reference=reference, at__gte=day_begins(now))
    booking = rows.select_for_update(no_key=True).first()
    if booking is None:
        return ReportOutcome.WAITING
    if not booking.move(BookingState.PLANNED, BookingState.CANCELLED, now=now):
        return ReportOutcome.ALREADY
    record(
        key.centre.county_id, "booking_cancelled", booking.public_id, now=now, by="interface", key=str(key.public_id)
    )
    return ReportOutcome.CANCELLED
