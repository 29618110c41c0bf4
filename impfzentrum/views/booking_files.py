"""Files with booked appointments: brought, looked at, taken in or thrown away."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal
from impfzentrum.forms.booking_files import BookingFileForm, ColumnsForm
from impfzentrum.models import BookingImport, Centre, Vaccine
from impfzentrum.procedures.checking_lines import FAULTS_KEPT
from impfzentrum.procedures.importing import bring_file, discard, look_anew, read_outlook, take_in
from impfzentrum.procedures.wording_files import describe_fault, describe_refused
from impfzentrum.rules.booking_columns import missing_columns
from impfzentrum.states import ImportState
from impfzentrum.views.polling import render_self_updating


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def bring(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Choose a file; a worker reads it, and its page shows how far it is."""
    now = timezone.now()
    today = timezone.localdate(now)
    if request.method != "POST":
        first = {"day": today.isoformat(), "form_key": uuid.uuid4()}
        return _show_form(request, centre, BookingFileForm(initial=first, today=today))
    form = BookingFileForm(request.POST, request.FILES, today=today)
    if not form.is_valid():
        return _show_form(request, centre, form)
    told = form.cleaned_data
    content = told["file"].read()
    work = bring_file(centre, content, day=told["day"], form_key=told["form_key"], by=request.user, now=now)
    return redirect("bookings:file", centre=centre.slug, public_id=work.public_id)


def _show_form(request: StaffRequest, centre: Centre, form: BookingFileForm) -> HttpResponse:
    context = {"centre": centre, "county": centre.county, "form": form}
    return render(request, "bookings/bring.html", context, status=422 if form.is_bound else 200)


@sensitive_variables()
@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def file(request: StaffRequest, centre: Centre, public_id: UUID) -> HttpResponse:
    """How far a file is, what its lines would do, and the decision. `action`: columns, take or discard."""
    work = get_object_or_404(BookingImport.objects.select_related("centre"), centre=centre, public_id=public_id)
    outlook = read_outlook(work)
    columns = None
    if outlook is not None and work.state == ImportState.READ:
        data = request.POST if request.POST.get("action") == "columns" else None
        columns = ColumnsForm(data, headings=outlook["headings"], examples=outlook["examples"], columns=work.columns)
    if request.method == "POST" and not (columns is not None and columns.is_bound and not columns.is_valid()):
        return _decide(request, work, columns)
    context = _describe(centre, work, outlook) | {"columns": columns}
    if columns is not None and columns.is_bound:
        return render(request, "bookings/file.html", {**context, "part": "bookings/file_now.html"}, status=422)
    return render_self_updating(request, "bookings/file.html", "bookings/file_now.html", context)


def _decide(request: StaffRequest, work: BookingImport, columns: ColumnsForm | None) -> HttpResponse:
    now, action = timezone.now(), request.POST.get("action")
    try:
        if columns is not None and columns.is_bound:
            look_anew(work, columns.columns(), now=now)
        elif action == "discard":
            if discard(work, by=request.user, now=now):
                messages.success(request, _("Die Datei ist verworfen. Es wurde nichts übernommen."))
                return redirect("bookings:day", centre=work.centre.slug)
        elif action in ("take", "take_good"):
            good = request.POST.get("good", "")
            without = action == "take_good"
            count = int(good) if good.isdecimal() else -1
            take_in(work, good=count, without_faulty=without, by=request.user, now=now)
    except Refusal as refusal:
        messages.info(request, str(refusal))
    return redirect("bookings:file", centre=work.centre.slug, public_id=work.public_id)


def _describe(centre: Centre, work: BookingImport, outlook: dict[str, Any] | None) -> dict[str, object]:
    context: dict[str, object] = {
        "centre": centre,
        "county": centre.county,
        "work": work,
        "busy": work.state in (ImportState.WAITING, ImportState.CONFIRMED),
        "refused": describe_refused(work.result["refused"]) if "refused" in work.result else "",
        "changed": work.result.get("changed", False) and work.state == ImportState.READ,
    }
    if outlook is None:
        return context
    names = dict(Vaccine.objects.values_list("pk", "name"))
    shown = [
        {**line, "vaccine": names[line["vaccine"]], "at": datetime.fromisoformat(line["at"])}
        for line in outlook["shown"]
    ]
    faults = [{**fault, "sentence": describe_fault(fault)} for fault in outlook["faults"]]
    return context | {
        "outlook": outlook,
        "shown": shown,
        "faults": faults,
        "more_faults": len(faults) == FAULTS_KEPT,
        "missing": missing_columns(work.columns),
    }
