"""seven.io, a German provider: https://docs.seven.io/en/rest-api. Receipts and replies come by signed hooks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar
from urllib.parse import urlencode

from impfzentrum.gateways.calling import Answer, call_provider
from impfzentrum.gateways.letters import (
    GatewayRefused,
    GatewayUncertain,
    GatewayUnreachable,
    HandOver,
    Letter,
)
from impfzentrum.gateways.provider import ASKING, ProviderBackend, read_id, read_parts, read_price, whole_minutes
from impfzentrum.rules.sms import count_parts

TAKEN = "100"
ALREADY_SENT = "402"
"""The same text to the same number within three minutes. Our texts hold a link of their own, so it was this one."""

REFUSED = {"201": "country", "202": "number", "301": "no number", "305": "text", "401": "text too long"}
"""What no second try can mend. Anything else (credit, key, carrier) may go well later or with another provider."""


class SevenSmsBackend(ProviderBackend):
    name: ClassVar[str] = "seven"

    def hand_over(self, letter: Letter) -> HandOver:
        order = {
            "to": letter.to,
            "text": letter.text,
            "from": letter.sender,
            "foreign_id": letter.reference,
            "ttl": whole_minutes(letter.ttl),
        }
        return _read_hand_over(self._call("POST", "/sms", total=self.total(), body=json.dumps(order).encode()), letter)

    def find(self, letter: Letter) -> HandOver | None:
        """Looks into the journal of what was sent to this number, by our reference."""
        query = urlencode({"to": letter.to.lstrip("+"), "limit": 50})
        answer = self._call("GET", f"/journal/outbound?{query}", total=self.total(ASKING))
        try:
            entries = json.loads(answer.body)
        except ValueError as fault:
            raise GatewayUncertain("the journal cannot be read") from fault
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and entry.get("foreign_id") == letter.reference:
                return HandOver(
                    self.name, read_id(entry.get("id")), count_parts(letter.text), read_price(entry.get("price")), "EUR"
                )
        return None

    def _call(self, method: str, path: str, *, total: float, body: bytes = b"") -> Answer:
        headers = {
            "X-Api-Key": self.config["api_key"],
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        answer = call_provider(method, self.config["url"].rstrip("/") + path, headers=headers, body=body, total=total)
        if answer.status >= 300:
            raise GatewayUnreachable(f"HTTP {answer.status}")
        return answer


def _read_hand_over(answer: Answer, letter: Letter) -> HandOver:
    """seven says 200 to almost everything; whether it took the message stands in the body, for each message anew."""
    code, message = _outcome(answer)
    if code == ALREADY_SENT:
        return HandOver(SevenSmsBackend.name, "", count_parts(letter.text))
    if code in REFUSED:
        raise GatewayRefused(f"seven {code}: {REFUSED[code]}")
    if code != TAKEN or message is None:
        raise GatewayUnreachable(f"seven {code}")
    provider_id = read_id(message.get("id"))
    if not provider_id:
        raise GatewayUncertain("seven took a message without giving its number")
    return HandOver(
        SevenSmsBackend.name,
        provider_id,
        read_parts(message.get("parts"), letter.text),
        read_price(message.get("price")),
        "EUR",
    )


def _outcome(answer: Answer) -> tuple[str, Mapping[str, Any] | None]:
    """The code of the one message we sent, and its entry. A bare number is an answer too."""
    if answer.body.strip().isdigit():
        return answer.body.strip().decode("ascii"), None
    content = answer.json()
    entries = content.get("messages")
    message = entries[0] if isinstance(entries, list) and entries and isinstance(entries[0], dict) else None
    if message is not None and message.get("success") is False:
        return str(message.get("error") or "no reason"), message
    return str(content.get("success", "")), message
