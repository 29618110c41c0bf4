"""What the clock does: offers end, prepared ones that never left are given up, doses lapse, pauses end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from impfzentrum.models import Dose, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.learning import note_lesson
from impfzentrum.procedures.matching import lock_release
from impfzentrum.procedures.outbox import queue_on_all_channels
from impfzentrum.procedures.waking import wake_match
from impfzentrum.vocabulary import TAKEN_DOSE, DoseState, EntryState, OfferState, ReleaseState

BATCH = 500
HAND_OVER_WITHIN = timedelta(minutes=2)
"""A message that no gateway took within this time must not keep a dose from the next person."""


def expire_offers(*, now: datetime) -> int:
    """Close every open offer whose time is over; return how many. The doses are free again, matching is awake."""
    overdue = Offer.objects.filter(state=OfferState.OPEN, answer_by__lt=now).order_by("answer_by")
    return _close_in_batches(overdue, OfferState.EXPIRED, now=now)


def give_up_unsent(*, now: datetime) -> int:
    """Close prepared offers that were not handed over in time; return how many."""
    stuck = Offer.objects.filter(state=OfferState.PREPARED, created_at__lt=now - HAND_OVER_WITHIN)
    return _close_in_batches(stuck.order_by("created_at"), OfferState.UNDELIVERABLE, now=now)


def _close_in_batches(offers: QuerySet[Offer], new: OfferState, *, now: datetime) -> int:
    total = 0
    while True:
        with transaction.atomic():
            picked = list(offers.values_list("pk", flat=True)[:BATCH])
            closed = close_offers(Offer.objects.filter(pk__in=picked), new, now=now, skip_locked=True)
            _note_closed(closed, new, now=now)
        total += len(closed)
        # Rows somebody is answering at this moment were left alone; the next sweep looks at them again.
        if len(picked) < BATCH or not closed:
            return total


def _note_closed(closed: list[Offer], new: OfferState, *, now: datetime) -> None:
    releases = Release.objects.select_related("centre__county").in_bulk({offer.release_id for offer in closed})
    for offer in closed:
        release = releases[offer.release_id]
        record(release.centre.county_id, new.value, release.pk, now=now, offer=str(offer.public_id))
    if new == OfferState.EXPIRED:
        _note_silence(closed, releases, now=now)
    for release_id in releases:
        wake_match(release_id)


def _note_silence(closed: list[Offer], releases: dict[int, Release], *, now: datetime) -> None:
    """An offer without an answer: leave the person in peace for a while; after several, pause and tell them."""
    for release in releases.values():
        people = [offer.entry_id for offer in closed if offer.release_id == release.pk]
        county = release.centre.county
        rows = StandbyEntry.objects.filter(pk__in=people)
        rows.update(unanswered=F("unanswered") + 1, cool_down_until=now + county.cool_down)
        silent = rows.filter(state=EntryState.WAITING, unanswered__gte=county.unanswered_limit)
        for entry in silent.select_related("campaign"):
            if entry.move(EntryState.WAITING, EntryState.PAUSED, now=now, unanswered=0):
                record(county.pk, "paused_for_silence", entry.public_id, now=now)
                expires_at = now + timedelta(hours=12)
                queue_on_all_channels(entry, MessageTemplate.PAUSED, now=now, expires_at=expires_at)


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

    The time for another look has come, a dose changed since the last one, or the state says so by itself: a free dose
    that nobody looks for, a full release not yet noted as filled. The last two do not trust the clocks of two hosts.
    """
    doses = Dose.objects.filter(release=OuterRef("pk"))
    unsettled = doses.exclude(state__in=[*TAKEN_DOSE, DoseState.WITHDRAWN])
    due = (
        Q(looked_at=None)
        | Q(look_again_at__lte=now)
        | Exists(doses.filter(state_since__gt=OuterRef("looked_at")))
        | Q(Exists(doses.filter(state=DoseState.FREE)), look_again_at=None)
        | Q(~Exists(unsettled), state=ReleaseState.RUNNING)
    )
    running = Release.objects.filter(state__in=[ReleaseState.RUNNING, ReleaseState.FILLED])
    return list(running.filter(due).values_list("pk", flat=True))
