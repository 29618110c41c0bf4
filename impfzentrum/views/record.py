"""The record of a county: search, why this person and not that one, check, export. Nobody changes anything."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from impfzentrum.access import COUNTY_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.errors import Refusal
from impfzentrum.forms.record import SearchForm, WhyForm
from impfzentrum.models import County
from impfzentrum.procedures.checking_record import list_checks, request_check
from impfzentrum.procedures.exporting_record import export_record
from impfzentrum.procedures.naming_events import tell_events
from impfzentrum.procedures.recalling import compare, recall
from impfzentrum.procedures.searching_record import turn_page
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.sheets.sheet import SheetTooLong
from impfzentrum.views.downloads import send_sheet


def _page(request: StaffRequest, county: County) -> dict[str, Any]:
    return {"county": county, "centres": centres_of(request.membership)}


@require_safe
@for_county(COUNTY_ROLES)
def search(request: StaffRequest, county: County) -> HttpResponse:
    """Events of the record, the newest first, page by page."""
    form = SearchForm.for_query(request.GET, county, today=timezone.localdate())
    context = _page(request, county) | {"form": form, "checks": list_checks(county), "events": None, "following": ""}
    if not form.is_valid():
        return render(request, "county/record.html", context, status=422)
    after = request.GET.get("nach", "")
    found = turn_page(form.search(), after)
    query = {name: value for name in form.fields if (value := form.data.get(name))}
    context |= {
        "events": tell_events(found.events),
        "after": after,
        "following": urlencode({**query, "nach": found.following}) if found.following else "",
        "query": query.items(),
        "newest": urlencode(query),
    }
    return render(request, "county/record.html", context)


@require_safe
@for_county(COUNTY_ROLES)
def why(request: StaffRequest, county: County) -> HttpResponse:
    """Whether and why one or two persons were asked for a release, from the record."""
    form = WhyForm(request.GET or None, county=county)
    context = _page(request, county) | {"form": form, "told": []}
    if form.is_valid():
        release, people = form.cleaned_data["release"], [form.cleaned_data["person"], form.cleaned_data["other"]]
        told = [(str(one.public_id)[:8], recall(one, release)) for one in people if one is not None]
        context |= {"release": release, "told": told}
        context["compared"] = compare(told[0][1], told[1][1]) if len(told) == 2 else ""
    return render(request, "county/why.html", context, status=422 if form.errors else 200)


@require_POST
@for_county(COUNTY_ROLES)
def check(request: StaffRequest, county: County) -> HttpResponse:
    """Have the record checked by a worker; the page shows what was found."""
    try:
        request_check(county, by=request.user, now=timezone.now())
    except Refusal as refusal:
        messages.info(request, str(refusal))
    else:
        messages.success(request, _("Die Prüfung beginnt. Das Ergebnis steht hier, sobald sie fertig ist."))
    return redirect("record:search", county=county.slug)


@require_POST
@for_county(COUNTY_ROLES)
def export(request: StaffRequest, county: County) -> HttpResponseBase:
    """The events of a search as a file. A POST, since the record notes who took it."""
    form = SearchForm.for_query(request.POST, county, today=timezone.localdate())
    wanted = SheetFormat.XLSX if request.POST.get("format") == "xlsx" else SheetFormat.CSV
    if not form.is_valid():
        context = _page(request, county) | {"form": form, "checks": [], "events": None, "following": ""}
        return render(request, "county/record.html", context, status=422)
    try:
        sheet = export_record(form.search(), by=request.user, now=timezone.now())
    except SheetTooLong as refusal:
        messages.info(request, str(refusal))
        return redirect("record:search", county=county.slug)
    return send_sheet(request, sheet, wanted, f"protokoll-{county.slug}-{timezone.localdate()}")
