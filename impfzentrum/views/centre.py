"""The day of a centre."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.models import Centre
from impfzentrum.procedures.alerting import find_waiting_since, list_alerts
from impfzentrum.procedures.opening_vials import list_open_vials
from impfzentrum.procedures.proposing import estimate_proposal, propose_release
from impfzentrum.procedures.releasing_bookings import count_left_over
from impfzentrum.procedures.reporting import (
    count_today,
    find_running_campaign,
    list_confirmed_today,
    list_open_hand_picks,
    list_running,
)
from impfzentrum.procedures.showing_calls import count_uncalled, list_calls
from impfzentrum.procedures.watching import tell_sending
from impfzentrum.views.polling import render_self_updating


@require_safe
@for_centre(CENTRE_ROLES)
def today(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Warnings, figures, running releases, opened vials, who comes today, and the next release as a proposal."""
    now = timezone.now()
    confirmed = list_confirmed_today(centre, now=now)
    running, vials = list_running(centre, now=now), list_open_vials(centre, now=now)
    sending = tell_sending(centre.county, now=now)
    waiting_since = find_waiting_since(centre.county, now=now)
    context: dict[str, object] = {
        "centre": centre,
        "county": centre.county,
        "now": now,
        "counts": count_today(centre, now=now),
        "sending": sending,
        "alerts": list_alerts(running, vials, sending, waiting_since, now=now),
        "running": running,
        "vials": vials,
        "open_hand_picks": list_open_hand_picks(centre, now=now),
        "calls": list_calls(centre, now=now),
        "uncalled": count_uncalled(centre, now=now),
        "left_over": count_left_over(centre, now=now),
        "confirmed": confirmed,
        "named": {dose.holder.comes_with for dose in confirmed if dose.holder},
    }
    # The proposal stands outside the moving part: a button must not be exchanged under somebody's finger.
    if not request.htmx:
        context |= _next_release(centre, now=now)
    return render_self_updating(request, "centre/today.html", "centre/today_now.html", context)


def _next_release(centre: Centre, *, now: datetime) -> dict[str, object]:
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return {"campaign": None, "proposal": None, "reach": None}
    proposal = propose_release(centre, campaign, now=now)
    return {
        "campaign": campaign,
        "proposal": proposal,
        "reach": estimate_proposal(centre, campaign, proposal, now=now),
    }
