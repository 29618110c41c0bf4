"""What somebody means who writes back by SMS: one of our words, in any case, with or without umlauts, among others.

A wrong guess costs a person their dose or their place on the list, a question back costs a minute: so two different
words, a denial, or a condition make the text unclear.
"""

from __future__ import annotations

import re
import unicodedata

from impfzentrum.vocabulary import ReplyWord

_WORDS: dict[ReplyWord, frozenset[str]] = {
    ReplyWord.YES: frozenset({"ja", "jawohl", "yes", "zusage"}),
    ReplyWord.NO: frozenset({"nein", "no", "ne", "nee", "noe"}),
    ReplyWord.CANCEL: frozenset({"storno", "stornieren", "storniere", "cancel"}),
    ReplyWord.PAUSE: frozenset({"pause", "pausieren", "pausiere"}),
    ReplyWord.STOP: frozenset(
        {"stop", "stopp", "loschen", "loeschen", "losche", "loesche", "abmelden", "austragen", "unsubscribe"}
    ),
    ReplyWord.HELP: frozenset({"hilfe", "help", "info"}),
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words}

_DENIALS = frozenset({"nicht", "kein", "keine", "keinen", "keinesfalls", "niemals", "not", "never", "dont"})
_CONDITIONS = frozenset({"aber", "wenn", "falls", "sofern", "vielleicht", "eventuell", "evtl", "but", "if", "maybe"})


def read_reply(text: str) -> ReplyWord:
    """The one word of ours that the text holds; UNCLEAR for none, for two that differ, and for any "but" or "not"."""
    words = _split(text)
    meanings = {_MEANING[word] for word in words if word in _MEANING}
    if len(meanings) != 1 or _DENIALS & set(words):
        return ReplyWord.UNCLEAR
    [meaning] = meanings
    if meaning != ReplyWord.HELP and _CONDITIONS & set(words):
        return ReplyWord.UNCLEAR
    return meaning


def _split(text: str) -> list[str]:
    """Words in small letters without accents; a letter drawn out (Jaaa, STOPPP) is shortened to what we know."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return [_shorten(word) for word in re.findall(r"[a-z]+", plain.casefold())]


def _shorten(word: str) -> str:
    for longest in (2, 1):
        shorter = re.sub(rf"(.)\1{{{longest},}}", r"\1" * longest, word)
        if shorter in _MEANING:
            return shorter
    return word
