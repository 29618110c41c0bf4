"""Twilio: https://www.twilio.com/docs/messaging/api/message-resource. Receipts and replies come by signed callbacks."""

from __future__ import annotations

import base64
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
from impfzentrum.gateways.provider import ASKING, ProviderBackend, callback_address, read_id, read_parts, read_price

REFUSED = {21211: "number", 21610: "unsubscribed", 21612: "not reachable", 21614: "no mobile", 21617: "text too long"}
"""Codes that no second try can mend: https://www.twilio.com/docs/api/errors."""

LONGEST_VALIDITY = 36_000
"""Seconds that Twilio accepts at most."""


class TwilioSmsBackend(ProviderBackend):
    name: ClassVar[str] = "twilio"

    def hand_over(self, letter: Letter) -> HandOver:
        order = {
            "To": letter.to,
            "Body": letter.text,
            "StatusCallback": callback_address(self.config.get("callback_url", ""), "twilio_receipt", letter.reference),
            "ValidityPeriod": str(max(1, min(int(letter.ttl.total_seconds()), LONGEST_VALIDITY))),
        }
        service = self.config.get("messaging_service", "")
        order |= {"MessagingServiceSid": service} if service else {"From": letter.sender}
        answer = self._call("POST", "/Messages.json", total=self.total(), body=urlencode(order).encode("ascii"))
        return _read_hand_over(answer, letter)

    def find(self, letter: Letter) -> HandOver | None:
        """Twilio keeps no reference of ours; the text to this number holds a link of its own, so it tells as much."""
        answer = self._call(
            "GET", "/Messages.json?" + urlencode({"To": letter.to, "PageSize": 50}), total=self.total(ASKING)
        )
        for message in answer.json().get("messages") or []:
            if isinstance(message, dict) and message.get("body") == letter.text:
                return _hand_over(message, letter)
        return None

    def _call(self, method: str, path: str, *, total: float, body: bytes = b"") -> Answer:
        account, token = self.config["account_sid"], self.config["auth_token"]
        headers = {
            "Authorization": "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode("ascii"),
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "application/json",
        }
        url = f"{self.config['url'].rstrip('/')}/2010-04-01/Accounts/{account}{path}"
        answer = call_provider(method, url, headers=headers, body=body, total=total)
        if answer.status >= 300:
            _raise_fault(answer.json().get("code"), f"HTTP {answer.status}")
        return answer


def _read_hand_over(answer: Answer, letter: Letter) -> HandOver:
    message = answer.json()
    if message.get("error_code") or message.get("status") in ("failed", "undelivered", "canceled"):
        _raise_fault(message.get("error_code"), f"status {message.get('status')}")
    if not read_id(message.get("sid")):
        raise GatewayUncertain("Twilio took a message without giving its number")
    return _hand_over(message, letter)


def _raise_fault(code: object, sentence: str) -> None:
    if isinstance(code, int) and code in REFUSED:
        raise GatewayRefused(f"Twilio {code}: {REFUSED[code]}")
    raise GatewayUnreachable(f"Twilio {code}, {sentence}")


def _hand_over(message: Mapping[str, Any], letter: Letter) -> HandOver:
    return HandOver(
        TwilioSmsBackend.name,
        read_id(message.get("sid")),
        read_parts(message.get("num_segments"), letter.text),
        read_price(message.get("price")),
        str(message.get("price_unit") or "")[:3],
    )
