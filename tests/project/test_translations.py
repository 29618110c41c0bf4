"""The catalogues are whole and right, and no text of a page is left without a mark."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, override

from impfzentrum.errors import Refusal
from impfzentrum.templatetags import telling
from tests.extracting import PROJECT
from tests.factories import NOON
from tests.translating import (
    CATALOGS,
    all_forms,
    compile_catalogs,
    extract_texts,
    find_untranslated,
    language_of,
    read_catalog,
)

HINT = "run `make messages-update` and translate what it lists"
PERCENT = re.compile(r"%\(\w+\)[a-z]|%[a-z%]")
GERMAN_ONLY = {"500.html", "easy.html"}  # our own faults need nothing to be told; easy language is German
TEMPLATES = [path for path in sorted((PROJECT / "templates").rglob("*.*")) if path.name not in GERMAN_ONLY]
MARKED = re.compile(
    r"{% block page_class %}.*?{% endblock|{%\s*comment.*?endcomment\s*%}|"
    r"{%\s*blocktrans.*?endblocktrans(?:late)?\s*%}|<style>.*?</style>|{%.*?%}|{{.*?}}|<[^>]*>|&\w+;",
    re.DOTALL,
)
NAMES = {
    "templates/parts/language.html": {"Language"},
    "templates/entry/group.html": {"CoronaImpfV"},
    "templates/bookings/keys.html": {"nr"},
}
"""What is no text: languages are named in their own words, a law by its name, and how each key begins."""


@pytest.fixture(scope="module", params=CATALOGS, ids=language_of)
def path(request: pytest.FixtureRequest) -> Path:
    return Path(request.param)


@pytest.fixture(scope="module")
def msgids(path: Path) -> Catalog:
    return extract_texts(path)


@pytest.fixture(scope="module")
def catalog(path: Path) -> Catalog:
    return read_catalog(path)


def texts_of(catalog: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, tuple(all_forms(message.id))) for message in catalog if message.id}


def placeholders(text: str) -> set[str]:
    """What the code fills in: `%(name)s`, `%d`, `{name}`."""
    braces = {f"{{{name}}}" for _, name, _, _ in string.Formatter().parse(text.replace("%", "")) if name}
    return {found for found in PERCENT.findall(text) if found != "%%"} | braces


def faults_of(message: Message) -> list[str]:
    """Forms whose placeholders differ from those of the German text; a singular may say "one" for the number."""
    wanted = set().union(*map(placeholders, all_forms(message.id)))
    forms = all_forms(message.string)
    wrong = [form for form in forms if placeholders(form) - wanted]
    return wrong + [form for form in forms[-1:] if wanted - placeholders(form)]


def test_there_is_a_catalogue_for_every_language_but_the_first() -> None:
    assert [language_of(path) for path in CATALOGS] == sorted(code for code, _ in settings.LANGUAGES[1:])


def test_every_text_of_templates_and_code_is_in_the_catalogue(msgids: Catalog, catalog: Catalog) -> None:
    assert texts_of(msgids) - texts_of(catalog) == set(), HINT


def test_the_catalogue_holds_nothing_that_is_gone(msgids: Catalog, catalog: Catalog) -> None:
    assert texts_of(catalog) - texts_of(msgids) == set(), HINT
    assert not catalog.obsolete, HINT


def test_nothing_is_empty_or_uncertain(catalog: Catalog) -> None:
    assert list(find_untranslated(catalog)) == [], HINT


def test_placeholders_agree(catalog: Catalog) -> None:
    assert {message.id: wrong for message in catalog if message.id and (wrong := faults_of(message))} == {}


PLURALS = {"en": (2, 2), "tr": (2, 1), "ar": (6, 2), "ru": (3, 3), "uk": (3, 3)}
"""Plural forms of a language, and how many of them differ at least where a number stands in the text."""


def test_every_plural_form_is_there_and_they_differ(path: Path, catalog: Catalog) -> None:
    forms, different = PLURALS[language_of(path)]
    plurals = [message for message in catalog if isinstance(message.id, tuple)]
    assert catalog.num_plurals == forms
    assert plurals
    assert [message.id for message in plurals if len(all_forms(message.string)) != forms] == []
    same = [message.id for message in plurals if len(set(all_forms(message.string))) < min(different, 2)]
    assert same == []


def test_line_breaks_and_edges_stay(catalog: Catalog) -> None:
    """The first line of an e-mail is its subject, and a text that ends in a space is followed by another."""
    for message in catalog:
        for other in all_forms(message.string) if message.id else []:
            german = all_forms(message.id)[0]
            assert german.count("\n") == other.count("\n"), german
            assert other == other.strip(), other


def test_no_exclamation_marks(catalog: Catalog) -> None:
    assert [message.string for message in catalog if message.id and "!" in str(message.string)] == []


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_no_text_in_a_template_is_left_without_a_mark(template: Path) -> None:
    source = template.read_text(encoding="utf-8")
    said = MARKED.sub(" ", source)
    for attribute in ("title", "aria-label", "alt", "placeholder"):
        said += " ".join(re.findall(rf'\s{attribute}="([^"{{]*)', source)).join("  ")
    words = set(re.findall(r"[^\W\d_]{2,}", said))
    assert words - NAMES.get(str(template.relative_to(PROJECT)), set()) == set()


def test_the_tests_see_the_catalogue_of_today() -> None:
    for path in CATALOGS:
        compiled = path.with_suffix(".mo")
        assert compiled.exists(), "run `make setup`: the translations are not compiled"
    with override("en"):
        assert gettext("Das Angebot") == "The offer"
        assert ngettext("%(n)d Stunde", "%(n)d Stunden", 2) == "%(n)d hours"


def test_a_stale_catalogue_is_compiled_anew_and_a_fresh_one_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "en/LC_MESSAGES/django.po"
    path.parent.mkdir(parents=True)
    path.write_bytes(CATALOGS[0].read_bytes())
    monkeypatch.setattr("tests.translating.CATALOGS", [path])
    compile_catalogs()
    compiled = path.with_suffix(".mo")
    first = compiled.stat().st_ino
    compile_catalogs()
    assert compiled.stat().st_ino == first
    assert [found.name for found in path.parent.iterdir() if found.suffix not in {".po", ".mo"}] == []


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", ["16:42 Uhr", "Samstag, 24. April", "24. April 2021", "24.04.2021", "morgen", "1 Stunde 46 Minuten"]),
        ("en", ["16:42", "Saturday 24 April", "24 April 2021", "24 Apr 2021", "tomorrow", "1 hour 46 minutes"]),
    ],
)
def test_times_and_dates_follow_the_language(language: str, told: list[str]) -> None:
    moment = NOON.replace(hour=16, minute=42)
    day_before = moment.replace(day=23)
    with override(language):
        assert told == [
            telling.clock(moment),
            telling.day(moment),
            telling.day_of_year(moment),
            telling.short_day(moment),
            telling.which_day(moment, day_before),
            telling.span(106),
        ]


def test_numbers_follow_the_language() -> None:
    told = []
    for language in ("de", "en"):
        with override(language):
            told.append((telling.number(1942), number_format(2.5)))
    assert told == [("1.942", "2,5"), ("1,942", "2.5")]


def test_every_refusal_speaks_english() -> None:
    # Every value that a sentence names; a new one that is missing here fails with its name.
    names = "address arrive_from arrive_until at by day doses end example known left letters limit meaning minutes most"
    names += " name number opened people reference seconds sent since state time until use_by vaccine what who why word"
    values = dict.fromkeys(names.split(), "7")
    refusals: list[type[Refusal]] = [Refusal, *Refusal.__subclasses__()]
    for refusal in refusals:
        with override("de"):
            german = str(refusal(**values))
        with override("en"):
            assert str(refusal(**values)) != german
