"""The pages behind a person's own links: proving the contact, and their place on the list."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.errors import CodeOver, CodeWrong, NotPossibleNow, Refusal, TooManyCodes, TooManyRequests
from impfzentrum.forms.entry import PauseForm
from impfzentrum.forms.proof import CodeForm
from impfzentrum.models import ContactProof, StandbyEntry
from impfzentrum.procedures import proving, staying, still_waiting
from impfzentrum.procedures.explaining import explain_entry
from impfzentrum.procedures.finding import find_entry, find_proof
from impfzentrum.procedures.limiting import Limit
from impfzentrum.procedures.standing import tell_standing
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.visitors import count_visitor, show_too_many
from impfzentrum.vocabulary import WRITTEN, Channel

OFFERS_SHOWN = 10


@personal
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def prove_contact(request: HttpRequest, token: str) -> HttpResponse:
    """Type the code of the SMS, or press the one button behind the link of the e-mail."""
    proof = find_proof(token)
    if request.method == "POST":
        try:
            count_visitor(request, Limit.TRY_CODE, now=timezone.now())
        except TooManyRequests as refusal:
            return show_too_many(request, refusal, again=reverse("entry:prove", args=[token]))
    if proof.channel == Channel.EMAIL:
        return _prove_email(request, proof)
    return _prove_mobile(request, proof)


def _prove_mobile(request: HttpRequest, proof: ContactProof) -> HttpResponse:
    form = CodeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            try:
                entry = proving.prove_contact(proof, form.cleaned_data["code"], now=timezone.now())
            except (CodeWrong, CodeOver) as refusal:
                form.add_error("code", str(refusal))
            else:
                return welcome(request, entry, proof)
    return render(
        request, "entry/prove_mobile.html", {**frame_of(proof.entry), "proof": proof, "form": form}, status=status
    )


def _prove_email(request: HttpRequest, proof: ContactProof) -> HttpResponse:
    values = {**frame_of(proof.entry), "proof": proof, "over": False}
    if request.method == "POST":
        try:
            entry = proving.prove_contact(proof, None, now=timezone.now())
        except CodeOver:
            return render(request, "entry/prove_email.html", {**values, "over": True}, status=409)
        return welcome(request, entry, proof)
    return render(request, "entry/prove_email.html", values)


def welcome(request: HttpRequest, entry: StandbyEntry, proof: ContactProof) -> HttpResponse:
    """After the proof: the own page, also for who was on the list before and signed up once more."""
    if entry.pk == proof.entry_id:
        messages.success(request, _("Danke. Ihr Kontakt ist bestätigt."))
    else:
        messages.info(request, _("Sie stehen schon auf der Liste. Das ist Ihre Seite, hier können Sie alles ändern."))
    return see_other("entry:status", entry.token)


@personal
@require_POST
def send_code_again(request: HttpRequest, token: str) -> HttpResponse:
    """A new code or link; at most one a minute."""
    proof = find_proof(token)
    try:
        fresh = proving.send_proof_again(proof, now=timezone.now())
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other("entry:prove", proof.token)
    if proof.channel == Channel.EMAIL:
        return see_other("citizen:link_sent", county=proof.entry.campaign.county.slug)
    messages.success(request, _("Ein neuer Code ist unterwegs. Bitte geben Sie hier den neuen ein."))
    return see_other("entry:prove", fresh.token)


@personal
@require_http_methods(["GET", "HEAD"])
def status(request: HttpRequest, token: str) -> HttpResponse:
    """What we know about the person, how it stands, and what they can do."""
    entry = find_entry(token)
    return show_status(request, entry)


def show_status(request: HttpRequest, entry: StandbyEntry, *, refusal: Refusal | None = None) -> HttpResponse:
    """The status page; with a refusal it says so on top and answers 409."""
    now = timezone.now()
    story, order = explain_entry(entry, now=now), entry.campaign.group_order(now)
    past = list(
        entry.offers.select_related("release__vaccine", "release__centre").order_by("-created_at")[: OFFERS_SHOWN + 1]
    )
    values = {
        **frame_of(entry),
        "story": story,
        "state_template": f"entry/state/{entry.state}.html",
        "refusal": refusal,
        "standing": tell_standing(entry, order, [one.centre_id for one in story.further], now=now),
        "offers": past[:OFFERS_SHOWN],
        "more_offers": len(past) > OFFERS_SHOWN,
        "return_to": reverse("entry:status", args=[entry.token]),
        "now": now,
    }
    return render(request, "entry/status.html", values, status=200 if refusal is None else 409)


@personal
@require_POST
def request_proof(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm the contact that is not confirmed yet."""
    entry = find_entry(token)
    channel = request.POST.get("channel")
    if channel not in WRITTEN:
        return see_other("entry:status", entry.token)
    try:
        proof = proving.request_proof(entry, Channel(channel), now=timezone.now())
    except (TooManyCodes, NotPossibleNow) as refusal:
        return show_status(request, entry, refusal=refusal)
    if channel == Channel.SMS:
        return see_other("entry:prove", proof.token)
    messages.success(request, _("Wir haben Ihnen einen Link per E-Mail geschickt. Bitte öffnen Sie ihn."))
    return see_other("entry:status", entry.token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, token: str) -> HttpResponse:
    """Choose for how long; an open offer is declined by it, and the page says so."""
    entry = find_entry(token)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        now = timezone.now()
        try:
            staying.pause_entry(entry, until=form.until(now), now=now)
        except NotPossibleNow as refusal:
            return show_status(request, entry, refusal=refusal)
        return see_other("entry:status", entry.token)
    return render(request, "entry/pause.html", {**frame_of(entry), "form": form}, status=422 if form.is_bound else 200)


@personal
@require_POST
def come_back(request: HttpRequest, token: str) -> HttpResponse:
    """End the pause."""
    entry = find_entry(token)
    try:
        staying.resume_entry(entry, now=timezone.now())
    except NotPossibleNow as refusal:
        return show_status(request, entry, refusal=refusal)
    messages.success(request, _("Schön, dass Sie wieder dabei sind."))
    return see_other("entry:status", entry.token)


@personal
@require_POST
def keep_waiting(request: HttpRequest, token: str) -> HttpResponse:
    """The answer to the question whether they still wait."""
    entry = find_entry(token)
    try:
        still_waiting.keep_waiting(entry, now=timezone.now())
    except NotPossibleNow as refusal:
        return show_status(request, entry, refusal=refusal)
    messages.success(request, _("Danke. Sie bleiben auf der Liste."))
    return see_other("entry:status", entry.token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def report_vaccinated(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then take the person off the list."""
    entry = find_entry(token)
    if request.method != "POST":
        return render(request, "entry/vaccinated.html", frame_of(entry))
    try:
        staying.report_vaccinated(entry, now=timezone.now())
    except Refusal as refusal:
        return show_status(request, entry, refusal=refusal)
    return see_other("entry:status", entry.token)


@personal
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """Ask once, then leave for good."""
    entry = find_entry(token)
    if request.method != "POST":
        return render(request, "entry/leave.html", frame_of(entry))
    try:
        staying.leave_list(entry, now=timezone.now())
    except Refusal as refusal:
        return show_status(request, entry, refusal=refusal)
    return see_other("entry:status", entry.token)


def frame_of(entry: StandbyEntry) -> dict[str, object]:
    """What the frame of every page about an entry shows."""
    return {"entry": entry, "campaign": entry.campaign, "county": entry.campaign.county}
