"""The end of the sign-up: everything to check, the consents, and the code that proves the contact."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.errors import CodeOver, CodeWrong, ListNotOpen, Refusal, TooFast
from impfzentrum.forms.consent import ConsentForm
from impfzentrum.forms.guided import CONTACT, SUMMARY, GuidedSignUp
from impfzentrum.forms.proof import CodeForm
from impfzentrum.models import ContactProof, SignUpDraft
from impfzentrum.procedures import proving
from impfzentrum.procedures.drafting import Answers
from impfzentrum.procedures.halting import find_stop
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.procedures.registering import register_draft
from impfzentrum.views.answers import personal
from impfzentrum.views.citizen import show_not_open
from impfzentrum.views.drafts import (
    CODE,
    FROM_SUMMARY,
    RESULT,
    frame_of_draft,
    lead_to,
    limited,
    open_draft,
    path_of,
    tell_progress,
)
from impfzentrum.views.entry import welcome
from impfzentrum.views.visitors import count_visitor
from impfzentrum.vocabulary import Channel


@personal
@limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def summary(request: HttpRequest, county: str, token: str) -> HttpResponse:
    """Everything to check, each part with a link to change it; then the consents and the code."""
    draft, now = open_draft(county, token), timezone.now()
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=now)
    if way.precheck is None or way.precheck.hindered or way.first_open != SUMMARY:
        return lead_to(draft, RESULT if way.precheck and way.precheck.hindered else way.first_open)
    if request.method == "POST" and "back" in request.POST:
        return lead_to(draft, way.steps[-1].slug)
    form = ConsentForm(way.circumstances, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return _register(request, draft, way, now=now)
        except TooFast as refusal:
            form.add_error(None, str(refusal))
        except ListNotOpen:
            return show_not_open(request, draft.campaign.county, draft.campaign, status=409)
    values = {
        **frame_of_draft(request, draft),
        **tell_progress(way, SUMMARY),
        "form": form,
        "parts": way.tell(),
        "verdict": way.precheck,
        "changes": f"?{urlencode({FROM_SUMMARY: SUMMARY})}",
    }
    return render(request, "citizen/sign_up/summary.html", values, status=422 if form.is_bound else 200)


def _register(request: HttpRequest, draft: SignUpDraft, way: GuidedSignUp, *, now: datetime) -> HttpResponse:
    person = way.to_sign_up()
    count_visitor(request, Limit.SIGN_UP, now=now)
    for contact in (person.mobile, person.email.lower()):
        count_request(Limit.SIGN_UP_OF_CONTACT, contact, now=now)
    register_draft(draft, person, now=now)
    return lead_to(draft, CODE)


@personal
@limited
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, county: str, token: str) -> HttpResponse:
    """The code from the SMS; with an e-mail address alone, the word that a link is on its way.

    What stands here follows from what was typed, never from who is known. The token of an e-mail proof is the proof
    itself: only the mailbox may learn it, never this browser.
    """
    draft, now = open_draft(county, token), timezone.now()
    proof = draft.proof
    if proof is None:
        return lead_to(draft, SUMMARY)
    if proof.channel == Channel.EMAIL:
        return _show_code(request, draft, None)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_bound:
        count_visitor(request, Limit.TRY_CODE, now=now)
    if form.is_valid():
        try:
            entry = proving.prove_contact(proof, form.cleaned_data["code"], now=now)
        except (CodeWrong, CodeOver) as refusal:
            form.add_error("code", str(refusal))
        else:
            draft.delete()
            return welcome(request, entry, proof)
    return _show_code(request, draft, form, status=422 if form.is_bound else 200)


def _show_code(request: HttpRequest, draft: SignUpDraft, form: CodeForm | None, *, status: int = 200) -> HttpResponse:
    way = GuidedSignUp(draft.campaign, Answers.of(draft), now=timezone.now())
    contact = way.bound(CONTACT)
    typed = contact.cleaned_data if contact.is_valid() else {"mobile": "", "email": ""}
    values = {
        **frame_of_draft(request, draft),
        "form": form,
        "contact": typed,
        "stop": find_stop(draft.campaign.county),
        "change": f"{path_of(draft, CONTACT.slug)}?{urlencode({FROM_SUMMARY: SUMMARY})}",
    }
    return render(request, "citizen/sign_up/code.html", values, status=status)


@personal
@limited
@require_POST
def code_again(request: HttpRequest, county: str, token: str) -> HttpResponse:
    """A new code or link; at most one a minute."""
    draft, now = open_draft(county, token), timezone.now()
    count_visitor(request, Limit.TRY_CODE, now=now)
    if draft.proof is None:
        return lead_to(draft, SUMMARY)
    try:
        fresh: ContactProof = proving.send_proof_again(draft.proof, now=now)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return lead_to(draft, CODE)
    draft.proof = fresh
    draft.save(update_fields=["proof"])
    if fresh.channel == Channel.EMAIL:
        messages.success(request, _("Ein neuer Link ist unterwegs."))
    else:
        messages.success(request, _("Ein neuer Code ist unterwegs. Bitte geben Sie hier den neuen ein."))
    return lead_to(draft, CODE)
