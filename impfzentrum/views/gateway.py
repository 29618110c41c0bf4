"""Callbacks of the SMS providers: authentic or 403, stored or no 2xx. For machines only.

Kannel reports by GET, which elsewhere in this site changes nothing; its address holds a secret and is shown to nobody.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from impfzentrum.gateways.authentic import (
    NotAuthentic,
    check_kannel_receipt,
    check_kannel_reply,
    check_seven,
    check_twilio,
)
from impfzentrum.gateways.incoming import read_kannel_sms, read_seven_sms, read_twilio_sms
from impfzentrum.gateways.provider import callback_address, gateway_config
from impfzentrum.gateways.receipts import read_kannel_receipt, read_seven_receipt, read_twilio_receipt
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.procedures.replying import take_reply

logger = logging.getLogger(__name__)
Params = ParamSpec("Params")
STORED = 204


def callback(view: Callable[Concatenate[HttpRequest, Params], HttpResponse]) -> Callable[..., HttpResponse]:
    """For machines: no CSRF token, no cache; 403 for what is not authentic, 400 for what cannot be read.

    A provider that the settings do not know has nothing to say here: 404.
    """

    @csrf_exempt
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Params.args, **kwargs: Params.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotAuthentic as fault:
            logger.warning("callback refused: %s", fault)
            return HttpResponse(status=403)
        except ImproperlyConfigured:
            return HttpResponse(status=404)
        except (ValueError, UnicodeError):
            logger.warning("callback %s cannot be read", view.__name__)
            return HttpResponse(status=400)

    return guarded


@callback
@require_POST
def seven(request: HttpRequest) -> HttpResponse:
    """The hooks `dlr` and `sms_mo`. seven repeats a call on 429, 5xx and broken connections, never on 4xx."""
    url = callback_address(gateway_config("seven").get("callback_url", ""), "seven")
    now = timezone.now()
    check_seven(url=url, body=request.body, headers=request.headers, now=now)
    event, data = _read_hook(request.body)
    if event == "dlr":
        take_receipt(read_seven_receipt(data), now=now)
        return HttpResponse(status=STORED)
    if event == "sms_mo":
        take_reply(read_seven_sms(data), now=now)
        return HttpResponse(status=STORED)
    raise ValueError("an event that we did not ask for")


def _read_hook(body: bytes) -> tuple[str, dict[str, Any]]:
    content = json.loads(body)
    data = content.get("data") if isinstance(content, dict) else None
    if not isinstance(data, dict):
        raise ValueError("a hook without data")
    return str(content.get("webhook_event", "")), data


@callback
@require_POST
def twilio_receipt(request: HttpRequest, reference: str) -> HttpResponse:
    _check_twilio(request, "twilio_receipt", reference)
    take_receipt(read_twilio_receipt(reference, request.POST), now=timezone.now())
    return HttpResponse(status=STORED)


@callback
@require_POST
def twilio_reply(request: HttpRequest) -> HttpResponse:
    _check_twilio(request, "twilio_reply")
    take_reply(read_twilio_sms(request.POST), now=timezone.now())
    return HttpResponse(status=STORED)


def _check_twilio(request: HttpRequest, name: str, *args: str) -> None:
    url = callback_address(gateway_config("twilio").get("callback_url", ""), name, *args)
    form = [(field, value) for field, values in request.POST.lists() for value in values]
    check_twilio(url=url, form=form, signature=request.headers.get("X-Twilio-Signature", ""))


@callback
@require_GET
def kannel_receipt(request: HttpRequest, reference: str, secret: str) -> HttpResponse:
    check_kannel_receipt(reference=reference, secret=secret, addresses=_callers(request))
    take_receipt(read_kannel_receipt(reference, request.GET.get("type", "")), now=timezone.now())
    return HttpResponse(status=STORED)


@callback
@require_POST
def kannel_reply(request: HttpRequest, secret: str) -> HttpResponse:
    check_kannel_reply(secret=secret, addresses=_callers(request))
    take_reply(read_kannel_sms(request.GET.get("id", ""), request.headers, request.body), now=timezone.now())
    return HttpResponse(status=STORED)


def _callers(request: HttpRequest) -> list[str]:
    """Who called, and whom the proxy in front names as its caller (the last entry is the proxy's own)."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    return [request.META.get("REMOTE_ADDR", ""), *([forwarded.rsplit(",", 1)[-1].strip()] if forwarded else [])]
