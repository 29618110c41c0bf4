"""A file with booked appointments, from the upload to the rows: all that is said is taken in, or nothing."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.booking_refusals import ImportNotOpen, LinesChanged, NothingToTakeIn
from impfzentrum.models import AuditEvent, Booking, BookingColumns, BookingImport, CancelReport
from impfzentrum.procedures import importing
from impfzentrum.procedures.checking_lines import check_lines
from impfzentrum.procedures.forgetting_bookings import forget_bookings, forget_files, forget_names
from impfzentrum.procedures.importing import (
    bring_file,
    discard,
    look_anew,
    read_outlook,
    take_in,
    wake_imports,
    work_on,
)
from impfzentrum.tables.table import Line, Table
from tests.conftest import World
from tests.factories import BERLIN, NOON
from tests.tables import ugly


def bring(world: World, content: bytes, *, now: datetime = NOON) -> BookingImport:
    """Brought and read by a worker."""
    work = bring_file(world.centre, content, day=now.date(), form_key=uuid.uuid4(), by=world.staff, now=now)
    work_on(work.pk, now=now)
    work.refresh_from_db()
    return work


def outlook_of(work: BookingImport) -> dict[str, Any]:
    outlook = read_outlook(work)
    assert outlook is not None
    return outlook


def take(world: World, work: BookingImport, *, without_faulty: bool = True, now: datetime = NOON) -> BookingImport:
    good = outlook_of(work)["good"]
    take_in(work, good=good, without_faulty=without_faulty, by=world.staff, now=now)
    work_on(work.pk, now=now)
    work.refresh_from_db()
    return work


def references() -> list[str]:
    return list(Booking.objects.order_by("reference").values_list("reference", flat=True))


UGLY = {
    "semicolons in Windows-1252": (
        ugly.windows_1252,
        ["KB-1001", "KB-1002"],
        [(5, "Uhrzeit", "no_clock"), (6, "Datum", "date_order"), (7, "Termin-Nr.", "twice"),
         (8, "Termin-Nr.", "missing"), (9, "Impfstoff", "vaccine_unknown")],
    ),
    "a mark in front": (ugly.utf_8_with_mark, ["A1", "A2"], [(4, "Status", "state_unknown")]),
    "merged heading, hidden sheet": (
        ugly.merged_heading,
        ["4711", "4712"],
        [(7, "Uhrzeit", "no_clock"), (8, "Datum", "missing"), (8, "Uhrzeit", "missing"),
         (8, "Impfstoff", "vaccine_unknown")],
    ),
    "formulas in cells": (ugly.formulas, ["F-1", "F-2"], [(4, "Impfstoff", "error")]),
    "a formula without its result": (ugly.formula_without_result, ["G-2"], [(2, "Impfstoff", "formula")]),
    "a calendar": (
        ugly.calendar,
        ["C-1", "C-2", "C-3"],
        [(4, "DTSTART", "repeats"), (5, "DTSTART", "clock_missing"), (6, "DTSTART", "zone")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", UGLY)
def test_an_ugly_file_is_shown_line_by_line_and_nothing_is_half_taken_in(world: World, name: str) -> None:
    make, good, faults = UGLY[name]
    work = bring(world, make())
    shown = outlook_of(work)
    assert (work.state, shown["good"], shown["faulty"]) == ("read", len(good), len({line for line, _, _ in faults}))
    assert [(one["line"], one["heading"], one["why"]) for one in shown["faults"]] == faults
    assert not Booking.objects.exists(), "only a person takes lines in"
    with pytest.raises(NothingToTakeIn):
        take_in(work, good=len(good), without_faulty=False, by=world.staff, now=NOON)
    take(world, work)
    assert references() == good
    assert work.result == {"new": len(good), "changed": 0, "kept": 0, "left_out": shown["faulty"]}
    assert (work.content, work.cells, work.outlook) == ("", "", "")


def test_what_a_line_says_is_what_is_stored(world: World) -> None:
    take(world, bring(world, ugly.windows_1252()))
    booking = Booking.objects.get(reference="KB-1002")
    assert booking.name == "Müller; geb. Straßer, Jörg"
    assert (booking.at, booking.vaccine, booking.dose_number) == (
        datetime(2021, 4, 24, 13, 5, tzinfo=BERLIN), world.vaccine, 2,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM impfzentrum_booking WHERE reference = 'KB-1002'")
        assert "ller" not in cursor.fetchone()[0]


def test_a_cancellation_in_the_file_is_one_here(world: World) -> None:
    take(world, bring(world, ugly.calendar()))
    assert Booking.objects.get(state="cancelled").reference == "C-2"


def test_the_same_file_again_doubles_nothing_and_leaves_marks_alone(world: World) -> None:
    take(world, bring(world, ugly.windows_1252()))
    Booking.objects.filter(reference="KB-1001").update(state="missed", marked_by=world.staff)
    moved = ugly.SEMICOLONS.replace("13.05 Uhr", "17:05").encode("cp1252")
    work = take(world, bring(world, moved))
    assert work.result == {"new": 0, "changed": 1, "kept": 1, "left_out": 5}
    assert Booking.objects.count() == 2
    assert Booking.objects.get(reference="KB-1001").state == "missed"
    assert Booking.objects.get(reference="KB-1002").at.astimezone(BERLIN).hour == 17


def test_the_same_number_on_another_day_is_another_appointment(world: World) -> None:
    take(world, bring(world, ugly.windows_1252()))
    release = world.release()
    Booking.objects.filter(reference="KB-1001").update(state="cancelled", release=release)
    moved = ugly.SEMICOLONS.replace("KB-1001;24.04.", "KB-1001;26.04.", 1).encode("cp1252")
    take(world, bring(world, moved))
    booking = Booking.objects.get(reference="KB-1001")
    assert (booking.state, booking.release, booking.at.day) == ("planned", None, 26)


def test_ten_thousand_lines_take_as_many_statements_as_three(world: World) -> None:
    counts = []
    take(world, bring(world, ugly.many_lines(1)))  # the columns of the centre are written down once
    for number, content in enumerate([ugly.many_lines(3), ugly.many_lines(10_000, wrong=[17, 9_999])]):
        now = NOON + timedelta(minutes=number)
        work = bring(world, content, now=now)
        take_in(work, good=outlook_of(work)["good"], without_faulty=True, by=world.staff, now=now)
        with CaptureQueriesContext(connection) as queries:
            work_on(work.pk, now=now)
        counts.append(len(queries))
    work.refresh_from_db()
    assert work.result == {"new": 9_995, "changed": 3, "kept": 0, "left_out": 2}
    assert counts == [14, 14]


def test_a_failure_while_storing_leaves_nothing_behind(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    work = bring(world, ugly.windows_1252())
    take_in(work, good=2, without_faulty=True, by=world.staff, now=NOON)

    def fail(*_args: object, **_named: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(importing, "_keep_headings", fail)  # the last step after the rows are written
        with pytest.raises(ConnectionError):
            work_on(work.pk, now=NOON)
    work.refresh_from_db()
    assert (work.state, Booking.objects.count()) == ("confirmed", 0)
    work_on(work.pk, now=NOON + timedelta(seconds=61))
    assert Booking.objects.count() == 2


CELLS = st.tuples(
    st.sampled_from(["A-1", "A-2", "A-3", ""]) | st.text(max_size=5),
    st.sampled_from(["9:00", "10.30 Uhr", "25:00", ""]) | st.text(max_size=5),
    st.sampled_from(["Comirnaty", "Biontech", ""]) | st.text(max_size=5),
)


@given(rows=st.lists(CELLS, min_size=1, max_size=6))
def test_every_line_is_either_taken_in_or_told(rows: list[tuple[str, str, str]]) -> None:
    lines = [Line(number, list(row)) for number, row in enumerate(rows, start=2)]
    table = Table(["Nummer", "Uhrzeit", "Impfstoff"], lines)
    columns = {"reference": 0, "clock": 1, "vaccine": 2}
    checked = check_lines(table, columns, day=NOON.date(), today=NOON.date(), vaccines={"comirnaty": 1})
    good = {line.number for line in checked.good}
    told = {fault.line for fault in checked.faults}
    assert good | told == {line.number for line in lines}
    assert not good & told
    assert len(checked.good) + checked.faulty_lines == len(lines)
    assert len({line.reference for line in checked.good}) == len(checked.good)


def test_other_columns_are_looked_at_anew_and_kept_for_the_next_file(world: World) -> None:
    content = b"Lfd;Code;Wann;Mittel\r\n1;X-1;14:00;Comirnaty\r\n2;X-2;14:05;Comirnaty\r\n"
    work = bring(world, content)
    assert (outlook_of(work)["good"], outlook_of(work)["faulty"]) == (0, 2)
    look_anew(work, {"reference": 1, "clock": 2, "vaccine": 3}, now=NOON)
    work_on(work.pk, now=NOON)
    work.refresh_from_db()
    assert (work.state, outlook_of(work)["good"]) == ("read", 2)
    take(world, work)
    assert BookingColumns.objects.get().headings == {"reference": "Code", "clock": "Wann", "vaccine": "Mittel"}
    assert outlook_of(bring(world, content.replace(b"X-", b"Y-")))["good"] == 2


def test_a_file_that_cannot_be_read_is_refused_with_the_reason_and_gone(world: World) -> None:
    work = bring(world, b"%PDF-1.7")
    assert (work.state, work.result, work.content) == ("refused", {"refused": "not_a_table"}, "")
    assert AuditEvent.objects.filter(action="bookings_refused", detail={"why": "not_a_table"}).exists()


def test_the_file_lies_sealed_until_it_is_read(world: World) -> None:
    work = bring_file(
        world.centre, ugly.windows_1252(), day=NOON.date(), form_key=uuid.uuid4(), by=world.staff, now=NOON
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM impfzentrum_bookingimport")
        assert cursor.fetchone()[0].startswith("gAAAA")
    work_on(work.pk, now=NOON)
    work.refresh_from_db()
    assert work.content == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cells, outlook FROM impfzentrum_bookingimport")
        assert all(kept.startswith("gAAAA") for kept in cursor.fetchone())


def test_a_second_tap_brings_no_second_file_and_takes_nothing_in_twice(world: World) -> None:
    key = uuid.uuid4()
    first, second = (
        bring_file(world.centre, b"x", day=NOON.date(), form_key=key, by=world.staff, now=NOON) for _ in range(2)
    )
    assert first == second
    work = take(world, bring(world, ugly.windows_1252()))
    with pytest.raises(ImportNotOpen):
        take_in(work, good=2, without_faulty=True, by=world.staff, now=NOON)
    assert not discard(work, by=world.staff, now=NOON)


def test_what_was_shown_is_what_is_taken_in(world: World) -> None:
    work = bring(world, ugly.windows_1252())
    with pytest.raises(LinesChanged):
        take_in(work, good=3, without_faulty=True, by=world.staff, now=NOON)
    take_in(work, good=2, without_faulty=True, by=world.staff, now=NOON)
    tomorrow = NOON + timedelta(days=1)  # the worker came after midnight: the lines are of yesterday
    work_on(work.pk, now=tomorrow)
    work.refresh_from_db()
    assert (work.state, outlook_of(work)["good"], Booking.objects.count()) == ("read", 0, 0)


def test_a_lost_wake_up_and_a_worker_that_dies(world: World, django_capture_on_commit_callbacks: Any) -> None:
    work = bring_file(world.centre, b"a;b", day=NOON.date(), form_key=uuid.uuid4(), by=world.staff, now=NOON)

    def sweep(seconds: int) -> int:
        with django_capture_on_commit_callbacks() as wake_ups:
            wake_imports(now=NOON + timedelta(seconds=seconds))
        return len(wake_ups)

    assert sweep(1) == 0, "its own wake-up may still come"
    assert sweep(6) == 1
    BookingImport.objects.update(leased_until=NOON + timedelta(seconds=60), tries=1)
    assert sweep(30) == 0, "a worker has it in hand"
    assert sweep(61) == 1
    BookingImport.objects.update(tries=3)
    assert sweep(61) == 0
    work.refresh_from_db()
    assert (work.state, work.result) == ("refused", {"refused": "damaged"})


def test_the_night_forgets(world: World) -> None:
    take(world, bring(world, ugly.windows_1252()))
    CancelReport.objects.create(
        centre=world.centre, event_id="1", reference="KB-9", received_at=NOON, outcome="waiting"
    )
    midnight = datetime(2021, 4, 25, tzinfo=BERLIN)
    assert forget_names(now=midnight - timedelta(seconds=1)) == 0
    assert forget_names(now=midnight) == 2
    assert set(Booking.objects.values_list("name", flat=True)) == {""}
    assert forget_bookings(now=midnight + timedelta(days=7) - timedelta(seconds=1)) == 0
    assert forget_bookings(now=midnight + timedelta(days=7)) == 3
    assert not Booking.objects.exists()


def test_a_file_that_nobody_takes_in_goes_after_two_hours(world: World) -> None:
    work = bring(world, ugly.windows_1252())
    forget_files(now=NOON + timedelta(minutes=119))
    work.refresh_from_db()
    assert work.state == "read"
    forget_files(now=NOON + timedelta(hours=2))
    work.refresh_from_db()
    assert (work.state, work.cells, work.outlook) == ("discarded", "", "")
    forget_files(now=NOON + timedelta(days=8))
    assert not BookingImport.objects.exists()


def test_no_record_names_a_person(world: World) -> None:
    take(world, bring(world, ugly.windows_1252()))
    told = json.dumps(list(AuditEvent.objects.values_list("detail", flat=True)))
    assert "Muster" not in told
    assert "KB-" not in told
