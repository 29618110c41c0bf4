"""What the SMS providers call when they report or pass a reply on, signed as they sign it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from django.test import Client

from impfzentrum.gateways.kannel import sign_reference
from impfzentrum.models import Message
from tests.gateways.loopback import AUTH_TOKEN, SIGNING_KEY

SEVEN = "/gateway/seven/"


def post_seven(client: Client, hook: object, *, key: str = SIGNING_KEY, age: int = 0, **changed: str) -> Any:
    body = json.dumps(hook).encode()
    timestamp, nonce = str(int(time.time()) - age), "n" * 32
    content = hashlib.md5(body, usedforsecurity=False).hexdigest()
    signed = "\n".join([timestamp, nonce, "POST", "http://testserver" + SEVEN, content])
    headers = {
        "X-Timestamp": timestamp,
        "X-Nonce": nonce,
        "X-Signature": hmac.new(key.encode(), signed.encode(), hashlib.sha256).hexdigest(),
        **changed,
    }
    return client.post(SEVEN, body, content_type="application/json", headers=headers)


def dlr(status: str = "DELIVERED", msg_id: str = "77149843739") -> dict[str, object]:
    return {"webhook_event": "dlr", "data": {"msg_id": msg_id, "status": status, "timestamp": "2021-08-24 08:08:00"}}


def sign_twilio(path: str, form: dict[str, str]) -> str:
    signed = "http://testserver" + path + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(AUTH_TOKEN.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def kannel_path(message: Message, *, secret: str | None = None) -> str:
    reference = str(message.reference)
    return f"/gateway/kannel/beleg/{reference}/{secret or sign_reference(reference)}/"


def sms_mo(text: str, sender: str) -> dict[str, object]:
    data = {"id": "681590", "sender": sender.lstrip("+"), "system": "49561900", "text": text, "time": "1605878104"}
    return {"webhook_event": "sms_mo", "data": data}
