"""What the clock does: offers end, prepared ones that never left are given up, doses lapse, pauses end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from impfzentrum.models import AuditEvent, Dose, Message, MessageTemplate, Offer, Release, ReleaseDue, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import note, record
from impfzentrum.procedures.closing import close_due, close_offers
from impfzentrum.procedures.learning import note_lesson
from impfzentrum.procedures.matching import lock_release
from impfzentrum.procedures.outbox import queue_for_everybody
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import DoseState, EntryState, MessageState, OfferState, ReleaseState
from impfzentrum.vocabulary import Channel

BATCH = 500
HAND_OVER_WITHIN = timedelta(minutes=2)
"""A message that no gateway took within this time must not keep a dose from the next person."""

TELL_OF_PAUSE = timedelta(hours=12)
"""So long the message that an entry pauses is worth sending."""

OnBatch = Callable[[int], object]
"""Told after each commit how many offers it closed."""


def _nobody_listens(closed: int) -> None:
    pass


def expire_offers(*, now: datetime, on_batch: OnBatch = _nobody_listens) -> int:
    """Close every open offer whose time is over; return how many. The doses are free again, matching is awake."""
    overdue = Offer.objects.filter(state=OfferState.OPEN, answer_by__lt=now).order_by("answer_by")
    return _close_in_batches(overdue, OfferState.EXPIRED, now=now, on_batch=on_batch)


def give_up_unsent(*, now: datetime, on_batch: OnBatch = _nobody_listens) -> int:
    """Close prepared offers that were not handed over in time; return how many."""
    stuck = Offer.objects.filter(state=OfferState.PREPARED, created_at__lt=now - HAND_OVER_WITHIN)
    return _close_in_batches(stuck.order_by("created_at"), OfferState.UNDELIVERABLE, now=now, on_batch=on_batch)


def give_up_uncalled(*, now: datetime) -> int:
    """Close open offers whose time is over though nobody has called; return how many.

    Staff took the call and did not come to it. The person was not asked, so it is no silence of theirs.
    """
    waiting = Message.objects.filter(
        channel=Channel.CALL,
        template=MessageTemplate.OFFER,
        state__in=[MessageState.QUEUED, MessageState.SENDING],
        attempts=0,
    )
    over = Offer.objects.filter(state=OfferState.OPEN, answer_by__lt=now, pk__in=waiting.values("offer"))
    return _close_in_batches(over.order_by("answer_by"), OfferState.UNDELIVERABLE, now=now, on_batch=_nobody_listens)


def _close_in_batches(due: QuerySet[Offer], new: OfferState, *, now: datetime, on_batch: OnBatch) -> int:
    """Each batch is a short transaction of its own, and a constant number of statements.

    Matching is woken once a release, after the last batch: a matcher that came between two batches would note that it
    has looked, and miss the doses of the second.
    """
    total, releases = 0, set[int]()
    try:
        while picked := list(due.values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                closed = close_due(picked, new, now=now, silence=new == OfferState.EXPIRED)
                _pause_silent(closed.silent, now=now)
            if not closed.offers:
                break  # what is left is being answered at this moment; the next sweep looks at it again
            total += closed.offers
            releases.update(closed.releases)
            on_batch(closed.offers)
    finally:
        for release_id in sorted(releases):
            wake_match(release_id)
    return total


def _pause_silent(people: list[int], *, now: datetime) -> None:
    """Who did not answer several times in a row is paused and told so. Their rows are locked."""
    if not people:
        return
    entries = StandbyEntry.objects.filter(pk__in=people)
    move_rows(entries, EntryState.WAITING, EntryState.PAUSED, now=now, unanswered=0)
    silent = list(
        entries.select_related("centre").only(
            "public_id", "mobile_confirmed_at", "phone_confirmed_at", "email_confirmed_at", "centre__county"
        )
    )
    events = [note(one.centre.county_id, "paused_for_silence", one.public_id, now=now) for one in silent]
    AuditEvent.objects.bulk_create(events)
    queue_for_everybody(silent, MessageTemplate.PAUSED, now=now, expires_at=now + TELL_OF_PAUSE)


def end_releases(*, now: datetime) -> int:
    """End every release whose use-by time is over: what is still free has lapsed. Returns how many were ended."""
    due = Release.objects.filter(state__in=[ReleaseState.RUNNING, ReleaseState.FILLED], use_by__lte=now)
    ended = 0
    for release_id in due.order_by("use_by").values_list("pk", flat=True):
        with transaction.atomic():
            ended += _end_release(release_id, now=now)
    return ended


def _end_release(release_id: int, *, now: datetime) -> bool:
    release = lock_release(release_id)
    if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED):
        return False  # staff stopped it between our list and our lock
    list(release.doses.undecided().lock())
    close_offers(release.offers.live(), OfferState.EXPIRED, now=now)
    lapsed = move_rows(Dose.objects.filter(release=release), DoseState.FREE, DoseState.LAPSED, now=now)
    note_lesson(release)
    release.move(ReleaseState(release.state), ReleaseState.ENDED, now=now)
    record(release.centre.county_id, "ended", release.pk, now=now, lapsed=lapsed)
    return True


def end_pauses(*, now: datetime) -> int:
    """Bring people back whose pause is over; return how many."""
    over = StandbyEntry.objects.filter(state=EntryState.PAUSED, paused_until__lte=now).select_related("centre")
    with transaction.atomic():
        people = list(over.select_for_update(of=("self",), skip_locked=True, no_key=True))
        for entry in people:
            entry.move_for_sure(EntryState.PAUSED, EntryState.WAITING, now=now, paused_until=None)
            record(entry.centre.county_id, "pause_over", entry.public_id, now=now)
    return len(people)


def releases_to_match(*, now: datetime) -> list[int]:
    """Releases that matching has to look at, whatever wake-up was lost.

    Nobody has looked yet, the time for another look has come, or the database noted that doses changed. A note is
    written with the change itself, so no clock of two hosts has to agree. Costs the same however many releases run.
    """
    running = Release.objects.filter(state__in=[ReleaseState.RUNNING, ReleaseState.FILLED])
    due = running.filter(looked_at=None).values_list("pk")
    again = running.filter(look_again_at__lte=now).values_list("pk")
    return sorted(pk for (pk,) in due.union(again, ReleaseDue.objects.values_list("release")))
