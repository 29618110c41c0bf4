"""The county's table of releases, on the page and as a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.access import COUNTY_ROLES, OPERATOR_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.forms.period import PeriodForm
from impfzentrum.models import County
from impfzentrum.procedures.exporting import export_hand_picks, export_releases
from impfzentrum.procedures.tabulating import sum_by_centre, sum_figures, tabulate_hand_picks, tabulate_releases
from impfzentrum.procedures.watching import tell_sending
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.sheets.sheet import Sheet
from impfzentrum.views.downloads import send_sheet


@require_safe
@for_county(COUNTY_ROLES)
def releases(request: StaffRequest, county: County) -> HttpResponse:
    """What was released in a period and what became of it, with sums."""
    form = PeriodForm.for_query(request.GET, today=timezone.localdate())
    context: dict[str, object] = {
        "county": county,
        "centres": centres_of(request.membership),
        "form": form,
        "sending": tell_sending(county, now=timezone.now()) if request.membership.role in OPERATOR_ROLES else None,
        "rows": None,
    }
    if not form.is_valid():
        return render(request, "county/releases.html", context, status=422)
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    rows = tabulate_releases(county, start=start, end=end)
    context |= {
        "rows": rows,
        "start": start,
        "end": end,
        "by_centre": sum_by_centre(rows),
        "sums": sum_figures(rows),
        "hand_picks": tabulate_hand_picks(county, start=start, end=end),
        "query": urlencode({"start": start, "end": end}),
    }
    return render(request, "county/releases.html", context)


@require_safe
@for_county(COUNTY_ROLES)
def releases_csv(request: StaffRequest, county: County) -> HttpResponseBase:
    """The same rows as a file."""
    return _send_table(
        request,
        county,
        "freigaben",
        lambda start, end: export_releases(tabulate_releases(county, start=start, end=end)),
    )


@require_safe
@for_county(COUNTY_ROLES)
def hand_picks_csv(request: StaffRequest, county: County) -> HttpResponseBase:
    """What was given by hand, as a file."""
    return _send_table(
        request,
        county,
        "von-hand",
        lambda start, end: export_hand_picks(tabulate_hand_picks(county, start=start, end=end)),
    )


def _send_table(
    request: StaffRequest, county: County, name: str, tabulate: Callable[[date, date], Sheet]
) -> HttpResponseBase:
    """The file of a period. An impossible period leads back to the page, which says what is wrong with it."""
    form = PeriodForm.for_query(request.GET, today=timezone.localdate())
    if not form.is_valid():
        page = reverse("county:releases", kwargs={"county": county.slug})
        return redirect(f"{page}?{request.GET.urlencode()}")
    start, end = form.cleaned_data["start"], form.cleaned_data["end"]
    return send_sheet(request, tabulate(start, end), SheetFormat.CSV, f"{name}-{county.slug}-{start}-bis-{end}")
