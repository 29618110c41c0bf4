"""Whether a text may go out: what it costs, what it must hold, and what must not stand in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from impfzentrum.rules.placeholders import fill, has_lone_brace, list_placeholders, longest_values
from impfzentrum.rules.sms import count_parts, count_places, is_gsm7, room_of
from impfzentrum.rules.text_kinds import BEYOND_GSM7, TextKey, TextKind, allowed_parts, kind_of
from impfzentrum.rules.text_words import ENDINGS, NAME_WORDS, OPEN_STEMS, SEALED_STEMS, STATEMENTS
from impfzentrum.text_refusals import (
    Field,
    ForeignLetters,
    ForeignLink,
    LoneBrace,
    PlaceholderMissing,
    StatementMissing,
    TextFault,
    TooManyParts,
    UnknownPlaceholder,
    WordInAMessage,
    WordInTheOpen,
)
from impfzentrum.vocabulary import Channel

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_CHUNK = re.compile(r"[^\s()<>\"'„“”,;]+")


@dataclass(frozen=True, slots=True)
class Wording:
    """A text with its placeholders. Only an e-mail has a subject."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What an SMS takes: `places` of the `room` that its parts have (GSM-7 or UCS-2 letters)."""

    parts: int
    places: int
    room: int
    gsm7: bool


def measure(text: str) -> SmsSize:
    """The size of an SMS as it goes out."""
    parts, gsm7 = count_parts(text), is_gsm7(text)
    return SmsSize(parts, count_places(text), room_of(parts, gsm7=gsm7), gsm7)


def measure_longest(body: str, *, address: str) -> SmsSize:
    """The size with the longest values filled in; a placeholder that does not exist counts as it stands."""
    values = {name: f"{{{name}}}" for name in list_placeholders(body)} | longest_values(address)
    return measure(fill(body, values))


def find_faults(wording: Wording, key: TextKey, *, address: str, vaccines: Sequence[str] = ()) -> list[TextFault]:
    """Everything that is wrong with a text, in the order in which people mend it; empty if it may go out.

    `address` is that of the links, such as https://nr.example; `vaccines` are further names that must not be told.
    """
    kind = kind_of(key)
    faults: list[TextFault] = []
    if key.channel == Channel.EMAIL:
        faults += _check_everywhere(wording.subject, "subject", kind, vaccines)
        faults += _check_open(wording.subject, "subject")
    faults += _check_everywhere(wording.body, "body", kind, vaccines)
    faults += _check_contents(wording.body, key, kind)
    if key.channel == Channel.SMS:
        faults += _check_open(wording.body, "body")
        faults += _check_price(wording.body, key, address=address)
    return faults


def _check_everywhere(text: str, field: Field, kind: TextKind, vaccines: Sequence[str]) -> Iterator[TextFault]:
    known = [placeholder.value for placeholder in kind.may]
    for name in list_placeholders(text):
        if name not in known:
            listed = ", ".join(placeholder.written for placeholder in kind.may)
            yield UnknownPlaceholder(field, name=f"{{{name}}}", known=listed or "–")
    if has_lone_brace(text):
        yield LoneBrace(field, example="{link}")
    for link in find_links(text):
        yield ForeignLink(field, address=link)
    for word in _find_stems(text, [*SEALED_STEMS, *(name.casefold() for name in vaccines if len(name) > 2)]):
        yield WordInAMessage(field, word=word)


def _check_open(text: str, field: Field) -> Iterator[TextFault]:
    spoken = _without_placeholders(text)
    names = [word for word in _WORD.findall(spoken) if word.casefold() in NAME_WORDS]
    for word in dict.fromkeys([*names, *_find_stems(text, OPEN_STEMS)]):
        yield WordInTheOpen(field, word=word)


def _check_contents(body: str, key: TextKey, kind: TextKind) -> Iterator[TextFault]:
    found = set(list_placeholders(body))
    for placeholder in kind.may:
        if placeholder in kind.must and placeholder.value not in found:
            yield PlaceholderMissing(name=placeholder.written, meaning=placeholder.label)
    said = " ".join(body.casefold().split())
    for statement in kind.says:
        phrases = STATEMENTS[statement][key.language]
        if not any(phrase.casefold() in said for phrase in phrases):
            yield StatementMissing(what=statement.label, example=phrases[0])


def _check_price(body: str, key: TextKey, *, address: str) -> Iterator[TextFault]:
    foreign = dict.fromkeys(letter for letter in body if not is_gsm7(letter))
    if foreign and key.language not in BEYOND_GSM7:
        yield ForeignLetters(letters=" ".join(map(name_letter, foreign)))
        return  # its parts are counted when it is GSM-7 again: every other count would be thrown over
    size = measure_longest(body, address=address)
    limit = allowed_parts(key)
    if size.parts > limit:
        over = size.places - room_of(limit, gsm7=size.gsm7)
        yield TooManyParts(parts=size.parts, limit=limit, over=max(over, 1))


def name_letter(letter: str) -> str:
    """A letter so that people can find it, also one that cannot be seen."""
    if letter.isprintable() and not letter.isspace() and not unicodedata.combining(letter):
        return letter
    return f"U+{ord(letter):04X} ({unicodedata.name(letter, '?').lower()})"


def find_links(text: str) -> list[str]:
    """What a phone or a mail program would make a link of: an address, written out or only by its end."""
    chunks = (chunk.rstrip(".:!?") for chunk in _CHUNK.findall(_without_placeholders(text)))
    return list(dict.fromkeys(chunk for chunk in chunks if _leads_away(chunk.casefold())))


def _leads_away(chunk: str) -> bool:
    if "://" in chunk or "www." in chunk:
        return True
    name, dot, ending = chunk.partition("/")[0].rpartition(".")
    return bool(name and dot) and ending in ENDINGS


def _find_stems(text: str, stems: Sequence[str]) -> list[str]:
    """The words as they were written that hold one of these stems."""
    words = dict.fromkeys(_WORD.findall(_without_placeholders(text)))
    return [word for word in words if any(stem in word.casefold() for stem in stems)]


def _without_placeholders(text: str) -> str:
    """The names of placeholders are ours: `{zentrum}` is no word of the text."""
    return fill(text, dict.fromkeys(list_placeholders(text), " "))
