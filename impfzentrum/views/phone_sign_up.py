"""Signing somebody up who is on the phone."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import AlreadyOnList, ListNotOpen, Refusal
from impfzentrum.forms.phone_sign_up import PhoneSignUpForm
from impfzentrum.models import Centre, StandbyEntry
from impfzentrum.procedures.registering_by_phone import register_by_phone
from impfzentrum.procedures.reporting import find_running_campaign
from impfzentrum.states import EntryState


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def sign_up_by_phone(request: StaffRequest, centre: Centre) -> HttpResponse:
    """One page with everything, for the list of this centre. What is wrong stands beside its field."""
    now = timezone.now()
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/no_campaign.html", {"centre": centre, "county": centre.county}, status=409)
    form = PhoneSignUpForm(campaign, request.POST if request.method == "POST" else None, centre=centre, now=now)
    if form.is_valid():
        try:
            entry = register_by_phone(form.to_phone_sign_up(), by=request.user, now=now)
        except (AlreadyOnList, ListNotOpen) as refusal:
            return _show(request, centre, form, refusal)
        messages.success(request, _tell(entry))
        return redirect("centre:sign_up_by_phone", centre=centre.slug)
    return _show(request, centre, form)


def _tell(entry: StandbyEntry) -> str:
    if entry.state == EntryState.UNCONFIRMED:
        return _("Aufgeschrieben. Auf der Liste steht die Person, sobald sie den Code oder den Link bestätigt hat.")
    if entry.phone_confirmed_at is not None:
        return _("Die Person steht auf der Liste. Ist eine Dosis für sie frei, erscheint unter „Heute“ ein Anruf.")
    return _("Die Person steht auf der Liste und bekommt Angebote als Nachricht.")


def _show(request: StaffRequest, centre: Centre, form: PhoneSignUpForm, refusal: Refusal | None = None) -> HttpResponse:
    status = 409 if refusal is not None else 422 if form.is_bound else 200
    context = {"centre": centre, "county": centre.county, "form": form, "refusal": refusal}
    return render(request, "centre/sign_up_by_phone.html", context, status=status)
