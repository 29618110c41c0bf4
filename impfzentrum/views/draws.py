"""Draws: the public page with which anybody can check them, and drawing lots anew for those who may."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import REDRAW_ROLES, StaffRequest, for_centre
from impfzentrum.day_refusals import DrawnMeanwhile
from impfzentrum.errors import NewDayBegun, ReasonMissing
from impfzentrum.forms.redraw import RedrawForm
from impfzentrum.models import Centre
from impfzentrum.procedures.drawing import count_redraws, redraw
from impfzentrum.procedures.publishing import publish_draws


@require_safe
def published(request: HttpRequest, centre: str) -> HttpResponse:
    """Commitments of today and tomorrow, seeds of the days before, and how to check them."""
    place = get_object_or_404(Centre.objects.select_related("county"), slug=centre)
    now = timezone.now()
    values = {
        "county": place.county,
        "centre": place,
        "draws": publish_draws(place, now=now),
        "now": now,
        "campaign": None,
    }
    return render(request, "citizen/draws.html", values)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(REDRAW_ROLES)
def draw_anew(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Ask for a reason, confirm, draw."""
    now = timezone.now()
    drawn = {"stand": count_redraws(centre, now=now)}
    form = RedrawForm(request.POST if request.method == "POST" else None, initial=drawn)
    if form.is_valid():
        try:
            redraw(centre, **form.order(), by=request.user, now=now)
        except ReasonMissing as refusal:
            form.add_error("reason", str(refusal))
        except (NewDayBegun, DrawnMeanwhile) as refusal:
            messages.info(request, str(refusal))
            return redirect("centre:today", centre=centre.slug)
        else:
            messages.success(request, _("Neu gelost. Laufende Angebote bleiben bestehen."))
            return redirect("centre:today", centre=centre.slug)
    context = {"centre": centre, "county": centre.county, "form": form, "draws": publish_draws(centre, now=now)}
    return render(request, "centre/draw_anew.html", context, status=422 if form.is_bound else 200)
