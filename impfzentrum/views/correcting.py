"""Changing one part of what one told us: the questions of the sign-up, on one's own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from impfzentrum.errors import NotPossibleNow, NoWayToReach, TooManyRequests
from impfzentrum.forms.correcting import PARTS, Part, open_part
from impfzentrum.forms.parts import PartForm
from impfzentrum.models import StandbyEntry
from impfzentrum.procedures.correcting import BEFORE_AN_OFFER
from impfzentrum.procedures.finding import find_entry
from impfzentrum.procedures.readying import ON_LIST
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.entry import frame_of, show_status
from impfzentrum.vocabulary import Channel


@personal
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, token: str, slug: str) -> HttpResponse:
    """Show one part as it is; keep what is typed. What an open offer hangs on waits until that is answered."""
    entry, part = find_entry(token), PARTS.get(slug)
    if part is None or (slug == "grund" and not entry.campaign.group_order(timezone.now()).ranked):
        raise Http404
    allowed = ON_LIST if slug in ("kontakt", "hilfe") else BEFORE_AN_OFFER
    if entry.state not in allowed:
        return show_status(request, entry, refusal=NotPossibleNow(state=entry.get_state_display()))
    searched = request.method == "POST" and "find" in request.POST
    if request.method != "POST" or searched:
        form = open_part(part, entry, None, now=timezone.now())
        if searched:
            form.initial = {**form.initial, "search": request.POST.get("search", "")}
        return _show(request, entry, part, form)
    form = open_part(part, entry, request.POST, now=timezone.now())
    if form.is_valid():
        try:
            return _store(request, entry, part, form)
        except NotPossibleNow as refusal:
            if not isinstance(refusal, NoWayToReach):
                return show_status(request, entry, refusal=refusal)
            form.add_error(None, _("Bitte lassen Sie mindestens einen bestätigten Kontakt stehen."))
        except TooManyRequests as refusal:
            form.add_error(None, str(refusal))
            return _show(request, entry, part, form, status=429)
    return _show(request, entry, part, form, status=422)


def _store(request: HttpRequest, entry: StandbyEntry, part: Part, form: PartForm) -> HttpResponse:
    proofs = part.store(entry, form.cleaned_data, timezone.now()) or []
    messages.success(request, _("Gespeichert."))
    if any(proof.channel == Channel.EMAIL for proof in proofs):
        messages.success(
            request,
            _("An die neue E-Mail-Adresse geht ein Link. Sie gilt, sobald Sie ihn bestätigt haben."),
        )
    by_sms = next((proof for proof in proofs if proof.channel == Channel.SMS), None)
    return see_other("entry:prove", by_sms.token) if by_sms else see_other("entry:status", entry.token)


def _show(request: HttpRequest, entry: StandbyEntry, part: Part, form: PartForm, *, status: int = 200) -> HttpResponse:
    values = {**frame_of(entry), "part": part, "form": form}
    return render(request, "entry/correct.html", values, status=status)
