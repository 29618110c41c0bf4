"""Placeholders are filled once and by name; names of places fit an SMS."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules.placeholders import (
    LONGEST,
    fill,
    fit_for_sms,
    has_lone_brace,
    list_placeholders,
    longest_values,
)
from impfzentrum.rules.sms import count_places, is_gsm7, is_single


def test_names_are_found_once_and_in_order() -> None:
    assert list_placeholders("{bis} und {link} und {bis} und {Vorname} und {}") == ["bis", "link", "Vorname", ""]


@pytest.mark.parametrize("text", ["{", "}", "{link", "link}", "{{link}}", "{link}}", "a } b {", "{a{link}b}"])
def test_a_lone_brace_is_seen(text: str) -> None:
    assert has_lone_brace(text)


@pytest.mark.parametrize("text", ["", "{link}", "{a}{b}", "{nicht da}"])
def test_whole_placeholders_leave_no_brace(text: str) -> None:
    assert not has_lone_brace(text)


def test_braces_in_a_value_are_not_filled_again() -> None:
    assert fill("{ort}, {bis}", {"ort": "{bis}", "bis": "16:42"}) == "{bis}, 16:42"


def test_a_name_without_a_value_is_a_fault() -> None:
    with pytest.raises(KeyError):
        fill("{vorname}", {"bis": "16:42"})


@pytest.mark.parametrize("text", ["%s", "{{ link }}", "{% load i18n %}", "{0.__class__}", "{link!r}", "{link:>99}"])
def test_nothing_in_a_text_is_carried_out(text: str) -> None:
    values = {"link": "https://nr.example"}
    assert [name for name in list_placeholders(text) if name in values] == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Impfzentrum Gießen-Friedberg", "Impfzentrum Gießen-Friedberg"),
        ("Stadthalle „Alte Börse“ – Nord", 'Stadthalle "Alte Börse" - Nord'),
        ("Ośrodek Łódź", "Osrodek Lodz"),
        ("Halle [3] {Süd} | 1€ ~ ^", "Halle (3) (Süd) / 1EUR -"),
        ("Café\u00a0Noir…", "Café Noir..."),
        ("Cafe\u0301\nNoir", "Café Noir"),
        ("Halle \u200b😀3", "Halle 3"),
        ("ẞ", "SS"),
    ],
)
def test_names_are_told_in_single_letters_of_gsm7(name: str, told: str) -> None:
    assert fit_for_sms(name, 50) == told


def test_a_long_name_is_cut_and_shows_it() -> None:
    name = "Impfzentrum in der Mehrzweckhalle der Gesamtschule am Kurpark"
    assert fit_for_sms(name, 50) == "Impfzentrum in der Mehrzweckhalle der Gesamtschul."
    assert len(fit_for_sms(name, 50)) == 50
    assert fit_for_sms("x" * 50, 50) == "x" * 50


@given(st.text(max_size=120), st.integers(1, 60))
def test_no_name_changes_the_alphabet_or_is_longer_than_counted(name: str, longest: int) -> None:
    told = fit_for_sms(name, longest)
    assert all(is_single(letter) and letter.isprintable() for letter in told)
    assert is_gsm7(told)
    assert count_places(told) == len(told) <= longest


def test_the_longest_link_is_the_address_and_a_token() -> None:
    values = longest_values("https://nr.example/")
    assert values["link"] == "https://nr.example" + "x" * 26
    assert {name: len(value) for name, value in values.items() if name != "link"} == {
        placeholder.value: length for placeholder, length in LONGEST.items()
    }
