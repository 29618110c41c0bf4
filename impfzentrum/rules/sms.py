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


def count_parts(text: str) -> int:
    """Parts that a provider bills for this text; at least one."""
    if is_gsm7(text):
        length = sum(2 if letter in _EXTENDED else 1 for letter in text)
        return 1 if length <= 160 else -(-length // 153)
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)
