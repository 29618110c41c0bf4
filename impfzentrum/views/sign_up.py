"""The guided sign-up: a page a step, each POST kept in the draft, each GET only shows it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from impfzentrum.errors import DraftTooLong
from impfzentrum.forms.guided import COMING, CONTACT, REASON, SUMMARY, GuidedSignUp, Step, pick_typed
from impfzentrum.forms.parts import PartForm
from impfzentrum.forms.reason import ReasonForm
from impfzentrum.models import County, SignUpDraft
from impfzentrum.procedures.drafting import Answers, keep_answers, start_draft
from impfzentrum.procedures.halting import find_stop
from impfzentrum.procedures.limiting import Limit
from impfzentrum.procedures.listing import view_list
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.citizen import show_not_open
from impfzentrum.views.drafts import (
    FROM_SUMMARY,
    RESULT,
    frame_of_draft,
    lead_to,
    limited,
    open_draft,
    path_of,
    public_link,
    tell_progress,
)
from impfzentrum.views.visitors import count_visitor


@personal
@limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest, county: str) -> HttpResponse:
    """The first page; only what is valid on it makes a draft."""
    place = get_object_or_404(County, slug=county)
    now = timezone.now()
    listed = view_list(place, now=now)
    campaign = listed.campaign
    if campaign is None or not listed.takes_people:
        return show_not_open(request, place, campaign, status=409 if request.method == "POST" else 200)
    way = GuidedSignUp(campaign, Answers(), now=now)
    form = COMING.form(way.circumstances, request.POST if request.method == "POST" else None)
    if form.is_valid():
        count_visitor(request, Limit.START, now=now)
        draft = start_draft(campaign, COMING.slug, pick_typed(COMING.form, request.POST), now=now)
        return _go_on(draft, COMING, GuidedSignUp(campaign, Answers.of(draft), now=now))
    return _show(request, way, COMING, form, status=422 if form.is_bound else 200)


@personal
@limited
@require_http_methods(["GET", "HEAD"])
def resume(request: HttpRequest, county: str, token: str) -> HttpResponse:
    """The link for another device: to the first page that is still to do."""
    draft, now = open_draft(county, token), timezone.now()
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=now)
    return lead_to(draft, RESULT if way.precheck and way.precheck.hindered else way.first_open)


@personal
@limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, county: str, token: str, slug: str) -> HttpResponse:
    """One step. "Zurück" keeps what was typed without judging it; so does the search."""
    draft, now = open_draft(county, token), timezone.now()
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=now)
    here = way.find(slug)
    if here is None:
        return lead_to(draft, way.first_open)
    if here is not COMING and (way.precheck is None or way.precheck.hindered):
        return lead_to(draft, RESULT if way.precheck else COMING.slug)
    if request.method != "POST":
        return _show(request, way, here, way.shown(here), draft=draft)
    try:
        return _take(request, draft, way, here, now=now)
    except DraftTooLong as refusal:
        form = here.form(way.circumstances, request.POST)
        form.add_error(None, str(refusal))
        return _show(request, way, here, form, draft=draft, status=422)


def _take(request: HttpRequest, draft: SignUpDraft, way: GuidedSignUp, here: Step, *, now: datetime) -> HttpResponse:
    typed = pick_typed(here.form, request.POST)
    if "back" in request.POST:
        keep_answers(draft, here.slug, typed, sent=None, now=now)
        back = SUMMARY if FROM_SUMMARY in request.GET else way.before(here.slug)
        return lead_to(draft, back) if back else see_other("citizen:county", county=draft.campaign.county.slug)
    if here is REASON and "find" in request.POST and _searches_anew(way, typed):
        keep_answers(draft, here.slug, typed, sent=False, now=now)
        return lead_to(draft, here.slug, request.GET)
    way = GuidedSignUp(draft.campaign, keep_answers(draft, here.slug, typed, sent=True, now=now), now=now)
    form = here.form(way.circumstances, request.POST)
    if not form.is_valid():
        return _show(request, way, here, form, draft=draft, status=422)
    if FROM_SUMMARY in request.GET and way.first_open == SUMMARY and not (way.precheck and way.precheck.hindered):
        return lead_to(draft, SUMMARY)
    return _go_on(draft, here, way)


def _searches_anew(way: GuidedSignUp, typed: dict[str, list[str]]) -> bool:
    """Other words than before. The enter key on a choice presses the search button too, and means "go on"."""
    before = way.answers.typed.get(REASON.slug, {}).get("search", [""])
    return typed.get("search", [""]) != before


def _go_on(draft: SignUpDraft, done: Step, way: GuidedSignUp) -> HttpResponse:
    """To the next page, or first to what the answers mean when it is not simply yes."""
    verdict = way.precheck
    if verdict is not None and (verdict.hindered or (done is REASON and not verdict.called)):
        return lead_to(draft, RESULT)
    return lead_to(draft, way.after(done))


@personal
@limited
@require_http_methods(["GET", "HEAD"])
def result(request: HttpRequest, county: str, token: str) -> HttpResponse:
    """What the first answers mean for who cannot come now, or not yet, and what they can do."""
    draft, now = open_draft(county, token), timezone.now()
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=now)
    if way.precheck is None or (way.precheck.called and not way.precheck.hindered):
        return lead_to(draft, way.first_open)
    county_of = draft.campaign.county
    values = {
        **frame_of_draft(request, draft),
        "verdict": way.precheck,
        "age": way.circumstances.age,
        "others": County.objects.exclude(pk=county_of.pk) if way.precheck.elsewhere else [],
        "next": path_of(draft, CONTACT.slug),
        "change": path_of(draft, COMING.slug),
    }
    return render(request, "citizen/sign_up/result.html", values)


def _show(
    request: HttpRequest,
    way: GuidedSignUp,
    here: Step,
    form: PartForm,
    *,
    draft: SignUpDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    values = {
        **(frame_of_draft(request, draft) if draft else {"county": way.campaign.county, "campaign": way.campaign}),
        **tell_progress(way, here.slug),
        "resume": public_link(draft) if draft else "",
        "step": here,
        "form": form,
        "stop": find_stop(way.campaign.county) if here is CONTACT else None,
        "verdict": way.precheck if here in (REASON, CONTACT) else None,
        "by_age": form.by_age if isinstance(form, ReasonForm) else None,
        "age": way.circumstances.age,
    }
    return render(request, "citizen/sign_up/step.html", values, status=status)
