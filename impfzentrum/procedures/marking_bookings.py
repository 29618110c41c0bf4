"""Noting that a booked appointment falls out, and taking that back within ten minutes."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from impfzentrum.booking_refusals import BookingChanged, DoseReleased, NotYetDue, UndoOver
from impfzentrum.models import Booking
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.states import LEFT_OVER, BookingState

UNDO_WITHIN = timedelta(minutes=10)

ACTIONS = {BookingState.CANCELLED: "booking_cancelled", BookingState.MISSED: "booking_missed"}


def mark_booking(booking: Booking, new: BookingState, *, seen: datetime, by: User, now: datetime) -> None:
    """Note `new` (cancelled or missed) for an appointment that the person saw as planned since `seen`.

    A second tap changes nothing. Raises BookingChanged where it is no longer what they saw, also when it was marked and
    taken back in between, and NotYetDue for missing an appointment that is still to come.
    """
    if new == BookingState.MISSED and booking.at > now:
        raise NotYetDue(reference=booking.reference, time=f"{timezone.localtime(booking.at):%H:%M}")
    with transaction.atomic():
        if _move(_as_seen(booking, seen), BookingState.PLANNED, new, now=now, marked_by=by):
            record(booking.centre.county_id, ACTIONS[new], booking.public_id, now=now, actor=by)
            return
    known = Booking.objects.get(pk=booking.pk)
    if not (known.state == new and known.marked_by_id == by.pk):
        raise BookingChanged(reference=known.reference, state=known.get_state_display())


def undo_mark(booking: Booking, *, seen: datetime, by: User, now: datetime) -> None:
    """Take a mark back that the person saw. A second tap changes nothing.

    Raises UndoOver after ten minutes, DoseReleased when the dose went into a release, BookingChanged when somebody else
    was faster.
    """
    if now > seen + UNDO_WITHIN:
        raise UndoOver
    with transaction.atomic():
        rows = _as_seen(booking, seen).filter(release=None, marked_by__isnull=False)
        for old in LEFT_OVER:
            if _move(rows, old, BookingState.PLANNED, now=now, marked_by=None):
                record(booking.centre.county_id, "booking_undone", booking.public_id, now=now, actor=by, was=old.value)
                return
    known = Booking.objects.select_related("release").get(pk=booking.pk)
    if known.release is not None:
        raise DoseReleased(number=known.release.number)
    if known.state != BookingState.PLANNED:
        raise BookingChanged(reference=known.reference, state=known.get_state_display())


def may_undo(booking: Booking, *, now: datetime) -> bool:
    """Whether the page offers it."""
    fresh = now <= booking.state_since + UNDO_WITHIN
    return fresh and booking.state in LEFT_OVER and booking.release_id is None and booking.marked_by_id is not None


def _as_seen(booking: Booking, seen: datetime) -> QuerySet[Booking]:
    return Booking.objects.filter(pk=booking.pk, state_since=seen)


def _move(rows: QuerySet[Booking], old: BookingState, new: BookingState, *, now: datetime, **also: object) -> bool:
    """Compare-and-set: of two people who mark at once, the second changes nothing."""
    return move_rows(rows, old, new, now=now, **also) == 1
