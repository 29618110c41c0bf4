"""Changing a running release: more doses, fewer doses. What people have been promised stays promised."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.errors import (
    DosesChangedMeanwhile,
    NothingToTakeBack,
    ReleaseNotRunning,
    TooFewToTakeBack,
    TooManyDoses,
)
from impfzentrum.models import Dose, Release
from impfzentrum.models.moving import LostRace, move_rows
from impfzentrum.models.release import DOSES_LIMIT
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.closing import close_offers
from impfzentrum.procedures.matching import lock_release
from impfzentrum.procedures.releasing import end_by_hand
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import DoseState, OfferState, ReleaseState


def add_doses(release: Release, count: int, *, stand: str, by: User, now: datetime) -> None:
    """Give `count` more doses free and wake matching; a filled release runs again.

    `stand` is what `stamp_doses` gave when the form was shown. Raises DosesChangedMeanwhile when the doses were changed
    since (two taps add once), ReleaseNotRunning, TooManyDoses.
    """
    with transaction.atomic():
        release = lock_running(release, now=now)
        counting = _refuse_changed_doses(release, stand)
        if counting + count > DOSES_LIMIT:
            raise TooManyDoses(limit=DOSES_LIMIT, left=DOSES_LIMIT - counting)
        first = release.doses.count() + 1
        Dose.objects.bulk_create(
            Dose(release=release, number=number, state_since=now) for number in range(first, first + count)
        )
        release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
        record(release.centre.county_id, "doses_added", release.pk, now=now, actor=by, doses=count)
        wake_match(release.pk)


def take_back_doses(release: Release, count: int, *, stand: str, by: User, now: datetime) -> None:
    """Withdraw `count` doses: free ones first, then held ones with their offers, the youngest offer first.

    An open race goes on for the doses that are left. When none is left at all, the release ends as if it were stopped.
    Raises DosesChangedMeanwhile and ReleaseNotRunning like `add_doses`, TooFewToTakeBack or NothingToTakeBack when more
    is asked for than nobody has accepted.
    """
    with transaction.atomic():
        release = lock_running(release, now=now)
        _refuse_changed_doses(release, stand)
        # A yes locks its dose: under these locks nobody accepts what is taken back at this moment.
        undecided = lock_undecided(release)
        if count > len(undecided):
            raise TooFewToTakeBack(left=len(undecided)) if undecided else NothingToTakeBack()
        closed = _withdraw(release, _choose(release, undecided, count), count, now=now)
        record(release.centre.county_id, "doses_taken_back", release.pk, now=now, actor=by, doses=count, offers=closed)
        if release.doses.exclude(state=DoseState.WITHDRAWN).exists():
            wake_match(release.pk)
        else:
            end_by_hand(release, by=by, now=now)


def stamp_doses(release: Release) -> str:
    """What the doses of a release stand at, for a form: it grows with every change by staff, and with nothing else."""
    rows = release.doses.count()
    return str(rows + release.doses.filter(state=DoseState.WITHDRAWN).count())


def lock_running(release: Release, *, now: datetime) -> Release:
    """The release, locked. Raises ReleaseNotRunning when it is over, also if only the sweep has not noted it yet."""
    release = lock_release(release.pk)
    if release.state not in (ReleaseState.RUNNING, ReleaseState.FILLED) or now >= release.use_by:
        raise ReleaseNotRunning
    return release


def lock_undecided(release: Release) -> list[Dose]:
    """The free and held doses, locked, as they stand after waiting for whoever was just deciding about one."""
    return list(release.doses.undecided().lock())


def _refuse_changed_doses(release: Release, stand: str) -> int:
    """How many doses count; refuses when they are not those that the form showed."""
    counting = release.doses.exclude(state=DoseState.WITHDRAWN).count()
    if stamp_doses(release) != stand:
        raise DosesChangedMeanwhile(doses=counting)
    return counting


def _choose(release: Release, undecided: list[Dose], count: int) -> list[int]:
    """The doses to take back: it should cost as few people as possible their offer, and as little waiting."""
    free = [dose for dose in undecided if dose.state == DoseState.FREE]
    youngest = release.offers.live().exclude(dose=None).order_by("-created_at", "-pk")
    held = list(youngest.values_list("dose_id", flat=True))
    return [*(dose.pk for dose in reversed(free)), *held][:count]


def _withdraw(release: Release, doses: list[int], count: int, *, now: datetime) -> int:
    closed = close_offers(release.offers.live().filter(dose__in=doses), OfferState.WITHDRAWN, now=now)
    if move_rows(release.doses.filter(pk__in=doses), DoseState.FREE, DoseState.WITHDRAWN, now=now) != count:
        raise LostRace(f"Release {release.pk}: a dose to take back was given away")
    return closed
