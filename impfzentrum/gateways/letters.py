"""What goes out and what comes back: plain values between the procedures and the gateways."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from sms import Message as SmsMessage


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, written out. `reference` is our own number, given to the provider; `ttl` ends with the offer."""

    to: str
    sender: str
    subject: str
    text: str
    reference: str
    ttl: timedelta
    attachments: tuple[Attachment, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class HandOver:
    """The provider took the message: under which name, and in how many parts."""

    provider: str
    provider_id: str
    parts: int


class OutgoingSms(SmsMessage):  # type: ignore[misc]  # django-sms has no types
    """A django-sms message that carries our letter to a backend of ours and its answer back.

    django-sms itself returns only a count, and counts differ between backends.
    """

    def __init__(self, letter: Letter) -> None:
        super().__init__(letter.text, letter.sender, [letter.to])
        self.letter = letter
        self.hand_over: HandOver | None = None


class GatewayFault(Exception):
    """Sending did not work. The sentence is for operators and holds no address."""


class GatewayRefused(GatewayFault):
    """The provider will never send this: a wrong number, a closed account. Trying again is pointless."""


class GatewayUnreachable(GatewayFault):
    """The provider did not answer or asked to come back later: worth another try."""
