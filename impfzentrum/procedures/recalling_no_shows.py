"""What a centre's own days say about people who accept and do not come. Shown to staff, never used to ask more people
than there are doses (docs/decisions/0030)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q

from impfzentrum.models import Attendance, Centre
from impfzentrum.rules.no_shows import NoShows
from impfzentrum.states import AttendanceState

LOOK_BACK = timedelta(days=28)
"""Habits drift with vaccine and season; older days say little about tonight."""


def recall_no_shows(centre: Centre, *, now: datetime) -> NoShows:
    """What the last four weeks at this centre taught. One query; who was turned away had come."""
    rows = Attendance.objects.filter(offer__release__centre=centre, state_since__gt=now - LOOK_BACK)
    counted = rows.exclude(state=AttendanceState.EXPECTED).aggregate(
        appointments=Count("pk"), missed=Count("pk", filter=Q(state=AttendanceState.MISSED))
    )
    return NoShows(**counted)
