"""Sealing the log of places: a digest of its new rows goes into the audit, and with it into the county's chain.

Rows are told apart by the number of their transaction, not by their own: what belongs to transactions below the oldest
one that still runs is complete, and nothing can come to it later.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from impfzentrum.models import AuditEvent, County
from impfzentrum.procedures.auditing import record

_SEALING = 0x4E53  # first key of the advisory lock; the second is the county

_DIGEST = """
SELECT count(*), encode(sha256(convert_to(coalesce(string_agg(concat_ws(' ',
    change.id, change.transaction, extract(epoch FROM change.at), change.entry_id, change.draw_id, change.vaccine_id,
    change.place_class, change.priority_group, change.ticket, change.travel_minutes, coalesce(change.ready::text, '-'),
    coalesce(extract(epoch FROM change.rests_until)::text, '-'), change.availability,
    coalesce(extract(epoch FROM change.ready_until)::text, '-'), change.clears_hint
), E'\\n' ORDER BY change.id), ''), 'UTF8')), 'hex')
FROM impfzentrum_placechange AS change
JOIN impfzentrum_draw AS draw ON draw.id = change.draw_id
JOIN impfzentrum_centre AS centre ON centre.id = draw.centre_id
WHERE centre.county_id = %s AND change.transaction >= %s AND change.transaction < %s
"""


def seal_place_changes(county: County, *, now: datetime) -> int:
    """Put a digest of what is new in the log of places into the audit of a county; return how many rows it covers."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SEALING, county.pk])
            cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
            until = int(cursor.fetchone()[0])
        last = AuditEvent.objects.filter(county=county, action="places").order_by("-pk").first()
        since = 0 if last is None else int(last.detail["until"])
        count, digest = _digest_changes(county, since, until)
        if count:
            detail: dict[str, object] = {"since": since, "until": until, "rows": count}
            record(county.pk, "places", county.slug, now=now, actor=None, digest=digest, **detail)
    return count


def find_changed_log(county: County) -> Iterator[str]:
    """Every seal of the log of places that no longer fits, and gaps between them."""
    before = 0
    for event in AuditEvent.objects.filter(county=county, action="places").order_by("pk").iterator():
        since, until = int(event.detail["since"]), int(event.detail["until"])
        when = f"{county}: Das Protokoll der Plätze vor dem {event.at:%Y-%m-%d %H:%M:%S} UTC"
        if since != before:
            yield f"{when} ist nicht lückenlos versiegelt"
        if (event.detail["rows"], event.detail["digest"]) != _digest_changes(county, since, until):
            yield f"{when} passt nicht zu seiner Prüfsumme"
        before = until


def _digest_changes(county: County, since: int, until: int) -> tuple[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_DIGEST, [county.pk, since, until])
        count, digest = cursor.fetchone()
    return int(count), str(digest)
