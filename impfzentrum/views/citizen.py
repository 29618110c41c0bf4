"""The public pages: which counties there are, how the list works, and the sign-up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.errors import ListNotOpen
from impfzentrum.forms.sign_up import MINUTES_SUGGESTED, SignUpForm
from impfzentrum.models import Campaign, County
from impfzentrum.procedures.listing import view_list
from impfzentrum.procedures.registering import register_person
from impfzentrum.states import CampaignState
from impfzentrum.views.answers import see_other
from impfzentrum.vocabulary import Channel


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All counties with a list."""
    return render(request, "citizen/home.html", {"counties": County.objects.all()})


@require_safe
def county_home(request: HttpRequest, county: str) -> HttpResponse:
    """How the list of a county works, and whether it is open."""
    place = get_object_or_404(County, slug=county)
    campaign = _running_campaign(place)
    now = timezone.now()
    values = {
        "county": place,
        "campaign": campaign,
        "listed": view_list(place),
        "centres": place.centres.all(),
        "open_groups": sorted(campaign.group_order(now).open) if campaign else [],
        "ranked": campaign.group_order(now).ranked if campaign else False,
    }
    return render(request, "citizen/county_home.html", values)


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest, county: str) -> HttpResponse:
    """The form; afterwards the page where the contact is proved."""
    place = get_object_or_404(County, slug=county)
    campaign = _running_campaign(place)
    now = timezone.now()
    if campaign is None or not view_list(place).takes_people:
        return _not_open(request, place, campaign, status=409 if request.method == "POST" else 200)
    form = SignUpForm(campaign, request.POST if request.method == "POST" else None, now=now)
    if form.is_valid():
        try:
            proof = register_person(form.to_sign_up(), now=now)
        except ListNotOpen:
            return _not_open(request, place, campaign, status=409)
        if proof.channel == Channel.SMS:
            return see_other("entry:prove", proof.token)
        # The token of an e-mail proof is the proof itself: only the mailbox may learn it, never this browser.
        return see_other("citizen:link_sent", county=place.slug)
    values = {"county": place, "campaign": campaign, "form": form, "minutes_suggested": MINUTES_SUGGESTED}
    return render(request, "citizen/sign_up.html", values, status=422 if form.is_bound else 200)


@require_safe
def link_sent(request: HttpRequest, county: str) -> HttpResponse:
    """Where a person lands who gave only an e-mail address."""
    place = get_object_or_404(County, slug=county)
    return render(request, "citizen/link_sent.html", {"county": place, "campaign": _running_campaign(place)})


def _running_campaign(county: County) -> Campaign | None:
    running = county.campaigns.filter(state=CampaignState.RUNNING)
    return running.select_related("county", "rule_set").first()


def _not_open(request: HttpRequest, county: County, campaign: Campaign | None, *, status: int) -> HttpResponse:
    values = {"county": county, "campaign": campaign, "listed": view_list(county), "refused": request.method == "POST"}
    return render(request, "citizen/not_open.html", values, status=status)
