"""Who is asked next: free doses of a release meet the next eligible people in the order of the draw."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction

from impfzentrum.models import AuditEvent, Draw, Release
from impfzentrum.procedures.auditing import note, record
from impfzentrum.procedures.claiming import Claim, Stretch, claim_people, describe_pick, find_stretch, peek
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.drawing import order_for
from impfzentrum.procedures.learning import read_lessons
from impfzentrum.procedures.looking import foresee, look_at, read_standing
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.rules.waves import Reason, Wave
from impfzentrum.states import TAKEN_DOSE, DoseState, OfferState, ReleaseState

FIRST_CHUNK = 10
GROWTH = 3
"""People are asked in growing chunks: the first ten messages leave while the next ones are still being claimed."""

GIVE_WAY = 0.02
"""Seconds, once a wave: a claim at full speed would take the processor from who writes and sends the first message."""

LOOK_LATEST = timedelta(minutes=1)
"""While a dose is free the release is looked at at least so often: people come out of a cool-down or a pause."""


def match_release(release_id: int, *, now: datetime) -> int:
    """Look at a release and ask as many people as `rules.waves` wants; return how many were asked.

    While there is time each is asked with a dose held for them; when doses would probably be lost, more people are
    asked in an open race. Safe to call at any time and from several workers at once: the same state gives the same
    wave, so what another worker has just asked is not asked again.
    """
    draw = order_for(release_id, now=now)
    asked, chunk, number = 0, FIRST_CHUNK, 0
    while True:
        with transaction.atomic():
            now_asked, more, number = _ask_chunk(release_id, draw, chunk, number=number, now=now)
        asked += now_asked
        if not more:
            return asked
        if chunk == FIRST_CHUNK:
            time.sleep(GIVE_WAY)  # outside of any transaction: nobody waits for a lock meanwhile
        chunk *= GROWTH


def _ask_chunk(release_id: int, draw: Draw, limit: int, *, number: int, now: datetime) -> tuple[int, bool, int]:
    """Ask up to `limit` people; how many were asked, whether the wave is larger than that, and its number.

    `number`: of the wave that was begun, 0 for a new one.
    """
    release = lock_release(release_id)
    # Before anything is read: what these notes tell is seen below, and a change that comes later writes its own.
    release.dues.all().delete()
    if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED):
        return 0, False, number
    standing = read_standing(release, now=now)
    if not standing.free:
        _settle(release, now=now)
        _note_look(release, None, (None, 0), now=now)
        return 0, False, number
    if release.state == ReleaseState.FILLED:
        release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
    stretch = find_stretch(release, draw, now=now)
    learned = read_lessons(release.centre.county, now=now) if release.centre.county.widens else None
    travel = peek(stretch) if stretch is not None and learned is not None else []
    wave = look_at(release, travel, learned, standing, now=now)
    number = number or standing.waves + 1
    claim = _claim(release, stretch, wave, limit, number=number, now=now)
    asked = len(claim.asked)
    looked = bool(claim.seen) and not claim.asked
    pick = describe_pick(stretch, claim) if stretch is not None and looked else None
    _note_shortage(release, wave, pick, missing=claim.wanted - asked, now=now)
    _note_look(release, wave, foresee(release, travel, learned, standing, now=now), now=now)
    return asked, asked == claim.wanted and wave.people > asked > 0, number


def lock_release(release_id: int) -> Release:
    """The release, locked: matchers of one release come one after the other, so that nobody is passed over."""
    releases = Release.objects.select_related("centre__county", "campaign")
    return releases.select_for_update(of=("self",), no_key=True).get(pk=release_id)


def _claim(release: Release, stretch: Stretch | None, wave: Wave, limit: int, *, number: int, now: datetime) -> Claim:
    """Ask the people of the wave, at most `limit`, and note it."""
    if stretch is None or not wave.people:
        return Claim(wanted=min(wave.people, limit), asked=[])
    claim = claim_people(release, stretch, hold=wave.hold, race=wave.race, limit=limit, wave=number, now=now)
    if claim.asked:
        _record_wave(release, stretch, claim, number=number, now=now)
        wake_deliver()
    return claim


def _record_wave(release: Release, stretch: Stretch, claim: Claim, *, number: int, now: datetime) -> None:
    county = release.centre.county_id
    counted = Counter((one.group, one.held) for one in claim.asked)
    events: list[AuditEvent] = []
    # Once a pick, in its first event: what whoever repeats it must know.
    pick: dict[str, object] = {"pick": describe_pick(stretch, claim)}
    for (group, held), count in sorted(counted.items(), key=lambda one: (one[0][0], not one[0][1])):
        above = release.lowest_group
        if above is not None and group > above:
            events.append(note(county, "stepped_down", release.pk, now=now, before=above, group=group))
        release.lowest_group = max(above or group, group)
        detail = {"wave": number, "people": count, "group": group, "held": held, **pick}
        events.append(note(county, "asked", release.pk, now=now, actor=None, **detail))
        pick = {}
    AuditEvent.objects.bulk_create(events)


def _note_shortage(
    release: Release, wave: Wave, pick: dict[str, object] | None, *, missing: int, now: datetime
) -> None:
    """Note once when nobody is left to ask, with where was looked, and that somebody is again."""
    short = missing > 0 or wave.reason == Reason.NOBODY_IN_TIME
    if short and release.nobody_left_since is None:
        release.nobody_left_since = now
        free = release.doses.filter(state=DoseState.FREE).count()
        record(release.centre.county_id, "nobody_left", release.pk, now=now, doses=free, pick=pick)
    elif wave.people and not short:
        release.nobody_left_since = None


def _note_look(release: Release, wave: Wave | None, foreseen: tuple[datetime | None, int], *, now: datetime) -> None:
    """When time alone may change the decision, and what staff may expect; an answer or an end wakes matching itself."""
    latest = None if wave is None else now + LOOK_LATEST
    again = None if wave is None else wave.look_again
    release.looked_at = now
    release.look_again_at = latest if again is None or latest is None else min(latest, max(now, again))
    release.next_wave_at, release.next_wave_people = foreseen
    release.save(
        update_fields=[
            *("looked_at", "look_again_at", "next_wave_at", "next_wave_people"),
            *("nobody_left_since", "lowest_group"),
        ]
    )


def _settle(release: Release, *, now: datetime) -> None:
    """A release is filled when every dose that was not taken back has its person: then the open race is over."""
    states = set(release.doses.exclude(state=DoseState.WITHDRAWN).values_list("state", flat=True))
    if not states <= set(TAKEN_DOSE):
        return
    withdrawn = close_offers(release.offers.live(), OfferState.WITHDRAWN, now=now)
    if release.move(ReleaseState.RUNNING, ReleaseState.FILLED, now=now) or withdrawn:
        record(release.centre.county_id, "filled", release.pk, now=now, withdrawn=withdrawn)
