"""Word when a list opens again: leave an e-mail address, confirm it, or take it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.errors import TooManyRequests
from impfzentrum.forms.asking import OpeningForm
from impfzentrum.models import County
from impfzentrum.procedures import watching_openings
from impfzentrum.procedures.limiting import Limit
from impfzentrum.procedures.listing import view_list
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.visitors import count_visitor
from impfzentrum.vocabulary import Language


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def watch(request: HttpRequest, county: str) -> HttpResponse:
    """Leave an address. While the list is open there is nothing to wait for."""
    place = get_object_or_404(County, slug=county)
    listed = view_list(place, now=timezone.now())
    if listed.takes_people:
        return see_other("citizen:sign_up", county=place.slug)
    form = OpeningForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        language = get_language() if get_language() in Language.values else Language.GERMAN
        try:
            if not form.trapped:
                now = timezone.now()
                count_visitor(request, Limit.OPENING, now=now)
                email: str = form.cleaned_data["email"]
                watching_openings.watch_opening(place, email, language=str(language), now=now)
        except TooManyRequests as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            return see_other("citizen:watch_sent", county=place.slug)
    values = {"county": place, "campaign": listed.campaign, "listed": listed, "form": form}
    return render(request, "citizen/watch.html", values, status=status)


@require_safe
def watch_sent(request: HttpRequest, county: str) -> HttpResponse:
    """Where to look for the link."""
    return render(request, "citizen/watch_sent.html", {"county": get_object_or_404(County, slug=county)})


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def opening(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of the e-mail: one button confirms, another forgets the address."""
    found = watching_openings.find_watch(token)
    values = {"county": found.county, "watch": found, "dropped": False}
    if request.method == "POST":
        if request.POST.get("wanted") == "no":
            watching_openings.drop_watch(found, now=timezone.now())
            return render(request, "citizen/opening.html", {**values, "dropped": True})
        watching_openings.confirm_watch(found, now=timezone.now())
        return see_other("citizen:opening", found.token)
    return render(request, "citizen/opening.html", values)
