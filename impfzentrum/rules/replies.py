"""What somebody means who writes back by SMS: one of our words, in any case, with or without umlauts, among others.

A wrong guess costs a person their dose or their place on the list, a question back costs a minute: so two different
words, a denial, or a condition make the text unclear.
"""

from __future__ import annotations

import re
import unicodedata

from impfzentrum.vocabulary import ReplyWord

_WORDS: dict[ReplyWord, frozenset[str]] = {
    ReplyWord.YES: frozenset({"ja", "jawohl", "yes", "zusage", "evet", "نعم", "да", "так"}),
    ReplyWord.NO: frozenset({"nein", "no", "ne", "nee", "noe", "hayır", "hayir", "لا", "нет", "ні"}),
    ReplyWord.CANCEL: frozenset(
        {
            "storno",
            "stornieren",
            "storniere",
            "cancel",
            "iptal",
            "إلغاء",
            "отмена",
            "отменить",
            "скасувати",
            "скасування",
        }
    ),
    ReplyWord.PAUSE: frozenset({"pause", "pausieren", "pausiere", "mola", "استراحة", "пауза"}),
    ReplyWord.STOP: frozenset(
        {
            "stop",
            "stopp",
            "loschen",
            "loeschen",
            "losche",
            "loesche",
            "abmelden",
            "austragen",
            "unsubscribe",
            "dur",
            "حذف",
            "стоп",
        }
    ),
    ReplyWord.HELP: frozenset({"hilfe", "help", "info", "yardım", "yardim", "مساعدة", "помощь", "допомога"}),
}

_DENIALS = frozenset(
    {"nicht", "kein", "keine", "keinen", "keinesfalls", "niemals", "not", "never", "dont",
     "değil", "degil", "yok", "etmeyin", "ليس", "لن", "لم", "مشكلة", "مانع", "не", "никогда", "ніколи"}
)  # fmt: skip
_CONDITIONS = frozenset(
    {"aber", "wenn", "falls", "sofern", "vielleicht", "eventuell", "evtl", "but", "if", "maybe",
     "ama", "eğer", "eger", "belki", "zaman", "nasıl", "nasil", "mi", "mı", "لكن", "ولكن", "إذا", "ربما",
     "но", "если", "может", "когда", "але", "якщо", "можливо", "коли", "як"}
)  # fmt: skip
"""Among them questions: "Ne zaman?" is Turkish for "when?", and "ne" alone would be a German no."""


def read_reply(text: str) -> ReplyWord:
    """The one word of ours that the text holds; UNCLEAR for none, for two that differ, and for any "but" or "not"."""
    words = _split(text)
    meanings = {_MEANING[word] for word in words if word in _MEANING}
    if len(meanings) != 1 or _DENIED & set(words):
        return ReplyWord.UNCLEAR
    [meaning] = meanings
    if meaning != ReplyWord.HELP and _UNSURE & set(words):
        return ReplyWord.UNCLEAR
    return meaning


def _split(text: str) -> list[str]:
    """Words in small letters without accents; a letter drawn out (Jaaa, STOPPP) is shortened to what we know."""
    return [_shorten(word) for word in re.findall(r"[^\W\d_]+", _fold(text))]


def _fold(text: str) -> str:
    """Small letters without accents, in whatever script: й and ї lose theirs on both sides of the comparison."""
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return plain.casefold()


def _shorten(word: str) -> str:
    for longest in (2, 1):
        shorter = re.sub(rf"(.)\1{{{longest},}}", r"\1" * longest, word)
        if shorter in _MEANING:
            return shorter
    return word


_MEANING = {_fold(word): meaning for meaning, words in _WORDS.items() for word in words}
_DENIED, _UNSURE = frozenset(map(_fold, _DENIALS)), frozenset(map(_fold, _CONDITIONS))
