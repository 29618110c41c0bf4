"""Leases: which messages this worker sends. Nobody else takes them up before their lease has run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField, F, Func, Q, QuerySet, prefetch_related_objects
from django.db.models.functions import Coalesce

from impfzentrum.models import Centre, Message, MessageTemplate, Release, SendingStop
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
        due = due_messages(now=now)
        may_go = sendable(due, now)
        statement, values = _compose(room, None if may_go is due else may_go, now=now)
        cursor.execute(statement, values)
        ids = [pk for (pk,) in cursor.fetchall()]
    return read_messages(ids)


def _compose(room: Mapping[Channel, Room], may_go: QuerySet[Message] | None, *, now: datetime) -> tuple[str, list[Any]]:
    """One statement for all channels, from everything that is due or from what `may_go` of it."""
    picks: dict[str, str] = {}
    values: list[Any] = []
    for channel, left in room.items():
        if left.all < 1:
            continue
        rest = f"{left.all:d} - (SELECT count(*) FROM {channel}_offers)"  # noqa: S608 - our own names
        for name, limit in (
            ("offers", f"{left.all:d}"),
            ("others", f"greatest(0, least({left.others:d}, {rest}))"),
        ):
            sql, some = _walk(may_go, channel, offers=name == "offers", now=now)
            picks[f"{channel}_{name}"] = f"{sql} LIMIT {limit}"
            values += some
    ctes = ", ".join(f"{name} (id) AS MATERIALIZED ({sql})" for name, sql in picks.items())
    picked = " UNION ALL ".join(f"SELECT id FROM {name}" for name in picks)  # noqa: S608 - our own names
    return _TAKE.format(ctes=ctes, picked=picked), [*values, now, now + LEASE]


def _walk(
    may_go: QuerySet[Message] | None, channel: Channel, *, offers: bool, now: datetime
) -> tuple[str, Sequence[Any]]:
    """Down the index, in the order of sending. It locks below the limit: a second worker gets the next ones."""
    if may_go is None:  # the same words as below, without the milliseconds that composing them takes
        return _ALL_DUE.format(kind="=" if offers else "<>"), [now, channel]
    due = may_go.filter(channel=channel).order_by("due_at", "pk").values("pk")
    due = due.filter(template=MessageTemplate.OFFER) if offers else due.exclude(template=MessageTemplate.OFFER)
    return due.select_for_update(of=("self",), skip_locked=True, no_key=True).query.sql_with_params()


_ALL_DUE = """
SELECT id FROM impfzentrum_message
WHERE state = 'queued' AND due_at <= %s AND channel = %s AND template {kind} 'offer'
ORDER BY due_at, id FOR NO KEY UPDATE SKIP LOCKED
"""

_TAKE = """
WITH {ctes} UPDATE impfzentrum_message SET state = 'sending', state_since = %s, lease_until = %s
WHERE id = ANY(ARRAY({picked})) AND state = 'queued' RETURNING id
"""


def read_messages(ids: Iterable[int]) -> list[Message]:
    """These messages with all that is needed to judge and to write them, in the order of sending.

    What many of them share (the release, the centre) is read once for all, and only if one needs it: two queries for
    offers, at most six however many messages there are.
    """
    wanted = list(ids)
    if not wanted:
        return []
    rows = Message.objects.filter(pk__in=wanted).select_related("entry", "offer")
    messages = sorted(rows, key=lambda one: (one.template != MessageTemplate.OFFER, one.due_at, one.pk))
    _add_places(messages)
    _add_what_few_need(messages)
    return messages


def _add_places(messages: Sequence[Message]) -> None:
    """Releases and the centres of the people. Almost always those are the centres of the releases."""
    known = Release.objects.select_related("centre__county")
    releases = known.in_bulk({one.offer.release_id for one in messages if one.offer})
    centres = {one.centre_id: one.centre for one in releases.values()}
    if missing := {one.entry.centre_id for one in messages if one.entry} - centres.keys():
        centres |= Centre.objects.select_related("county").in_bulk(missing)
    for message in messages:
        if message.entry is not None:
            message.entry.centre = centres[message.entry.centre_id]
        if message.offer is not None:
            message.offer.release = releases[message.offer.release_id]
            # The person of the offer is the one it is sent to: not read, and not unsealed, a second time.
            if message.entry is not None and message.offer.entry_id == message.entry_id:
                message.offer.entry = message.entry


def _add_what_few_need(messages: Sequence[Message]) -> None:
    prefetch_related_objects([one for one in messages if one.proof_id], "proof")
    prefetch_related_objects([one for one in messages if one.reply_id], "reply")
    prefetch_related_objects([one for one in messages if one.watch_id], "watch__county")
    told = [one.entry for one in messages if one.entry and one.template in _TELLS_WHAT_TO_BRING]
    prefetch_related_objects(told, "criterion")


_TELLS_WHAT_TO_BRING = (MessageTemplate.PLACE_AND_TIME, MessageTemplate.TIMES_CHANGED)
"""By rules.text_kinds."""


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


def put_back_stopped(messages: Sequence[Message], *, now: datetime) -> list[Message]:
    """Put what a county has stopped meanwhile back into the queue, and return the rest. Only for what no line has.

    With this nothing leaves later than one lease after a stop: until then a call has begun, or is not begun any more.
    """
    if not messages:
        return []
    stopped = set(SendingStop.objects.filter(lifted_at=None).values_list("county", flat=True))
    held = [one for one in messages if one.entry is not None and one.entry.centre.county_id in stopped]
    for one in held:
        ours = Message.objects.filter(pk=one.pk, lease_until=one.lease_until)
        move_rows(ours, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None)
    return [one for one in messages if one not in held]


def requeue_lost_leases(*, now: datetime) -> int:
    """Messages whose worker died come back into the queue, with the same reference; return how many.

    Nobody knows whether it died before or after sending, so from the beginning of that try on it is doubtful.

    While the database was away nobody could renew a lease or note an answer. Who has some in hand comes first: for as
    long as a lease lasts after the server came up, none is taken up, or what was sent would be sent a second time.
    """
    came_up = Func(function="pg_postmaster_start_time", output_field=DateTimeField())
    lost = Message.objects.filter(state=MessageState.SENDING, lease_until__lt=now).exclude(channel=Channel.CALL)
    lost = lost.alias(came_up=came_up).filter(Q(came_up__lte=now - LEASE) | Q(came_up__gt=now))
    begun = Coalesce("doubtful_since", F("lease_until") - LEASE)
    with transaction.atomic():
        # Read under the lock: a lease that is just being renewed, or a hand-over just being noted, is left alone.
        ids = list(lost.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True))
        rows = Message.objects.filter(pk__in=ids)
        return move_rows(
            rows, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None, doubtful_since=begun
        )
