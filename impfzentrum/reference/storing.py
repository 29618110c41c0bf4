"""Bringing rows of the files into the database: add what is missing, correct what differs, delete nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet

from impfzentrum.reference.reading import Row

M = TypeVar("M", bound=Model)
Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Wanted(Generic[M]):
    """What a line of a file says: an unsaved instance, and the line for complaints."""

    row: Row
    instance: M


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows were added, changed and already right; `unknown` are in the database but in no file."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    unknown: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.added + other.added,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.unknown + other.unknown,
        )

    def __str__(self) -> str:
        line = f"{self.added} neu, {self.changed} geändert, {self.unchanged} unverändert"
        return line + (f", {self.unknown} in keiner Datei (bleiben)" if self.unknown else "")


def store_rows(
    wanted: Sequence[Wanted[M]], among: QuerySet[M], *, key: Sequence[str], name: Sequence[str] = ()
) -> Tally:
    """Make the rows `among` say what the file wants.

    A line and a row belong together when their `key` columns agree. Where a key holds a start date, `name` is the key
    without it: a single line and a single row that are left over under the same name are one rule whose start was
    corrected. Raises ReferenceDataError for a line that the model refuses or whose key came before.
    """
    refuse_repeated(wanted, key)
    stored = {_columns(row, key): row for row in among}
    pairs = [(want, stored.pop(_columns(want.instance, key), None)) for want in wanted]
    if name:
        pairs = list(_pair_corrected_starts(pairs, stored, key, name))
    tally = Tally(unknown=len(stored))
    for want, row in pairs:
        tally += _store(want, row)
    return tally


def refuse_repeated(wanted: Iterable[Wanted[M]], key: Sequence[str]) -> None:
    """Raises ReferenceDataError for the second line with the same key."""
    lines: dict[Key, int] = {}
    for want in wanted:
        columns = _columns(want.instance, key)
        if columns in lines:
            raise want.row.refuse(f"steht schon in Zeile {lines[columns]}")
        lines[columns] = want.row.line


def save_wanted(want: Wanted[M]) -> None:
    """Validate and save. Raises ReferenceDataError with what the model has to say."""
    try:
        want.instance.full_clean()
    except ValidationError as refused:
        raise want.row.refuse("; ".join(_sentences(refused))) from refused
    want.instance.save()


def _sentences(refused: ValidationError) -> Iterator[str]:
    for field, sentences in refused.message_dict.items():  # "__all__" is the row as a whole
        yield f"{field}: {' '.join(sentences)}"


def _columns(row: Model, names: Sequence[str]) -> Key:
    return tuple(getattr(row, name) for name in names)


def _pair_corrected_starts(
    pairs: list[tuple[Wanted[M], M | None]], stored: dict[Key, M], key: Sequence[str], name: Sequence[str]
) -> Iterator[tuple[Wanted[M], M | None]]:
    new, old = _by_name([want.instance for want, row in pairs if row is None], name), _by_name(stored.values(), name)
    for want, row in pairs:
        called = _columns(want.instance, name)
        if row is None and len(new[called]) == 1 and len(old[called]) == 1:
            row = stored.pop(_columns(old[called][0], key))
        yield want, row


def _by_name(rows: Iterable[M], name: Sequence[str]) -> dict[Key, list[M]]:
    groups: dict[Key, list[M]] = defaultdict(list)
    for row in rows:
        groups[_columns(row, name)].append(row)
    return groups


def _store(want: Wanted[M], row: M | None) -> Tally:
    if row is None:
        save_wanted(want)
        return Tally(added=1)
    if _facts(want.instance) == _facts(row):
        return Tally(unchanged=1)
    want.instance.pk = row.pk
    want.instance._state.adding = False
    save_wanted(want)
    return Tally(changed=1)


def _facts(row: Model) -> list[object]:
    return [getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key]


Make = Callable[[Row], M]


def want_all(rows: Iterable[Row], make: Make[M]) -> list[Wanted[M]]:
    """One wanted instance a line."""
    return [Wanted(row, make(row)) for row in rows]
