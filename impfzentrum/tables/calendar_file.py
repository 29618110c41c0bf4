"""Calendar files (.ics, RFC 5545): each event is a line of a table with fixed headings."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Component
from icalendar.prop import vDDDTypes

from impfzentrum.tables.table import Blemish, Line, TableRefused, Unreadable, tidy_cell

HEADINGS = ["UID", "DTSTART", "SUMMARY", "CATEGORIES", "DESCRIPTION", "LOCATION", "STATUS"]
START = HEADINGS.index("DTSTART")
BERLIN = ZoneInfo("Europe/Berlin")


def read_calendar(content: bytes) -> Iterator[Line]:
    """The headings, then one line an event; its number counts events. Raises TableRefused.

    Times are told as Berlin wall-clock time, whatever zone they were written in; a time without zone is one of Berlin
    (RFC 5545 calls it floating). Events that repeat are refused: nobody can tell which of them one report cancels.
    """
    try:
        calendars = Calendar.from_ical(content, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
        raise TableRefused(Unreadable.DAMAGED) from None
    yield Line(0, list(HEADINGS))
    for number, event in enumerate(events, start=1):
        yield _read_event(number, event)


def _read_event(number: int, event: Component) -> Line:
    line = Line(number, [tidy_cell(_text(event, name)) for name in HEADINGS])
    line.cells[START], why = _tell_start(event)
    if any(name in event for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        why = Blemish.REPEATS
    if why is not None:
        line.blemishes[START] = why
    return line


def _text(event: Component, name: str) -> str:
    """A property as text; what the library could not parse is left as it stands."""
    value = event.get(name)
    if value is None or name == "DTSTART":
        return ""
    if name == "CATEGORIES":
        lists = value if isinstance(value, list) else [value]
        return ", ".join(str(one) for group in lists for one in getattr(group, "cats", [group]))
    return str(value[0] if isinstance(value, list) else value)


def _tell_start(event: Component) -> tuple[str, Blemish | None]:
    """The beginning as 2021-04-24 14:30 in Berlin; with ZONE where its zone is not known."""
    value = event.get("DTSTART")
    # What the library could not understand is an object of another kind, whose every attribute raises.
    moment = value.dt if isinstance(value, vDDDTypes) else None
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            zone = value.params.get("TZID")
            return f"{moment:%Y-%m-%d %H:%M}", Blemish.ZONE if zone else None
        return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}", None
    return (f"{moment:%Y-%m-%d}" if isinstance(moment, date) else ""), None
