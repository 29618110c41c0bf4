"""Feedback: the form at the end of every way, and the county's inbox."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from impfzentrum.access import COUNTY_ROLES, FEEDBACK_ROLES, StaffRequest, centres_of, for_county
from impfzentrum.errors import TooManyRequests
from impfzentrum.forms.feedback import FeedbackForm
from impfzentrum.models import County, Feedback
from impfzentrum.procedures.hearing import give_feedback, mark_read
from impfzentrum.procedures.limiting import Limit
from impfzentrum.views.answers import see_other
from impfzentrum.views.visitors import count_visitor
from impfzentrum.vocabulary import FeedbackFrom, Language

A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, county: str) -> HttpResponse:
    """Take a word for this county. Nothing in it or around it tells who wrote it."""
    place = get_object_or_404(County, slug=county)
    initial = {"page": request.GET.get("von", FeedbackFrom.OTHER)}
    form = FeedbackForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        try:
            if not form.trapped:
                count_visitor(request, Limit.FEEDBACK, now=timezone.now())
                _give(place, form)
        except TooManyRequests as refusal:
            form.add_error(None, str(refusal))
            status = 429
        else:
            return see_other("citizen:feedback_given", county=place.slug)
    return render(request, "citizen/feedback.html", {"county": place, "form": form}, status=status)


def _give(county: County, form: FeedbackForm) -> None:
    language = get_language()
    give_feedback(
        county,
        page=form.cleaned_data["page"],
        rating=form.cleaned_data["rating"],
        text=form.cleaned_data["text"],
        language=language if language in Language.values else Language.GERMAN,
        now=timezone.now(),
    )


@require_safe
def feedback_given(request: HttpRequest, county: str) -> HttpResponse:
    """Thanks, and the way back."""
    return render(request, "citizen/feedback_given.html", {"county": get_object_or_404(County, slug=county)})


@require_safe
@for_county(COUNTY_ROLES)
def inbox(request: StaffRequest, county: County) -> HttpResponse:
    """What people said, the latest first."""
    said = Feedback.objects.filter(county=county).select_related("read_by").order_by("-given_at", "-pk")
    values = {
        "county": county,
        "centres": centres_of(request.membership),
        "page": Paginator(said, A_PAGE).get_page(request.GET.get("seite")),
        "may_mark": request.membership.role in FEEDBACK_ROLES,
    }
    return render(request, "county/inbox.html", values)


@require_POST
@for_county(FEEDBACK_ROLES)
def mark(request: StaffRequest, county: County, number: int) -> HttpResponse:
    """Mark one as read."""
    mark_read(get_object_or_404(Feedback, county=county, pk=number), by=request.user, now=timezone.now())
    return redirect("county:inbox", county=county.slug)
