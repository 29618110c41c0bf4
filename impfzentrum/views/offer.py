"""The pages behind the link of an offer: answer it, cancel it, keep it in the calendar."""

from __future__ import annotations

from datetime import datetime

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.errors import DosesTaken, OfferExpired, OfferNotOpen, Refusal
from impfzentrum.models import Dose, Offer
from impfzentrum.procedures import answering, staying
from impfzentrum.procedures.appointment import write_calendar
from impfzentrum.procedures.finding import find_offer
from impfzentrum.states import LIVE_OFFER, DoseState, OfferState
from impfzentrum.views.answers import personal, see_other

GONE = 410

PAGES: dict[str, tuple[str, int]] = {
    OfferState.ACCEPTED: ("offer/accepted.html", 200),
    OfferState.DECLINED: ("offer/declined.html", 200),
    OfferState.CANCELLED: ("offer/cancelled.html", 200),
    OfferState.UNUSED: ("offer/unused.html", 200),
    OfferState.EXPIRED: ("offer/expired.html", GONE),
    OfferState.LATE: ("offer/late.html", GONE),
    OfferState.UNDELIVERABLE: ("offer/expired.html", GONE),
    OfferState.WITHDRAWN: ("offer/withdrawn.html", GONE),
}
"""What an offer shows that is no longer open. Own answers stay readable; what ended without one is gone."""


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link shows the offer and changes nothing; only the form answers it."""
    offer = find_offer(token)
    if request.method != "POST":
        return _show(request, offer)
    given = request.POST.get("answer")
    if given not in {"yes", "no"}:
        return _show(request, offer, status=400)
    try:
        if given == "yes":
            answering.accept_offer(offer, now=timezone.now())
        else:
            answering.decline_offer(offer, now=timezone.now())
    except (OfferExpired, OfferNotOpen, DosesTaken) as refusal:
        return _show_refusal(request, find_offer(token), refusal)
    return see_other("offer:answer", token)


def _show(request: HttpRequest, offer: Offer, *, status: int | None = None) -> HttpResponse:
    now = timezone.now()
    values = _around(offer, now=now)
    if offer.state in LIVE_OFFER:
        if now <= offer.last_answer:
            return render(request, "offer/open.html", values, status=status)
        return render(request, "offer/expired.html", values, status=status or GONE)
    page, usual = PAGES[offer.state]
    if offer.state == OfferState.WITHDRAWN and not offer.held:
        page = "offer/taken.html"  # the open race is over
    if offer.state == OfferState.ACCEPTED and offer.dose is not None:
        values |= _pass(offer.dose)
    return render(request, page, values, status=status or usual)


def _pass(dose: Dose) -> dict[str, object]:
    """What is shown at the door, and whether the appointment can still be cancelled."""
    code = dose.check_in_code
    picture = segno.make(code, error="m", micro=False).svg_data_uri(scale=4, border=2) if code else ""
    return {"code": code, "code_picture": picture, "can_cancel": dose.state == DoseState.CONFIRMED}


def _show_refusal(request: HttpRequest, offer: Offer, refusal: Refusal) -> HttpResponse:
    """The kind page for a yes or no that came when there was nothing left to answer."""
    if isinstance(refusal, DosesTaken):
        return render(request, "offer/taken.html", _around(offer, now=timezone.now()), status=409)
    if isinstance(refusal, OfferExpired):
        return render(request, "offer/expired.html", _around(offer, now=timezone.now()), status=409)
    return _show(request, offer, status=409)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Give a confirmed dose back: ask once, then pass it on."""
    offer = find_offer(token)
    if request.method != "POST":
        if offer.state != OfferState.ACCEPTED:
            return _show(request, offer)
        return render(request, "offer/cancel.html", _around(offer, now=timezone.now()))
    try:
        answering.cancel_dose(offer, now=timezone.now())
    except Refusal as refusal:
        values = {**_around(find_offer(token), now=timezone.now()), "refusal": refusal}
        return render(request, "offer/not_cancelled.html", values, status=409)
    return see_other("offer:answer", token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def report_vaccinated(request: HttpRequest, token: str) -> HttpResponse:
    """Already vaccinated: off the list with one button, and the dose goes on."""
    offer = find_offer(token)
    if request.method != "POST":
        return render(request, "offer/vaccinated.html", _around(offer, now=timezone.now()))
    try:
        staying.report_vaccinated(offer.entry, now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Danke. Sie stehen nicht mehr auf der Liste und bekommen keine Angebote mehr."))
    return see_other("offer:answer", token)


@personal
@require_safe
def calendar_file(request: HttpRequest, token: str) -> HttpResponse:
    """The arrival window for the person's calendar."""
    offer = find_offer(token)
    if offer.state != OfferState.ACCEPTED:
        raise Http404
    headers = {"Content-Disposition": 'attachment; filename="impftermin.ics"'}
    return HttpResponse(write_calendar(offer), content_type="text/calendar; charset=utf-8", headers=headers)


def _around(offer: Offer, *, now: datetime) -> dict[str, object]:
    """What every page about an offer shows."""
    release = offer.release
    return {
        "offer": offer,
        "release": release,
        "entry": offer.entry,
        "centre": release.centre,
        "county": release.centre.county,
        "campaign": offer.entry.campaign,
        "now": now,
        "seconds_left": max(0, int((offer.answer_by - now).total_seconds())) if offer.answer_by else 0,
        "can_arrive_at_once": release.arrive_from <= now,
    }
