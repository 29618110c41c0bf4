"""Finding what has to be translated, and keeping the catalogues: no gettext binary is needed.

`make messages-update` (this module as a program) brings every catalogue up to date and lists what is to translate.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent
CATALOGS = sorted(PROJECT.glob("locale/*/LC_MESSAGES/*.po"))

KEYWORDS: dict[str, Any] = {
    f"{name}{lazy}": arguments
    for lazy in ("", "_lazy")
    for name, arguments in {
        "gettext": None,
        "ngettext": (1, 2),
        "pgettext": ((1, "c"), 2),
        "npgettext": ((1, "c"), 2, 3),
    }.items()
} | {"_": None}


def extract_msgids() -> Catalog:
    """Every text that templates and code mark for translation, with the files that hold it."""
    catalog = Catalog()
    for path in sorted((PROJECT / "impfzentrum").rglob("*.py")):
        _add(catalog, path, path.read_text(encoding="utf-8"))
    for path in sorted(PROJECT.glob("templates/**/*.*")):
        _add(catalog, path, _as_python(path.read_text(encoding="utf-8")))
    return catalog


def _as_python(template: str) -> str:
    """A template as calls of gettext, by Django's own reading of it; what is no text has no meaning in Python."""
    return "\n".join(line.strip() for line in templatize(template).splitlines())


def _add(catalog: Catalog, path: Path, source: str) -> None:
    where = str(path.relative_to(PROJECT))
    for line, words, comments, context in extract("python", BytesIO(source.encode()), KEYWORDS):
        catalog.add(words, locations=[(where, line)], auto_comments=comments, context=context)


def read_catalog(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def update_catalog(path: Path) -> list[str]:
    """Write the texts of today into a catalogue, drop those that are gone; return those without a translation."""
    catalog = read_catalog(path)
    catalog.update(extract_msgids(), no_fuzzy_matching=True, update_creation_date=False)
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
