"""Contacts that reach nobody: the demo must not write to a stranger, whatever transport somebody configures."""

from __future__ import annotations

import unicodedata

FREE_FOR_FICTION = (
    *(f"+4917139200{number:02d}" for number in range(100)),
    *(f"+49176040690{number:02d}" for number in range(100)),
    *("+4915228817386", "+4915228895456", "+4915254599371"),
    *("+491729925904", "+491729968532", "+491729973185", "+491729973186", "+491729980752"),
    *("+491749091317", "+491749464308"),
)
"""All German mobile numbers that are kept for film and fiction (Bundesnetzagentur, Mitteilung 148/2021), as E.164.

There are 210; a larger population shares them, as families do.
"""

LANDLINES_FOR_FICTION = tuple(f"+496990009{number:03d}" for number in range(1000))
"""The numbers of Frankfurt am Main that are kept for film and fiction (the same Mitteilung), as E.164."""

_SPELLED_OUT = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ł": "l", "ı": "i", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Ł": "L"}
)


def spell_in_ascii(name: str) -> str:
    """The name in lower-case ASCII letters, as people write it in an address."""
    spelled = unicodedata.normalize("NFKD", name.translate(_SPELLED_OUT)).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in spelled.lower() if letter.isalnum())


def email_for(given_name: str, family_name: str, number: int) -> str:
    """An address under example.org (RFC 2606), different for each number."""
    return f"{spell_in_ascii(given_name)}.{spell_in_ascii(family_name)}.{number}@example.org"
