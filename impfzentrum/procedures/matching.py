"""Who is asked next: free doses of a release meet the next eligible people in the order of the draw."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from itertools import zip_longest

from django.db import transaction
from django.db.models import Max

from impfzentrum.models import Dose, Message, MessageTemplate, Offer, Release, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.models.sealed import hash_token
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.looking import foresee, look_at
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.rules.waves import Reason, Wave
from impfzentrum.vocabulary import TAKEN_DOSE, DoseState, EntryState, OfferState, ReleaseState

FIRST_CHUNK = 10
GROWTH = 3
"""People are asked in growing chunks: the first ten messages leave while the next ones are still being claimed."""

LOOK_LATEST = timedelta(minutes=1)
"""While a dose is free the release is looked at at least so often: people come out of a cool-down or a pause."""


def match_release(release_id: int, *, now: datetime) -> int:
    """Look at a release and ask as many people as `rules.waves` wants; return how many were asked.

    While there is time each is asked with a dose held for them; when doses would probably be lost, more people are
    asked in an open race. Safe to call at any time and from several workers at once: the same state gives the same
    wave, so what another worker has just asked is not asked again.
    """
    asked, chunk = 0, FIRST_CHUNK
    number = _next_wave(release_id)
    while True:
        with transaction.atomic():
            now_asked, more = _ask_chunk(release_id, chunk, number=number, now=now)
        asked += now_asked
        if not more:
            return asked
        chunk *= GROWTH


def _next_wave(release_id: int) -> int:
    return (Offer.objects.filter(release=release_id).aggregate(last=Max("wave"))["last"] or 0) + 1


def _ask_chunk(release_id: int, limit: int, *, number: int, now: datetime) -> tuple[int, bool]:
    """Ask up to `limit` people; how many were asked, and whether the wave is larger than that."""
    release = lock_release(release_id)
    if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED):
        return 0, False
    if not release.doses.filter(state=DoseState.FREE).exists():
        _settle(release, now=now)
        _note_look(release, None, now=now)
        return 0, False
    release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
    wave = look_at(release, now=now)
    doses = pick_doses(release, min(wave.hold, limit))
    wanted = len(doses) + min(wave.race, limit - len(doses))
    people = pick_people(release, wanted, now=now) if wanted else []
    _ask(release, doses[: len(people)], people, number=number, now=now)
    _note_shortage(release, wave, missing=wanted - len(people), now=now)
    _note_look(release, wave, now=now)
    return len(people), len(people) == wanted and wave.people > wanted


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


def _ask(release: Release, doses: list[Dose], people: list[StandbyEntry], *, number: int, now: datetime) -> None:
    """Ask these people: the first ones with a dose each, the others in an open race."""
    if not people:
        return
    for dose, person in zip(doses, people, strict=False):
        dose.state, dose.holder, dose.state_since = DoseState.HELD, person, now
    Dose.objects.bulk_update(doses, ["state", "holder", "state_since"])
    move_rows(
        StandbyEntry.objects.filter(pk__in=[person.pk for person in people]),
        EntryState.WAITING,
        EntryState.OFFERED,
        now=now,
    )
    pairs = zip_longest(people, doses)
    offers = [_prepare_offer(release, dose, person, number=number, now=now) for person, dose in pairs]
    Offer.objects.bulk_create(offers)
    Message.objects.bulk_create(_prepare_message(offer, now=now) for offer in offers)
    _record_wave(release, offers, number=number, now=now)
    wake_deliver()


def _prepare_offer(release: Release, dose: Dose | None, person: StandbyEntry, *, number: int, now: datetime) -> Offer:
    offer = Offer(
        release=release,
        dose=dose,
        entry=person,
        wave=number,
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


def _record_wave(release: Release, offers: list[Offer], *, number: int, now: datetime) -> None:
    county = release.centre.county_id
    counted = Counter((offer.priority_group, offer.held) for offer in offers)
    for (group, held), count in sorted(counted.items(), key=lambda one: (one[0][0], not one[0][1])):
        if release.lowest_group is not None and group > release.lowest_group:
            record(county, "stepped_down", release.pk, now=now, before=release.lowest_group, group=group)
        if release.lowest_group is None or group > release.lowest_group:
            release.lowest_group = group
            release.save(update_fields=["lowest_group"])
        record(county, "asked", release.pk, now=now, wave=number, people=count, group=group, held=held)


def _note_shortage(release: Release, wave: Wave, *, missing: int, now: datetime) -> None:
    """Note once when nobody is left to ask, and that somebody is again."""
    short = missing > 0 or wave.reason == Reason.NOBODY_IN_TIME
    if short and release.nobody_left_since is None:
        release.nobody_left_since = now
        free = release.doses.filter(state=DoseState.FREE).count()
        record(release.centre.county_id, "nobody_left", release.pk, now=now, doses=free)
    elif wave.people and not short:
        release.nobody_left_since = None


def _note_look(release: Release, wave: Wave | None, *, now: datetime) -> None:
    """When time alone may change the decision, and what staff may expect; an answer or an end wakes matching itself."""
    latest = None if wave is None else now + LOOK_LATEST
    again = None if wave is None else wave.look_again
    release.looked_at = now
    release.look_again_at = latest if again is None or latest is None else min(latest, max(now, again))
    release.next_wave_at, release.next_wave_people = foresee(release, now=now) if wave else (None, 0)
    release.save(update_fields=["looked_at", "look_again_at", "next_wave_at", "next_wave_people", "nobody_left_since"])


def _settle(release: Release, *, now: datetime) -> None:
    """A release is filled when every dose that was not taken back has its person: then the open race is over."""
    states = set(release.doses.exclude(state=DoseState.WITHDRAWN).values_list("state", flat=True))
    if not states <= set(TAKEN_DOSE):
        return
    withdrawn = close_offers(release.offers.live(), OfferState.WITHDRAWN, now=now)
    if release.move(ReleaseState.RUNNING, ReleaseState.FILLED, now=now) or withdrawn:
        record(release.centre.county_id, "filled", release.pk, now=now, withdrawn=withdrawn)
