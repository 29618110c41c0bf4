"""Placeholders in a text: `{bis}` and no more. Nothing in a text is ever carried out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from impfzentrum.rules.sms import is_gsm7, is_single
from impfzentrum.text_vocabulary import Placeholder

LINK_PATH = len("/a/") + 22 + len("/")
"""Letters of a personal link after the address of the site: a token of 128 bit has 22 of them."""

LONGEST: Mapping[Placeholder, int] = {
    Placeholder.UNTIL: 5,
    Placeholder.ARRIVE_FROM: 5,
    Placeholder.ARRIVE_UNTIL: 5,
    Placeholder.CODE: 6,
    Placeholder.COUNTY: 45,
    Placeholder.CENTRE: 50,
    Placeholder.STREET: 50,
    Placeholder.TOWN: 40,
}
"""Letters that a value has in an SMS at most: names that are longer are cut. The link's depends on the address.

The longest name of a Landkreis has 45: Neustadt an der Aisch-Bad Windsheim.
"""

_HOLE = re.compile(r"\{([^{}]*)\}")
_INSTEAD = {
    "–": "-", "—": "-", "‐": "-", "„": '"', "“": '"', "”": '"', "‚": "'", "‘": "'", "’": "'", "…": "...", "€": "EUR",
    "[": "(", "]": ")", "{": "(", "}": ")", "|": "/", "\\": "/", "~": "-", "^": "", "ł": "l", "Ł": "L", "đ": "d",
    "Đ": "D", "ẞ": "SS", "ı": "i", "·": "-",
}  # fmt: skip


def list_placeholders(text: str) -> list[str]:
    """The names between braces, each once, in the order of the text; also those that do not exist."""
    return list(dict.fromkeys(_HOLE.findall(text)))


def has_lone_brace(text: str) -> bool:
    """Whether a brace is left that belongs to no placeholder."""
    rest = _HOLE.sub("", text)
    return "{" in rest or "}" in rest


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, each once: braces inside a value stay as they are.

    Raises KeyError for a name without a value.
    """
    return _HOLE.sub(lambda hole: values[hole[1]], text)


def fit_for_sms(value: str, longest: int) -> str:
    """A name so that it neither changes the alphabet of an SMS nor makes it longer than the linter counted."""
    plain = "".join(_plain(letter) for letter in unicodedata.normalize("NFC", value)).strip()
    return plain if len(plain) <= longest else plain[: longest - 1].rstrip() + "."


def _plain(letter: str) -> str:
    """The letter itself if it is one place of GSM-7, else what comes nearest."""
    if is_single(letter):
        return letter if letter.isprintable() else " "
    if letter in _INSTEAD:
        return _INSTEAD[letter]
    if letter.isspace():
        return " "
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare if bare and is_gsm7(bare) and all(map(is_single, bare)) else ""


def longest_values(address: str) -> dict[str, str]:
    """Values as long as they may become in an SMS; `address` is that of the site, such as https://nr.example."""
    values = {placeholder.value: "x" * length for placeholder, length in LONGEST.items()}
    return values | {Placeholder.LINK.value: address.rstrip("/") + "x" * LINK_PATH}
