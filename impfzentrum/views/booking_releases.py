"""Giving the doses of booked appointments free that fell out: the usual form, with number and reason filled in."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.booking_refusals import FewerLeftOver, NothingLeftOver
from impfzentrum.errors import Refusal
from impfzentrum.forms.release import ReleaseForm
from impfzentrum.models import Centre, Vaccine
from impfzentrum.procedures.proposing import propose_release
from impfzentrum.procedures.releasing_bookings import left_over, propose_reason, release_bookings
from impfzentrum.procedures.reporting import find_running_campaign
from impfzentrum.views.release import FIELD_OF_REFUSAL


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def release(request: StaffRequest, centre: Centre, vaccine: int) -> HttpResponse:
    """GET shows the form for all doses of this vaccine that fell out, POST releases them."""
    now = timezone.now()
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/no_campaign.html", {"centre": centre, "county": centre.county}, status=409)
    product = get_object_or_404(Vaccine, pk=vaccine)
    count = left_over(centre, now=now).filter(vaccine=product).count()
    if request.method != "POST":
        if not count:
            messages.info(request, str(NothingLeftOver()))
            return redirect("bookings:day", centre=centre.slug)
        use_by = timezone.localtime(propose_release(centre, campaign, now=now).use_by).time()
        first = {"vaccine": product, "doses": count, "use_by": use_by, "form_key": uuid.uuid4()}
        first["reason"] = propose_reason(centre, product, now=now)
        return _show(request, ReleaseForm(initial=first, centre=centre, campaign=campaign, now=now), product, count)
    typed = request.POST.copy()
    typed["vaccine"] = str(product.pk)  # the address says which
    form = ReleaseForm(typed, centre=centre, campaign=campaign, now=now)
    if not form.is_valid():
        return _show(request, form, product, count)
    try:
        released = release_bookings(form.order(), by=request.user, now=now)
    except NothingLeftOver as refusal:
        messages.info(request, str(refusal))
        return redirect("bookings:day", centre=centre.slug)
    except Refusal as refusal:
        fields = {**FIELD_OF_REFUSAL, FewerLeftOver: "doses"}
        form.add_error(fields.get(type(refusal)), str(refusal))
        return _show(request, form, product, count)
    return redirect("centre:live", centre=centre.slug, number=released.number)


def _show(request: StaffRequest, form: ReleaseForm, vaccine: Vaccine, count: int) -> HttpResponse:
    if form.is_bound and form.non_field_errors():
        form.renew_key()
    context = {"centre": form.centre, "county": form.centre.county, "form": form, "vaccine": vaccine, "count": count}
    return render(request, "bookings/release.html", context, status=422 if form.is_bound else 200)
