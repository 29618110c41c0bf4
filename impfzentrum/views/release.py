"""Giving doses free, watching what becomes of them, and stopping."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.access import CENTRE_READERS, CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.day_refusals import ReleasedMeanwhile, VialsEnded
from impfzentrum.errors import Refusal, ReleaseNotRunning, UseByPassed, VaccineNotInForce
from impfzentrum.forms.release import ReleaseForm
from impfzentrum.models import Centre, Release
from impfzentrum.procedures.attributing import tell_last_change
from impfzentrum.procedures.judging import recall_shortage
from impfzentrum.procedures.proposing import Proposal, estimate_proposal, find_last_number, propose_release
from impfzentrum.procedures.recalling_no_shows import recall_no_shows
from impfzentrum.procedures.releasing import release_doses, stop_release
from impfzentrum.procedures.reporting import ReleaseView, find_running_campaign, list_open_hand_picks, view_release
from impfzentrum.procedures.showing_calls import list_calls
from impfzentrum.procedures.watching import tell_sending
from impfzentrum.procedures.wording import describe_event
from impfzentrum.views.checking import CARRIED, estimate, show_form, show_summary
from impfzentrum.views.polling import render_self_updating

FIELD_OF_REFUSAL: dict[type[Refusal], str] = {UseByPassed: "use_by", VaccineNotInForce: "vaccine"}


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def release(request: StaffRequest, centre: Centre) -> HttpResponse:
    """One page, one button. `action=check` only shows whom the release would reach, for browsers without script."""
    now = timezone.now()
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/no_campaign.html", {"centre": centre, "county": centre.county}, status=409)
    if request.method != "POST":
        proposal = propose_release(centre, campaign, now=now)
        initial = _initial(proposal) | {"seen": find_last_number(centre)} | _picked(request)
        form = ReleaseForm(initial=initial, centre=centre, campaign=campaign, now=now)
        return show_form(request, form, estimate_proposal(centre, campaign, proposal, now=now))
    form = ReleaseForm(request.POST, centre=centre, campaign=campaign, now=now)
    if not form.is_valid() or request.POST.get("action") == "check":
        return show_form(request, form, estimate(form))
    try:
        released = release_doses(form.order(), by=request.user, now=now)
    except (ReleasedMeanwhile, VialsEnded) as refusal:
        return show_summary(request, form, refusal)
    except Refusal as refusal:
        form.add_error(FIELD_OF_REFUSAL.get(type(refusal)), str(refusal))
        return show_form(request, form, estimate(form))
    if released.released_at != now:
        messages.info(request, _tell_known(released))
    return redirect("centre:live", centre=released.centre.slug, number=released.number)


def _tell_known(released: Release) -> str:
    """The form was sent before, with other values: they made no second release."""
    told = _("Dieses Formular war um {at} Uhr schon abgeschickt. Es bleibt bei der Freigabe {number}.")
    return told.format(at=f"{timezone.localtime(released.released_at):%H:%M}", number=released.number)


def _picked(request: StaffRequest) -> dict[str, object]:
    """What a link brings along: the summary leads back here with what was to be given free."""
    return {name: request.GET[name] for name in CARRIED if request.GET.get(name)}


def _initial(proposal: Proposal) -> dict[str, object]:
    return {
        "vaccine": proposal.vaccine,
        "doses": proposal.doses,
        "use_by": timezone.localtime(proposal.use_by).time(),
        "reason": proposal.reason,
        "form_key": uuid.uuid4(),
    }


@require_safe
@for_centre(CENTRE_ROLES)
def reach(request: StaffRequest, centre: Centre) -> HttpResponse:
    """How many people the release that is being typed would reach; a part of the form's page."""
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/reach.html", {"reach": None})
    form = ReleaseForm(request.GET, centre=centre, campaign=campaign, now=timezone.now())
    return render(request, "centre/reach.html", {"reach": estimate(form)})


@require_safe
@for_centre(CENTRE_READERS)
def live(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """A release as it stands now."""
    release = find_release(centre, number)
    now = timezone.now()
    view = view_release(release, now=now)
    acts = view.running and request.membership.role in CENTRE_ROLES
    open_hand_picks = list_open_hand_picks(centre, now=now) if acts else []
    context = {
        "centre": centre,
        "county": centre.county,
        "release": release,
        "view": view,
        "sending": tell_sending(centre.county, now=now) if view.running else None,
        "open_hand_picks": [pick for pick in open_hand_picks if pick.release_id == release.pk],
        "calls": list_calls(centre, now=now) if acts else [],
        "shortage": recall_shortage(release, now=now) if view.running and view.nobody_left else None,
        "will_miss": _foretell_missing(view, centre, now=now),
        "happened": [(event.at, describe_event(event)) for event in view.events],
        "now": now,
    }
    return render_self_updating(request, "centre/live.html", "centre/live_now.html", context)


def _foretell_missing(view: ReleaseView, centre: Centre, *, now: datetime) -> int:
    """How many of those still to come will probably not, as far as the centre's own days tell; 0 if unknown."""
    if not view.confirmed:
        return 0
    no_shows = recall_no_shows(centre, now=now)
    return no_shows.expect(view.confirmed) if no_shows.known else 0


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def stop(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """GET asks whether it is meant, POST ends the release. Who comes second sees what the first did."""
    release = find_release(centre, number)
    now = timezone.now()
    if request.method == "POST":
        try:
            stop_release(release, by=request.user, now=now)
        except ReleaseNotRunning as refusal:
            messages.info(request, f"{refusal} {tell_last_change(release)}")
        return redirect("centre:live", centre=centre.slug, number=number)
    view = view_release(release, now=now)
    if not view.running:
        messages.info(request, f"{ReleaseNotRunning()} {tell_last_change(release)}")
        return redirect("centre:live", centre=centre.slug, number=number)
    return render(
        request,
        "centre/stop.html",
        {"centre": centre, "county": centre.county, "release": release, "view": view},
    )


def find_release(centre: Centre, number: int) -> Release:
    return get_object_or_404(
        Release.objects.select_related("vaccine", "centre", "campaign"), centre=centre, number=number
    )
