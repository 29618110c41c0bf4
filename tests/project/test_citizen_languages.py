"""What people on the list read is told in six languages: which texts and pages those are, and none is forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import get_resolver
from django.utils.translation import override

from impfzentrum.errors import Refusal
from impfzentrum.languages import FOR_EVERYBODY, list_spoken
from impfzentrum.templatetags import telling
from impfzentrum.vocabulary import Language
from tests.citizen_texts import GERMAN_AND_ENGLISH, SOURCES, extract_citizen_texts
from tests.extracting import PROJECT, extract_msgids
from tests.factories import NOON
from tests.translating import CATALOGS, language_of, update_catalog

MORE = [Language.TURKISH, Language.ARABIC, Language.RUSSIAN, Language.UKRAINIAN]


def test_every_source_is_there_and_says_something() -> None:
    catalog = extract_citizen_texts()
    files = {place[0] for message in catalog for place in message.locations}
    for source in (*SOURCES, *GERMAN_AND_ENGLISH):
        file = source.partition("::")[0]
        assert (PROJECT / file).exists(), source
    silent = {"templates/parts/alert.html", "templates/parts/language.html", "templates/parts/notices.html"}
    for source in set(SOURCES) - silent:
        file = source.partition("::")[0]
        assert any(one == file or one.startswith(file) for one in files), f"{source} holds no text"
    assert not files & set(GERMAN_AND_ENGLISH)


def test_texts_of_staff_are_not_among_them() -> None:
    told = {message.id for message in extract_citizen_texts()}
    everything = {message.id for message in extract_msgids()}
    for staff in ("Diese Freigabe läuft nicht mehr.", "zu jung für den Impfstoff", "Neue Freigabe"):
        assert staff in everything
        assert staff not in told


def test_a_new_text_for_citizens_is_missed_in_every_catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = extract_citizen_texts()
    new.add("Ein neuer Satz", locations=[("templates/offer/open.html", 1)])
    monkeypatch.setattr("tests.translating.extract_citizen_texts", lambda: new)
    for path in CATALOGS:
        if language_of(path) in MORE:
            copy = tmp_path / language_of(path) / "LC_MESSAGES/django.po"
            copy.parent.mkdir(parents=True)
            copy.write_bytes(path.read_bytes())
            assert update_catalog(copy) == ["Ein neuer Satz"]


def test_every_page_of_citizens_speaks_all_languages_or_says_why_not() -> None:
    everything = [code for code, _name in settings.LANGUAGES]
    spoken = {}
    for area, (_prefix, resolver) in get_resolver().namespace_dict.items():
        for name in filter(lambda one: isinstance(one, str), resolver.reverse_dict):
            spoken[f"{area}:{name}"] = [code for code, _name in list_spoken(f"{area}:{name}")]
    two = {name for name, codes in spoken.items() if codes == list(FOR_EVERYBODY)}
    assert [name for name, codes in spoken.items() if name not in two and codes != everything] == []
    assert {name for name in two if name.split(":")[0] in {"citizen", "offer", "entry"}} == {
        "citizen:privacy", "citizen:imprint", "citizen:accessibility", "citizen:choosing", "citizen:draws",
        "citizen:figures", "citizen:easy", "entry:data", "entry:data_file",
    }  # fmt: skip
    assert {name.split(":")[0] for name in two} >= {"centre", "county", "operations"}


def test_the_languages_are_those_we_write_in() -> None:
    assert [tuple(one) for one in settings.LANGUAGES] == [(one.value, one.label) for one in Language]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("tr", ["16:42", "24 Nisan, Cumartesi", "24 Nisan 2021", "24.04.2021", "yarın", "1 saat 46 dakika", "1.942"]),
        (
            "ar",
            ["الساعة 16:42", "السبت، 24 إبريل", "24 إبريل 2021", "24.04.2021", "غدا", "ساعة واحدة 46 دقيقة", "1942"],
        ),
        ("ru", ["16:42", "суббота, 24 апреля", "24 апреля 2021", "24.04.2021", "завтра", "1 час 46 минут", "1 942"]),
        ("uk", ["16:42", "субота, 24 квітня", "24 квітня 2021", "24.04.2021", "завтра", "1 година 46 хвилин", "1 942"]),
    ],
)
def test_times_and_numbers_follow_the_language(language: str, told: list[str]) -> None:
    moment = NOON.replace(hour=16, minute=42)
    with override(language):
        said = [telling.clock(moment), telling.day(moment), telling.day_of_year(moment), telling.short_day(moment)]
        said += [telling.which_day(moment, moment.replace(day=23)), telling.span(106), telling.number(1942)]
    assert [" ".join(one.split()).casefold() for one in said] == [" ".join(one.split()).casefold() for one in told]


@pytest.mark.parametrize("language", MORE)
def test_the_refusals_of_citizens_are_told(language: str) -> None:
    values = {"until": "16:42", "left": 2, "seconds": 30, "sent": 3, "state": "x"}
    names = [source.partition("::")[2] for source in SOURCES if "errors.py::" in source]
    found: list[type[Refusal]] = [Refusal]
    for one in found:
        found += one.__subclasses__()
    by_name = {one.__name__: one for one in found}
    for name in names:
        with override("de"):
            german = str(by_name[name](**values))
        with override(language):
            assert str(by_name[name](**values)) != german
