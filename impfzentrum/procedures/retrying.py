"""What follows when a try failed: another one soon, time for the provider to say so after all, or another way."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from impfzentrum.gateways.letters import AddressDead, GatewayFault, GatewayRefused, GatewayUncertain, GatewayUnreachable
from impfzentrum.models import Message
from impfzentrum.models.moving import LostRace, move_rows
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.procedures.routing import note_trouble, several_providers
from impfzentrum.states import MessageState

logger = logging.getLogger(__name__)

DOUBT = timedelta(seconds=20)
"""So long a receipt may still prove that a provider took what it did not answer to."""

TRIES = 6


@dataclass(frozen=True, slots=True)
class Failure:
    """One try that failed: with which provider ("" for none of several), and when it began."""

    message: Message
    fault: GatewayFault
    provider: str
    begun: datetime

    @property
    def attempts(self) -> int:
        return self.message.attempts + 1

    @property
    def sentence(self) -> str:
        return str(self.fault).replace("\0", "")[:200]

    def due_at(self, now: datetime) -> datetime:
        return now + _wait(self.attempts, self.fault)

    def is_final(self, now: datetime) -> bool:
        late = self.due_at(now) >= self.message.expires_at
        return isinstance(self.fault, GatewayRefused) or self.attempts >= TRIES or late


def record_failures(failures: Sequence[Failure], *, now: datetime) -> None:
    """Try again soon, at most six times and never past the end of what the message tells; else go another way.

    A provider that may have taken the message gets time to say so by a receipt: the lease goes on, nobody sends it
    meanwhile, and whoever takes it up then asks first. Messages whose lease is no longer ours are left to who has it.
    """
    again: list[Failure] = []
    troubled: dict[str, str] = {}
    for one in failures:
        final = one.is_final(now)
        logger.warning(
            "message %s not handed over (%d. try, final: %s): %s", one.message.pk, one.attempts, final, one.fault
        )
        if one.provider and not isinstance(one.fault, GatewayRefused):
            troubled.setdefault(one.provider, str(one.fault))
        if final:
            _give_up(one, now=now)
        else:
            again.append(one)
    for provider, reason in troubled.items():
        note_trouble(provider, reason=reason, now=now)
    _put_back(again, now=now)


def _put_back(failures: Sequence[Failure], *, now: datetime) -> None:
    if not failures:
        return
    uncertain = [isinstance(one.fault, GatewayUncertain) for one in failures]
    known = [one.message.doubtful_since for one in failures]
    values: dict[str, Any] = {
        "now": now,
        "ids": [one.message.pk for one in failures],
        "leases": [one.message.lease_until for one in failures],
        "uncertain": uncertain,
        # Who may be tried at once keeps the place in line that it had.
        "due": [one.message.due_at if one.due_at(now) == now else one.due_at(now) for one in failures],
        "attempts": [one.attempts for one in failures],
        "faults": [one.sentence for one in failures],
        "providers": [one.provider for one in failures],
        "doubts": [
            since or (one.begun if doubt else None)
            for one, since, doubt in zip(failures, known, uncertain, strict=True)
        ],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, values)


_PUT_BACK = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(
        %(ids)s::bigint[], %(leases)s::timestamptz[], %(uncertain)s::boolean[], %(due)s::timestamptz[],
        %(attempts)s::int[], %(faults)s::text[], %(providers)s::text[], %(doubts)s::timestamptz[]
    ) AS given (id, lease, uncertain, due_at, attempts, fault, provider, doubt)
), ours AS MATERIALIZED (
    SELECT message.id FROM impfzentrum_message AS message JOIN given USING (id)
    WHERE message.id = ANY(%(ids)s) AND message.state = 'sending' AND message.lease_until = given.lease
    ORDER BY message.id FOR NO KEY UPDATE OF message
)
UPDATE impfzentrum_message AS message
SET state = CASE WHEN given.uncertain THEN message.state ELSE 'queued' END,
    state_since = CASE WHEN given.uncertain THEN message.state_since ELSE %(now)s END,
    due_at = CASE WHEN given.uncertain THEN message.due_at ELSE given.due_at END,
    lease_until = CASE WHEN given.uncertain THEN given.due_at END,
    attempts = given.attempts, last_error = given.fault, provider = given.provider, doubtful_since = given.doubt
FROM ours JOIN given USING (id)
WHERE message.id = ours.id
"""


def _give_up(failure: Failure, *, now: datetime) -> None:
    """Go another way. A receipt that came in between proves that it arrived after all: then all of this is undone."""
    message = failure.message
    noted = {
        "attempts": failure.attempts,
        "last_error": failure.sentence,
        "provider": failure.provider,
        "bounced": isinstance(failure.fault, AddressDead),
    }
    ours = Message.objects.filter(pk=message.pk, lease_until=message.lease_until)
    try:
        with transaction.atomic():
            divert_offer(message, now=now)
            if not move_rows(ours, MessageState.SENDING, MessageState.FAILED, now=now, **noted):
                raise LostRace(f"Message {message.pk}")
    except LostRace:
        logger.info("a receipt of message %s, or another worker, was faster than giving up", message.pk)


def _wait(attempts: int, fault: GatewayFault) -> timedelta:
    if isinstance(fault, GatewayUncertain):
        return DOUBT
    if several_providers():
        return timedelta(seconds=2**attempts - 2)  # another one is tried, at once; the wish of the first is not its
    asked = fault.retry_after if isinstance(fault, GatewayUnreachable) else None
    return max(timedelta(seconds=2**attempts), asked or timedelta(0))
