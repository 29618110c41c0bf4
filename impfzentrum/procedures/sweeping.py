"""The sweep: what the clock demands and what a lost wake-up left. Every two seconds, from the database alone."""

from __future__ import annotations

from datetime import datetime

from impfzentrum.models import Centre, County, Message
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.delivering import requeue_lost_leases
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.expiring import end_pauses, end_releases, expire_offers, give_up_unsent, releases_to_match
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.vocabulary import MessageState


def sweep(*, now: datetime) -> None:
    """Close what is over, match what is free, wake the delivery of what waits.

    Doses of closed offers are matched right here: two seconds without a broker must not become two minutes.
    """
    expire_offers(now=now)
    give_up_unsent(now=now)
    end_releases(now=now)
    for release_id in releases_to_match(now=now):
        match_release(release_id, now=now)
    requeue_lost_leases(now=now)
    if Message.objects.filter(state=MessageState.QUEUED, due_at__lte=now).exists():
        wake_deliver()


def tend(*, now: datetime) -> None:
    """What may take a minute: end pauses, draw the order of a new day, seal the audit."""
    end_pauses(now=now)
    for centre in Centre.objects.select_related("county"):
        ensure_draw(centre, now=now)
    for county in County.objects.all():
        seal_events(county)
