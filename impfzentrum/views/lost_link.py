"""The page for who has lost the link to their own page. It answers the same whoever asks (procedures/finding_links)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from impfzentrum.errors import TooManyRequests
from impfzentrum.forms.asking import LostLinkForm
from impfzentrum.models import County
from impfzentrum.procedures.finding_links import request_link
from impfzentrum.procedures.limiting import Limit
from impfzentrum.views.answers import see_other
from impfzentrum.views.visitors import count_visitor

TOO_MANY = 429


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def lost_link(request: HttpRequest) -> HttpResponse:
    """Ask for the contact; note the wish, and say where to look."""
    form = LostLinkForm(request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_valid():
        channel, contact = form.cleaned_data["contact"]
        try:
            if not form.trapped:
                count_visitor(request, Limit.LOST_LINK, now=timezone.now())
                request_link(channel, contact, now=timezone.now())
        except TooManyRequests as refusal:
            form.add_error(None, str(refusal))
            status = TOO_MANY
        else:
            return see_other("citizen:lost_link_sent")
    values = {"form": form, "counties": County.objects.all()}
    return render(request, "citizen/lost_link.html", values, status=status)


@require_safe
def lost_link_sent(request: HttpRequest) -> HttpResponse:
    """Where to look, and what if nothing comes."""
    return render(request, "citizen/lost_link_sent.html", {"counties": County.objects.all()})
