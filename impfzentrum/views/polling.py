"""Answering a page that asks again every few seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from impfzentrum.access import StaffRequest

NOTHING_NEW = 204
"""htmx leaves the page alone on this status: marked text stays marked, a screen reader keeps its place."""


def render_self_updating(request: StaffRequest, page: str, part: str, context: Mapping[str, object]) -> HttpResponse:
    """The whole page, or for a poll only its moving part, or nothing if that is what the browser already shows.

    `page` includes `part`; the part's first element carries `version` back with the next poll (parameter `stand`).
    """
    moving = render_to_string(part, {**context, "version": ""}, request)
    version = hashlib.sha256(moving.encode()).hexdigest()[:16]
    if not request.htmx:
        return render(request, page, {**context, "part": part, "version": version})
    if (request.GET.get("stand") or request.POST.get("stand")) == version:
        return HttpResponse(status=NOTHING_NEW)
    return render(request, part, {**context, "version": version})
