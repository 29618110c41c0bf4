"""Long exports: ordering one, watching it grow, fetching it."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from impfzentrum.access import COUNTY_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.forms.report import ExportForm
from impfzentrum.models import County, ExportFile, ExportJob
from impfzentrum.procedures.reports.jobs import TooManyExports, order_export
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.views.downloads import send_bytes
from impfzentrum.views.reports import show_index


@require_POST
@for_county(COUNTY_ROLES)
def order(request: StaffRequest, county: County) -> HttpResponse:
    """Have a file written; its page tells how far it is."""
    form = ExportForm(request.POST, county=county)
    if not form.is_valid():
        return show_index(request, county, export_form=form, status=422)
    try:
        chosen = SheetFormat(form.cleaned_data["datei"])
        job = order_export(form.scope, chosen, by=request.user, now=timezone.now())
    except TooManyExports as refusal:
        form.add_error(None, str(refusal))
        return show_index(request, county, export_form=form, status=409)
    return redirect("reports:export", county=county.slug, public_id=job.public_id)


@require_safe
@for_county(COUNTY_ROLES)
def export(request: StaffRequest, county: County, public_id: UUID) -> HttpResponse:
    """How far an own export is; with htmx the part that moves, every two seconds until it is done."""
    values = {
        "county": county,
        "centres": centres_of(request.membership),
        "job": _find_own(request, county, public_id),
    }
    template = "county/reports/export_now.html" if request.htmx else "county/reports/export.html"
    return render(request, template, values)


@require_safe
@for_county(COUNTY_ROLES)
def export_file(request: StaffRequest, county: County, public_id: UUID) -> HttpResponseBase:
    """The file, for who asked for it and still may read reports."""
    job = _find_own(request, county, public_id)
    file = ExportFile.objects.filter(job=job).first()
    if file is None:
        raise Http404
    name = f"{job.kind}-{(job.centre or county).slug}-{job.first}-bis-{job.last}"
    return send_bytes(bytes(file.content), SheetFormat(job.file_format), name)


def _find_own(request: StaffRequest, county: County, public_id: UUID) -> ExportJob:
    """Raises Http404 for anybody else's: that it exists is nobody's business."""
    jobs = ExportJob.objects.select_related("centre").filter(county=county, asked_by=request.user)
    return get_object_or_404(jobs, public_id=public_id)
