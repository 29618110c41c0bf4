"""What staff note at the door, and what that means for the dose, the person and the record."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User

from impfzentrum.door_refusals import (
    AppointmentGone,
    AttendanceNoted,
    DoseGivenOn,
    PersonMovedOn,
    ProofNotChecked,
    StillExpected,
    UndoOutdated,
    UndoTooLate,
)
from impfzentrum.errors import Refusal
from impfzentrum.models import Attendance, AttendanceStep, AuditEvent, Dose, Offer
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.attending import AttendanceOrder, note_attendance
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.procedures.undoing_attendance import undo_step
from impfzentrum.states import AttendanceState
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.played import accepted_offer, fresh

ARRIVED, VACCINATED = AttendanceState.ARRIVED, AttendanceState.VACCINATED
DEFERRED, UNPROVEN, MISSED = AttendanceState.DEFERRED, AttendanceState.UNPROVEN, AttendanceState.MISSED
LATER = NOON + timedelta(minutes=40)
AFTER = NOON + timedelta(hours=7)
"""The release is over."""


@pytest.fixture
def offer(world: World) -> Offer:
    return accepted_offer(world)


@pytest.fixture
def staff(world: World) -> User:
    return world.staff


def note(offer: Offer, state: AttendanceState, *, by: User, now=LATER, key: UUID | None = None, **more):  # type: ignore[no-untyped-def]
    defaults = {"proof_checked": state == VACCINATED, "batch": "EX3599" if state == VACCINATED else "", "surely": True}
    return note_attendance(AttendanceOrder(offer, state, key or uuid4(), **{**defaults, **more}), by=by, now=now)


def stand(offer: Offer) -> tuple[str, str, str, str]:
    """Attendance, dose, offer, person."""
    row = Attendance.objects.select_related("offer__dose", "offer__entry").get(offer=offer)
    offer = row.offer
    assert offer.dose is not None
    assert list(find_violations()) == []
    return row.state, offer.dose.state, offer.state, offer.entry.state


def test_arrived_then_vaccinated(offer: Offer, staff: User) -> None:
    note(offer, ARRIVED, by=staff)
    assert stand(offer) == ("arrived", "arrived", "accepted", "appointed")
    note(offer, VACCINATED, by=staff)
    assert stand(offer) == ("vaccinated", "vaccinated", "accepted", "vaccinated")
    row = Attendance.objects.get()
    assert (row.batch, row.proof_checked) == ("EX3599", True)
    assert [event.action for event in AuditEvent.objects.filter(actor=staff, at=LATER).order_by("pk")] == [
        "arrived",
        "given",
    ]


def test_vaccinated_in_one_tap(offer: Offer, staff: User) -> None:
    note(offer, VACCINATED, by=staff)
    assert stand(offer) == ("vaccinated", "vaccinated", "accepted", "vaccinated")


def test_nobody_is_vaccinated_without_proof(offer: Offer, staff: User) -> None:
    with pytest.raises(ProofNotChecked):
        note(offer, VACCINATED, by=staff, proof_checked=False)
    assert not Attendance.objects.exists()
    note(offer, ARRIVED, by=staff)
    note(offer, ARRIVED, by=staff, proof_checked=True)
    note(offer, VACCINATED, by=staff, proof_checked=False)
    assert stand(offer)[0] == "vaccinated"


@pytest.mark.parametrize("state", [DEFERRED, UNPROVEN, MISSED])
@pytest.mark.parametrize("arrived", [False, True])
def test_not_vaccinated_means_the_dose_is_free_at_once(
    world: World, offer: Offer, staff: User, state: AttendanceState, arrived: bool
) -> None:
    if arrived:
        if state == MISSED:
            pytest.skip("who has come has come")
        note(offer, ARRIVED, by=staff)
    sweep(now=LATER)
    assert fresh(offer).release.state == "filled"
    step = note(offer, state, by=staff)
    assert step.freed
    assert stand(offer) == (state.value, "free", "unused", "waiting")
    assert fresh(offer).release.state == "running"
    entry = fresh(offer).entry
    assert entry.cool_down_until == NOON.replace(hour=0) + timedelta(days=1), "nobody is asked again on that day"
    world.entry()
    [again] = factories.ask(offer.release, now=LATER)
    assert again.entry_id != entry.pk
    assert again.dose_id == offer.dose_id


def test_after_the_release_the_dose_has_lapsed(offer: Offer, staff: User) -> None:
    sweep(now=AFTER)
    step = note(offer, MISSED, by=staff, now=AFTER)
    assert not step.freed
    assert stand(offer) == ("missed", "lapsed", "unused", "waiting")
    undo_step(step, by=staff, now=AFTER)
    assert stand(offer) == ("expected", "confirmed", "accepted", "appointed")


def test_a_second_tap_is_the_same_step(offer: Offer, staff: User) -> None:
    key = uuid4()
    first = note(offer, ARRIVED, by=staff, key=key)
    assert note(offer, ARRIVED, by=staff, key=key, now=LATER + timedelta(seconds=1)) == first
    assert AuditEvent.objects.filter(action="arrived").count() == 1


def test_the_later_colleague_sees_what_the_first_did(world: World, offer: Offer, staff: User) -> None:
    note(offer, MISSED, by=staff)
    second = factories.make_staff(world.centre, "second")
    with pytest.raises(AttendanceNoted) as refusal:
        note(offer, ARRIVED, by=second)
    assert str(refusal.value) == "staff hat für diese Person um 12:40 Uhr schon eingetragen: nicht erschienen."


def test_who_may_still_come_keeps_the_dose_unless_it_is_sure(offer: Offer, staff: User) -> None:
    with pytest.raises(StillExpected) as refusal:
        note(offer, MISSED, by=staff, surely=False)
    assert "bis 17:45 Uhr" in str(refusal.value)
    note(offer, MISSED, by=staff, surely=False, now=NOON + timedelta(minutes=345))
    assert stand(offer)[0] == "missed"


def test_who_has_cancelled_has_no_appointment(offer: Offer, staff: User) -> None:
    cancel_dose(offer, now=LATER)
    with pytest.raises(AppointmentGone) as refusal:
        note(offer, ARRIVED, by=staff)
    assert "storniert" in str(refusal.value)


def test_who_was_only_asked_has_none_either(world: World, staff: User) -> None:
    world.entry()
    [asked] = factories.ask(world.release())
    with pytest.raises(AppointmentGone):
        note(asked, ARRIVED, by=staff)


@pytest.mark.parametrize("arrived", [False, True])
@pytest.mark.parametrize("state", [ARRIVED, VACCINATED, DEFERRED, UNPROVEN, MISSED])
def test_every_step_can_be_undone(offer: Offer, staff: User, state: AttendanceState, arrived: bool) -> None:
    if arrived:
        if state in (ARRIVED, MISSED):
            pytest.skip("no such arrow")
        note(offer, ARRIVED, by=staff, proof_checked=True)
    code = Dose.objects.get().check_in_code
    step = note(offer, state, by=staff)
    for _tap in range(2):
        undo_step(step, by=staff, now=LATER + timedelta(minutes=10))
    back = ("arrived", "arrived") if arrived else ("expected", "confirmed")
    assert stand(offer) == (*back, "accepted", "appointed")
    assert Dose.objects.get().check_in_code == code
    row = Attendance.objects.get()
    assert (row.batch, row.proof_checked) == ("", arrived)
    assert AuditEvent.objects.get(action="attendance_undone").detail["undone"] == state
    note(offer, VACCINATED, by=staff)
    assert stand(offer)[0] == "vaccinated"


def test_a_proof_can_be_unchecked(offer: Offer, staff: User) -> None:
    note(offer, ARRIVED, by=staff)
    undo_step(note(offer, ARRIVED, by=staff, proof_checked=True), by=staff, now=LATER)
    assert stand(offer)[:2] == ("arrived", "arrived")
    assert not Attendance.objects.get().proof_checked


def refuse(step: AttendanceStep, refusal: type[Refusal], *, by: User, minutes: int = 1) -> str:
    with pytest.raises(refusal) as raised:
        undo_step(step, by=by, now=LATER + timedelta(minutes=minutes))
    step.refresh_from_db()
    assert step.undone_at is None
    return str(raised.value)


def test_undo_ends_after_ten_minutes(offer: Offer, staff: User) -> None:
    assert "10 Minuten" in refuse(note(offer, MISSED, by=staff), UndoTooLate, by=staff, minutes=11)


def test_undo_is_for_the_last_step(offer: Offer, staff: User) -> None:
    arrived = note(offer, ARRIVED, by=staff)
    note(offer, VACCINATED, by=staff)
    assert "Inzwischen hat staff um 12:40 Uhr eingetragen: geimpft" in refuse(arrived, UndoOutdated, by=staff)


def test_undo_does_not_take_a_dose_from_somebody_else(world: World, offer: Offer, staff: User) -> None:
    step = note(offer, MISSED, by=staff)
    world.entry()
    [again] = factories.ask(offer.release, now=LATER)
    refuse(step, DoseGivenOn, by=staff)
    accept_offer(again, now=LATER)
    refuse(step, DoseGivenOn, by=staff)
    assert Dose.objects.get().holder_id == again.entry_id
    assert list(find_violations()) == []


def test_undo_does_not_take_a_person_from_another_release(world: World, offer: Offer, staff: User) -> None:
    step = note(offer, MISSED, by=staff)
    type(offer.entry).objects.update(cool_down_until=None)
    factories.ask(world.release(), now=LATER)
    assert "hat ein Angebot" in refuse(step, PersonMovedOn, by=staff)
