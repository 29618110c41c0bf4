"""Parts of an SMS, at every boundary where a provider bills one more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules import sms
from impfzentrum.rules.sms import count_parts, is_gsm7


@pytest.mark.parametrize(
    ("length", "parts"), [(0, 1), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)]
)
def test_a_gsm7_text_has_160_letters_alone_and_153_a_part(length: int, parts: int) -> None:
    assert count_parts("ü" * length) == parts


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)])
def test_one_foreign_letter_turns_the_whole_text_into_70_and_67(length: int, parts: int) -> None:
    assert count_parts("„" + "a" * (length - 1)) == parts


@pytest.mark.parametrize("letter", list("^{}\\[~]|€"))
def test_letters_of_the_extension_count_twice(letter: str) -> None:
    assert is_gsm7(letter)
    assert count_parts("a" * 158 + letter) == 1
    assert count_parts("a" * 159 + letter) == 2


def test_a_letter_of_the_extension_is_never_cut_in_two() -> None:
    """152 letters, then a double one: it goes whole into the next part (3GPP TS 23.040), so the end is pushed out."""
    assert count_parts("a" * 152 + "€" + "a" * 152) == 3
    assert count_parts("a" * 151 + "€" + "a" * 153) == 2


def test_a_picture_is_never_cut_in_two() -> None:
    assert count_parts("a" * 66 + "😀" + "a" * 66) == 3
    assert count_parts("a" * 65 + "😀" + "a" * 67) == 2
    assert count_parts("😀" * 35) == 1
    assert count_parts("😀" * 36) == 2


@pytest.mark.parametrize("letter", list("äöüÄÖÜß§éÉ@£¥_\n"))
def test_german_letters_are_gsm7(letter: str) -> None:
    assert is_gsm7(letter)


@pytest.mark.parametrize("letter", ["„", "“", "–", "…", "°", "’", "\t", "ş", "ı", "ẞ", "\u00a0"])
def test_typographic_letters_are_not(letter: str) -> None:
    assert not is_gsm7(letter)


def test_the_tables_are_complete() -> None:
    """127 letters (the 128th code is the escape) and ten in the extension."""
    assert len(sms._BASIC) == 127
    assert len(sms._EXTENDED) == 10
    assert not sms._BASIC & sms._EXTENDED


@given(st.text(max_size=500))
def test_more_text_is_never_fewer_parts(text: str) -> None:
    assert 1 <= count_parts(text) <= count_parts(text + "a")
