"""What cells mean: as people and programs write days, times, vaccines and doses."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules import booking_values as values
from impfzentrum.rules.booking_columns import guess_columns, is_heading, missing_columns, normalize
from impfzentrum.rules.booking_values import Fault, Misread
from impfzentrum.states import BookingState

DAY = date(2021, 4, 24)
NAMES = values.name_vaccines(
    [
        (1, "Comirnaty", "BNT162b2", "BioNTech/Pfizer"),
        (2, "Vaxzevria", "AstraZeneca", "AstraZeneca"),
        (3, "Spikevax", "mRNA-1273", "Moderna"),
        (4, "Comirnaty Kinder", "", "BioNTech/Pfizer"),
    ]
)


@pytest.mark.parametrize(
    "text",
    ["24.04.2021", "24.4.21", "24. 4. 2021", "2021-04-24", "Sa, 24.04.2021", "Samstag 24.04.2021", "2021-04-24 14:30",
     "2021-04-24T14:30", "24.04.2021 14:30", "24.04.2021, 14:30 Uhr"],
)  # fmt: skip
def test_days(text: str) -> None:
    assert values.read_day(text) == DAY


@pytest.mark.parametrize(
    "text",
    ["14:30", "14.30", "14:30:00", "14:30 Uhr", "14.30 h", "24.04.2021 14:30", "2021-04-24 14:30", "2021-04-24T14:30",
     "Sa, 24.04.2021, 14:30 Uhr"],
)  # fmt: skip
def test_times(text: str) -> None:
    assert values.read_clock(text) == time(14, 30)


def test_a_full_hour() -> None:
    assert values.read_clock("9 Uhr") == time(9)


@pytest.mark.parametrize(
    ("text", "vaccine"),
    [
        ("Comirnaty", 1), ("COMIRNATY", 1), ("bnt162b2", 1), ("AstraZeneca", 2), ("Impfung mit Moderna, 2. Dosis", 3),
        ("Spikevax", 3), ("Comirnaty Kinder", 4),
    ],
)  # fmt: skip
def test_vaccines(text: str, vaccine: int) -> None:
    assert values.read_vaccine(text, NAMES) == vaccine


@pytest.mark.parametrize(
    ("text", "number"),
    [("1", 1), ("2.", 2), ("2. Dosis", 2), ("Dosis 2", 2), ("1. Impfung", 1), ("Zweitimpfung", 2), ("Erst", 1),
     ("Auffrischung", 3), ("Booster", 3), ("", None), ("Comirnaty, 2. Impfung", 2)],
)  # fmt: skip
def test_doses(text: str, number: int | None) -> None:
    assert values.read_dose(text) == number


@pytest.mark.parametrize(
    ("text", "state"),
    [("", "planned"), ("-", "planned"), ("bestätigt", "planned"), ("Storniert", "cancelled"),
     ("CANCELLED", "cancelled"), ("storniert am 3.4.", "cancelled"), ("nicht erschienen", "missed"),
     ("No-Show", "missed")],
)  # fmt: skip
def test_states(text: str, state: str) -> None:
    assert values.read_state(text) == BookingState(state)


FAULTY: list[tuple[Callable[[str], object], str, Fault]] = [
    (values.read_reference, "", Fault.MISSING),
    (values.read_reference, "x" * 61, Fault.TOO_LONG),
    (values.read_name, "x" * 121, Fault.TOO_LONG),
    (values.read_day, "", Fault.MISSING),
    (values.read_day, "31.02.2021", Fault.NO_DATE),
    (values.read_day, "morgen", Fault.NO_DATE),
    (values.read_day, "04/05/2021", Fault.DATE_ORDER),
    (values.read_clock, "25:00", Fault.NO_CLOCK),
    (values.read_clock, "0.63", Fault.NO_CLOCK),
    (values.read_clock, "24.04.2021", Fault.CLOCK_MISSING),
    (values.read_clock, "nachmittags", Fault.NO_CLOCK),
    (values.read_dose, "viele", Fault.NO_DOSE),
    (values.read_state, "vielleicht", Fault.STATE_UNKNOWN),
    (lambda text: values.read_vaccine(text, NAMES), "", Fault.MISSING),
    (lambda text: values.read_vaccine(text, NAMES), "Wundermittel", Fault.VACCINE_UNKNOWN),
    (lambda text: values.read_vaccine(text, NAMES), "Spikevax oder Vaxzevria", Fault.VACCINE_UNCLEAR),
    (lambda text: values.read_vaccine(text, NAMES), "BioNTech", Fault.VACCINE_UNKNOWN),
    (lambda _text: values.join_moment(date(2021, 3, 28), time(2, 30)), "", Fault.CLOCK_CHANGE),
]


@pytest.mark.parametrize(("read", "text", "fault"), FAULTY)
def test_what_cannot_be_meant_says_why(read: Callable[[str], object], text: str, fault: Fault) -> None:
    with pytest.raises(Misread) as misread:
        read(text)
    assert misread.value.fault == fault


READERS = [values.read_day, values.read_clock, values.read_dose, values.read_state, values.read_reference]


@given(text=st.text(max_size=40))
@pytest.mark.parametrize("read", READERS)
def test_whatever_stands_in_a_cell_has_a_meaning_or_a_reason(read: Callable[[str], object], text: str) -> None:
    with suppress(Misread):
        read(text)


def test_columns_that_the_centre_chose_come_before_the_guess() -> None:
    headings = ["Nr.", "Code des Portals", "Zeit", "Mittel", "Dosis"]
    assert guess_columns(headings, {}) == {"reference": 0, "clock": 2, "dose": 4}
    kept = {"reference": "CODE des Portals", "vaccine": "mittel", "name": "gibt es nicht mehr"}
    columns = guess_columns(headings, kept)
    assert columns == {"reference": 1, "clock": 2, "vaccine": 3, "dose": 4}
    assert missing_columns(columns) == []
    assert missing_columns({"clock": 2}) == ["reference", "vaccine"]


def test_headings_as_people_write_them() -> None:
    assert normalize(" Termin-Nr.: ") == "terminnr"
    assert [is_heading(cell) for cell in ("UHRZEIT", "Präparat", "14:30", "4711")] == [True, True, False, False]
