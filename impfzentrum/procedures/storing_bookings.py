"""Taking booked appointments in: all lines of a file in one statement, known numbers are brought up to date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Q

from impfzentrum.models import AuditEvent, Booking, CancelReport, Centre
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import note
from impfzentrum.procedures.checking_lines import GoodLine
from impfzentrum.rules.days import day_begins
from impfzentrum.states import BookingState
from impfzentrum.vocabulary import ReportOutcome

REPORT_WAITS = timedelta(days=1)
"""So long a cancellation waits for its appointment to be taken in; an older one may mean a booking before."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of the lines. `kept`: known to be cancelled or missed that day, and left so."""

    new: int
    changed: int
    kept: int


# What staff or the booking system noted of a day stands: a file that was made before must not undo it. The same number
# on another day is another appointment. Sorted, so that two files at once lock their rows in one order.
_STORE = """
    INSERT INTO impfzentrum_booking AS known
        (public_id, centre_id, reference, at, vaccine_id, dose_number, name, state, state_since)
    SELECT gen_random_uuid(), %(centre)s, line.reference, line.at, line.vaccine, line.dose, line.name, line.state,
        %(now)s
    FROM unnest(%(references)s::text[], %(ats)s::timestamptz[], %(vaccines)s::bigint[], %(doses)s::smallint[],
        %(names)s::text[], %(states)s::text[]) AS line (reference, at, vaccine, dose, name, state)
    ORDER BY line.reference
    ON CONFLICT (centre_id, reference) DO UPDATE SET
        at = excluded.at, vaccine_id = excluded.vaccine_id, dose_number = excluded.dose_number, name = excluded.name,
        state = excluded.state, marked_by_id = NULL, release_id = NULL,
        state_since = CASE WHEN known.state = excluded.state THEN known.state_since ELSE excluded.state_since END
    WHERE known.state = 'planned' OR (known.at AT TIME ZONE 'Europe/Berlin')::date
        <> (excluded.at AT TIME ZONE 'Europe/Berlin')::date
    RETURNING (xmax = 0)
"""


def store_lines(centre: Centre, lines: Sequence[GoodLine], *, now: datetime) -> Stored:
    """Write all lines, or none. Belongs in a transaction. Four statements, however many lines there are."""
    seal: Any = Booking._meta.get_field("name")
    with connection.cursor() as cursor:
        cursor.execute(
            _STORE,
            {
                "centre": centre.pk,
                "now": now,
                "references": [line.reference for line in lines],
                "ats": [line.at for line in lines],
                "vaccines": [line.vaccine for line in lines],
                "doses": [line.dose for line in lines],
                "names": [seal.get_prep_value(line.name) for line in lines],
                "states": [line.state.value for line in lines],
            },
        )
        fresh = [bool(new) for (new,) in cursor.fetchall()]
    apply_waiting_reports(centre, now=now)
    return Stored(new=sum(fresh), changed=len(fresh) - sum(fresh), kept=len(lines) - len(fresh))


def apply_waiting_reports(centre: Centre, *, now: datetime) -> int:
    """Cancel what a booking system reported before the appointment was known here; return how many.

    Runs with each file, and each minute: a report that came while a file was being stored saw no appointment, and the
    file saw no report. Belongs in a transaction.
    """
    waiting = CancelReport.objects.filter(centre=centre, outcome=ReportOutcome.WAITING)
    references = list(waiting.filter(received_at__gt=now - REPORT_WAITS).values_list("reference", flat=True))
    if not references:
        return 0
    known = Booking.objects.filter(centre=centre, reference__in=references, at__gte=day_begins(now))
    planned = list(known.filter(state=BookingState.PLANNED).select_for_update(no_key=True).order_by("pk"))
    rows = Booking.objects.filter(pk__in=[booking.pk for booking in planned])
    move_rows(rows, BookingState.PLANNED, BookingState.CANCELLED, now=now)
    AuditEvent.objects.bulk_create(
        note(centre.county_id, "booking_cancelled", booking.public_id, now=now, by="interface") for booking in planned
    )
    met = Q(reference__in=known.values("reference"))
    waiting.filter(met, reference__in=[one.reference for one in planned]).update(outcome=ReportOutcome.CANCELLED)
    waiting.filter(met, reference__in=references).update(outcome=ReportOutcome.ALREADY)
    return len(planned)
