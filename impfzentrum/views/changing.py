"""Changing a release while it runs: three small pages with one form each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import ChangedMeanwhile, EndPromised, Refusal, ReleaseNotRunning
from impfzentrum.forms.changing import DosesForm, TimesForm, clocks_of
from impfzentrum.models import Centre, Release
from impfzentrum.procedures.attributing import tell_last_change
from impfzentrum.procedures.changing import add_doses, stamp_doses, take_back_doses
from impfzentrum.procedures.reporting import view_release
from impfzentrum.procedures.retiming import Times, change_times
from impfzentrum.views.release import find_release


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def add(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """More doses for a release."""
    release, now = find_release(centre, number), timezone.now()
    if request.method != "POST":
        return _show(request, release, DosesForm(initial={"stand": stamp_doses(release)}), "add_doses", now=now)
    form = DosesForm(request.POST)

    def change() -> str:
        doses, stand = form.cleaned_data["doses"], form.cleaned_data["stand"]
        add_doses(release, doses, stand=stand, by=request.user, now=now)
        return ngettext("{doses} Dosis ist dazugekommen.", "{doses} Dosen sind dazugekommen.", doses).format(
            doses=doses
        )

    return _apply(request, release, form, "add_doses", change, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def take_back(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """Fewer doses for a release."""
    release, now = find_release(centre, number), timezone.now()
    if request.method != "POST":
        return _show(request, release, DosesForm(initial={"stand": stamp_doses(release)}), "take_back_doses", now=now)
    form = DosesForm(request.POST)

    def change() -> str:
        doses, stand = form.cleaned_data["doses"], form.cleaned_data["stand"]
        take_back_doses(release, doses, stand=stand, by=request.user, now=now)
        return ngettext("{doses} Dosis ist zurückgenommen.", "{doses} Dosen sind zurückgenommen.", doses).format(
            doses=doses
        )

    return _apply(request, release, form, "take_back_doses", change, now=now)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def retime(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """Other times for a release."""
    release, now = find_release(centre, number), timezone.now()
    if request.method != "POST":
        initial = {**clocks_of(release), "stand": Times.of(release).stamp()}
        return _show(request, release, TimesForm(initial=initial, release=release, now=now), "change_times", now=now)
    form = TimesForm(request.POST, release=release, now=now)

    def change() -> str:
        change_times(release, form.times(), stand=form.cleaned_data["stand"], by=request.user, now=now)
        return _("Die Zeiten sind geändert.")

    return _apply(request, release, form, "change_times", change, now=now)


FIELD_OF_REFUSAL: dict[type[Refusal], str] = {EndPromised: "arrive_until"}


def _apply(
    request: StaffRequest, release: Release, form: forms.Form, page: str, change: Callable[[], str], *, now: datetime
) -> HttpResponse:
    """Change the release and go back to its page, or show the form again with what is wrong beside the field.

    A second tap and a change by a colleague lead to the release itself, with a word on what stands now: there it shows
    whether anything is left to do.
    """
    if not form.is_valid():
        return _show(request, release, form, page, now=now)
    try:
        messages.success(request, change())
    except (ChangedMeanwhile, ReleaseNotRunning) as refusal:
        messages.info(request, f"{refusal} {tell_last_change(release)}")
    except Refusal as refusal:
        usual = "doses" if "doses" in form.fields else "use_by"
        form.add_error(FIELD_OF_REFUSAL.get(type(refusal), usual), str(refusal))
        return _show(request, release, form, page, now=now)
    return redirect("centre:live", centre=release.centre.slug, number=release.number)


def _show(request: StaffRequest, release: Release, form: forms.Form, page: str, *, now: datetime) -> HttpResponse:
    view = view_release(release, now=now)
    if not view.running:
        messages.info(request, f"{ReleaseNotRunning()} {tell_last_change(release)}")
        return redirect("centre:live", centre=release.centre.slug, number=release.number)
    centre = release.centre
    context = {"centre": centre, "county": centre.county, "release": release, "view": view, "form": form}
    return render(request, f"centre/{page}.html", context, status=422 if form.is_bound else 200)
