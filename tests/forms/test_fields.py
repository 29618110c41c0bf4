"""What people type into one field, and the sentence they get for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from impfzentrum.forms.fields import (
    BirthDateField,
    ForgivingDateField,
    MinutesField,
    NameField,
    OneEmailField,
)
from impfzentrum.forms.numbers import MobileField

LONG = "X" * 300


def sentence(field: forms.Field, typed: str) -> str:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    return " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "typed",
    ["1.4.1950", "01.04.1950", "1 4 1950", "1950-04-01", " 01/04/1950 ", "1,4,1950", "01041950", "1. 4. 1950",
     "1-4-1950.", "\u200e1.4.1950\u200f", "1.\u00a04.\u00a01950", "1. April 1950", "1 Apr 1950",
     "01.04.1950?", "1.APRIL 1950"],
)  # fmt: skip
def test_a_date_is_understood_however_it_is_written(typed: str) -> None:
    assert ForgivingDateField().clean(typed) == date(1950, 4, 1)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("31.2.1950", "Diesen Tag gibt es nicht: 31.2.1950"),
        ("29.2.2021", "Diesen Tag gibt es nicht"),
        ("0.0.1950", "Diesen Tag gibt es nicht"),
        ("1.13.1950", "Diesen Tag gibt es nicht"),
        ("1.4.15", "Jahr mit vier Ziffern"),
        ("1. Aprill 15", "Jahr mit vier Ziffern"),
        ("1. Unsinn 1950", "Bitte schreiben Sie das Datum so"),
        ("31.2.", "Bitte schreiben Sie das Datum so: 1.4.1950"),
        ("gestern", "Bitte schreiben Sie das Datum so"),
        ("🎂", "Bitte schreiben Sie das Datum so"),
        ("1.4.2090", "in der Zukunft"),
        ("1.4.1800", "über 120 Jahre alt"),
        ("1.4.0001", "über 120 Jahre alt"),
        (LONG, "Bitte schreiben Sie das Datum so"),
        ("", "Dieses Feld ist zwingend erforderlich"),
    ],
)
def test_a_birth_date_that_cannot_be(typed: str, expected: str) -> None:
    assert expected in sentence(BirthDateField(), typed)


@pytest.mark.parametrize("typed", ["1.4.50", "01.04.50?", "010450", "1. April 50", "1. Apr. 50"])
def test_two_digits_are_a_year_of_birth_where_only_one_can_be_meant(typed: str) -> None:
    assert BirthDateField().clean(typed) == date(1950, 4, 1)
    with pytest.raises(ValidationError, match="vier Ziffern"):
        ForgivingDateField().clean(typed)


@pytest.mark.parametrize(
    "typed",
    ["01713920001", "0171 392 0001", "0171/3920001", "0171-392 00 01", "+49 171 3920001", "0049 171 3920001",
     "+49 (0)171 3920001", "(0171) 3920001", "\u200e0171\u00a03920001", " 0171.392.0001 "],
)  # fmt: skip
def test_a_mobile_number_is_understood_however_it_is_written(typed: str) -> None:
    assert MobileField().clean(typed) == "+491713920001"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("05631 954321", "Das ist eine Festnetznummer"),
        ("+49 30 901820", "Das ist eine Festnetznummer"),
        ("0171", "Diese Nummer gibt es so nicht"),
        ("0171 39200011111111", "Diese Nummer gibt es so nicht"),
        ("+999 171 3920001", "Diese Nummer gibt es so nicht"),
        ("0900 5123456", "Sondernummer"),
        ("0800 1234567", "Sondernummer"),
        ("0I71 3920001", "ohne Buchstaben"),
        ("nummer", "ohne Buchstaben"),
        ("📱", "ohne Buchstaben"),
        ("0171 3920001, 0172 1", "ohne Buchstaben"),
        (LONG, "ohne Buchstaben"),
        ("+", "Diese Nummer gibt es so nicht"),
    ],
)
def test_a_number_that_gets_no_sms(typed: str, expected: str) -> None:
    assert expected in sentence(MobileField(), typed)


def test_a_mobile_number_from_abroad_is_taken() -> None:
    assert MobileField().clean("+43 664 1234567") == "+436641234567"


@pytest.mark.parametrize(
    "typed",
    ["Erika", "Ana-María", "O’Neill", "D'Amico", "von der Heide", "Łukasz", "Þórður", "Nguyễn", "Müller",
     "Muller\u0308", "Müller-Lüdenscheidt", "Kaʻiulani", "J. R.", "Ḩasan", "m\u030bu"],
)  # fmt: skip
def test_every_latin_letter_is_a_name(typed: str) -> None:
    assert NameField().clean(typed)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Erika2", "Ziffern"),
        ("Erika 😀", "Das Zeichen „😀“"),
        ("Erika<script>", "Das Zeichen „<“"),
        ("erika@example.org", "Das Zeichen „@“"),
        ("Ерика", "lateinischen Buchstaben"),
        ("إريكا", "lateinischen Buchstaben"),
        ("---", "mindestens einem Buchstaben"),
        (LONG, "300 Zeichen"),
        ("   ", "zwingend erforderlich"),
        ("\u200f\u200e", "zwingend erforderlich"),
    ],
)
def test_what_is_no_name(typed: str, expected: str) -> None:
    assert expected in sentence(NameField(), typed)


def test_a_pasted_name_loses_its_invisible_marks() -> None:
    assert NameField().clean("\u200f  Erika\u00a0\u00a0Anna\t\u200e") == "Erika Anna"
    assert NameField().clean("Mu\u0308ller") == "Müller"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("erika", "keine vollständige E-Mail-Adresse"),
        ("erika@", "keine vollständige E-Mail-Adresse"),
        ("erika@beispiel", "keine vollständige E-Mail-Adresse"),
        ("erika@exam ple.org", "keine vollständige E-Mail-Adresse"),
        ("a@example.org, b@example.org", "nur eine E-Mail-Adresse"),
        ("a@example.org b@example.org", "nur eine E-Mail-Adresse"),
        ("😀@example.org", "keine vollständige E-Mail-Adresse"),
        ("<a@example.org>", "keine vollständige E-Mail-Adresse"),
        ("a@example..org", "keine vollständige E-Mail-Adresse"),
        (LONG + "@example.org", "höchstens"),
    ],
)
def test_what_is_no_address(typed: str, expected: str) -> None:
    assert expected in sentence(OneEmailField(), typed)


@pytest.mark.parametrize("typed", ["erika@example.org", " erika@example.org\u200e ", "erika @ example.org"])
def test_an_address_is_understood(typed: str) -> None:
    assert OneEmailField().clean(typed) == "erika@example.org"


@pytest.mark.parametrize("typed", ["25", "25 min", "25 Minuten", " 25′ ", "25min."])
def test_minutes_are_understood(typed: str) -> None:
    assert MinutesField(limit=240).clean(typed) == 25


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("0", "mindestens eine Minute"),
        ("241", "höchstens 240 Minuten"),
        ("9999", "höchstens 240 Minuten"),
        ("-5", "ganze Zahl"),
        ("1,5", "ganze Zahl"),
        ("1 h", "ganze Zahl"),
        ("viel", "ganze Zahl"),
        ("🚗", "ganze Zahl"),
        (LONG, "ganze Zahl"),
    ],
)
def test_minutes_that_do_not_work(typed: str, expected: str) -> None:
    assert expected in sentence(MinutesField(limit=240), typed)


@pytest.mark.parametrize("field", [ForgivingDateField, MobileField, NameField, OneEmailField])
def test_a_field_may_stay_empty_when_it_is_optional(field: Any) -> None:
    assert not field(required=False).clean("  ")
