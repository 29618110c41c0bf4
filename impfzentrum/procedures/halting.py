"""The county's emergency stop: from one moment on nothing is sent, until it is lifted. Both are recorded."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.models import County, Release, SendingStop
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.holding import count_in_flight, count_waiting, hold_sending, release_held
from impfzentrum.procedures.waking import wake_deliver, wake_match
from impfzentrum.states import ReleaseState


def stop_sending(county: County, *, reason: str, by: User, now: datetime) -> SendingStop:
    """Stop all sending of a county; what a worker has taken before is counted, since it may still leave.

    Stopping what is stopped returns the stop in force with the reason of who was first.
    """
    with transaction.atomic():
        hold_sending()
        if stop := find_stop(county):
            return stop
        in_flight = count_in_flight(county)
        stop = SendingStop.objects.create(
            county=county, reason=reason, stopped_at=now, stopped_by=by, in_flight=in_flight
        )
        detail = {"reason": reason, "in_flight": in_flight, "waiting": count_waiting(county)}
        record(county.pk, "sending_stopped", _subject(stop), now=now, actor=by, **detail)
    return stop


def resume_sending(county: County, *, by: User, now: datetime) -> bool:
    """Lift the stop: what waits and still holds is sent, running releases ask again. False: nothing was stopped."""
    with transaction.atomic():
        stop = find_stop(county)
        # Two colleagues at once: only one of them lifts it.
        if stop is None or not SendingStop.objects.filter(pk=stop.pk, lifted_at=None).update(
            lifted_at=now, lifted_by=by
        ):
            return False
        record(county.pk, "sending_resumed", _subject(stop), now=now, actor=by, waiting=release_held(county, now=now))
        wake_deliver()
        running = Release.objects.filter(centre__county=county, state=ReleaseState.RUNNING)
        for release_id in running.order_by("use_by").values_list("pk", flat=True):
            wake_match(release_id)
    return True


def _subject(stop: SendingStop) -> str:
    """Never a bare number: those are releases in the record."""
    return f"sending-stop-{stop.pk}"


def find_stop(county: County) -> SendingStop | None:
    """The stop in force, with who pressed it."""
    stops = SendingStop.objects.filter(county=county, lifted_at=None)
    return stops.select_related("stopped_by").first()
