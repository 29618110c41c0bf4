"""Emptying the outbox into a gateway that takes 50 ms for each message, and how soon the first message leaves."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from django.db import connection
from django.test.utils import override_settings
from sms.backends.base import BaseSmsBackend

from impfzentrum.bench.copying import copy_rows, tidy
from impfzentrum.bench.first import measure_first
from impfzentrum.bench.ground import NOW, lay_ground
from impfzentrum.bench.loopback import KANNEL, kannel_at, loopback_gateway
from impfzentrum.bench.offers import make_offers
from impfzentrum.bench.timing import Contest, Figure, Goal, hold_contest
from impfzentrum.gateways.letters import HandOver, OutgoingSms
from impfzentrum.models import Message, MessageTemplate, Offer
from impfzentrum.procedures.delivering import LINES, deliver_messages
from impfzentrum.vocabulary import Channel

SIZES = (1_000,)
ANSWERS_AFTER = 0.05
"""Seconds."""

IN_FLIGHT = LINES[Channel.SMS]
"""Requests under way at once: ours at most, the floor's always. So the ratio is our share of in flight ÷ 50 ms."""

GOAL = Goal(least_ratio=0.7, least_per_second=max(300, 0.7 * IN_FLIGHT / ANSWERS_AFTER))


class SlowSms(BaseSmsBackend):  # type: ignore[misc]  # django-sms has no types
    """A provider that takes every message, 50 ms later."""

    def send_messages(self, messages: Sequence[OutgoingSms]) -> int:
        for message in messages:
            time.sleep(ANSWERS_AFTER)
            message.hand_over = HandOver("bench", message.letter.reference, 1)
        return len(messages)


def measure(size: int, repeat: int) -> Iterator[Figure]:
    """`size` offers wait in the outbox. The floor only waits for the gateway, in threads."""
    fill_outbox(size)
    with override_settings(SMS_BACKEND=f"{__name__}.SlowSms", SMS_BACKENDS={}):
        yield hold_contest(_contest("sleeping backend", "bench", size), repeat=repeat).against(GOAL)
    with (
        loopback_gateway(answers_after=ANSWERS_AFTER) as gateway,
        override_settings(SMS_BACKEND=KANNEL, SMS_BACKENDS={}, SMS_GATEWAYS={"kannel": kannel_at(gateway)}),
    ):
        contest = _contest("HTTP gateway in a process of its own", "kannel", size)
        yield hold_contest(contest, repeat=repeat).against(GOAL)
    yield from measure_first(size, repeat)


def fill_outbox(size: int) -> None:
    """So many people have been asked, and nobody has sent their messages yet."""
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


def _contest(gateway: str, provider: str, size: int) -> Contest:
    case = f"{gateway} answers after {ANSWERS_AFTER * 1000:g} ms, {IN_FLIGHT} requests in flight"
    return Contest("deliver", case, size, size, lambda: _deliver(provider), lambda: _only_wait(size), _bring_back)


def _deliver(provider: str) -> int:
    while deliver_messages(clock=lambda: NOW):
        pass
    return Message.objects.filter(state="sent", provider=provider, offer__state="open").count()


def _only_wait(messages: int) -> int:
    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        return len(list(pool.map(lambda _: time.sleep(ANSWERS_AFTER), range(messages))))


def _bring_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE impfzentrum_message SET state = 'queued', lease_until = NULL, provider = '', parts = 0")
        cursor.execute("UPDATE impfzentrum_offer SET state = 'prepared', answer_by = NULL, handed_over_at = NULL")
    tidy(Message, Offer)
