"""Who gets word of the reports by e-mail."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from impfzentrum.access import PUBLISH_ROLES, StaffRequest, for_county
from impfzentrum.forms.report import ScheduleForm
from impfzentrum.models import County, ReportSchedule, Rhythm
from impfzentrum.procedures.reports.mails import end_schedule, list_readers, schedule_reports
from impfzentrum.views.reports import show_index


@require_POST
@for_county(PUBLISH_ROLES)
def schedule(request: StaffRequest, county: County) -> HttpResponse:
    """Somebody gets word from now on."""
    form = ScheduleForm(request.POST, readers=list_readers(county))
    if not form.is_valid():
        return show_index(request, county, schedule_form=form, status=422)
    reader = form.readers[form.cleaned_data["person"]]
    rhythm = Rhythm(form.cleaned_data["rhythm"])
    schedule_reports(county, reader, rhythm, by=request.user, now=timezone.now())
    messages.success(request, _("Gespeichert. Die E-Mail enthält einen Link und keine Zahlen."))
    return redirect("reports:index", county=county.slug)


@require_POST
@for_county(PUBLISH_ROLES)
def end(request: StaffRequest, county: County, public_id: UUID) -> HttpResponse:
    """Nobody gets word by this any more."""
    end_schedule(
        get_object_or_404(ReportSchedule, county=county, public_id=public_id), by=request.user, now=timezone.now()
    )
    messages.success(request, _("Diese E-Mails enden."))
    return redirect("reports:index", county=county.slug)
