"""The county's reports: a page each, and its tables as files."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from impfzentrum.access import COUNTY_ROLES, PUBLISH_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.forms.period import USUAL
from impfzentrum.forms.report import ExportForm, ReportForm, ScheduleForm
from impfzentrum.models import County, ExportJob
from impfzentrum.procedures.reports.kinds import REPORTS, ReportKind
from impfzentrum.procedures.reports.mails import list_readers
from impfzentrum.procedures.reports.report import Scope
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.views.downloads import send_sheet
from impfzentrum.views.report_tables import show_reports


@require_safe
@for_county(COUNTY_ROLES)
def index(request: StaffRequest, county: County) -> HttpResponse:
    """Which reports there are."""
    return show_index(request, county)


def show_index(
    request: StaffRequest,
    county: County,
    *,
    export_form: ExportForm | None = None,
    schedule_form: ScheduleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The first page of the reports, with the forms as somebody filled them in."""
    today = timezone.localdate()
    usual = {"start": f"{today - USUAL:%d.%m.%Y}", "end": f"{today:%d.%m.%Y}"}
    may_publish = request.membership.role in PUBLISH_ROLES
    values = {
        "county": county,
        "centres": centres_of(request.membership),
        "kinds": REPORTS.items(),
        "export_form": export_form or ExportForm(None, county=county, initial=usual),
        "exports": ExportJob.objects.filter(county=county, asked_by=request.user).order_by("-asked_at"),
        "may_publish": may_publish,
    }
    if may_publish:
        values["schedule_form"] = schedule_form or ScheduleForm(None, readers=list_readers(county))
        values["schedules"] = county.report_schedules.select_related("user").order_by("user__username")
    return render(request, "county/reports/index.html", values, status=status)


@require_safe
@for_county(COUNTY_ROLES)
def report(request: StaffRequest, county: County, name: str) -> HttpResponse:
    """One report: its charts, each with the table beside it. An impossible period says so beside its field."""
    kind = _find_kind(name)
    now = timezone.now()
    form = ReportForm.read(request.GET, county=county, kind=kind, today=timezone.localdate(now))
    values: dict[str, object] = {
        "county": county,
        "centres": centres_of(request.membership),
        "kinds": REPORTS.items(),
        "name": name,
        "kind": kind,
        "form": form,
    }
    if not form.is_valid():
        return render(request, "county/reports/report.html", values, status=422)
    values |= {
        "scope": form.scope,
        "reports": show_reports(kind.make(form.scope, now)),
        "query": urlencode(form.query),
        "formats": [(one, one.name) for one in SheetFormat],
    }
    return render(request, "county/reports/report.html", values)


@require_safe
@for_county(COUNTY_ROLES)
def report_file(request: StaffRequest, county: County, name: str, number: int, ending: str) -> HttpResponseBase:
    """One table of a report as a file. An impossible period leads back to the page, which says what is wrong."""
    kind = _find_kind(name)
    if ending not in SheetFormat.__members__.values():
        raise Http404
    now = timezone.now()
    form = ReportForm.read(request.GET, county=county, kind=kind, today=timezone.localdate(now))
    if not form.is_valid():
        return redirect(f"{reverse('reports:report', args=[county.slug, name])}?{request.GET.urlencode()}")
    made = kind.make(form.scope, now)
    tables = [made, *made.further]
    if number >= len(tables):
        raise Http404
    title = f"{name}-{number + 1}" if made.further else name
    filename = f"{title}-{(form.scope.centre or county).slug}-{form.scope.first}-bis-{form.scope.last}"
    return send_sheet(request, tables[number].as_sheet(tell_scope(form.scope)), SheetFormat(ending), filename)


def tell_scope(scope: Scope) -> str:
    """Whose figures of which days, for the head of a file."""
    days = f"{scope.first:%d.%m.%Y}", f"{scope.last:%d.%m.%Y}"
    return _("{place}, {first} bis {last}.").format(place=scope.place, first=days[0], last=days[1])


def _find_kind(name: str) -> ReportKind:
    try:
        return REPORTS[name]
    except KeyError:
        raise Http404 from None
