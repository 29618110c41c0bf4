"""Giving a dose to a named person: one page to propose it, one for the second person to decide."""

from __future__ import annotations

import uuid
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import HandPickDecided, NotEligible, Refusal, ReleaseNotRunning
from impfzentrum.forms.hand_pick import FindPersonForm, HandPickForm, describe_person
from impfzentrum.models import Centre, HandPick, Release
from impfzentrum.procedures.attributing import OF_HAND_PICK, tell_last_change
from impfzentrum.procedures.hand_picking import (
    consent_to_hand_pick,
    propose_hand_pick,
    refuse_hand_pick,
    withdraw_hand_pick,
)
from impfzentrum.procedures.identifying import Found, find_people
from impfzentrum.states import DoseState, HandPickState, ReleaseState
from impfzentrum.views.release import find_release

DECISIONS = {"consent": consent_to_hand_pick, "refuse": refuse_hand_pick, "withdraw": withdraw_hand_pick}


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def propose(request: StaffRequest, centre: Centre, number: int) -> HttpResponse:
    """Find the person, then propose. `action=propose` sends the proposal, anything else only searches."""
    release, now = find_release(centre, number), timezone.now()
    if not _runs(release, now=now):
        return _to_release(release)
    search = FindPersonForm(request.POST if request.method == "POST" else None)
    if not search.is_valid():
        return _show_search(request, release, search)
    found = find_people(release, **search.cleaned_data, now=now)
    if request.POST.get("action") != "propose":
        return _show_search(request, release, search, found, _begin(found))
    return _propose(request, release, search, found, now=now)


def _propose(
    request: StaffRequest, release: Release, search: FindPersonForm, found: Found, *, now: datetime
) -> HttpResponse:
    form = HandPickForm(request.POST, people=found.people)
    if not form.is_valid():
        return _show_search(request, release, search, found, form)
    try:
        propose_hand_pick(form.order(release), by=request.user, now=now)
    except ReleaseNotRunning as refusal:
        messages.info(request, f"{refusal} {tell_last_change(release)}")
        return _to_release(release)
    except Refusal as refusal:
        form.add_error("person" if isinstance(refusal, NotEligible) else None, str(refusal))
        return _show_search(request, release, search, found, form)
    messages.success(request, _("Ihr Vorschlag liegt vor. Jetzt muss eine zweite Person zustimmen."))
    return _to_release(release)


@sensitive_variables()
def _show_search(
    request: StaffRequest,
    release: Release,
    search: FindPersonForm,
    found: Found | None = None,
    form: HandPickForm | None = None,
) -> HttpResponse:
    wrong = bool(search.errors) or (form is not None and form.is_bound)
    context = {
        "centre": release.centre,
        "county": release.centre.county,
        "release": release,
        "search": search,
        "found": found,
        "kept_away": [(describe_person(one), one.obstacles) for one in found.people if not one.eligible]
        if found
        else [],
        "form": form,
        "free": release.doses.filter(state=DoseState.FREE).count(),
    }
    return render(request, "centre/hand_pick.html", context, status=422 if wrong else 200)


def _begin(found: Found) -> HandPickForm:
    """An empty proposal; if only one person can be meant, they are chosen."""
    possible = [str(one.entry.public_id) for one in found.people if one.eligible]
    person = possible[0] if len(possible) == 1 else None
    return HandPickForm(initial={"form_key": uuid.uuid4(), "person": person}, people=found.people)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def decide(request: StaffRequest, centre: Centre, number: int, public_id: UUID) -> HttpResponse:
    """GET tells what is proposed, POST decides. Who comes second sees what the first decided."""
    release, now = find_release(centre, number), timezone.now()
    picks = HandPick.objects.select_related("entry", "release", "proposed_by", "decided_by")
    pick = get_object_or_404(picks, release=release, public_id=public_id)
    if request.method == "POST":
        return _decide(request, release, pick, now=now)
    if pick.state != HandPickState.PROPOSED or now >= pick.lapses_at or not _runs(release, now=now):
        return _to_release(release)
    return _show_decision(request, release, pick)


def _decide(request: StaffRequest, release: Release, pick: HandPick, *, now: datetime) -> HttpResponse:
    decision = request.POST.get("decision", "")
    if decision not in DECISIONS:
        return _show_decision(request, release, pick)
    try:
        DECISIONS[decision](pick, by=request.user, now=now)
    except ReleaseNotRunning as refusal:
        messages.info(request, f"{refusal} {tell_last_change(release)}")
        return _to_release(release)
    except HandPickDecided as refusal:
        messages.info(request, f"{refusal} {tell_last_change(release, OF_HAND_PICK)}")
        return _to_release(release)
    except Refusal as refusal:
        return _show_decision(request, release, pick, refusal)
    told = {
        "consent": _("Die Dosis ist vergeben. Ort, Zeit und Code sind unterwegs."),
        "refuse": _("Der Vorschlag ist abgelehnt."),
        "withdraw": _("Ihr Vorschlag ist zurückgezogen."),
    }
    messages.success(request, told[decision])
    return _to_release(release)


def _show_decision(
    request: StaffRequest, release: Release, pick: HandPick, refusal: Refusal | None = None
) -> HttpResponse:
    context = {
        "centre": release.centre,
        "county": release.centre.county,
        "release": release,
        "pick": pick,
        "own": pick.proposed_by_id == request.user.pk,
        "refusal": refusal,
    }
    return render(request, "centre/decide_hand_pick.html", context, status=200 if refusal is None else 409)


def _runs(release: Release, *, now: datetime) -> bool:
    return release.state in (ReleaseState.RUNNING, ReleaseState.FILLED) and now < release.use_by


def _to_release(release: Release) -> HttpResponse:
    return redirect("centre:live", centre=release.centre.slug, number=release.number)
