"""Finding what has to be translated: every text that templates and code mark; no gettext binary is needed."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages import Catalog
from babel.messages.extract import extract
from django.utils.translation.template import templatize

PROJECT = Path(__file__).resolve().parent.parent

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
