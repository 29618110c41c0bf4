"""A new key for sealed fields, while everything runs: each row is sealed again with the first key of `FIELD_KEYS`.

The fields are found by looking at the models, so a new one cannot be forgotten. What is left to do stands in the rows
themselves (does the first key open it?), so the work can be stopped at any moment and goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction
from psycopg2 import sql

from impfzentrum.models.sealed import SealedTextField

AT_ONCE = 500
PASSES = 5
"""Rows that somebody holds are passed by; so often it is looked for them once more."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """One sealed field: `name` as people know it, the table and its columns as the database does."""

    name: str
    table: str
    key: str
    column: str


@dataclass(slots=True)
class Resealed:
    """What became of one column. `waiting`: still sealed with an older key. `lost`: no key of ours opens them."""

    column: SealedColumn
    looked_at: int = 0
    resealed: int = 0
    waiting: int = 0
    lost: int = 0


def list_sealed_columns() -> list[SealedColumn]:
    """Every sealed field of every model."""
    return [
        SealedColumn(f"{model.__name__}.{field.name}", model._meta.db_table, _key_of(model), field.column)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_concrete_fields
        if isinstance(field, SealedTextField)
    ]


def _key_of(model: type[models.Model]) -> str:
    column = model._meta.pk.column
    if column is None:
        raise TypeError(f"{model.__name__} has sealed fields and a key of several columns")
    return str(column)


def reseal_column(column: SealedColumn) -> Resealed:
    """Seal every value of a column with the first key, in short transactions and past rows that are in use.

    Who writes a value meanwhile seals it with the first key anyway; under the lock of its row it is not overwritten.
    """
    done = Resealed(column)
    for _ in range(PASSES):
        last = 0
        while (span := _next_span(column, last)) is not None:
            _reseal_span(column, last, span, done)
            last = span
        counted = count_column(column)
        done.looked_at, done.waiting, done.lost = counted.looked_at, counted.waiting, counted.lost
        if not done.waiting:
            break
    return done


def count_column(column: SealedColumn) -> Resealed:
    """How many values there are, and how many an older key or no key opens. Reads only."""
    found, last = Resealed(column), 0
    while (span := _next_span(column, last)) is not None:
        for _key, value in _read(column, last, span, lock=False):
            found.looked_at += 1
            if not _opens(Fernet(settings.FIELD_KEYS[0]), value):
                known = _opens(MultiFernet([Fernet(key) for key in settings.FIELD_KEYS]), value)
                found.waiting, found.lost = found.waiting + known, found.lost + (not known)
        last = span
    return found


def _reseal_span(column: SealedColumn, after: int, last: int, done: Resealed) -> None:
    newest, any_key = Fernet(settings.FIELD_KEYS[0]), MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])
    with transaction.atomic():
        for key, value in _read(column, after, last, lock=True):
            if _opens(newest, value) or not _opens(any_key, value):
                continue
            fresh = any_key.rotate(value.encode("ascii")).decode("ascii")
            _write(column, key, fresh)
            done.resealed += 1


def _next_span(column: SealedColumn, after: int) -> int | None:
    """The key of the last of the next rows that hold something; None at the end."""
    statement = _phrase(
        "SELECT max(rows.key) FROM (SELECT {key} AS key FROM {table} WHERE {key} > %s AND {column} <> ''"
        " ORDER BY {key} LIMIT %s) AS rows",
        column,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [after, AT_ONCE])
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def _read(column: SealedColumn, after: int, last: int, *, lock: bool) -> list[tuple[int, str]]:
    text = "SELECT {key}, {column} FROM {table} WHERE {key} > %s AND {key} <= %s AND {column} <> '' ORDER BY {key}"
    with connection.cursor() as cursor:
        cursor.execute(_phrase(text + " FOR NO KEY UPDATE SKIP LOCKED" if lock else text, column), [after, last])
        return list(cursor.fetchall())


def _write(column: SealedColumn, key: int, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_phrase("UPDATE {table} SET {column} = %s WHERE {key} = %s", column), [value, key])


def _phrase(text: str, column: SealedColumn) -> Any:
    """The statement for a column, its names quoted."""
    names = {"table": column.table, "key": column.key, "column": column.column}
    return sql.SQL(text).format(**{name: sql.Identifier(value) for name, value in names.items()})


def _opens(box: Fernet | MultiFernet, value: str) -> bool:
    try:
        box.decrypt(value.encode())
    except InvalidToken:
        return False
    return True
