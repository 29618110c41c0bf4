"""Booked appointments that two people, or a person and a booking system, want at the same moment."""

from __future__ import annotations

import threading
import uuid
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from impfzentrum.booking_refusals import BookingChanged, DoseReleased, NothingLeftOver
from impfzentrum.models import AuditEvent, Booking, CancelReport, Dose, Release
from impfzentrum.procedures import releasing_bookings
from impfzentrum.procedures.drawing import ensure_draw
from impfzentrum.procedures.hearing_cancellations import hear_cancellation
from impfzentrum.procedures.importing import take_in, work_on
from impfzentrum.procedures.marking_bookings import mark_booking, undo_mark
from impfzentrum.procedures.releasing import ReleaseOrder
from impfzentrum.procedures.releasing_bookings import left_over, release_bookings
from impfzentrum.states import BookingState
from tests.conftest import World, run_together
from tests.factories import NOON, SEED
from tests.procedures.test_importing import bring
from tests.tables import ugly
from tests.views.booked import book, book_day, make_interface_key

pytestmark = pytest.mark.race


def order_of(world: World, doses: int = 3) -> ReleaseOrder:
    return ReleaseOrder(
        centre=world.centre,
        campaign=world.campaign,
        vaccine=world.vaccine,
        doses=doses,
        use_by=NOON + timedelta(hours=6),
        arrive_from=NOON + timedelta(minutes=30),
        arrive_until=NOON + timedelta(hours=5),
        reason="cancelled",
        note="",
        form_key=uuid.uuid4(),
    )


def press(world: World, times: int = 2) -> list[Any]:
    """So many people press the button at once, each with a form of their own."""
    ensure_draw(world.centre, now=NOON, seed=SEED)
    return run_together([partial(release_bookings, order_of(world), by=world.staff, now=NOON) for _ in range(times)])


def test_two_who_press_at_once_make_one_release(committed_world: World) -> None:
    book_day(committed_world, cancelled=2, missed=1)
    outcomes = press(committed_world, 4)
    assert sum(isinstance(one, Release) for one in outcomes) == 1
    assert sum(isinstance(one, NothingLeftOver) for one in outcomes) == 3
    assert Dose.objects.count() == 3


def test_without_the_locks_the_doses_are_released_twice(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    book_day(committed_world, cancelled=2, missed=1)
    both_have_read = threading.Barrier(2)

    def read(order: ReleaseOrder, **named: Any) -> list[Booking]:
        rows = list(left_over(order.centre, **named).filter(vaccine=order.vaccine))
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=30)
        return rows

    monkeypatch.setattr(releasing_bookings, "lock_centre", lambda _centre: None)
    monkeypatch.setattr(releasing_bookings, "lock_left_over", read)
    outcomes = press(committed_world)
    assert all(isinstance(one, Release) for one in outcomes), "the race is there"
    assert Dose.objects.count() == 6, "six doses of three appointments"


def test_a_mark_is_taken_back_or_its_dose_released_never_both(committed_world: World) -> None:
    world = committed_world
    for number in range(6):
        booking = book(world, f"R-{number}", state="cancelled", marked_by=world.staff)
        ensure_draw(world.centre, now=NOON, seed=SEED)
        released, undone = run_together(
            [
                partial(release_bookings, order_of(world, doses=1), by=world.staff, now=NOON),
                partial(undo_mark, booking, seen=NOON, by=world.staff, now=NOON),
            ]
        )
        booking.refresh_from_db()
        if isinstance(released, Release):
            assert isinstance(undone, DoseReleased)
            assert (booking.state, booking.release) == ("cancelled", released)
        else:
            assert isinstance(released, NothingLeftOver)
            assert (undone, booking.state, booking.release) == (None, "planned", None)


def test_of_two_marks_at_once_one_stands(committed_world: World) -> None:
    booking = book(committed_world)
    mark = partial(mark_booking, booking, seen=NOON, by=committed_world.staff, now=NOON)
    outcomes = run_together([partial(mark, BookingState.CANCELLED), partial(mark, BookingState.MISSED)])
    assert sum(one is None for one in outcomes) == 1
    assert sum(isinstance(one, BookingChanged) for one in outcomes) == 1
    assert AuditEvent.objects.filter(action__startswith="booking_").count() == 1


def test_an_event_that_is_delivered_twice_at_once_counts_once(committed_world: World) -> None:
    key = make_interface_key(committed_world)
    book(committed_world)
    tell = partial(hear_cancellation, key, event_id="e-1", reference="KB-1", now=NOON)
    assert run_together([tell] * 5) == ["cancelled"] * 5
    assert CancelReport.objects.count() == 1
    assert AuditEvent.objects.filter(action="booking_cancelled").count() == 1


def test_workers_who_take_up_one_file_at_once_store_it_once(committed_world: World) -> None:
    work = bring(committed_world, ugly.many_lines(50))
    take_in(work, good=50, without_faulty=False, by=committed_world.staff, now=NOON)
    outcomes = run_together([partial(work_on, work.pk, now=NOON)] * 4)
    assert outcomes == [None] * 4
    assert Booking.objects.count() == 50
    assert AuditEvent.objects.filter(action="bookings_imported").count() == 1
