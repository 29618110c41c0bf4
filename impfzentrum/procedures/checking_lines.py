"""Looking at the lines of a file with booked appointments: which can be taken in, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any, TypeVar

from impfzentrum.models import Vaccine
from impfzentrum.models.booking import AHEAD
from impfzentrum.rules.booking_columns import Columns
from impfzentrum.rules.booking_values import (
    Fault,
    Misread,
    join_moment,
    name_vaccines,
    read_clock,
    read_day,
    read_dose,
    read_name,
    read_reference,
    read_state,
    read_vaccine,
)
from impfzentrum.states import BookingState
from impfzentrum.tables.table import Line, Table
from impfzentrum.vocabulary import BookingField

V = TypeVar("V")

FAULTS_KEPT = 300
"""So many faults are shown one by one; all are counted."""

GOOD_SHOWN = 5


@dataclass(frozen=True, slots=True)
class GoodLine:
    """A line that can be taken in as it stands. `vaccine` is a key; `at` is aware."""

    number: int
    reference: str
    at: datetime
    vaccine: int
    dose: int | None
    name: str
    state: BookingState


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """Why a line cannot be taken in. `why`: a Fault or a Blemish; `other`: the line that it collides with."""

    line: int
    heading: str
    value: str
    why: str
    other: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """All lines of a file are in one of the two: `good`, or counted in `faulty_lines` with their faults in `faults`."""

    good: list[GoodLine]
    faults: list[FaultyCell]
    faulty_lines: int

    def as_plain(self) -> dict[str, Any]:
        """What the page shows, as plain values."""
        shown = [
            {"line": one.number, "reference": one.reference, "at": one.at.isoformat(), "dose": one.dose}
            | {"vaccine": one.vaccine, "name": one.name, "state": one.state.value}
            for one in self.good[:GOOD_SHOWN]
        ]
        faults = [asdict(fault) for fault in self.faults[:FAULTS_KEPT]]
        return {"good": len(self.good), "faulty": self.faulty_lines, "faults": faults, "shown": shown}


def vaccine_names() -> dict[str, int]:
    """Under which names each vaccine is found in files."""
    return name_vaccines(Vaccine.objects.order_by("pk").values_list("pk", "name", "other_name", "maker"))


def check_lines(table: Table, columns: Columns, *, day: date, today: date, vaccines: Mapping[str, int]) -> Checked:
    """Every line of the table, good or faulty. `day` counts for files without a column for it."""
    good: list[GoodLine] = []
    faults: list[FaultyCell] = []
    faulty = 0
    seen: dict[str, int] = {}
    for line in table.lines:
        check = _LineCheck(line, table.headings, columns)
        told = check.read(day=day, today=today, vaccines=vaccines)
        if told is not None and seen.setdefault(told.reference, line.number) != line.number:
            check.fault(BookingField.REFERENCE, Fault.TWICE, other=seen[told.reference])
        if check.faults or told is None:
            faulty += 1
            faults += check.faults
        else:
            good.append(told)
    return Checked(good, faults, faulty)


class _LineCheck:
    """One line on its way: cells are read one after the other, and all that is wrong is told at once."""

    def __init__(self, line: Line, headings: list[str], columns: Columns) -> None:
        self.line, self.headings, self.columns = line, headings, columns
        self.faults: list[FaultyCell] = []

    def read(self, *, day: date, today: date, vaccines: Mapping[str, int]) -> GoodLine | None:
        reference = self.value(BookingField.REFERENCE, read_reference)
        told_day = self.value(BookingField.DAY, read_day) if BookingField.DAY in self.columns else day
        clock = self.value(BookingField.CLOCK, read_clock)
        vaccine = self.value(BookingField.VACCINE, lambda text: read_vaccine(text, vaccines))
        dose = self.dose()
        names = [self.value(field, read_name) for field in (BookingField.NAME, BookingField.GIVEN_NAME)]
        state = self.value(BookingField.STATE, read_state)
        at = self.moment(told_day, clock, today)
        if self.faults or reference is None or at is None or vaccine is None:
            return None
        return GoodLine(
            self.line.number,
            reference,
            at,
            vaccine,
            dose,
            ", ".join(filter(None, names)),
            state or BookingState.PLANNED,
        )

    def value(self, field: BookingField, read: Callable[[str], V]) -> V | None:
        """What the cell of this field means; None where it has no column or a fault, which is noted."""
        place = self.columns.get(field)
        if place is None:
            return None
        if place in self.line.blemishes:
            self.fault(field, self.line.blemishes[place])
            return None
        try:
            return read(self.line.cell(place))
        except Misread as misread:
            self.fault(field, misread.fault)
            return None

    def dose(self) -> int | None:
        """In a column of its own it has to be right; beside the vaccine's name it may be missing."""
        if self.columns.get(BookingField.DOSE) != self.columns.get(BookingField.VACCINE):
            return self.value(BookingField.DOSE, read_dose)
        try:
            return read_dose(self.line.cell(self.columns.get(BookingField.DOSE, -1)))
        except Misread:
            return None

    def moment(self, day: date | None, clock: time | None, today: date) -> datetime | None:
        if day is None or clock is None:
            return None
        field = BookingField.DAY if BookingField.DAY in self.columns else BookingField.CLOCK
        if day < today or day > today + AHEAD:
            self.fault(field, Fault.PAST if day < today else Fault.TOO_FAR)
            return None
        try:
            return join_moment(day, clock)
        except Misread as misread:
            self.fault(BookingField.CLOCK, misread.fault)
            return None

    def fault(self, field: BookingField, why: str, *, other: int = 0) -> None:
        place = self.columns[field]
        heading = self.headings[place] if place < len(self.headings) else ""
        found = FaultyCell(self.line.number, heading, self.line.cell(place), str(why), other)
        if found not in self.faults:  # day and time may stand in one cell
            self.faults.append(found)
