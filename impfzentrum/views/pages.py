"""The pages that the law asks for, short and true."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from impfzentrum.models import County


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Which data, what for, who sees them, how long."""
    return render(request, "pages/privacy.html", {"counties": County.objects.all()})


@require_safe
def imprint(request: HttpRequest) -> HttpResponse:
    """Who answers for the site: the counties."""
    return render(request, "pages/imprint.html", {"counties": County.objects.all()})


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The declaration of accessibility with the way to complain."""
    return render(request, "pages/accessibility.html", {"counties": County.objects.all()})
