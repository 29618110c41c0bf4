"""What happens at the door: arrived, proof seen, vaccinated, or the dose goes on to somebody else.

Every tap is a step that names who took it; a second tap of one form is the same step. Two colleagues act on one person
one after the other, since both lock the dose first: the later one reads what the first did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from impfzentrum.errors import AppointmentGone, AttendanceNoted, ProofNotChecked, StillExpected
from impfzentrum.models import Attendance, AttendanceStep, Dose, Offer, Release, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.capping import note_caps
from impfzentrum.procedures.waking import wake_match
from impfzentrum.procedures.wording import name_staff
from impfzentrum.states import (
    ATTENDANCE_MOVES,
    DOSE_GIVEN_BACK,
    AttendanceState,
    DoseState,
    EntryState,
    OfferState,
    ReleaseState,
)

RUNNING = (ReleaseState.RUNNING, ReleaseState.FILLED)


@dataclass(frozen=True, slots=True)
class AttendanceOrder:
    """What somebody at the door taps. `proof_checked`: the proof was seen with it, or before.

    `surely`: the person certainly does not come, although they still might by the clock.
    """

    offer: Offer
    state: AttendanceState
    form_key: UUID
    proof_checked: bool = False
    batch: str = ""
    surely: bool = False


@dataclass(slots=True)
class AtTheDoor:
    """The rows of one appointment under their locks. The dose is that of the offer, whoever holds it by now."""

    release: Release
    dose: Dose
    entry: StandbyEntry
    offer: Offer
    attendance: Attendance

    def move_dose(self, *path: DoseState, now: datetime, **last: object) -> None:
        """Along these states one after the other; `last` is set with the last of them."""
        for place, new in enumerate(path, start=1):
            also = last if place == len(path) else {}
            self.dose.move_for_sure(DoseState(self.dose.state), new, now=now, **also)

    def note(self, action: str, *, by: User, now: datetime, **detail: object) -> None:
        offer, dose = str(self.offer.public_id), self.dose.number
        record(
            self.release.centre.county_id, action, self.release.pk, now=now, actor=by, offer=offer, dose=dose, **detail
        )


def lock_appointment(offer: Offer) -> AtTheDoor:
    """Everything an act at the door decides about, in the order of docs/locking.md, as it stands after waiting.

    The release because a dose that is given back makes a filled one run again. Raises AppointmentGone for an offer that
    never was an appointment.
    """
    releases = Release.objects.select_related("centre__county").select_for_update(of=("self",), no_key=True)
    release = releases.get(pk=offer.release_id)
    dose = Dose.objects.lock().filter(offers=offer.pk).first()
    entry = StandbyEntry.objects.select_for_update(no_key=True).get(pk=offer.entry_id)
    offer = Offer.objects.get(pk=offer.pk)
    if dose is None:
        raise AppointmentGone(state=OfferState(offer.state).label)
    attendance = Attendance.objects.filter(offer=offer).first()
    return AtTheDoor(release, dose, entry, offer, attendance or Attendance(offer=offer, state_since=offer.state_since))


def note_attendance(order: AttendanceOrder, *, by: User, now: datetime) -> AttendanceStep:
    """Note what became of a person at the door. A second tap returns the first step.

    Not vaccinated: the dose is free again at once and matching wakes, or it has lapsed where the release is over; the
    person waits again and rests for today. Raises AttendanceNoted with what somebody noted before, AppointmentGone for
    a cancelled appointment, ProofNotChecked, StillExpected for who may come until later.
    """
    with transaction.atomic():
        door = lock_appointment(order.offer)
        known = AttendanceStep.objects.filter(form_key=order.form_key).select_related("attendance")
        if again := known.filter(attendance__offer=order.offer, after=order.state).first():
            return again
        _refuse(order, door, now=now)
        before, proof_before = AttendanceState(door.attendance.state), door.attendance.proof_checked
        freed = _carry_out(order, door, before, by=by, now=now)
        return AttendanceStep.objects.create(
            attendance=door.attendance,
            # The same page may have sent something else before, by the way back of the browser: that is no second tap.
            form_key=uuid4() if known.exists() else order.form_key,
            before=before,
            after=order.state,
            proof_before=proof_before,
            freed=freed,
            at=now,
            by=by,
        )


def _refuse(order: AttendanceOrder, door: AtTheDoor, *, now: datetime) -> None:
    state = AttendanceState(door.attendance.state)
    new_proof = order.state == state == AttendanceState.ARRIVED and order.proof_checked
    if order.state not in ATTENDANCE_MOVES[state] and not (new_proof and not door.attendance.proof_checked):
        raise tell_last_step(door.attendance, AttendanceNoted)
    if door.offer.state != OfferState.ACCEPTED:
        raise AppointmentGone(state=OfferState(door.offer.state).label)
    if order.state == AttendanceState.VACCINATED and not (order.proof_checked or door.attendance.proof_checked):
        raise ProofNotChecked
    arrive_until = door.release.arrive_until
    if order.state == AttendanceState.MISSED and now < arrive_until and not order.surely:
        raise StillExpected(until=f"{timezone.localtime(arrive_until):%H:%M}")


def tell_last_step(attendance: Attendance, refusal: type[AttendanceNoted]) -> AttendanceNoted:
    """The refusal that names who noted what last, and when."""
    last = attendance.steps.filter(undone_at=None).select_related("by").order_by("-pk").first()
    label = AttendanceState(attendance.state).label
    if last is None:  # the very state in which everybody begins
        return refusal(by="–", at=f"{timezone.localtime(attendance.state_since):%H:%M}", state=label)
    return refusal(by=name_staff(last.by), at=f"{timezone.localtime(last.at):%H:%M}", state=label)


def _carry_out(order: AttendanceOrder, door: AtTheDoor, before: AttendanceState, *, by: User, now: datetime) -> bool:
    """Move what has to move; say whether the dose is free again."""
    attendance, freed = door.attendance, False
    proof = attendance.proof_checked or order.proof_checked
    if attendance.pk is None:
        attendance.save()
    if order.state == AttendanceState.VACCINATED:
        _vaccinate(door, by=by, now=now)
    elif order.state in DOSE_GIVEN_BACK:
        freed = _give_back(order.state, door, by=by, now=now)
    elif before == AttendanceState.EXPECTED:
        door.move_dose(DoseState.ARRIVED, now=now)
        door.note("arrived", by=by, now=now, proof_checked=proof)
    else:
        door.note("proof_checked", by=by, now=now)
    if order.state == before:
        Attendance.objects.filter(pk=attendance.pk).update(proof_checked=proof)
    else:
        batch = order.batch if order.state == AttendanceState.VACCINATED else ""
        attendance.move_for_sure(before, order.state, now=now, proof_checked=proof, batch=batch)
    return freed


def _vaccinate(door: AtTheDoor, *, by: User, now: datetime) -> None:
    door.move_dose(*_by_arrival(door), DoseState.VACCINATED, now=now)
    door.entry.move_for_sure(EntryState.APPOINTED, EntryState.VACCINATED, now=now)
    door.note("given", by=by, now=now)


def _by_arrival(door: AtTheDoor) -> list[DoseState]:
    return [DoseState.ARRIVED] if door.dose.state == DoseState.CONFIRMED else []


def _give_back(state: AttendanceState, door: AtTheDoor, *, by: User, now: datetime) -> bool:
    release = door.release
    free = release.state in RUNNING and now < release.use_by
    end = DoseState.FREE if free else DoseState.LAPSED
    path = {
        AttendanceState.MISSED: [DoseState.MISSED],
        AttendanceState.DEFERRED: [*_by_arrival(door), DoseState.DEFERRED],
    }.get(state, _by_arrival(door))
    door.move_dose(*path, now=now)
    door.move_dose(end, now=now, holder=None, check_in_code="")
    rest = rest_until(now, door.release.centre.county.cool_down)
    door.entry.move_for_sure(EntryState.APPOINTED, EntryState.WAITING, now=now, cool_down_until=rest)
    door.offer.move_for_sure(OfferState.ACCEPTED, OfferState.UNUSED, now=now)
    note_caps([door.entry.pk], now=now)
    if free:
        release.move(ReleaseState.FILLED, ReleaseState.RUNNING, now=now)
    door.note(state.value, by=by, now=now, free=free)
    wake_match(release.pk)
    return free


def can_anybody_come(release: Release, *, now: datetime) -> bool:
    """Whether there is anybody who may be asked for a dose of this release and could still arrive in time."""
    return now < release.arrive_until and StandbyEntry.objects.eligible_for(release, now).exists()


def rest_until(now: datetime, cool_down: timedelta) -> datetime:
    """Nobody is asked again on the day on which they came in vain or did not come, nor before the cool-down is over."""
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    return max(now + cool_down, datetime.combine(tomorrow, time.min, timezone.get_default_timezone()))
