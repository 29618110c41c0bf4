"""Choosing what the team gets before the centre opens, and what became of the last e-mails."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from impfzentrum.access import TEAM_EXPORT_ROLES, StaffRequest, for_centre
from impfzentrum.forms.team_export import TeamExportForm, initial_of
from impfzentrum.models import Centre, TeamMail
from impfzentrum.procedures.choosing_export import choose_export, find_export

LAST = 10


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(TEAM_EXPORT_ROLES)
def choose(request: StaffRequest, centre: Centre) -> HttpResponse:
    """When the e-mail goes out, to whom, and how the list with names comes along."""
    export = find_export(centre)
    if request.method != "POST":
        return _show(request, centre, TeamExportForm(initial=initial_of(export), centre=centre, export=export))
    form = TeamExportForm(request.POST, centre=centre, export=export)
    if not form.is_valid():
        return _show(request, centre, form)
    choose_export(centre, form.choice(), by=request.user, now=timezone.now())
    messages.success(request, _("Gespeichert."))
    return redirect("daylist:team_export", centre=centre.slug)


def _show(request: StaffRequest, centre: Centre, form: TeamExportForm) -> HttpResponse:
    context = {
        "centre": centre,
        "county": centre.county,
        "form": form,
        "form_key": uuid4(),
        "mails": TeamMail.objects.filter(run__centre=centre).select_related("run").order_by("-pk")[:LAST],
    }
    return render(request, "daylist/team_export.html", context, status=422 if form.errors else 200)
