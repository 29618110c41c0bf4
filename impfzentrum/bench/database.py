"""A database of the bench's own beside the configured one: made, migrated, filled, thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from celery import Celery
from celery.app import app_or_default
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg2 import sql

SUFFIX = "_bench"
MARK = "made by manage.py bench, to be thrown away"


class NotOurDatabase(Exception):
    """The bench would write into, or drop, a database that it has not made itself."""


@contextmanager
def bench_database(*, keep: bool = False) -> Iterator[None]:
    """Inside of the block everything runs on `<name>_bench`, new and migrated; afterwards it is dropped unless `keep`.

    Raises NotOurDatabase when a database of that name is there that no bench has made. Wake-ups go to a broker of the
    bench's own: a worker that is up would look for their releases in its own database. For tests the setting
    BENCH_TEMPLATE may name an empty database with all tables: copying it takes a tenth of the time.
    """
    own = str(connection.settings_dict["NAME"])
    name = own + SUFFIX
    connections.close_all()
    _make_database(name)
    connection.settings_dict["NAME"] = name
    try:
        with other_broker("memory://"):
            if _template() is None:
                call_command("migrate", verbosity=0, interactive=False)
            yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = own
        if not keep:
            _drop_database(name)


def refuse_other_databases() -> None:
    """Raises NotOurDatabase unless this connection writes into a database that a bench has made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        [name] = cursor.fetchone()
        if not name.endswith(SUFFIX) or _mark_of(cursor, name) != MARK:
            raise NotOurDatabase(f"the bench does not write into {name}")


def _make_database(name: str) -> None:
    with connection._nodb_cursor() as cursor:  # as Django makes its test databases
        _drop_ours(cursor, name)
        template = _template() or "template1"
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        cursor.execute(command)
        cursor.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(MARK)))


def _template() -> str | None:
    """The migrated database to be copied, for tests."""
    return getattr(settings, "BENCH_TEMPLATE", None)


def _drop_database(name: str) -> None:
    with connection._nodb_cursor() as cursor:
        _drop_ours(cursor, name)


def _drop_ours(cursor: Any, name: str) -> None:
    """Drop what an earlier bench has made under this name. Raises NotOurDatabase when it was somebody else."""
    cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
    if cursor.fetchone() is None:
        return
    if _mark_of(cursor, name) != MARK:
        raise NotOurDatabase(f"{name} is there already, and no bench has made it: rename or drop it yourself")
    cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _mark_of(cursor: Any, name: str) -> str | None:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    found: tuple[str | None] | None = cursor.fetchone()
    return None if found is None else found[0]


@contextmanager
def other_broker(url: str) -> Iterator[None]:
    """Wake-ups go to this broker, by the same routes."""
    before = app_or_default()
    ours = Celery("bench", broker=url, set_as_current=False)
    ours.conf.update({name: deepcopy(before.conf[name]) for name in _ROUTES})
    ours.set_current()
    ours.set_default()
    try:
        yield
    finally:
        before.set_current()
        before.set_default()
        ours.close()


_ROUTES = ("task_queues", "task_routes", "task_default_queue", "task_default_exchange", "task_default_routing_key")
