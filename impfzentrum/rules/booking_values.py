"""What a cell of a file with booked appointments means: text in, value out, or the reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from impfzentrum.states import BookingState

BERLIN = ZoneInfo("Europe/Berlin")
REFERENCE_LENGTH = 60
NAME_LENGTH = 120


class Fault(StrEnum):
    """What is wrong with a cell, or with its line as a whole."""

    MISSING = "missing"
    TOO_LONG = "too_long"
    TWICE = "twice"
    NO_DATE = "no_date"
    DATE_ORDER = "date_order"
    PAST = "past"
    TOO_FAR = "too_far"
    NO_CLOCK = "no_clock"
    CLOCK_MISSING = "clock_missing"
    CLOCK_CHANGE = "clock_change"
    VACCINE_UNKNOWN = "vaccine_unknown"
    VACCINE_UNCLEAR = "vaccine_unclear"
    NO_DOSE = "no_dose"
    STATE_UNKNOWN = "state_unknown"


class Misread(ValueError):
    """A cell that cannot mean what its column says."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


_NUMERIC = re.compile(r"(?:\D{2,12}?,? )?(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})\b", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?=$|[T ,])", re.ASCII)
_SLASHES = re.compile(r"\d{1,4}[/-]\d{1,2}[/-]\d{1,4}", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))(?::(\d{2}))?(?:\s*(?:Uhr|h))?", re.IGNORECASE | re.ASCII)
_FULL_HOUR = re.compile(r"(\d{1,2})\s*(?:Uhr|h)", re.IGNORECASE | re.ASCII)
_DOSE = re.compile(
    r"(?:dosis|impfung|dose)?\s*([1-9])\s*\.?\s*(?:(?:impf|teil)?(?:ung|dosis|dose|impfung))?", re.IGNORECASE
)
_DOSE_WITHIN = re.compile(r"\b([1-9])\.\s*(?:Dosis|Impfung|Dose)\b|\b(?:Dosis|Dose)\s*([1-9])\b", re.IGNORECASE)
_DOSE_WORDS = {"erst": 1, "zweit": 2, "dritt": 3, "viert": 4, "auffrischung": 3, "booster": 3, "first": 1, "second": 2}
_STATES = {
    BookingState.PLANNED: "geplant gebucht bestätigt bestaetigt aktiv offen neu confirmed booked tentative active ok",
    BookingState.CANCELLED: "storniert storno abgesagt absage ausgefallen gelöscht geloescht cancelled canceled",
    BookingState.MISSED: "missed no-show noshow nichterschienen ferngeblieben",
}
_STATE_OF_WORD = {word: state for state, words in _STATES.items() for word in words.split()}


def read_reference(text: str) -> str:
    """The booking system's own number, as it stands. Raises Misread."""
    return _no_longer_than(REFERENCE_LENGTH, _given(text))


def read_name(text: str) -> str:
    """A name; none is as good. Raises Misread."""
    return _no_longer_than(NAME_LENGTH, text)


def read_day(text: str) -> date:
    """24.04.2021, 24.4.21, Sa, 24.04.2021 or 2021-04-24, also with a time behind it. Raises Misread.

    What has slashes is refused: nobody can tell 04/05 from 05/04.
    """
    _given(text)
    try:
        if found := _ISO.match(text):
            return date(*map(int, found.groups()))
        if found := _NUMERIC.match(text):
            day, month, year = map(int, found.groups())
            return date(year + 2000 if year < 100 else year, month, day)
    except ValueError:
        raise Misread(Fault.NO_DATE) from None
    raise Misread(Fault.DATE_ORDER if _SLASHES.match(text) else Fault.NO_DATE)


def read_clock(text: str) -> time:
    """14:30, 14.30 Uhr, 14:30:00 or 14 Uhr; what stands before it (a day) is passed over. Raises Misread."""
    _given(text)
    rest = _after_day(text)
    found = _CLOCK.fullmatch(rest)
    hour, minute = (found[1], found[2]) if found else (None, "0")
    if found is None and (full := _FULL_HOUR.fullmatch(rest)):
        hour = full[1]
    if hour is None:
        raise Misread(Fault.NO_CLOCK if rest else Fault.CLOCK_MISSING)
    try:
        return time(int(hour), int(minute))
    except ValueError:
        raise Misread(Fault.NO_CLOCK) from None


def _after_day(text: str) -> str:
    found = _ISO.match(text) or _NUMERIC.match(text)
    return text[found.end() :].strip(" ,T") if found else text


def join_moment(day: date, clock: time) -> datetime:
    """The moment in Berlin. Raises Misread for a time that the change to summer time leaves out."""
    moment = datetime.combine(day, clock, BERLIN)
    from_utc = datetime.fromtimestamp(moment.timestamp(), BERLIN)
    if from_utc.time() != clock:
        raise Misread(Fault.CLOCK_CHANGE)
    return moment


def read_vaccine(text: str, by_name: Mapping[str, int]) -> int:
    """Which vaccine: one of the names in `by_name` (casefolded), or the only one that stands in the text.

    Raises Misread for none and for two.
    """
    wanted = _given(text).casefold()
    if wanted in by_name:
        return by_name[wanted]
    within = {number for name, number in by_name.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", wanted)}
    if len(within) == 1:
        return within.pop()
    raise Misread(Fault.VACCINE_UNCLEAR if within else Fault.VACCINE_UNKNOWN)


def name_vaccines(vaccines: Iterable[tuple[int, str, str, str]]) -> dict[str, int]:
    """Under which names (casefolded) each vaccine is found: (key, name, other name, maker) in.

    A name that two of them share, such as that of a maker with two products, finds neither.
    """
    found: dict[str, set[int]] = {}
    for key, *names in vaccines:
        for name in names:
            for part in {name, *re.split(r"[/,()]|\s[–-]\s", name)}:
                if part.strip():
                    found.setdefault(part.strip().casefold(), set()).add(key)
    return {name: next(iter(keys)) for name, keys in found.items() if len(keys) == 1}


def read_dose(text: str) -> int | None:
    """Which vaccination it is: 2, 2., 2. Dosis, Zweitimpfung; None where nothing is said. Raises Misread."""
    if not text:
        return None
    if found := _DOSE.fullmatch(text.strip()):
        return int(found[1])
    word = text.casefold()
    number = next((number for begin, number in _DOSE_WORDS.items() if word.startswith(begin)), None)
    if number is None and (within := _DOSE_WITHIN.search(text)):
        number = int(within[1] or within[2])
    if number is None:
        raise Misread(Fault.NO_DOSE)
    return number


def read_state(text: str) -> BookingState:
    """Whether the appointment stands. Nothing said is planned. Raises Misread for a word nobody knows."""
    words = " ".join(text.casefold().split()).strip(" .!-–")
    if not words:
        return BookingState.PLANNED
    state = (
        _STATE_OF_WORD.get(words) or _STATE_OF_WORD.get(words.replace(" ", "")) or _STATE_OF_WORD.get(words.split()[0])
    )
    if state is None:
        raise Misread(Fault.STATE_UNKNOWN)
    return state


def _given(text: str) -> str:
    if not text:
        raise Misread(Fault.MISSING)
    return text


def _no_longer_than(limit: int, text: str) -> str:
    if len(text) > limit:
        raise Misread(Fault.TOO_LONG)
    return text
