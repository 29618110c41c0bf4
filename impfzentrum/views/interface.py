"""The way in for booking systems (docs/interfaces.md): JSON in, JSON out, one key a centre."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from impfzentrum.booking_refusals import EventReused
from impfzentrum.errors import TooManyRequests
from impfzentrum.forms.interface import Cancellation
from impfzentrum.models import InterfaceKey
from impfzentrum.procedures.hearing_cancellations import hear_cancellation
from impfzentrum.procedures.interfacing import find_key
from impfzentrum.procedures.limiting import Limit, count_request
from impfzentrum.views.visitors import count_visitor

LARGEST_BODY = 4_096
"""Bytes; a proper report has about one hundred."""


class _Told(Exception):
    """An answer that ends the request: status, short code, sentence, further values and headers."""

    def __init__(self, status: int, code: str, message: str, **more: Any) -> None:
        super().__init__(code)
        self.headers = more.pop("headers", {})
        self.status, self.body = status, {"error": code, "message": message, **more}


def _answers_json(view: Callable[[HttpRequest], JsonResponse]) -> Callable[[HttpRequest], JsonResponse]:
    """For programs: no cookie, no CSRF token, no cache; whatever is wrong is told in JSON."""

    @csrf_exempt
    @never_cache
    @wraps(view)
    def answered(request: HttpRequest) -> JsonResponse:
        try:
            return view(request)
        except _Told as told:
            return JsonResponse(told.body, status=told.status, headers=told.headers)
        except TooManyRequests as refusal:
            wait = str(max(1, int((refusal.until - timezone.now()).total_seconds())))
            body = {"error": "too_many_requests", "message": f"Try again in {wait} seconds."}
            return JsonResponse(body, status=429, headers={"Retry-After": wait})

    return answered


@_answers_json
def cancel(request: HttpRequest) -> JsonResponse:
    """An appointment is cancelled. 200 with `result`, also for an event that was told before."""
    if request.method != "POST":
        raise _Told(405, "method_not_allowed", "Use POST.", headers={"Allow": "POST"})
    key = _authenticate(request)
    count_request(Limit.INTERFACE, str(key.public_id), now=timezone.now())
    report = Cancellation(_read_json(request))
    if report.faults:
        raise _Told(422, "invalid", "Some fields are missing or wrong.", fields=report.faults)
    try:
        outcome = hear_cancellation(key, event_id=report.event_id, reference=report.reference, now=timezone.now())
    except EventReused:
        raise _Told(409, "event_reused", "This event_id was used for another reference.") from None
    return JsonResponse({"result": outcome.value, "event_id": report.event_id, "reference": report.reference})


def _authenticate(request: HttpRequest) -> InterfaceKey:
    """Whose key it is. Wrong keys are counted by network, so that nobody guesses for long."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        key = find_key(secret.strip(), now=timezone.now())
        if key is not None:
            return key
        count_visitor(request, Limit.INTERFACE_REFUSED, now=timezone.now())
    challenge = {"WWW-Authenticate": 'Bearer realm="termine"'}
    raise _Told(401, "unauthorized", "Send a valid key: Authorization: Bearer nr_...", headers=challenge)


def _read_json(request: HttpRequest) -> object:
    if request.content_type != "application/json":
        raise _Told(415, "not_json", "Send Content-Type: application/json.")
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > LARGEST_BODY:
        raise _Told(413, "too_large", f"At most {LARGEST_BODY} bytes.")
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise _Told(400, "not_json", "The body is not JSON in UTF-8.") from None
