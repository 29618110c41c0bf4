"""Kannel, the gateway of one's own: https://www.kannel.org/userguide.shtml. Receipts come to our `dlr-url`.

The order goes by POST with headers, so that neither number nor text stands in an address that a log keeps.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import ClassVar

from impfzentrum.gateways.calling import call_provider
from impfzentrum.gateways.letters import GatewayRefused, GatewayUncertain, GatewayUnreachable, HandOver, Letter
from impfzentrum.gateways.provider import ProviderBackend, callback_address, gateway_config, whole_minutes
from impfzentrum.rules.sms import count_parts, is_gsm7

DELIVERED, UNDELIVERABLE, QUEUED, ACCEPTED, REJECTED = 1, 2, 4, 8, 16
MASK = DELIVERED | UNDELIVERABLE | ACCEPTED | REJECTED
"""The receipts we ask for; what the centre only buffers (4) tells us nothing."""

TAKEN = ("0:", "3:")
"""Accepted for delivery, queued for later delivery."""


class KannelSmsBackend(ProviderBackend):
    name: ClassVar[str] = "kannel"

    def hand_over(self, letter: Letter) -> HandOver:
        receipt = callback_address(
            self.config.get("callback_url", ""), "kannel_receipt", letter.reference, sign_reference(letter.reference)
        )
        headers = {
            "X-Kannel-Username": self.config["username"],
            "X-Kannel-Password": self.config["password"],
            "X-Kannel-From": letter.sender,
            "X-Kannel-To": letter.to,
            "X-Kannel-Coding": "0" if is_gsm7(letter.text) else "2",
            "X-Kannel-Validity": str(whole_minutes(letter.ttl)),
            "X-Kannel-DLR-Mask": str(MASK),
            "X-Kannel-DLR-Url": f"{receipt}?type=%d",
            "X-Kannel-Charset": "UTF-8",
            "Content-Type": "text/plain; charset=UTF-8",
        }
        answer = call_provider(
            "POST", self.config["url"], headers=headers, body=letter.text.encode(), total=self.total()
        )
        said = answer.body.decode("utf-8", "replace").strip()
        if answer.status == 400:
            raise GatewayRefused("Kannel: HTTP 400")
        if answer.status >= 300 or (said and not said.startswith(TAKEN)):
            raise GatewayUnreachable(f"Kannel: HTTP {answer.status}, {said[:2]}")
        if not said:
            raise GatewayUncertain("Kannel: an answer without a word")
        return HandOver(self.name, "", count_parts(letter.text))


def sign_reference(reference: str) -> str:
    """The secret in the address of a receipt: Kannel signs nothing, so whoever calls must know this. 22 letters."""
    secret = gateway_config(KannelSmsBackend.name)["callback_secret"]
    digest = hmac.new(secret.encode(), f"receipt\n{reference}".encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
