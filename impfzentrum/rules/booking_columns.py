"""Which column of a file says what, by how its heading is called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from impfzentrum.vocabulary import BookingField

Columns = dict[str, int]
"""For each field (a value of BookingField) the place of its column, from 0. Day and time may share one."""

NEEDED = (BookingField.REFERENCE, BookingField.CLOCK, BookingField.VACCINE)
"""Without these no line can be taken in. A file without a day means the day that the person chose."""

_HEADINGS: dict[BookingField, str] = {
    BookingField.REFERENCE: "buchungsnummer buchungsnr buchung buchungsid buchungscode terminnummer terminnr terminid "
    "vorgangsnummer vorgangsnr vorgang referenz referenznummer vermittlungscode uid id nr nummer lfdnr bookingid "
    "booking reference",
    BookingField.DAY: "tag datum termindatum impfdatum date day termin terminzeit terminbeginn beginn start dtstart "
    "datumuhrzeit datumzeit zeitpunkt",
    BookingField.CLOCK: "uhrzeit zeit terminuhrzeit impfzeit time slot von terminzeit terminbeginn beginn start "
    "dtstart datumuhrzeit datumzeit zeitpunkt termin",
    BookingField.VACCINE: "impfstoff vakzin vaccine produkt praeparat summary leistung terminart",
    BookingField.DOSE: "dosis impfung dosisnr dosisnummer impfnummer impfserie impftermin dose welcheimpfung erstzweit "
    "summary",
    BookingField.NAME: "name nachname familienname impfling patient person zuname lastname surname",
    BookingField.GIVEN_NAME: "vorname rufname firstname",
    BookingField.STATE: "status stand zustand terminstatus buchungsstatus state",
}
SHARED = {BookingField.CLOCK: BookingField.DAY, BookingField.DOSE: BookingField.VACCINE}
"""What may stand in the column of another field: 24.04.2021 14:30, Comirnaty 2. Dosis."""

_FIELDS_OF = {field: words.split() for field, words in _HEADINGS.items()}
_KNOWN = {word for words in _FIELDS_OF.values() for word in words}


def normalize(heading: str) -> str:
    """Impf-Stoff, IMPFSTOFF: and Impfstoff are one: small letters only, umlauts written out."""
    text = heading.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    return re.sub(r"[^a-z0-9]", "", text)


def is_heading(cell: str) -> bool:
    """Whether a cell reads like one of the headings that files of booking systems have."""
    word = normalize(cell)
    return word in _KNOWN and not word.isdigit()


def guess_columns(headings: Sequence[str], kept: Mapping[str, str]) -> Columns:
    """The column of each field: the one that the centre chose last, else the first whose heading says so.

    Each heading serves one field, but for those that often stand in one column (SHARED).
    """
    words = [normalize(heading) for heading in headings]
    columns: Columns = {}
    for field in BookingField:
        place = _find(words, [normalize(kept[field])]) if kept.get(field) else None
        if place is None:
            taken = {at for name, at in columns.items() if name != SHARED.get(field)}
            place = _find(words, _FIELDS_OF[field], taken)
        if place is not None:
            columns[field.value] = place
    return columns


def _find(words: Sequence[str], wanted: Sequence[str], taken: set[int] | None = None) -> int | None:
    """The place of the first wanted word, in the order of the wanted ones."""
    for word in wanted:
        for place, heading in enumerate(words):
            if word and heading == word and place not in (taken or ()):
                return place
    return None


def missing_columns(columns: Mapping[str, int]) -> list[BookingField]:
    """What nobody has chosen a column for, though no line can do without."""
    return [field for field in NEEDED if field not in columns]
