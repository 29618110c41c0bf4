"""Keeping the catalogues: no gettext binary is needed.

`make messages-update` (this module as a program) brings every catalogue up to date and lists what is to translate.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.citizen_texts import extract_citizen_texts
from tests.extracting import PROJECT, extract_msgids

CATALOGS = sorted(PROJECT.glob("locale/*/LC_MESSAGES/*.po"))
WHOLE = {"en"}
"""Languages in which everything is told; the others hold what people on the list read."""


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language_of(path), abort_invalid=True)


def language_of(path: Path) -> str:
    return path.parent.parent.name


def extract_texts(path: Path) -> Catalog:
    """The texts that this catalogue has to hold."""
    return extract_msgids() if language_of(path) in WHOLE else extract_citizen_texts()


def update_catalog(path: Path) -> list[str]:
    """Write the texts of today into a catalogue, drop those that are gone; return those without a translation."""
    catalog = read_catalog(path)
    catalog.update(extract_texts(path), no_fuzzy_matching=True, update_creation_date=False)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return list(find_untranslated(catalog))


def find_untranslated(catalog: Catalog) -> Iterator[str]:
    """The texts that a catalogue holds without a translation, or with an uncertain one."""
    for message in catalog:
        if message.id and (message.fuzzy or not all(all_forms(message.string))):
            yield all_forms(message.id)[0]


def all_forms(text: str | Sequence[str] | None) -> list[str]:
    """A text as a list: one form, or singular and plural."""
    return [text] if isinstance(text, str) else list(text or [""])


def compile_catalogs() -> None:
    """Compile what is newer than its compiled file, so that tests see the texts of today however they are started."""
    for path in CATALOGS:
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        fresh = compiled.with_name(f"{compiled.name}.{os.getpid()}")
        with fresh.open("wb") as file:
            write_mo(file, read_catalog(path))
        fresh.replace(compiled)


if __name__ == "__main__":
    for found in CATALOGS:
        missing = update_catalog(found)
        for text in missing:
            sys.stdout.write(f"{found.relative_to(PROJECT)}: {text!r}\n")
        sys.stdout.write(f"{found.relative_to(PROJECT)}: {len(missing)} to translate\n")
