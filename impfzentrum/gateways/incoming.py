"""SMS to us in the words of the providers, read into ours. Raises ValueError for what cannot be read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers

HOME = "DE"


@dataclass(frozen=True, slots=True)
class IncomingSms:
    """`sender` in E.164, or empty where it is a name or a short number: nobody on the list writes from there."""

    provider: str
    provider_id: str
    sender: str
    received_by: str
    text: str


def read_seven_sms(data: Mapping[str, Any]) -> IncomingSms:
    """The `data` of the hook `sms_mo`; `system` is our own number."""
    told = {name: str(data.get(name) or "") for name in ("id", "sender", "system", "text")}
    return _incoming("seven", told["id"], told["sender"], told["system"], told["text"])


def read_twilio_sms(form: Mapping[str, str]) -> IncomingSms:
    return _incoming(
        "twilio", form.get("MessageSid", ""), form.get("From", ""), form.get("To", ""), form.get("Body", "")
    )


def read_kannel_sms(provider_id: str, headers: Mapping[str, str], body: bytes) -> IncomingSms:
    """Kannel posts the text as the body and the numbers in headers; UCS-2 comes as UTF-16."""
    charset = re.search(r'charset="?([\w-]+)', headers.get("Content-Type", ""))
    try:
        text = body.decode(charset.group(1) if charset else "utf-8", "replace")
    except LookupError as fault:
        raise ValueError("an unknown alphabet") from fault
    return _incoming("kannel", provider_id, headers.get("X-Kannel-From", ""), headers.get("X-Kannel-To", ""), text)


def _incoming(provider: str, provider_id: str, sender: str, received_by: str, text: str) -> IncomingSms:
    if not 0 < len(provider_id) <= 100:
        raise ValueError("an SMS without a number of its own")
    return IncomingSms(provider, provider_id, normalise_number(sender), normalise_number(received_by), text)


def normalise_number(number: str) -> str:
    """E.164 of what a provider writes: +49171…, 49171…, 0049171… or 0171…; empty for names and short numbers."""
    digits = re.sub(r"[\s()/-]", "", number)
    if not re.fullmatch(r"\+?\d{7,15}", digits):
        return ""
    international = digits.startswith(("+", "0"))
    try:
        parsed = phonenumbers.parse(digits if international else f"+{digits}", HOME)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(parsed):
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
