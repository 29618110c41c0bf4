"""The booked appointments of today: found, marked as cancelled or missed, and their doses given free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal
from impfzentrum.models import Booking, Centre
from impfzentrum.procedures.finding_bookings import BookingPage, list_bookings, search_bookings
from impfzentrum.procedures.marking_bookings import mark_booking, may_undo, undo_mark
from impfzentrum.procedures.releasing_bookings import bookings_of_day, count_by_vaccine
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet
from impfzentrum.states import BookingState
from impfzentrum.views.downloads import send_sheet

SHOWN = ("next", "all", "cancelled", "missed")
LONGEST_SEARCH = 60


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def day(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Today's list. A search is a POST that changes nothing: names must not stand in an address."""
    now = timezone.now()
    show = request.GET.get("zeigen", "next")
    show = show if show in SHOWN else "next"
    words = request.POST.get("words", "")[:LONGEST_SEARCH].replace("\0", "").strip()
    if words:
        page = search_bookings(centre, words, now=now)
    else:
        number = request.GET.get("seite", "1")
        page = list_bookings(centre, show=show, number=int(number) if number.isdecimal() else 1, now=now)
    context = {
        "centre": centre,
        "county": centre.county,
        "now": now,
        "show": show,
        "words": words,
        "page": page,
        "rows": _rows(page, now=now),
    }
    if request.htmx:
        return render(request, "bookings/list.html", context)
    context["counts"] = count_by_vaccine(centre, now=now)
    return render(request, "bookings/day.html", context)


def _rows(page: BookingPage, *, now: datetime) -> Sequence[tuple[Booking, bool, bool]]:
    """Each appointment, whether it can be missed already, and whether its mark can be taken back."""
    return [(one, one.at <= now, may_undo(one, now=now)) for one in page.bookings]


@require_POST
@for_centre(CENTRE_ROLES)
def mark(request: StaffRequest, centre: Centre, public_id: UUID) -> HttpResponse:
    """Note or take back that an appointment falls out. `seen`: since when it stood as the person saw it."""
    booking = get_object_or_404(Booking.objects.select_related("centre"), centre=centre, public_id=public_id)
    now, action = timezone.now(), request.POST.get("action")
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", ""))
    except ValueError:
        seen = booking.state_since
    seen = seen if timezone.is_aware(seen) else booking.state_since
    try:
        if action == "undo":
            undo_mark(booking, seen=seen, by=request.user, now=now)
            told = _("Termin {reference} gilt wieder als geplant.")
        elif action in (BookingState.CANCELLED, BookingState.MISSED):
            mark_booking(booking, BookingState(action), seen=seen, by=request.user, now=now)
            told = _("Termin {reference}: {state}. Zehn Minuten lang können Sie das zurücknehmen.")
        else:
            return redirect("bookings:day", centre=centre.slug)
    except Refusal as refusal:
        messages.info(request, str(refusal))
        return redirect("bookings:day", centre=centre.slug)
    state = BookingState(action).label if action != "undo" else ""
    messages.success(request, told.format(reference=booking.reference, state=state))
    return redirect("bookings:day", centre=centre.slug)


@sensitive_variables()
@require_safe
@for_centre(CENTRE_ROLES)
def day_csv(request: StaffRequest, centre: Centre) -> HttpResponseBase:
    """Today's booked appointments as a table, without names: who needs those has the booking system."""
    now = timezone.now()
    columns = [
        Column(_("Nummer der Buchung")),
        Column(_("Uhrzeit"), Kind.TIME),
        Column(_("Impfstoff")),
        Column(_("Impfung"), Kind.NUMBER),
        Column(_("Stand")),
        Column(_("Freigabe"), Kind.NUMBER),
    ]
    rows = bookings_of_day(centre, now=now).select_related("vaccine", "release").defer("name").order_by("at", "pk")
    title = _("Gebuchte Termine am {day}").format(day=f"{timezone.localdate(now):%d.%m.%Y}")
    sheet = Sheet(title, columns, (_cells(one) for one in rows.iterator(1000)))
    return send_sheet(request, sheet, SheetFormat.CSV, f"termine-{timezone.localdate(now)}")


def _cells(booking: Booking) -> list[Cell]:
    number = booking.release.number if booking.release else None
    state = str(BookingState(booking.state).label)
    return [booking.reference, booking.at, booking.vaccine.name, booking.dose_number, state, number]
