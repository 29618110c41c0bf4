"""How many parts an SMS has: GSM-7 holds 160 characters (153 a part when joined), UCS-2 70 (67). 3GPP TS 23.038."""

from __future__ import annotations

_BASIC = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = set("^{}\\[~]|€\f")


def is_gsm7(text: str) -> bool:
    """Whether every character belongs to the GSM-7 alphabet or its extension table."""
    return all(letter in _BASIC or letter in _EXTENDED for letter in text)


def is_single(letter: str) -> bool:
    """Whether this letter takes one place of GSM-7; those of the extension table take two."""
    return letter in _BASIC


def count_places(text: str) -> int:
    """Places that the text takes in its alphabet: septets of GSM-7 or letters of UCS-2."""
    return sum(_places(text))


def room_of(parts: int, *, gsm7: bool) -> int:
    """Places that so many parts have."""
    alone, joined = (160, 153) if gsm7 else (70, 67)
    return alone if parts == 1 else parts * joined


def count_parts(text: str) -> int:
    """Parts that a provider bills for this text; at least one.

    A letter that needs two places (extension, or a surrogate pair) is never cut: it goes whole into the next part.
    """
    gsm7 = is_gsm7(text)
    return _fill_parts(_places(text), alone=room_of(1, gsm7=gsm7), joined=room_of(2, gsm7=gsm7) // 2)


def _places(text: str) -> list[int]:
    if is_gsm7(text):
        return [2 if letter in _EXTENDED else 1 for letter in text]
    return [2 if ord(letter) > 0xFFFF else 1 for letter in text]


def _fill_parts(places: list[int], *, alone: int, joined: int) -> int:
    if sum(places) <= alone:
        return 1
    parts, filled = 1, 0
    for place in places:
        if filled + place > joined:
            parts, filled = parts + 1, 0
        filled += place
    return parts
