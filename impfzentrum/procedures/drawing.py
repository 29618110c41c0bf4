"""The draw of the day: once a day each centre's people are put in a new order."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from impfzentrum.models import Centre, Draw, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.rules.draw import SEED_BYTES, commit_to, draw_ticket, hmac_pads
from impfzentrum.vocabulary import EntryState

_DRAW_ALL = """
UPDATE impfzentrum_standbyentry AS entry SET late_since = NULL, ticket =
    ('x' || encode(substring(sha256(%(outer)s || sha256(%(inner)s || uuid_send(public_id))) from 1 for 8), 'hex'))
        ::bit(64)::bigint & 9223372036854775807
        | CASE WHEN locked.late_since IS NULL THEN 0 ELSE ~9223372036854775807 END
FROM (
    SELECT id, late_since FROM impfzentrum_standbyentry
    WHERE centre_id = %(centre)s AND state NOT IN ('left', 'erased')
    ORDER BY id FOR NO KEY UPDATE
) AS locked
WHERE entry.id = locked.id
RETURNING CASE WHEN entry.ticket < 0 THEN public_id END
"""
# Locked in the order in which the sweep locks people too (docs/locking.md): otherwise each could wait for the other.


def ensure_draw(centre: Centre, *, now: datetime, seed: bytes | None = None) -> Draw:
    """The draw of this Berlin day for a centre; drawn now if nobody did before.

    `seed` is 32 random bytes; a given one repeats a draw. Two at once: the second waits at the unique day and reads the
    first's draw.
    """
    day = timezone.localdate(now)
    draw = Draw.objects.filter(centre=centre, day=day).first()
    if draw is not None:
        return draw
    seed = seed or secrets.token_bytes(SEED_BYTES)
    with transaction.atomic():
        draw, drawn = Draw.objects.get_or_create(
            centre=centre,
            day=day,
            defaults={"seed": seed, "commitment": commit_to(seed), "drawn_at": now, "people": 0},
        )
        if drawn:
            late = _draw_order(centre, seed)
            draw.people = StandbyEntry.objects.filter(centre=centre, state=EntryState.WAITING).count()
            draw.save(update_fields=["people"])
            # Those who came first because they were late stand in the record: else nobody could repeat the order.
            commitment, people = draw.commitment, draw.people
            record(centre.county_id, "drawn", draw.pk, now=now, commitment=commitment, people=people, late=late)
    return draw


def _draw_order(centre: Centre, seed: bytes) -> list[str]:
    """Put everybody of a centre in the order of this seed, those who came too late first; return their public ids."""
    inner, outer = hmac_pads(seed)
    with connection.cursor() as cursor:
        cursor.execute(_DRAW_ALL, {"inner": inner, "outer": outer, "centre": centre.pk})
        return sorted(str(public_id) for (public_id,) in cursor.fetchall() if public_id is not None)


def give_ticket(entry: StandbyEntry, *, now: datetime) -> None:
    """Put one more person into the order of the day by the same rule as everybody."""
    seed = bytes(ensure_draw(entry.centre, now=now).seed)
    entry.ticket = draw_ticket(seed, entry.public_id)
    entry.save(update_fields=["ticket"])
