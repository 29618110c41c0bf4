"""What people write back: our words in any dress, and nothing guessed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.replies import _CONDITIONS, _DENIALS, _MEANING, read_reply
from impfzentrum.vocabulary import ReplyWord

AROUND = ["", "bitte", "gerne", "hallo", "danke", "ich komme", "Frau Müller", "123", "👍", "...", "!", "„", "\n"]
OURS = st.sampled_from(sorted(_MEANING))
FILLING = st.lists(st.sampled_from(AROUND), max_size=4).map(" ".join)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("JA", ReplyWord.YES),
        ("ja", ReplyWord.YES),
        (" Ja! ", ReplyWord.YES),
        ("Jaaaa", ReplyWord.YES),
        ("Ja, ich komme gerne. Wo muss ich hin?", ReplyWord.YES),
        ("Yes please", ReplyWord.YES),
        ("Nein danke", ReplyWord.NO),
        ("Nööö", ReplyWord.NO),
        ("noe", ReplyWord.NO),
        ("Nee", ReplyWord.NO),
        ("STORNO", ReplyWord.CANCEL),
        ("bitte stornieren", ReplyWord.CANCEL),
        ("Pause bitte", ReplyWord.PAUSE),
        ("STOPP", ReplyWord.STOP),
        ("Stop.", ReplyWord.STOP),
        ("STOPPPP", ReplyWord.STOP),
        ("LÖSCHEN", ReplyWord.STOP),
        ("loeschen", ReplyWord.STOP),
        ("Loschen", ReplyWord.STOP),
        ("lo\u0308schen", ReplyWord.STOP),
        ("Hilfe!", ReplyWord.HELP),
        ("ＪＡ", ReplyWord.YES),
        ("EVET", ReplyWord.YES),
        ("Evet, geliyorum", ReplyWord.YES),
        ("HAYIR", ReplyWord.NO),
        ("hayır teşekkürler", ReplyWord.NO),
        ("İPTAL", ReplyWord.CANCEL),
        ("iptal", ReplyWord.CANCEL),
        ("نعم", ReplyWord.YES),
        ("لا شكرا", ReplyWord.NO),
        ("إلغاء", ReplyWord.CANCEL),
        ("الغاء", ReplyWord.CANCEL),
        ("Да, спасибо", ReplyWord.YES),
        ("НЕТ", ReplyWord.NO),
        ("отмена", ReplyWord.CANCEL),
        ("Так", ReplyWord.YES),
        ("Ні", ReplyWord.NO),
        ("СКАСУВАТИ", ReplyWord.CANCEL),
        ("Стоп", ReplyWord.STOP),
    ],
)
def test_our_words(text: str, word: ReplyWord) -> None:
    assert read_reply(text) == word


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "👍",
        "JA oder NEIN?",
        "Ne zaman?",
        "Evet, ama yarın",
        "لا مانع",
        "نعم لكن غدا",
        "Да нет",
        "не отменяйте",
        "Так, але завтра",
        "Ja, bitte löschen",
        "nein, stopp",
        "Ja, aber erst morgen",
        "ja wenn es Moderna ist",
        "nicht löschen!",
        "keine Pause",
        "Ich kann leider nicht, ja",
        "Januar",
        "jawoll",
        "Jana",
        "Klavierstopper",
        "Wer sind Sie",
    ],
)
def test_what_could_mean_something_else_is_unclear(text: str) -> None:
    assert read_reply(text) == ReplyWord.UNCLEAR


@given(word=OURS, before=FILLING, after=FILLING, case=st.sampled_from([str.upper, str.lower, str.title]))
def test_case_and_words_around_change_nothing(word: str, before: str, after: str, case: object) -> None:
    dressed = f"{before} {case(word)} {after}"  # type: ignore[operator]
    assert read_reply(dressed) == _MEANING[word]


@given(one=OURS, other=OURS, between=FILLING)
def test_two_words_that_differ_are_never_guessed(one: str, other: str, between: str) -> None:
    same = _MEANING[one] == _MEANING[other]
    assert read_reply(f"{one} {between} {other}") == (_MEANING[one] if same else ReplyWord.UNCLEAR)


@given(word=OURS, no=st.sampled_from(sorted(_DENIALS)), before=FILLING)
def test_a_denial_is_never_followed(word: str, no: str, before: str) -> None:
    assert read_reply(f"{before} {word} {no}") == ReplyWord.UNCLEAR
    assert read_reply(f"{no} {before} {word}") == ReplyWord.UNCLEAR


@given(word=OURS, condition=st.sampled_from(sorted(_CONDITIONS)))
def test_a_condition_is_never_followed_but_help_is_given(word: str, condition: str) -> None:
    asked_for_help = _MEANING[word] == ReplyWord.HELP
    assert read_reply(f"{word} {condition}") == (ReplyWord.HELP if asked_for_help else ReplyWord.UNCLEAR)


@given(st.text())
def test_any_text_has_a_meaning(text: str) -> None:
    assert read_reply(text) in ReplyWord


def test_no_word_is_a_denial_or_a_condition() -> None:
    assert not (_DENIALS | _CONDITIONS) & _MEANING.keys()
