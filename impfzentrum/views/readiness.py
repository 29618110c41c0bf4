"""What people say on their own page about when and where: ready today, days and hours, mornings, further centres."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.errors import NotPossibleNow, ReadyOver
from impfzentrum.forms.availability import AvailabilityForm, ReadyForm
from impfzentrum.forms.centres import MINUTES_SUGGESTED, FurtherCentresForm
from impfzentrum.procedures import readying
from impfzentrum.procedures.choosing import choose_further_centres, list_other_centres, may_choose_centres
from impfzentrum.procedures.finding import find_entry
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.entry import frame_of, show_status


@personal
@require_POST
def say_ready(request: HttpRequest, token: str) -> HttpResponse:
    """One tap: today until this time. What is no time of day is told like one that has passed."""
    entry = find_entry(token)
    form = ReadyForm(request.POST)
    if not form.is_valid():
        return show_status(request, entry, refusal=ReadyOver())
    try:
        readying.say_ready(entry, form.cleaned_data["until"], now=timezone.now())
    except (ReadyOver, NotPossibleNow) as refusal:
        return show_status(request, entry, refusal=refusal)
    return see_other("entry:status", entry.token)


@personal
@require_POST
def take_back_ready(request: HttpRequest, token: str) -> HttpResponse:
    """Not ready after all: the usual days and hours count again."""
    entry = find_entry(token)
    readying.take_back_ready(entry, now=timezone.now())
    return see_other("entry:status", entry.token)


@personal
@require_POST
def choose_morning_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Be asked each morning, or no longer."""
    entry = find_entry(token)
    try:
        readying.choose_morning_mail(entry, request.POST.get("wanted") == "yes", now=timezone.now())
    except NotPossibleNow as refusal:
        return show_status(request, entry, refusal=refusal)
    return see_other("entry:status", entry.token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, token: str) -> HttpResponse:
    """Change days and hours."""
    entry = find_entry(token)
    form = AvailabilityForm(entry.availability, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            readying.change_availability(entry, form.cleaned_data["availability"], now=timezone.now())
        except NotPossibleNow as refusal:
            return show_status(request, entry, refusal=refusal)
        messages.success(request, _("Ihre Zeiten sind gespeichert."))
        return see_other("entry:status", entry.token)
    return render(request, "entry/hours.html", {**frame_of(entry), "form": form}, status=422 if form.is_bound else 200)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def further_centres(request: HttpRequest, token: str) -> HttpResponse:
    """Choose where else to come. Without another centre in the county, or off the list, there is nothing to show."""
    entry = find_entry(token)
    others = list(list_other_centres(entry))
    asked = request.method == "POST"
    if not others or not (asked or may_choose_centres(entry)):
        return see_other("entry:status", entry.token)
    stored = dict(entry.further_centres.values_list("centre", "travel_minutes"))
    form = FurtherCentresForm(others, stored, request.POST if asked else None)
    if form.is_valid():
        try:
            choose_further_centres(entry, form.cleaned_data["chosen"], now=timezone.now())
        except NotPossibleNow as refusal:
            return show_status(request, entry, refusal=refusal)
        messages.success(request, _("Ihre Impfzentren sind gespeichert."))
        return see_other("entry:status", entry.token)
    values = {**frame_of(entry), "form": form, "minutes_suggested": MINUTES_SUGGESTED}
    return render(request, "entry/further_centres.html", values, status=422 if asked else 200)
