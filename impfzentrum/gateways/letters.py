"""What goes out and what comes back: plain values between the procedures and the gateways."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from sms import Message as SmsMessage


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content: bytes
    mimetype: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One message, written out. `reference` is our own number, given to the provider; `ttl` ends with the offer.

    Of e-mails only: `html`, the same in a layout; `reply_to`, who reads answers; `unsubscribe`, where one POST ends all
    e-mails (RFC 8058). An e-mail without `to` must not be sent.
    """

    to: str
    sender: str
    subject: str
    text: str
    reference: str
    ttl: timedelta
    attachments: tuple[Attachment, ...] = field(default=())
    html: str = ""
    reply_to: str = ""
    unsubscribe: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The provider took the message: under which name, in how many parts, and at what price if it says so.

    `provider_id` is empty where the provider gives none (Kannel): receipts then carry our own reference.
    """

    provider: str
    provider_id: str
    parts: int
    price: Decimal | None = None
    currency: str = ""


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
    """The provider will never send this: a wrong number, a text it does not take. Trying again is pointless."""


class AddressDead(GatewayRefused):
    """The e-mail address itself does not exist (any more)."""


class GatewayUnreachable(GatewayFault):
    """The provider surely did not take it: out of reach, broken, or asks to come later. Worth another try.

    `retry_after`: so long it wants to be left alone, if it said so.
    """

    def __init__(self, sentence: str = "", *, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class GatewayUncertain(GatewayFault):
    """The provider may have taken it: the answer is missing or cannot be read. Ask it before trying again."""
