"""The page of a call: take it, read out what there is to say, note what the person said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal
from impfzentrum.models import Centre, Message, MessageTemplate
from impfzentrum.procedures import phoning
from impfzentrum.procedures.showing_calls import calls_of, view_call
from impfzentrum.states import MessageState, OfferState
from impfzentrum.views.polling import render_self_updating

OUTCOMES: Mapping[str, Callable[..., object]] = {
    "take": phoning.take_call,
    "yes": phoning.note_yes,
    "no": phoning.note_no,
    "not_reached": phoning.note_not_reached,
    "wrong_number": phoning.note_wrong_number,
    "told": phoning.note_told,
    "resume": phoning.note_resumed,
}

STAYS = ("take", "yes")
"""After these there is something to read out."""


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def call(request: StaffRequest, centre: Centre, reference: UUID) -> HttpResponse:
    """GET shows the call, to whoever has taken it with name and number; POST takes it or notes its outcome."""
    now = timezone.now()
    found = get_object_or_404(_calls(centre), reference=reference)
    action = request.POST.get("action", "")
    if action not in OUTCOMES:
        return _show(request, centre, found, now=now)
    try:
        OUTCOMES[action](found, by=request.user, now=now)
    except Refusal as refusal:
        return _show(request, centre, _calls(centre).get(pk=found.pk), refusal, now=now)
    if action in STAYS:
        return redirect("centre:call", centre=centre.slug, reference=reference)
    messages.success(request, _told(action))
    return redirect("centre:today", centre=centre.slug)


def _calls(centre: Centre) -> QuerySet[Message]:
    related = ("entry__criterion", "entry__centre", "taken_by", "offer__dose", "offer__release__vaccine")
    return calls_of(centre).select_related(*related, "offer__release__centre__county", "offer__entry")


def _told(action: str) -> str:
    return {
        "no": _("Eingetragen: Absage. Die Dosis geht an die Nächsten, der Platz auf der Liste bleibt."),
        "not_reached": _(
            "Eingetragen: nicht erreicht. Bis zum Ende der Frist steht der Anruf wieder unter „Bitte anrufen“."
        ),
        "wrong_number": _("Eingetragen: falsche Nummer. Dort ruft niemand mehr an."),
        "told": _("Eingetragen: Die Person weiß Bescheid."),
        "resume": _("Eingetragen: Die Person steht wieder auf der Liste."),
    }[action]


def _show(
    request: StaffRequest, centre: Centre, found: Message, refusal: Refusal | None = None, *, now: datetime
) -> HttpResponse:
    release = found.offer.release if found.offer is not None else None
    context = {
        "centre": centre,
        "county": centre.county,
        "view": view_call(found),
        "stage": _stage(found, request.user, now=now),
        "call": found,
        "offer": found.offer,
        "release": release,
        "entry": found.entry,
        "can_arrive_at_once": release is not None and release.arrive_from <= now,
        "refusal": refusal,
        "now": now,
    }
    if refusal is not None:
        return render(request, "centre/call.html", {**context, "version": ""}, status=409)
    return render_self_updating(request, "centre/call.html", "centre/call_now.html", context)


def _stage(call: Message, user: User, *, now: datetime) -> str:
    """What there is to do: free, mine, theirs (a colleague calls), yes (read out the appointment), done.

    Name and number are on the page only in `mine` and, until the person should have arrived, in `yes`.
    """
    offer = call.offer
    if call.state == MessageState.QUEUED:
        return "free" if now < call.expires_at else "done"
    if call.state == MessageState.SENDING:
        return "mine" if call.taken_by_id == user.pk else "theirs"
    told = call.template == MessageTemplate.OFFER and call.state == MessageState.DELIVERED
    promised = offer is not None and offer.state == OfferState.ACCEPTED and now < offer.release.arrive_until
    return "yes" if told and promised and call.taken_by_id == user.pk else "done"
