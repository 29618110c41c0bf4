"""Taking back a slip at the door, for ten minutes, unless the dose or the person has moved on meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.errors import DoseGivenOn, PersonMovedOn, UndoOutdated, UndoTooLate
from impfzentrum.models import AttendanceStep
from impfzentrum.models.attendance import UNDO_WITHIN
from impfzentrum.models.sealed import derive_check_in_code
from impfzentrum.procedures.attending import AtTheDoor, lock_appointment, tell_last_step
from impfzentrum.procedures.waking import wake_match
from impfzentrum.states import (
    DOSE_GIVEN_BACK,
    AttendanceState,
    DoseState,
    EntryState,
    OfferState,
    ReleaseState,
)


def undo_step(step: AttendanceStep, *, by: User, now: datetime) -> AttendanceStep:
    """Put the person, the dose and the offer back to where they were before this step. Undoing twice is once.

    Raises UndoTooLate after ten minutes, UndoOutdated when somebody noted something since, DoseGivenOn when the dose is
    offered to or taken by somebody else or was taken back, PersonMovedOn when the person was asked elsewhere or left.
    """
    with transaction.atomic():
        door = lock_appointment(step.attendance.offer)
        step = AttendanceStep.objects.select_related("attendance").get(pk=step.pk)
        if step.undone_at is not None:
            return step
        _refuse(step, door, now=now)
        after = AttendanceState(step.after)
        if after in DOSE_GIVEN_BACK:
            _take_dose_again(step, door, now=now)
        elif after == AttendanceState.VACCINATED:
            _unvaccinate(step, door, now=now)
        elif step.before == AttendanceState.EXPECTED:
            door.move_dose(DoseState.CONFIRMED, now=now)
        _put_back(step, door, now=now)
        AttendanceStep.objects.filter(pk=step.pk).update(undone_at=now, undone_by=by)
        door.note("attendance_undone", by=by, now=now, undone=step.after, back=step.before)
    step.undone_at, step.undone_by = now, by
    return step


def _refuse(step: AttendanceStep, door: AtTheDoor, *, now: datetime) -> None:
    last = door.attendance.steps.filter(undone_at=None).order_by("-pk").first()
    if last != step:
        raise tell_last_step(door.attendance, UndoOutdated)
    if now > step.at + UNDO_WITHIN:
        raise UndoTooLate(minutes=UNDO_WITHIN.seconds // 60)


def _take_dose_again(step: AttendanceStep, door: AtTheDoor, *, now: datetime) -> None:
    """Only a dose that nobody was offered meanwhile: under its lock and the release's no matcher comes between."""
    lapsed_with_the_release = door.dose.state == DoseState.LAPSED and door.release.state != ReleaseState.WITHDRAWN
    if door.dose.state != DoseState.FREE and not lapsed_with_the_release:
        raise DoseGivenOn
    if door.entry.state != EntryState.WAITING:
        raise PersonMovedOn(state=EntryState(door.entry.state).label)
    code = derive_check_in_code(str(door.offer.public_id))
    door.move_dose(DoseState.CONFIRMED, now=now, holder=door.entry, check_in_code=code)
    if step.before == AttendanceState.ARRIVED:
        door.move_dose(DoseState.ARRIVED, now=now)
    door.entry.move_for_sure(EntryState.WAITING, EntryState.APPOINTED, now=now, cool_down_until=None)
    door.offer.move_for_sure(OfferState.UNUSED, OfferState.ACCEPTED, now=now)
    wake_match(door.release.pk)


def _unvaccinate(step: AttendanceStep, door: AtTheDoor, *, now: datetime) -> None:
    if door.entry.state != EntryState.VACCINATED:
        raise PersonMovedOn(state=EntryState(door.entry.state).label)
    door.entry.move_for_sure(EntryState.VACCINATED, EntryState.APPOINTED, now=now)
    door.move_dose(DoseState.ARRIVED, now=now)
    if step.before == AttendanceState.EXPECTED:
        door.move_dose(DoseState.CONFIRMED, now=now)


def _put_back(step: AttendanceStep, door: AtTheDoor, *, now: datetime) -> None:
    attendance, after, before = door.attendance, AttendanceState(step.after), AttendanceState(step.before)
    if after == before:
        type(attendance).objects.filter(pk=attendance.pk).update(proof_checked=step.proof_before)
    else:
        attendance.move_for_sure(after, before, now=now, proof_checked=step.proof_before, batch="")
