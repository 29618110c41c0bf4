"""Opened vials: noting them, giving their rest free, and saying what became of them."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.day_refusals import VialsEnded, VialsTooOld
from impfzentrum.errors import Refusal
from impfzentrum.forms.vials import RestForm, VialsForm
from impfzentrum.models import Centre, OpenedVials
from impfzentrum.procedures.opening_vials import (
    end_vials,
    find_same_vials,
    list_vial_rules,
    note_vials,
    propose_use_by_of,
    view_vials,
)
from impfzentrum.procedures.proposing import propose_release
from impfzentrum.procedures.reporting import find_running_campaign
from impfzentrum.procedures.wording import name_staff_and_role
from impfzentrum.vocabulary import ReleaseReason, VialEnd

ENDS = {"empty": VialEnd.EMPTY, "mistake": VialEnd.MISTAKE}


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def open_vials(request: StaffRequest, centre: Centre) -> HttpResponse:
    """Which vials were opened and when: usually one, of the vaccine released last, right now."""
    now = timezone.now()
    campaign = find_running_campaign(centre.county)
    if campaign is None:
        return render(request, "centre/no_campaign.html", {"centre": centre, "county": centre.county}, status=409)
    if request.method == "POST":
        form = VialsForm(request.POST, campaign=campaign, now=now)
        if form.is_valid():
            try:
                opened = note_vials(centre, campaign, **form.cleaned_data, by=request.user, now=now)
            except VialsTooOld as refusal:
                form.add_error("opened_at", str(refusal))
            except Refusal as refusal:
                form.add_error("vaccine", str(refusal))
            else:
                _tell_opened(request, opened)
                return redirect("centre:today", centre=centre.slug)
    else:
        last = propose_release(centre, campaign, now=now).vaccine
        initial = {"vaccine": last, "vials": 1, "opened_at": timezone.localtime(now).time()}
        form = VialsForm(initial=initial, campaign=campaign, now=now)
    context = {"centre": centre, "county": centre.county, "campaign": campaign, "form": form}
    context["rules"] = list_vial_rules(campaign, now=now)
    return render(request, "centre/open_vials.html", context, status=422 if form.errors else 200)


def _tell_opened(request: StaffRequest, opened: OpenedVials) -> None:
    messages.success(
        request,
        ngettext(
            "{vaccine}: {doses} Dosis, verwendbar bis {until} Uhr. Bleibt etwas übrig, geben Sie es von hier aus frei.",
            "{vaccine}: {doses} Dosen, verwendbar bis {until} Uhr. Bleibt etwas übrig, geben Sie es von hier aus frei.",
            opened.doses,
        ).format(
            vaccine=opened.vaccine.name, doses=opened.doses, until=f"{timezone.localtime(opened.usable_until):%H:%M}"
        ),
    )
    same = find_same_vials(opened)
    if same is not None:
        told = _(
            "{who} hat um {at} Uhr auch ein Fläschchen {vaccine} eingetragen. "
            "Ist es dasselbe, nehmen Sie eines davon als Irrtum zurück."
        )
        at = f"{timezone.localtime(same.noted_at):%H:%M}"
        who = name_staff_and_role(same.noted_by)
        messages.warning(request, told.format(who=who, at=at, vaccine=opened.vaccine.name))


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def rest(request: StaffRequest, centre: Centre, public_id: UUID) -> HttpResponse:
    """GET shows the vials, with `given` it leads on to the release of their rest. POST ends them without a release."""
    now = timezone.now()
    vials = OpenedVials.objects.select_related("vaccine", "ended_by", "release", "centre", "noted_by")
    opened = get_object_or_404(vials, centre=centre, public_id=public_id)
    if request.method == "POST" and request.POST.get("end") in ENDS:
        return _end(request, opened, ENDS[request.POST["end"]], now=now)
    asked = "given" in request.GET
    form = RestForm(request.GET if asked else None, initial={"given": 0}, opened=opened)
    view = view_vials(opened, now=now)
    if asked and not view.over and not opened.end and form.is_valid():
        return redirect(_address_of_release(opened, form.rest(), now=now))
    context = {"centre": centre, "county": centre.county, "view": view, "form": form, "now": now}
    context["use_by"] = propose_use_by_of(opened, now=now)
    context["max"] = opened.doses
    return render(request, "centre/vials.html", context, status=422 if asked and form.errors else 200)


def _address_of_release(opened: OpenedVials, doses: int, *, now: datetime) -> str:
    use_by = timezone.localtime(propose_use_by_of(opened, now=now))
    values = {
        "vaccine": opened.vaccine_id,
        "doses": doses,
        "use_by": f"{use_by:%H:%M}",
        "reason": ReleaseReason.VIAL.value,
        "vials": opened.public_id,
    }
    return f"{reverse('day:check_release', args=[opened.centre.slug])}?{urlencode(values)}"


def _end(request: StaffRequest, opened: OpenedVials, end: VialEnd, *, now: datetime) -> HttpResponse:
    try:
        end_vials(opened, end, by=request.user, now=now)
    except VialsEnded as refusal:
        messages.info(request, str(refusal))
    else:
        told = {
            VialEnd.EMPTY: _("Eingetragen: Das Fläschchen ist leer."),
            VialEnd.MISTAKE: _("Der Eintrag ist als Irrtum zurückgenommen."),
        }
        messages.success(request, told[end])
    return redirect("centre:today", centre=opened.centre.slug)
