"""The tables of docs/privacy.md, made from the inventory: field, purpose, how long, who sees it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from django.utils import translation

from impfzentrum.data_inventory import INVENTORY
from impfzentrum.data_kinds import Item
from impfzentrum.data_viewers import who_sees

BEGIN = "<!-- tables: begin, made by `manage.py document_privacy` -->"
END = "<!-- tables: end -->"
HEAD = "| was | Felder | wozu | wie lange | wer es sieht |\n|---|---|---|---|---|"


def put_tables(document: str, inventory: Iterable[Item] = INVENTORY) -> str:
    """The document with its tables as of today. Raises ValueError for a document without their place."""
    before, found, rest = document.partition(BEGIN)
    _old, closed, after = rest.partition(END)
    if not (found and closed):
        raise ValueError("the document has no place for the tables")
    return f"{before}{BEGIN}\n\n{write_tables(inventory)}\n{END}{after}"


def write_tables(inventory: Iterable[Item] = INVENTORY) -> str:
    """A heading and a table a model, in German and in the order of the inventory."""
    with translation.override("de"):
        items = sorted(inventory, key=lambda item: item.model)
        return "\n".join(
            line for model, rows in groupby(items, key=lambda item: item.model) for line in _table(model, rows)
        )


def _table(model: str, items: Iterable[Item]) -> Iterator[str]:
    yield f"### {model}\n\n{HEAD}"
    for item in items:
        for viewers, fields in _by_viewers(item):
            yield f"| {item.label} | {', '.join(fields)} | {item.purpose} | {item.kept.label} | {viewers} |"
    yield ""


def _by_viewers(item: Item) -> Iterator[tuple[str, list[str]]]:
    """The fields of an item, together where the same people see them."""
    viewers = dict.fromkeys(who_sees(item.model, field) for field in item.fields)
    for one in viewers:
        yield one, [f"`{field}`" for field in item.fields if who_sees(item.model, field) == one]
