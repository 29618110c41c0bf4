"""What all pages of a sign-up share: opening the draft, its addresses, the progress, and the answers to who may not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from impfzentrum.errors import DraftOver, TooManyRequests
from impfzentrum.forms.guided import SUMMARY, GuidedSignUp
from impfzentrum.models import County, SignUpDraft
from impfzentrum.procedures.drafting import find_draft
from impfzentrum.views.answers import see_other
from impfzentrum.views.visitors import show_too_many

RESULT, CODE = "ergebnis", "code"
FROM_SUMMARY = "von"
"""Query parameter of the links with which the summary lets people change a part: they come back to it."""

Params = ParamSpec("Params")


def limited(view: Callable[Concatenate[HttpRequest, Params], HttpResponse]) -> Callable[..., HttpResponse]:
    """Who asks too often is told until when to wait; a draft that is over gets a page with a way on."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except TooManyRequests as refusal:
            name = "citizen:sign_up_resume" if "token" in kwargs else "citizen:sign_up"
            return show_too_many(request, refusal, again=reverse(name, kwargs=_of_draft(kwargs)))
        except DraftOver as refusal:
            county = County.objects.filter(slug=kwargs.get("county")).first()
            return render(request, "citizen/draft_over.html", {"refusal": refusal, "county": county}, status=410)

    return guarded


def _of_draft(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {name: kwargs[name] for name in ("county", "token") if name in kwargs}


def frame_of_draft(request: HttpRequest, draft: SignUpDraft) -> dict[str, Any]:
    campaign = draft.campaign
    return {
        "county": campaign.county,
        "campaign": campaign,
        "draft": draft,
        "resume": public_link(draft),
        "return_to": request.get_full_path(),
    }


def open_draft(county: str, token: str) -> SignUpDraft:
    """The draft behind the link, in its own county. Raises DraftOver, also when its contact is confirmed already."""
    draft = find_draft(token, now=timezone.now())
    if draft.campaign.county.slug != county or (draft.proof is not None and draft.proof.used_at is not None):
        raise DraftOver
    return draft


def path_of(draft: SignUpDraft, slug: str) -> str:
    return reverse("citizen:sign_up_step", args=[draft.campaign.county.slug, draft.token, slug])


def public_link(draft: SignUpDraft) -> str:
    return settings.PUBLIC_URL + reverse("citizen:sign_up_resume", args=[draft.campaign.county.slug, draft.token])


def lead_to(draft: SignUpDraft, slug: str, query: Any = None) -> HttpResponse:
    answer = see_other("citizen:sign_up_step", draft.campaign.county.slug, draft.token, slug)
    if query:
        answer["Location"] += f"?{urlencode(query)}"
    return answer


def tell_progress(way: GuidedSignUp, slug: str) -> dict[str, Any]:
    """Where the person is: "Schritt 2 von 7"."""
    slugs = [*(step.slug for step in way.steps), SUMMARY]
    number = slugs.index(slug) + 1
    return {"number": number, "total": len(slugs), "marks": [place < number for place in range(len(slugs))]}
