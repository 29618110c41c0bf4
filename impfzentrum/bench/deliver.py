"""Emptying the outbox into a gateway that takes 50 ms for each message."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.test.utils import override_settings
from sms.backends.base import BaseSmsBackend

from impfzentrum.bench.copying import copy_rows, tidy
from impfzentrum.bench.ground import NOW, lay_ground
from impfzentrum.bench.offers import make_offers
from impfzentrum.bench.timing import Contest, Figure, hold_contest
from impfzentrum.gateways.letters import HandOver, OutgoingSms
from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.vocabulary import Channel

SIZES = (200,)
ANSWERS_AFTER = 0.05
"""Seconds."""

IN_FLIGHT = 32
"""Requests that the floor has under way at once."""


class SlowSms(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    """A provider that takes every message, 50 ms later."""

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            time.sleep(ANSWERS_AFTER)
            message.hand_over = HandOver("bench", message.letter.reference, 1)
        return len(messages)


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` offers wait in the outbox. The floor only waits for the gateway, in threads."""
    make_offers(lay_ground(), size, answer_by=NOW + timedelta(minutes=15))
    message = Message(
        channel=Channel.SMS,
        template=MessageTemplate.OFFER,
        state_since=NOW,
        created_at=NOW,
        due_at=NOW,
        expires_at=NOW + timedelta(hours=1),
    )
    rows = ((number, f"{number:032x}", number, number) for number in range(1, size + 1))
    copy_rows(message, ["id", "reference", "entry_id", "offer_id"], rows)
    case = f"gateway answers after {ANSWERS_AFTER * 1000:g} ms, floor has {IN_FLIGHT} requests in flight"
    contest = Contest("deliver", case, size, size, _deliver, lambda: _only_wait(size), _bring_back)
    with override_settings(SMS_BACKEND=f"{__name__}.SlowSms"):
        yield hold_contest(contest, repeat=repeat)


def _deliver() -> int:
    deliver_messages(clock=lambda: NOW)
    return Message.objects.filter(state="sent", provider="bench", offer__state="open").count()


def _only_wait(messages: int) -> int:
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        return len(list(pool.map(lambda _: time.sleep(ANSWERS_AFTER), range(messages))))


def _bring_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE impfzentrum_message SET state = 'queued', lease_until = NULL, provider = ''")
        cursor.execute("UPDATE impfzentrum_offer SET state = 'prepared', answer_by = NULL, handed_over_at = NULL")
    tidy(Message, Offer)
