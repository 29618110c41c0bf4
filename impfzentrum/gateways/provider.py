"""What the SMS providers have in common: django-sms backends with credentials from the settings, one letter a call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from sms.backends.base import BaseSmsBackend

from impfzentrum.gateways.calling import TOTAL
from impfzentrum.gateways.letters import HandOver, Letter, OutgoingSms

ASKING = 4.0
"""Seconds for the question whether a provider has a letter: three providers in doubt are asked within one lease."""


class ProviderBackend(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    """A provider. Subclasses hand one letter over and, where the provider can tell, say whether it has one already."""

    name: ClassVar[str]

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            message.hand_over = self.hand_over(message.letter)
        return len(messages)

    def hand_over(self, letter: Letter) -> HandOver:
        """Give the letter to the provider. Raises GatewayRefused, GatewayUnreachable or GatewayUncertain."""
        raise NotImplementedError

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


def whole_minutes(ttl: timedelta) -> int:
    """The validity for providers that count in minutes: never longer than `ttl`, but for the shortest they know."""
    return max(1, int(ttl.total_seconds() // 60))


def callback_address(base: str, name: str, *args: str) -> str:
    """The full address at which a provider reaches one of our callbacks."""
    return (base or settings.PUBLIC_URL).rstrip("/") + reverse(f"gateway:{name}", args=args)
