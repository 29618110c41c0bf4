"""Hooks of mail providers about e-mails that arrived, are late or came back. Authentic or 403, stored or no 2xx."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from impfzentrum.gateways.authentic import check_mail_hook, check_mailgun
from impfzentrum.gateways.bounces import read_hook, read_mailgun
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.views.gateway import STORED, callback


@callback
@require_POST
def mailgun(request: HttpRequest, secret: str) -> HttpResponse:
    """Mailgun's webhooks. Only 200 ends its tries, so events that tell nothing about delivery get it too."""
    content = _read_object(request.body)
    signature, data = content.get("signature"), content.get("event-data")
    if not isinstance(signature, dict) or not isinstance(data, dict):
        raise ValueError("a hook without signature or data")
    now = timezone.now()
    check_mailgun(secret=secret, signature=signature, now=now)
    receipt = read_mailgun(data)
    if receipt is not None:
        take_receipt(receipt, now=now)
    return HttpResponse(status=200)


@callback
@require_POST
def mail_report(request: HttpRequest) -> HttpResponse:
    """For every other provider, by a small relay of the county: our own JSON (bounces.read_hook), signed as a whole."""
    now = timezone.now()
    check_mail_hook(body=request.body, headers=request.headers, now=now)
    take_receipt(read_hook(_read_object(request.body)), now=now)
    return HttpResponse(status=STORED)


def _read_object(body: bytes) -> dict[str, Any]:
    content = json.loads(body)
    if not isinstance(content, dict):
        raise ValueError("a hook that is no object")
    return content
