"""Filling tables by COPY: tens of thousands of rows a second, and every column that the model has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import Error, connection, transaction
from django.db.models import Model
from psycopg2 import sql

from impfzentrum.bench.database import refuse_other_databases

CHUNK = 5_000
NULL = r"\N"


def copy_rows(common: Model, varying: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows that are all like the unsaved instance `common` but for the columns named in `varying`.

    Raises NotOurDatabase outside of a bench's database.
    """
    refuse_other_databases()
    fixed = {name: text for name, text in _texts_of(common).items() if name not in varying}
    names = [*varying, *fixed]
    end = "".join(f"\t{text}" for text in fixed.values()) + "\n"
    table = type(common)._meta.db_table
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with connection.cursor() as cursor:
        cursor.copy_expert(command, _Lines("\t".join(map(_escape, row)) + end for row in rows))
        if "id" in varying:
            cursor.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence(%s, 'id'), max(id)) FROM {}").format(
                    sql.Identifier(table)
                ),
                [table],
            )


@contextmanager
def without_triggers() -> Iterator[None]:
    """Foreign keys and triggers sleep while rows are loaded that agree by construction: three times as fast.

    Only a superuser may do that; for others loading takes longer and is the same.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
    except Error:
        yield
        return
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = origin")


@contextmanager
def without_indexes(*models: type[Model]) -> Iterator[None]:
    """Indexes that belong to no constraint are dropped and built again after the rows are there, in half the time."""
    tables = [model._meta.db_table for model in models]
    with connection.cursor() as cursor:
        cursor.execute(_LOOSE_INDEXES, [tables])
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    with connection.cursor() as cursor:
        for _, definition in found:
            cursor.execute(definition)


_LOOSE_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
WHERE tablename = ANY(%s) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)
"""


def tidy(*models: type[Model]) -> None:
    """Vacuum and analyze, so that every run starts from tables as autovacuum keeps them."""
    _vacuum("VACUUM (ANALYZE) {}", models)


def sweep_out(*models: type[Model]) -> None:
    """Vacuum alone, between two runs: they leave dead rows, and what they know of the tables stays true.

    Analyzing ten million rows again takes minutes and changes no plan.
    """
    _vacuum("VACUUM {}", models)


def _vacuum(command: str, models: Sequence[type[Model]]) -> None:
    with connection.cursor() as cursor:
        tables = sql.SQL(", ").join(sql.Identifier(model._meta.db_table) for model in models)
        cursor.execute(sql.SQL(command).format(tables))


def _texts_of(instance: Model) -> dict[str, str]:
    """The columns of an instance that are set, as COPY wants to read them."""
    fields = [(field, getattr(instance, field.attname)) for field in instance._meta.concrete_fields]
    values = {
        str(field.column): field.get_db_prep_save(value, connection) for field, value in fields if value is not None
    }
    return {column: _escape(value) for column, value in values.items()}


def _escape(value: Any) -> str:
    if value is None:
        return NULL
    if isinstance(value, int):
        return str(value)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")


class _Lines:
    """What psycopg2 wants of a file, over lines that are made as they are needed."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines

    def read(self, size: int) -> str:
        return "".join(islice(self.lines, CHUNK))
