"""A person's rights in one place: see, correct, delete, restrict, object, and ask for a human."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from impfzentrum.errors import Refusal
from impfzentrum.models import Retention
from impfzentrum.procedures import staying
from impfzentrum.procedures.finding import find_entry
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.entry import frame_of, show_status


@personal
@require_safe
def show_rights(request: HttpRequest, token: str) -> HttpResponse:
    """What the person may demand, each with the way to it, how long we keep what, and how the draw decides."""
    entry = find_entry(token)
    values = {**frame_of(entry), "terms": Retention.of(entry.campaign.county)}
    return render(request, "entry/rights.html", values)


@personal
@require_POST
def restrict(request: HttpRequest, token: str) -> HttpResponse:
    """From now on their data is kept and used for nothing (Art. 18)."""
    entry = find_entry(token)
    try:
        staying.restrict_entry(entry, now=timezone.now())
    except Refusal as refusal:
        return show_status(request, entry, refusal=refusal)
    messages.success(request, _("Ihre Angaben werden jetzt nur noch aufbewahrt."))
    return see_other("entry:status", entry.token)


@personal
@require_POST
def object_to(request: HttpRequest, token: str) -> HttpResponse:
    """They object (Art. 21). Without the list we need nothing of them: it is the same as leaving, and noted as such."""
    entry = find_entry(token)
    try:
        staying.leave_list(entry, now=timezone.now(), action="objected")
    except Refusal as refusal:
        return show_status(request, entry, refusal=refusal)
    return see_other("entry:status", entry.token)
