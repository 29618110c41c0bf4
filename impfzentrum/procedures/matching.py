"""Who is asked next: free doses of a release meet the next eligible people in the order of the draw."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from impfzentrum.models import Dose, Message, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.vocabulary import TAKEN_DOSE, DoseState, EntryState, ReleaseState

FIRST_CHUNK = 10
GROWTH = 3
"""People are asked in growing chunks: the first ten messages leave while the next ones are still being claimed."""


def match_release(release_id: int, *, now: datetime) -> int:
    """Offer every free dose of a release to the next eligible person; return how many people were asked.

    Each dose is held for one person. Safe to call at any time and from several workers at once.
    """
    asked, chunk = 0, FIRST_CHUNK
    wave = _next_wave(release_id)
    while True:
        with transaction.atomic():
            now_asked = _ask_chunk(release_id, chunk, wave=wave, now=now)
        asked += now_asked
        if now_asked < chunk:
            return asked
        chunk *= GROWTH


def _next_wave(release_id: int) -> int:
    return (Offer.objects.filter(release=release_id).aggregate(last=Max("wave"))["last"] or 0) + 1


def _ask_chunk(release_id: int, limit: int, *, wave: int, now: datetime) -> int:
    release = lock_release(release_id)
    if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED):
        return 0
    doses = pick_doses(release, limit)
    if not doses:
        _settle(release, now=now)
        return 0
    release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
    people = pick_people(release, len(doses), now=now)
    _ask(release, doses[: len(people)], people, wave=wave, now=now)
    _note_shortage(release, missing=len(doses) - len(people), now=now)
    return len(people)


def lock_release(release_id: int) -> Release:
    """The release, locked: matchers of one release come one after the other, so that nobody is passed over."""
    releases = Release.objects.select_related("centre__county", "campaign__rule_set", "vaccine")
    return releases.select_for_update(of=("self",), no_key=True).get(pk=release_id)


def pick_doses(release: Release, count: int) -> list[Dose]:
    """Up to `count` free doses, locked. One that somebody is just taking in an open race is passed by."""
    free = release.doses.filter(state=DoseState.FREE).order_by("number")
    return list(free.select_for_update(skip_locked=True, no_key=True)[:count])


def pick_people(release: Release, count: int, *, now: datetime) -> list[StandbyEntry]:
    """The next `count` eligible people, locked. Whom another release is just asking is passed by, not waited for."""
    eligible = StandbyEntry.objects.eligible_for(release, now)
    return list(eligible.select_for_update(of=("self",), skip_locked=True, no_key=True)[:count])


def _ask(release: Release, doses: list[Dose], people: list[StandbyEntry], *, wave: int, now: datetime) -> None:
    if not people:
        return
    for dose, person in zip(doses, people, strict=True):
        dose.state, dose.holder, dose.state_since = DoseState.HELD, person, now
    Dose.objects.bulk_update(doses, ["state", "holder", "state_since"])
    move_rows(
        StandbyEntry.objects.filter(pk__in=[person.pk for person in people]),
        EntryState.WAITING,
        EntryState.OFFERED,
        now=now,
    )
    offers = [
        _prepare_offer(release, dose, person, wave=wave, now=now) for dose, person in zip(doses, people, strict=True)
    ]
    Offer.objects.bulk_create(offers)
    Message.objects.bulk_create(_prepare_message(offer, now=now) for offer in offers)
    _record_wave(release, people, wave=wave, now=now)
    wake_deliver()


def _prepare_offer(release: Release, dose: Dose, person: StandbyEntry, *, wave: int, now: datetime) -> Offer:
    offer = Offer(
        release=release,
        dose=dose,
        entry=person,
        wave=wave,
        priority_group=person.priority_group,
        ticket=person.ticket,
        created_at=now,
        state_since=now,
    )
    offer.token_hash = hash_token(offer.token)
    return offer


def _prepare_message(offer: Offer, *, now: datetime) -> Message:
    return Message(
        entry=offer.entry,
        offer=offer,
        template=MessageTemplate.OFFER,
        channel=offer.entry.channels[0],
        created_at=now,
        due_at=now,
        expires_at=offer.last_start - SHORTEST_ANSWER,
        state_since=now,
    )


def _record_wave(release: Release, people: list[StandbyEntry], *, wave: int, now: datetime) -> None:
    county = release.centre.county_id
    for group, count in sorted(Counter(person.priority_group for person in people).items()):
        if release.lowest_group is not None and group > release.lowest_group:
            record(county, "stepped_down", release.pk, now=now, before=release.lowest_group, group=group)
        if release.lowest_group is None or group > release.lowest_group:
            release.lowest_group = group
            release.save(update_fields=["lowest_group"])
        record(county, "asked", release.pk, now=now, wave=wave, people=count, group=group)


def _note_shortage(release: Release, *, missing: int, now: datetime) -> None:
    """Note once when nobody is left to ask, and that somebody is again."""
    if missing and release.nobody_left_since is None:
        release.nobody_left_since = now
        record(release.centre.county_id, "nobody_left", release.pk, now=now, doses=missing)
    elif not missing and release.nobody_left_since is not None:
        release.nobody_left_since = None
    else:
        return
    release.save(update_fields=["nobody_left_since"])


def _settle(release: Release, *, now: datetime) -> None:
    """A release is filled when every dose that was not taken back has its person."""
    states = set(release.doses.exclude(state=DoseState.WITHDRAWN).values_list("state", flat=True))
    if states <= set(TAKEN_DOSE) and release.move(ReleaseState.RUNNING, ReleaseState.FILLED, now=now):
        record(release.centre.county_id, "filled", release.pk, now=now)
