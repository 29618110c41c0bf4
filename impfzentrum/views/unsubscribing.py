"""The way out of all e-mails, and the way back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from impfzentrum.procedures.finding import find_entry, find_mailed
from impfzentrum.procedures.unsubscribing import restart_email, stop_email
from impfzentrum.views.answers import personal, see_other
from impfzentrum.views.entry import frame_of
from impfzentrum.vocabulary import Channel, EmailOff


@csrf_exempt
@personal
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, reference: UUID, token: str) -> HttpResponse:
    """GET asks, POST does it: from the button here, or from the mail program of the person without any page (RFC 8058).

    Mail programs bring neither cookie nor CSRF token; the secret in the address, known from the e-mail alone, is what
    allows it. They follow no redirection, so the answer is the page itself. Loading it again repeats nothing.
    """
    entry = find_mailed(reference, token)
    status = 200
    if request.method == "POST":
        if request.POST.get("List-Unsubscribe") == "One-Click":
            stop_email(entry, EmailOff.UNSUBSCRIBED, now=timezone.now())
        elif "again" in request.POST:
            restart_email(entry, now=timezone.now())
        else:
            status = 400
        entry.refresh_from_db()
    values = {**frame_of(entry), "by_sms": Channel.SMS in entry.channels}
    return render(request, "entry/unsubscribe.html", values, status=status)


@personal
@require_POST
def email_again(request: HttpRequest, token: str) -> HttpResponse:
    """From the own page: e-mails again, and no pause for the want of them."""
    entry = find_entry(token)
    restart_email(entry, now=timezone.now())
    entry.refresh_from_db()
    if not entry.email_off:
        messages.success(request, _("Sie bekommen wieder E-Mails."))
    return see_other("entry:status", entry.token)
