"""What staff see before doses are given free: the form, and the last look with whom it reaches."""

from __future__ import annotations

import uuid

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal
from impfzentrum.forms.release import ReleaseForm
from impfzentrum.models import Centre
from impfzentrum.procedures.proposing import find_last_number
from impfzentrum.procedures.releasing import Reach, estimate_reach
from impfzentrum.procedures.reporting import find_running_campaign
from impfzentrum.procedures.watching import tell_sending
from impfzentrum.rules.arrival import at_clock

CARRIED = ("vaccine", "doses", "use_by", "arrive_from", "arrive_until", "reason", "note", "vials")
"""What the summary hands on, as it was typed."""


@require_safe
@for_centre(CENTRE_ROLES)
def check_release(request: StaffRequest, centre: Centre) -> HttpResponse:
    """A summary with one button. What is wrong leads to the form, with the sentence beside its field."""
    now = timezone.now()
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/no_campaign.html", {"centre": centre, "county": centre.county}, status=409)
    data = QueryDict(mutable=True)
    for name in CARRIED:
        data[name] = request.GET.get(name, "")
    data["form_key"], data["seen"] = str(uuid.uuid4()), str(find_last_number(centre))
    form = ReleaseForm(data, centre=centre, campaign=campaign, now=now)
    if not form.is_valid():
        return show_form(request, form, estimate(form))
    return show_summary(request, form)


def show_form(request: StaffRequest, form: ReleaseForm, reach: Reach | None) -> HttpResponse:
    """The form, empty or with what is wrong beside its field."""
    if form.is_bound and form.non_field_errors():
        form.renew_key()
    context = {
        "centre": form.centre,
        "county": form.centre.county,
        "campaign": form.campaign,
        "form": form,
        "reach": reach,
    }
    return render(request, "centre/release.html", context, status=422 if form.is_bound and form.errors else 200)


def estimate(form: ReleaseForm) -> Reach | None:
    """Whom the release would reach that the form tells of; None as long as it tells too little."""
    asked = form.reach_asked()
    if asked is None:
        return None
    vaccine, arrival = asked
    return estimate_reach(form.centre, form.campaign, vaccine, arrival, now=form.now)


def show_summary(request: StaffRequest, form: ReleaseForm, refusal: Refusal | None = None) -> HttpResponse:
    """What a valid form would give free. With a refusal it asks again, under a new key and against what stands now."""
    order, now, centre = form.order(), form.now, form.centre
    key, seen = (order.form_key, order.seen) if refusal is None else (uuid.uuid4(), find_last_number(centre))
    context = {
        "centre": centre,
        "county": centre.county,
        "campaign": form.campaign,
        "order": order,
        "reason": dict(form.fields["reason"].choices)[order.reason],  # type: ignore[attr-defined]
        "carried": [(name, form.data.get(name, "")) for name in CARRIED] + [("form_key", key), ("seen", seen)],
        "typed": [(name, form.data.get(name, "")) for name in CARRIED],
        "reach": estimate(form),
        "sending": tell_sending(centre.county, now=now),
        "after_closing": order.use_by > at_clock(centre.closes_at, timezone.localtime(now)),
        "refusal": refusal,
        "now": now,
    }
    return render(request, "centre/check_release.html", context, status=200 if refusal is None else 409)
