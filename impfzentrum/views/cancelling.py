"""Staff give back the dose of somebody who calls: who has no mobile and no internet cannot open a link."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from impfzentrum.access import CENTRE_ROLES, StaffRequest, for_centre
from impfzentrum.errors import Refusal
from impfzentrum.models import Centre, Offer, Release
from impfzentrum.procedures.answering import cancel_dose
from impfzentrum.states import OfferState
from impfzentrum.views.release import find_release

ANSWERED = (OfferState.ACCEPTED, OfferState.CANCELLED)


@require_http_methods(["GET", "HEAD", "POST"])
@for_centre(CENTRE_ROLES)
def cancel(request: StaffRequest, centre: Centre, number: int, dose: int) -> HttpResponse:
    """GET asks whether it is this person, POST gives the dose back. A second tap finds it given back already."""
    release = find_release(centre, number)
    offer = _find_offer(release, dose, chosen=request.POST.get("offer", ""))
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            cancel_dose(offer, by=request.user, now=timezone.now())
        except Refusal as refused:
            refusal = refused
        else:
            messages.success(request, _("Eingetragen: Absage. Die Dosis wird gleich neu angeboten."))
            return redirect("centre:today", centre=centre.slug)
    context = {"centre": centre, "county": centre.county, "release": release, "offer": offer, "refusal": refusal}
    return render(request, "centre/cancel.html", context, status=409 if refusal else 200)


def _find_offer(release: Release, dose: int, *, chosen: str) -> Offer:
    """Whose dose it is. With `chosen`, the offer that the form showed: the dose may be somebody else's by now."""
    offers = Offer.objects.filter(release=release, dose__number=dose, state__in=ANSWERED)
    offers = offers.select_related("entry", "dose", "release__centre")
    if not chosen:
        return get_object_or_404(offers, state=OfferState.ACCEPTED)
    found = next((one for one in offers if str(one.public_id) == chosen), None)
    if found is None:
        raise Http404
    return found
