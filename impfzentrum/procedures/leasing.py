"""Leases: which messages this worker sends. Nobody else takes them up before their lease has run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from impfzentrum.models import Centre, Message, MessageTemplate, PriorityCriterion, Release
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.holding import sendable
from impfzentrum.states import MessageState
from impfzentrum.vocabulary import Channel

LEASE = timedelta(seconds=15)
"""Longer than a gateway may take (10 s), short enough that a killed worker costs an offer seconds, not minutes."""


@dataclass(frozen=True, slots=True)
class Room:
    """So many messages of a channel there is room for: `all` together, and of those that are no offers `others`."""

    all: int
    others: int


BATCH: Mapping[Channel, Room] = {Channel.SMS: Room(20, 20), Channel.EMAIL: Room(20, 20)}


def due_messages(*, now: datetime) -> QuerySet[Message]:
    """What waits to be sent at `now`; which of it the counties let go is said by `holding.sendable`."""
    return Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now)


def lease_messages(*, now: datetime, room: Mapping[Channel, Room] = BATCH) -> list[Message]:
    """Take due messages for this worker, offers before everything else, then by age. One short transaction.

    What other workers are just taking is skipped.
    """
    if not any(left.all > 0 for left in room.values()):
        return []
    with transaction.atomic(), connection.cursor() as cursor:
        statement, values = _compose(room, sendable(due_messages(now=now), now), now=now)
        cursor.execute(statement, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    return read_messages(ids)


def _compose(room: Mapping[Channel, Room], may_go: QuerySet[Message], *, now: datetime) -> tuple[str, list[Any]]:
    """One statement for all channels. It locks below the limit: a second worker gets the next ones, not the same."""
    picks: dict[str, str] = {}
    values: list[Any] = []
    for channel, left in room.items():
        if left.all < 1:
            continue
        due = may_go.filter(channel=channel).order_by("due_at", "pk").values("pk")
        due = due.select_for_update(of=("self",), skip_locked=True, no_key=True)
        rest = f"{left.all:d} - (SELECT count(*) FROM {channel}_offers)"  # noqa: S608 - our own names
        for name, chosen, limit in (
            ("offers", due.filter(template=MessageTemplate.OFFER), f"{left.all:d}"),
            ("others", due.exclude(template=MessageTemplate.OFFER), f"greatest(0, least({left.others:d}, {rest}))"),
        ):
            sql, some = chosen.query.sql_with_params()
            picks[f"{channel}_{name}"] = f"{sql} LIMIT {limit}"
            values += some
    ctes = ", ".join(f"{name} (id) AS MATERIALIZED ({sql})" for name, sql in picks.items())
    picked = " UNION ALL ".join(f"SELECT id FROM {name}" for name in picks)  # noqa: S608 - our own names
    return _TAKE.format(ctes=ctes, picked=picked), [*values, now, now + LEASE]


_TAKE = """
WITH {ctes} UPDATE impfzentrum_message SET state = 'sending', state_since = %s, lease_until = %s
WHERE id = ANY(ARRAY({picked})) AND state = 'queued' RETURNING id
"""


def read_messages(ids: Iterable[int]) -> list[Message]:
    """These messages with all that is needed to judge and to write them, in the order of sending.

    Four queries however many they are. What many of them share (the release, the centre) is read once for all.
    """
    rows = Message.objects.filter(pk__in=list(ids)).select_related("entry", "proof", "reply", "offer")
    messages = sorted(rows, key=lambda one: (one.template != MessageTemplate.OFFER, one.due_at, one.pk))
    entries = [one.entry for one in messages if one.entry is not None]
    releases = Release.objects.select_related("vaccine").in_bulk(
        {one.offer.release_id for one in messages if one.offer}
    )
    known = {one.centre_id for one in entries} | {one.centre_id for one in releases.values()}
    centres = Centre.objects.select_related("county").in_bulk(known)
    criteria = PriorityCriterion.objects.in_bulk({one.criterion_id for one in entries if one.criterion_id})
    for release in releases.values():
        release.centre = centres[release.centre_id]
    for entry in entries:
        entry.centre = centres[entry.centre_id]
        entry.criterion = criteria[entry.criterion_id] if entry.criterion_id else None
    for message in messages:
        if message.offer is not None:
            message.offer.release = releases[message.offer.release_id]
            # The person of the offer is the one it is sent to: not read, and not unsealed, a second time.
            if message.entry is not None and message.offer.entry_id == message.entry_id:
                message.offer.entry = message.entry
    return messages


def renew_leases(messages: Sequence[Message], *, now: datetime, begun: Mapping[int, datetime]) -> list[Message]:
    """Take these leases anew, where they are still ours; return those that are.

    `begun`: when the try began, of those that may be with a provider at this moment. If this worker dies after the
    renewal, whoever takes them up must know since when the letter is in doubt, to write it word for word again.
    """
    if not messages:
        return []
    until = now + LEASE
    values: dict[str, Any] = {
        "ids": [one.pk for one in messages],
        "leases": [one.lease_until for one in messages],
        "begun": [begun.get(one.pk) for one in messages],
        "until": until,
    }
    with connection.cursor() as cursor:
        cursor.execute(_RENEW, values)
        ours = {pk for (pk,) in cursor.fetchall()}
    for message in messages:
        if message.pk in ours:
            message.lease_until = until
    return [one for one in messages if one.pk in ours]


# What somebody is just deciding about is skipped: several rows at once must not wait for others.
_RENEW = """
WITH ours AS MATERIALIZED (
    SELECT message.id, given.begun
    FROM impfzentrum_message AS message
    JOIN unnest(%(ids)s::bigint[], %(leases)s::timestamptz[], %(begun)s::timestamptz[]) AS given (id, lease, begun)
        ON message.id = given.id
    WHERE message.id = ANY(%(ids)s) AND message.state = 'sending' AND message.lease_until = given.lease
    FOR NO KEY UPDATE OF message SKIP LOCKED
)
UPDATE impfzentrum_message AS message
SET lease_until = %(until)s, doubtful_since = coalesce(message.doubtful_since, ours.begun)
FROM ours WHERE message.id = ours.id
RETURNING message.id
"""


def requeue_lost_leases(*, now: datetime) -> int:
    """Messages whose worker died come back into the queue, with the same reference; return how many.

    Nobody knows whether it died before or after sending, so from the beginning of that try on it is doubtful.
    """
    lost = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now).exclude(channel=Channel.CALL)
    begun = Coalesce("doubtful_since", F("lease_until") - LEASE)
    with transaction.atomic():
        # Read under the lock: a lease that is just being renewed, or a hand-over just being noted, is left alone.
        ids = list(lost.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
        rows = Message.objects.filter(pk__in=ids)
        return move_rows(
            rows, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None, doubtful_since=begun
        )
