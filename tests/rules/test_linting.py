"""The linter: each fault by itself, and the counting by properties."""

from __future__ import annotations

import time
from dataclasses import replace
from unicodedata import normalize

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from impfzentrum.rules import sms
from impfzentrum.rules.linting import Wording, find_faults, find_links, measure, measure_longest, name_letter
from impfzentrum.rules.placeholders import fill, list_placeholders, longest_values
from impfzentrum.rules.sms import count_parts
from impfzentrum.rules.text_kinds import (
    EMAIL_KINDS,
    SMS_KINDS,
    TO_STRANGERS,
    TO_WATCHERS,
    TextKey,
    kind_of,
    list_replaceable,
)
from impfzentrum.rules.text_words import NAME_WORDS, OPEN_STEMS, SEALED_STEMS, STATEMENTS
from impfzentrum.text_refusals import TextFault
from impfzentrum.text_vocabulary import Occasion, Placeholder, Statement
from impfzentrum.vocabulary import Channel, Language

ADDRESS = "https://nr.example"
OFFER = TextKey(Occasion.OFFER, Channel.SMS, Language.GERMAN)
OFFER_MAIL = replace(OFFER, channel=Channel.EMAIL)
RACE = replace(OFFER, occasion=Occasion.OFFER_RACE)
WELCOME = replace(OFFER, occasion=Occasion.WELCOME)
GOOD = "Angebot, noch kein Termin. Bitte bis {bis} Uhr antworten: {link}"


def lint(body: str, key: TextKey = OFFER, *, subject: str = "", vaccines: tuple[str, ...] = ()) -> list[TextFault]:
    return find_faults(Wording(subject, body), key, address=ADDRESS, vaccines=vaccines)


def codes(body: str, key: TextKey = OFFER, *, subject: str = "") -> list[str]:
    return [fault.code for fault in lint(body, key, subject=subject)]


def test_a_good_text_has_no_fault() -> None:
    assert codes(GOOD) == []
    assert codes(GOOD, OFFER_MAIL, subject="Angebot bis {bis} Uhr") == []


@pytest.mark.parametrize(
    ("body", "code", "told"),
    [
        (GOOD + " {vorname}", "unknown_placeholder", "{vorname}"),
        (GOOD + " {ort}", "unknown_placeholder", "{bis}, {link}, {landkreis}"),
        (GOOD + " {", "lone_brace", "{link}"),
        (GOOD.replace("{link}", "hier"), "placeholder_missing", "{link}"),
        (GOOD.replace("{bis}", "bald"), "placeholder_missing", "{bis}"),
        (GOOD.replace("noch kein Termin", "antworten Sie"), "statement_missing", "noch kein Termin"),
        (GOOD + " – danke", "foreign_letters", "–"),
        (GOOD + " Frau Müller", "word_in_the_open", "Frau"),
        (GOOD + " Ihre Impfung", "word_in_the_open", "Impfung"),
        (GOOD + " Eine DOSIS ist frei", "word_in_the_open", "DOSIS"),
        (GOOD + " Comirnaty", "word_in_a_message", "Comirnaty"),
        (GOOD + " Gruppe 2", "word_in_a_message", "Gruppe"),
        (GOOD + " Mehr: www.kreis.example", "foreign_link", "www.kreis.example"),
        (GOOD + " Mehr: bit.ly/3abc", "foreign_link", "bit.ly/3abc"),
        (GOOD + "x" * 100, "too_many_parts", "2 SMS-Teile, erlaubt ist hier 1"),
    ],
)
def test_each_fault_is_found_alone_and_told(body: str, code: str, told: str) -> None:
    [fault] = lint(body)
    assert (fault.code, fault.field) == (code, "body")
    assert told in str(fault)


def test_every_fault_is_told_at_once() -> None:
    assert codes("Hallo {name}, Ihre Impfung – www.kreis.de") == [
        "unknown_placeholder",
        "foreign_link",
        "placeholder_missing",
        "placeholder_missing",
        "statement_missing",
        "word_in_the_open",
        "foreign_letters",
    ]


def test_every_sentence_is_there_in_both_languages() -> None:
    for code, fault in {fault.code: fault for body in BROKEN for fault in lint(body)}.items():
        with override("de"):
            german = str(fault)
        with override("en"):
            english = str(fault)
        assert german != english, code
        assert german.endswith((".", "?")), code


BROKEN = [
    "{x} { https://x.example Comirnaty Impfung –",
    GOOD + "x" * 100,
]


def test_an_open_race_says_that_several_are_asked() -> None:
    assert codes(GOOD, RACE) == ["statement_missing"]
    assert codes(GOOD.replace("Termin.", "Termin, solange der Vorrat\n reicht."), RACE) == []


@pytest.mark.parametrize("language", Language)
def test_the_phrases_are_those_of_the_language(language: Language) -> None:
    for statement, phrases in STATEMENTS.items():
        assert phrases[language], statement
    english = replace(OFFER, language=Language.ENGLISH)
    assert codes(GOOD, english) == ["statement_missing"]
    assert codes("Offer, not yet an appointment. Answer by {bis}: {link}", english) == []


def test_a_mail_may_speak_of_the_vaccination_but_not_its_subject() -> None:
    body = GOOD + "\nEine Impfdosis ist frei – „für Sie“."
    assert codes(body, OFFER_MAIL, subject="Angebot") == []
    assert [(fault.code, fault.field) for fault in lint(body, OFFER_MAIL, subject="Ihre Impfung, {x}, {link}")] == [
        ("unknown_placeholder", "subject"),
        ("word_in_the_open", "subject"),
    ]
    assert codes(GOOD + " Gruppe 2", OFFER_MAIL, subject="Angebot") == ["word_in_a_message"]


def test_names_of_further_vaccines_are_not_told() -> None:
    [fault] = lint(GOOD + " Valneva", vaccines=("Valneva", "X"))
    assert fault.code == "word_in_a_message"


@pytest.mark.parametrize("text", ["Kontakt: info@kreis.de.", "http://x", "HTTPS://KREIS.DE", "kreis.de", "(nr.de/a)"])
def test_links_are_found(text: str) -> None:
    assert len(find_links(text)) == 1


@pytest.mark.parametrize("text", ["Um 16.30 Uhr", "z.B. heute", "Liste.Pausieren", "{link}", ".de", "Ende.", "u.a."])
def test_what_no_phone_makes_a_link_of_is_none(text: str) -> None:
    assert find_links(text) == []


def test_letters_that_cannot_be_seen_are_named() -> None:
    assert name_letter("„") == "„"
    assert name_letter("\u200b") == "U+200B (zero width space)"
    assert name_letter("\u00a0") == "U+00A0 (no-break space)"
    assert name_letter("\u0308") == "U+0308 (combining diaeresis)"


def test_a_long_text_is_read_quickly() -> None:
    began = time.monotonic()
    for text in ("a" * 20_000, "a." * 10_000, "{" * 20_000, "{a}" * 5_000, "a@" * 10_000):
        lint(text, OFFER_MAIL, subject=text)
    assert time.monotonic() - began < 5


def test_every_kind_holds_together() -> None:
    """What must stand may stand; only an SMS has parts; the offer has one, the place is told after the yes."""
    assert {*SMS_KINDS, *EMAIL_KINDS, *TO_STRANGERS, *TO_WATCHERS} == set(Occasion)
    for key in list_replaceable():
        kind = kind_of(key)
        assert kind.must <= set(kind.may)
        assert len(set(kind.may)) == len(kind.may)
        assert (kind.parts > 0) == (key.channel == Channel.SMS)
        if key.channel == Channel.SMS:
            assert kind.parts == (1 if key.occasion in (Occasion.OFFER, Occasion.OFFER_RACE) else 2)
            assert not {Placeholder.TO_BRING, Placeholder.CANCEL_LINK} & set(kind.may), "no proof of a group in an SMS"
        if key.occasion in (Occasion.OFFER, Occasion.OFFER_RACE):
            assert {Placeholder.UNTIL, Placeholder.LINK} <= kind.must
            assert not {Placeholder.CENTRE, Placeholder.STREET, Placeholder.TOWN} & set(kind.may)
            assert Statement.NOT_YET_AN_APPOINTMENT in kind.says
    assert len(list_replaceable()) == 31 * len(Language)


def test_the_words_are_written_as_they_are_compared() -> None:
    for word in [*NAME_WORDS, *OPEN_STEMS, *SEALED_STEMS]:
        assert word == word.casefold() == normalize("NFC", word)


# --- counting

basic = st.sampled_from(sorted(sms._BASIC - set("\r\f")))
doubled = st.sampled_from(sorted(set(sms._EXTENDED) - set("{}\f")))
pieces = st.lists(st.one_of(basic, doubled, st.sampled_from(["{bis}", "{link}", "{ort}", "{code}"])), max_size=330)
shorter = st.integers(0, 40)


def longest(body: str) -> str:
    values = longest_values(ADDRESS)
    return fill(body, {name: values[name] for name in list_placeholders(body)})


@given(pieces)
def test_the_longest_size_is_that_of_the_text_with_the_longest_values(parts: list[str]) -> None:
    body = "".join(parts)
    size = measure_longest(body, address=ADDRESS)
    assert size == measure(longest(body))
    assert size.gsm7
    assert 1 <= size.parts == count_parts(longest(body))
    assert size.places <= size.room


@given(pieces, st.data())
def test_no_message_has_more_parts_than_were_counted(parts: list[str], data: st.DataObject) -> None:
    """Also where a letter of two places straddles the boundary: what fits at its longest always fits."""
    body = "".join(parts)
    values = {name: value[: max(len(value) - data.draw(shorter), 0)] for name, value in longest_values(ADDRESS).items()}
    counted = measure_longest(body, address=ADDRESS).parts
    if counted <= 2:
        assert count_parts(fill(body, values)) <= counted


@given(pieces)
def test_a_text_is_refused_exactly_when_it_is_longer_than_allowed(parts: list[str]) -> None:
    body = "".join(parts)
    for key, limit in ((OFFER, 1), (WELCOME, 2)):
        assert ("too_many_parts" in codes(body, key)) == (count_parts(longest_of(body)) > limit)


def longest_of(body: str) -> str:
    """As `longest`, with placeholders that this text may not have counted as well."""
    return longest(body)


@given(st.text(alphabet=st.one_of(basic, doubled), max_size=170), st.characters(blacklist_categories=["Cs"]))
def test_a_letter_outside_gsm7_is_refused_wherever_it_stands(text: str, letter: str) -> None:
    body = text + letter
    assert ("foreign_letters" in codes(body, WELCOME)) == (not sms.is_gsm7(letter))


@given(st.text(max_size=400))
def test_whatever_is_typed_is_judged(text: str) -> None:
    for key in (OFFER, OFFER_MAIL):
        for fault in lint(text, key, subject=text[:50]):
            assert str(fault)


@pytest.mark.parametrize(("over", "parts"), [(0, 1), (1, 2)])
def test_the_boundary_of_one_part(over: int, parts: int) -> None:
    filled = len(longest(GOOD))
    assert measure_longest(GOOD + "x" * (160 - filled + over), address=ADDRESS).parts == parts
