"""The public pages: which counties there are, and how the list works."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from impfzentrum.models import Campaign, County
from impfzentrum.procedures.listing import view_list
from impfzentrum.states import CampaignState


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """All counties with a list."""
    return render(request, "citizen/home.html", {"counties": County.objects.all()})


@require_safe
def county_home(request: HttpRequest, county: str) -> HttpResponse:
    """How the list of a county works, and whether it is open."""
    place = get_object_or_404(County, slug=county)
    campaign = find_running(place)
    now = timezone.now()
    values = {
        "county": place,
        "campaign": campaign,
        "listed": view_list(place, now=now),
        "centres": place.centres.all(),
        "open_groups": sorted(campaign.group_order(now).open) if campaign else [],
        "ranked": campaign.group_order(now).ranked if campaign else False,
    }
    return render(request, "citizen/county_home.html", values)


@require_safe
def link_sent(request: HttpRequest, county: str) -> HttpResponse:
    """Where a person lands who gave only an e-mail address."""
    place = get_object_or_404(County, slug=county)
    return render(request, "citizen/link_sent.html", {"county": place, "campaign": find_running(place)})


def find_running(county: County) -> Campaign | None:
    """The campaign whose list people can join."""
    running = county.campaigns.filter(state=CampaignState.RUNNING)
    return running.select_related("county", "rule_set").first()


def show_not_open(request: HttpRequest, county: County, campaign: Campaign | None, *, status: int) -> HttpResponse:
    """Why the list takes nobody now."""
    values = {
        "county": county,
        "campaign": campaign,
        "listed": view_list(county, now=timezone.now()),
        "refused": request.method == "POST",
    }
    return render(request, "citizen/not_open.html", values, status=status)
