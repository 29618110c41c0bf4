"""The public page with a county's figures, and the switch for it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from impfzentrum.access import PUBLISH_ROLES, StaffRequest, for_county
from impfzentrum.models import County
from impfzentrum.procedures.transparency import open_book, show_figures
from impfzentrum.views.citizen import find_running


@require_safe
def figures(request: HttpRequest, county: str) -> HttpResponse:
    """Figures for everybody. A county that does not show them has no such page."""
    place = get_object_or_404(County, slug=county, shows_figures=True)
    values = {
        "county": place,
        "campaign": find_running(place),
        "book": open_book(place, now=timezone.now()),
    }
    return render(request, "citizen/figures.html", values)


@require_POST
@for_county(PUBLISH_ROLES)
def switch(request: StaffRequest, county: County) -> HttpResponse:
    """Show the page to everybody, or take it away. The form says which, so that a second tap changes nothing."""
    show = request.POST.get("zeigen") == "ja"
    show_figures(county, show=show, by=request.user, now=timezone.now())
    told = _("Die Seite mit Zahlen ist öffentlich.") if show else _("Die Seite mit Zahlen ist nicht mehr öffentlich.")
    messages.success(request, told)
    return redirect("reports:index", county=county.slug)
