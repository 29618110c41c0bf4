"""The pages that the law asks for, short and true."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from impfzentrum.data_inventory import INVENTORY
from impfzentrum.models import County

ENFORCEMENT = {
    "06": {
        "name": "Durchsetzungs- und Überwachungsstelle Barrierefreie Informationstechnik des Landes Hessen",
        "seat": "Landeskompetenzzentrum Barrierefreie IT beim Regierungspräsidium Gießen",
        "site": "https://lbit.hessen.de/",
        "law": "§ 6 der Hessischen Verordnung über barrierefreie Informationstechnik",
    },
}
"""Whom people may turn to, by the Land: the first two digits of a county's key. The names are German everywhere."""


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data, what for, who sees them, how long."""
    # Keys that several models have alike are told once.
    inventory = {(str(item.label), str(item.purpose), str(item.kept.label)): item for item in INVENTORY}
    lines = [{"label": label, "purpose": purpose, "kept": kept} for label, purpose, kept in inventory]
    return render(request, "pages/privacy.html", {"counties": County.objects.all(), "inventory": lines})


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who answers for the site: the counties."""
    return render(request, "pages/imprint.html", {"counties": County.objects.all()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of accessibility with the way to complain."""
    counties = list(County.objects.all())
    bodies = [(county, ENFORCEMENT.get(county.ags[:2])) for county in counties]
    return render(request, "pages/accessibility.html", {"counties": counties, "bodies": bodies})
