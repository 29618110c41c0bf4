"""What is wrong with a file or one of its cells, in a sentence for the person who brought it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from impfzentrum.models.booking import AHEAD
from impfzentrum.rules.booking_values import Fault
from impfzentrum.tables.table import MOST_LINES, Blemish, Unreadable

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

VALUE_SHOWN = 40
"""Characters of a faulty cell that the page shows."""

_OF_CELLS: dict[str, StrPromise] = {
    Fault.MISSING: gettext_lazy("Hier steht nichts."),
    Fault.TOO_LONG: gettext_lazy("„{value}“ ist zu lang."),
    Fault.TWICE: gettext_lazy("Die Nummer „{value}“ steht schon in Zeile {other}."),
    Fault.NO_DATE: gettext_lazy("„{value}“ ist kein Datum. Bitte so: 24.04.2021."),
    Fault.DATE_ORDER: gettext_lazy("Bei „{value}“ ist nicht klar, was Tag und was Monat ist. Bitte so: 24.04.2021."),
    Fault.PAST: gettext_lazy("„{value}“ liegt vor heute."),
    Fault.TOO_FAR: gettext_lazy("„{value}“ liegt mehr als {days} Tage voraus."),
    Fault.NO_CLOCK: gettext_lazy("„{value}“ ist keine Uhrzeit. Bitte so: 14:30."),
    Fault.CLOCK_MISSING: gettext_lazy("Bei „{value}“ fehlt die Uhrzeit."),
    Fault.CLOCK_CHANGE: gettext_lazy("„{value}“ gibt es an diesem Tag nicht: Die Uhr wird vorgestellt."),
    Fault.VACCINE_UNKNOWN: gettext_lazy("Den Impfstoff „{value}“ kennen wir nicht."),
    Fault.VACCINE_UNCLEAR: gettext_lazy("In „{value}“ stehen mehrere Impfstoffe."),
    Fault.NO_DOSE: gettext_lazy("„{value}“ sagt nicht, welche Impfung es ist. Bitte so: 1 oder 2."),
    Fault.STATE_UNKNOWN: gettext_lazy("Den Stand „{value}“ verstehen wir nicht. Bitte so: geplant oder storniert."),
    Blemish.FORMULA: gettext_lazy(
        "Hier steht eine Formel ohne Ergebnis. Bitte speichern Sie die Datei einmal in Excel und bringen Sie sie noch "
        "einmal."
    ),
    Blemish.ERROR: gettext_lazy("Hier steht der Excel-Fehler {value}."),
    Blemish.REPEATS: gettext_lazy(
        "Dieser Termin wiederholt sich. Bitte lassen Sie jeden Termin einzeln in die Datei schreiben."
    ),
    Blemish.ZONE: gettext_lazy("Die Zeitzone dieses Termins kennen wir nicht."),
}

_OF_FILES: dict[str, StrPromise] = {
    Unreadable.EMPTY: gettext_lazy("In der Datei steht kein Termin."),
    Unreadable.TOO_LARGE: gettext_lazy("Die Datei ist größer als 5 MB."),
    Unreadable.TOO_MANY_LINES: gettext_lazy("Die Datei hat mehr als {lines} Zeilen. Bitte teilen Sie sie nach Tagen."),
    Unreadable.OLD_EXCEL: gettext_lazy(
        "Das ist eine Datei eines alten Excel, oder sie hat ein Kennwort. Bitte speichern Sie sie als .xlsx ohne "
        "Kennwort."
    ),
    Unreadable.NOT_A_TABLE: gettext_lazy("Das ist keine Tabelle. Wir lesen Excel (.xlsx), CSV und Kalender (.ics)."),
    Unreadable.DAMAGED: gettext_lazy("Die Datei ist beschädigt, oder sie endet mittendrin."),
    Unreadable.INFLATED: gettext_lazy("Die Datei ist ausgepackt viel zu groß. Wir lesen sie nicht."),
    Unreadable.ONE_COLUMN: gettext_lazy(
        "Wir finden keine Spalten. Eine Zeile der Datei sollte Überschriften wie „Uhrzeit“ und „Impfstoff“ haben."
    ),
}


def describe_fault(fault: Mapping[str, Any]) -> str:
    """A sentence for a faulty cell (a FaultyCell as plain values), in the active language."""
    value = fault["value"]
    shown = value if len(value) <= VALUE_SHOWN else value[: VALUE_SHOWN - 1] + "…"
    if not value and fault["why"] not in list(Blemish):
        return str(_OF_CELLS[Fault.MISSING])
    return str(_OF_CELLS[fault["why"]]).format(value=shown, other=fault["other"], days=AHEAD.days)


def name_column(place: int, heading: str) -> str:
    """What a column is called: its heading, or its letter where it has none."""
    return heading or _("Spalte {letter}").format(letter=_letters(place))


def describe_refused(why: str) -> str:
    """Why a whole file is refused, in the active language."""
    return str(_OF_FILES[why]).format(lines=f"{MOST_LINES:,}".replace(",", "."))


def _letters(place: int) -> str:
    """0 is A, 26 is AA, as sheets count."""
    before, last = divmod(place, 26)
    return (_letters(before - 1) if before else "") + chr(ord("A") + last)
