"""Doses of booked appointments that fell out: counted by vaccine, and given free by one button, each of them once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from impfzentrum.booking_refusals import FewerLeftOver, NothingLeftOver
from impfzentrum.models import Booking, Centre, Release, Vaccine
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.releasing import ReleaseOrder, lock_centre, release_doses
from impfzentrum.rules.days import day_begins, day_ends
from impfzentrum.states import LEFT_OVER, BookingState
from impfzentrum.vocabulary import ReleaseReason


@dataclass(frozen=True, slots=True)
class VaccineCounts:
    """The booked appointments of a day for one vaccine. `open`: fell out, and the dose is not released yet."""

    vaccine: Vaccine
    planned: int
    cancelled: int
    missed: int
    open: int


def bookings_of_day(centre: Centre, *, now: datetime) -> QuerySet[Booking]:
    """The booked appointments of today."""
    return Booking.objects.filter(centre=centre, at__gte=day_begins(now), at__lt=day_ends(now))


def left_over(centre: Centre, *, now: datetime) -> QuerySet[Booking]:
    """Those of today that fell out and whose doses nobody has released."""
    return bookings_of_day(centre, now=now).filter(state__in=LEFT_OVER, release=None)


def count_left_over(centre: Centre, *, now: datetime) -> int:
    """How many doses wait for the button, for the page of the day."""
    return left_over(centre, now=now).count()


def count_by_vaccine(centre: Centre, *, now: datetime) -> list[VaccineCounts]:
    """The day by vaccine, in two queries."""
    rows = (
        bookings_of_day(centre, now=now)
        .order_by()
        .values_list("vaccine")
        .annotate(
            planned=Count("pk", filter=Q(state=BookingState.PLANNED)),
            cancelled=Count("pk", filter=Q(state=BookingState.CANCELLED)),
            missed=Count("pk", filter=Q(state=BookingState.MISSED)),
            open=Count("pk", filter=Q(state__in=LEFT_OVER, release=None)),
        )
    )
    counts = {vaccine: figures for vaccine, *figures in rows}
    return [VaccineCounts(vaccine, *counts[vaccine.pk]) for vaccine in Vaccine.objects.filter(pk__in=counts)]


def propose_reason(centre: Centre, vaccine: Vaccine, *, now: datetime) -> ReleaseReason:
    """Missed where more were missed than cancelled."""
    states = list(left_over(centre, now=now).filter(vaccine=vaccine).values_list("state", flat=True))
    missed = states.count(BookingState.MISSED)
    return ReleaseReason.MISSED if missed > len(states) - missed else ReleaseReason.CANCELLED


def release_bookings(order: ReleaseOrder, *, by: User, now: datetime) -> Release:
    """Give the doses of so many fallen-out appointments free, earliest first. The same form key: the same release.

    Raises NothingLeftOver or FewerLeftOver where a colleague was faster, and what `release_doses` raises.
    """
    ensure_draw(order.centre, now=now)  # may take a moment on the first release of a day: not inside our locks
    with transaction.atomic():
        lock_centre(order.centre)  # two staff who press at once: the second sees what is left then
        known = Release.objects.filter(form_key=order.form_key).first()
        if known is not None:
            return known
        open_ones = lock_left_over(order, now=now)
        if not open_ones:
            raise NothingLeftOver
        if len(open_ones) < order.doses:
            raise FewerLeftOver(left=len(open_ones))
        release = release_doses(order, by=by, now=now)
        chosen = open_ones[: order.doses]
        Booking.objects.filter(pk__in=[one.pk for one in chosen]).update(release=release)
        missed = sum(one.state == BookingState.MISSED for one in chosen)
        counts = {"cancelled": len(chosen) - missed, "missed": missed}
        record(order.centre.county_id, "bookings_released", release.pk, now=now, actor=by, **counts)
    return release


def lock_left_over(order: ReleaseOrder, *, now: datetime) -> list[Booking]:
    """The appointments whose doses may go, locked: nobody takes a mark back while its dose is being released."""
    rows = left_over(order.centre, now=now).filter(vaccine=order.vaccine).order_by("pk")
    locked = rows.defer("name").select_for_update(no_key=True)
    return sorted(locked, key=lambda one: (one.at, one.pk))
