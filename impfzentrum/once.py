"""Answering a form of staff once, however often it arrives: all that stands behind `for_centre` and `for_county`."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from impfzentrum.models import FormKey
from impfzentrum.procedures.tapping import claim_form, digest_form, drop_claim, note_outcome

FIELD = "form_key"
"""The hidden field with the form's own key; `{% form_key %}` writes it."""

PATIENCE = 5.0
"""Seconds that a second tap waits for the first one's outcome."""

PAUSE = 0.05
LONGEST = 500


def answer_once(request: HttpRequest, user: User, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """The answer of the view; for a form that was sent before, the way to where the first sending led.

    Only what ends in a redirect counts as done: a form that is shown again may be sent again. A form without a readable
    key is answered as it is.
    """
    if request.method != "POST" or not _is_key(request.POST.get(FIELD, "")):
        return answer()
    digest = digest_form(request.path, _read_typed(request), by=user)
    form, first = claim_form(digest, by=user, now=timezone.now())
    if first:
        return _answer_first(form, answer)
    led_to = _wait_for_outcome(form)
    return _answer_first_now(digest, request, user, answer) if led_to is None else _tell_second(request, form, led_to)


def _read_typed(request: HttpRequest) -> list[tuple[str, str]]:
    """Everything the form brought but the CSRF token; of files their name and size."""
    words = [
        (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
    ]
    files = [(name, f"{one.name}:{one.size}") for name, ones in request.FILES.lists() for one in ones]
    return [*words, *files]


def _answer_first(form: FormKey, answer: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    try:
        response = answer()
    except (Http404, PermissionDenied):
        drop_claim(form)
        raise
    if isinstance(response, HttpResponseRedirect):
        note_outcome(form, response.url[:LONGEST])
    else:
        drop_claim(form)
    return response


def _wait_for_outcome(form: FormKey) -> str | None:
    """Where the first sending led; "" if that is still not known, None if it did nothing."""
    end = time.monotonic() + PATIENCE
    while True:
        led_to = FormKey.objects.filter(pk=form.pk).values_list("led_to", flat=True).first()
        if led_to != "" or time.monotonic() >= end:
            return led_to
        time.sleep(PAUSE)


def _answer_first_now(
    digest: str, request: HttpRequest, user: User, answer: Callable[[], HttpResponseBase]
) -> HttpResponseBase:
    """The first sending was shown its mistakes meanwhile. This one sees the same, unless a third was quicker."""
    form, first = claim_form(digest, by=user, now=timezone.now())
    return _answer_first(form, answer) if first else _tell_second(request, form, form.led_to)


def _tell_second(request: HttpRequest, form: FormKey, led_to: str) -> HttpResponseBase:
    at = f"{timezone.localtime(form.sent_at):%H:%M}"
    if led_to:
        told = _("Das haben Sie um {at} Uhr schon abgeschickt. Das zweite Mal hat nichts geändert.")
    else:
        told = _(
            "Das haben Sie um {at} Uhr schon abgeschickt. Ob es angekommen ist, wissen wir noch nicht: "
            "Bitte sehen Sie nach, bevor Sie es noch einmal versuchen."
        )
    messages.info(request, told.format(at=at))
    return HttpResponseRedirect(led_to or request.path)


def _is_key(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
