"""What the SMS providers have in common: django-sms backends with credentials from the settings, one letter a call."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from sms.backends.base import BaseSmsBackend

from impfzentrum.gateways.calling import TOTAL
from impfzentrum.gateways.letters import HandOver, Letter, OutgoingSms
from impfzentrum.rules.sms import count_parts

ASKING = 4.0
"""Seconds for the question whether a provider has a letter: three providers in doubt are asked within one lease."""


class ProviderBackend(BaseSmsBackend, ABC):  # type: ignore[misc]  # django-sms has no types
    """A provider. Subclasses hand one letter over and, where the provider can tell, say whether it has one already."""

    name: ClassVar[str]

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            message.hand_over = self.hand_over(message.letter)
        return len(messages)

    @abstractmethod
    def hand_over(self, letter: Letter) -> HandOver:
        """Give the letter to the provider. Raises GatewayRefused, GatewayUnreachable or GatewayUncertain."""

    def find(self, letter: Letter) -> HandOver | None:
        """The hand-over of a letter that the provider has already; None if it has none or cannot tell.

        Raises GatewayUnreachable or GatewayUncertain when it does not answer.
        """
        return None

    @property
    def config(self) -> Mapping[str, str]:
        return gateway_config(self.name)

    def total(self, longest: float = TOTAL) -> float:
        """Seconds for one request, never more than `longest`."""
        return min(float(self.config.get("seconds", longest)), longest)


def gateway_config(name: str) -> Mapping[str, str]:
    """Address and credentials of a provider. Raises ImproperlyConfigured where the settings have none."""
    config: Mapping[str, str] | None = settings.SMS_GATEWAYS.get(name)
    if config is None:
        raise ImproperlyConfigured(f"SMS_GATEWAYS has no {name!r}: its credentials are missing in the environment")
    return config


def read_id(value: object) -> str:
    """The provider's number for a message; empty for what cannot be one."""
    text = str(value or "")
    return text if re.fullmatch(r"[\w.:-]{1,100}", text) else ""


def read_parts(value: object, text: str) -> int:
    """Billed parts as the provider says, else as we count them."""
    told = str(value or "")
    parts = int(told) if re.fullmatch(r"[0-9]{1,2}", told) else 0
    return parts or count_parts(text)


def read_price(value: object) -> Decimal | None:
    """What a message cost, without its sign (Twilio writes a debit as a negative number); None for what is no price."""
    try:
        price = abs(Decimal(str(value)))
    except InvalidOperation:
        return None
    return price.quantize(Decimal("0.00001")) if price.is_finite() and price < 1000 else None


def whole_minutes(ttl: timedelta) -> int:
    """The validity for providers that count in minutes: never longer than `ttl`, but for the shortest they know."""
    return max(1, int(ttl.total_seconds() // 60))


def callback_address(base: str, name: str, *args: str) -> str:
    """The full address at which a provider reaches one of our callbacks."""
    return (base or settings.PUBLIC_URL).rstrip("/") + reverse(f"gateway:{name}", args=args)
