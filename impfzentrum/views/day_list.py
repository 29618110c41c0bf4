"""The list of the day: on the screen, on paper, as a file. Names are shown to who has opened the list of the day.

Opening is a POST and noted once a person and day; every file and every print is noted by itself. A search is a POST
that changes nothing: names and birth dates stand in no address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from uuid import uuid4

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.access import DAY_LIST_ROLES, StaffRequest, for_centre
from impfzentrum.forms.day_list import DaySearchForm
from impfzentrum.models import Centre
from impfzentrum.procedures.day_list import DayRow, find_rows, list_day
from impfzentrum.procedures.day_sheet import make_day_sheet
from impfzentrum.procedures.opening_list import has_opened, note_export, open_list
from impfzentrum.procedures.recalling_no_shows import recall_no_shows
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.states import AttendanceState
from impfzentrum.views.downloads import send_sheet
from impfzentrum.views.polling import render_self_updating

Params = ParamSpec("Params")
View = Callable[Concatenate[StaffRequest, Centre, Params], HttpResponseBase]

PAGES = {"list": "daylist:list", "check_in": "daylist:check_in"}


def for_who_has_opened(view: View[Params]) -> Callable[..., HttpResponseBase]:
    """Names only for who has opened the list today; everybody else of the team is asked to. Goes below `for_centre`."""

    @wraps(view)
    def shown(request: StaffRequest, centre: Centre, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponseBase:
        now = timezone.now()
        if has_opened(centre, by=request.user, now=now):
            return view(request, centre, *args, **kwargs)
        page = "check_in" if "/einlass/" in request.path else "list"
        context = {"centre": centre, "county": centre.county, "now": now, "page": page, "form_key": uuid4()}
        return render(request, "daylist/open.html", context, status=409 if request.method == "POST" else 200)

    return shown


@require_POST
@for_centre(DAY_LIST_ROLES)
def open_day(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Open the names of the day, and go on to the page that was wanted."""
    open_list(centre, by=request.user, now=timezone.now())
    return redirect(PAGES.get(request.POST.get("page", ""), PAGES["list"]), centre=centre.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def day_list(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Everybody who has accepted for today, or whom the search finds."""
    now = timezone.now()
    rows, shown, form = _search(request, centre)
    counts = Counter(row.state for row in rows)
    expected = counts[AttendanceState.EXPECTED]
    no_shows = recall_no_shows(centre, now=now)
    context = {
        "centre": centre,
        "county": centre.county,
        "now": now,
        "form": form,
        "rows": shown,
        "all": len(rows),
        "named": {row.entry.comes_with for row in rows},
        "counts": [(state.label, counts[state]) for state in AttendanceState if counts[state]],
        "overdue": {row.offer.pk for row in shown if row.is_overdue(now)},
        "no_shows": no_shows,
        "expected": expected,
        "will_miss": no_shows.expect(expected),
    }
    return render_self_updating(request, "daylist/list.html", "daylist/list_now.html", context)


def _search(request: StaffRequest, centre: Centre) -> tuple[list[DayRow], list[DayRow], DaySearchForm]:
    """All of the day, those that were asked for, and the form that asked."""
    rows = list_day(centre, now=timezone.now())
    windows = {_window(row): _window(row) for row in rows}
    form = DaySearchForm(request.POST, rows=rows, windows=windows)
    shown = find_rows(rows, form.wanted())
    if state := form.choice("state"):
        shown = [row for row in shown if row.state == state]
    if vaccine := form.choice("vaccine"):
        shown = [row for row in shown if str(row.release.vaccine_id) == vaccine]
    if window := form.choice("window"):
        shown = [row for row in shown if _window(row) == window]
    return rows, shown, form


def _window(row: DayRow) -> str:
    begin, end = timezone.localtime(row.release.arrive_from), timezone.localtime(row.release.arrive_until)
    return f"{begin:%H:%M}–{end:%H:%M}"


@require_POST
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def printed(request: StaffRequest, centre: Centre) -> HttpResponse:
    """The list as it goes on paper: A4 across, no navigation."""
    now = timezone.now()
    _rows, shown, _form = _search(request, centre)
    note_export(centre, "print", len(shown), by=request.user, now=now)
    sheet = make_day_sheet(centre, shown, now=now)
    return render(request, "daylist/print.html", {"centre": centre, "sheet": sheet, "rows": shown, "now": now})


@require_POST
@for_centre(DAY_LIST_ROLES)
@for_who_has_opened
def download(request: StaffRequest, centre: Centre, file_format: str) -> HttpResponseBase:
    """The list as CSV, XLSX or PDF, as far as it was asked for."""
    if file_format not in list(SheetFormat):
        raise Http404
    now = timezone.now()
    _rows, shown, _form = _search(request, centre)
    note_export(centre, file_format, len(shown), by=request.user, now=now)
    name = f"tagesliste-{centre.slug}-{timezone.localdate(now):%Y-%m-%d}"
    return send_sheet(request, make_day_sheet(centre, shown, now=now), SheetFormat(file_format), name)
