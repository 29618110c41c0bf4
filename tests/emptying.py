"""Emptying the database after a test that commits, ten times quicker than Django's TRUNCATE of every table.

TRUNCATE makes new files for each table and each index, and Django then looks for missing permissions: 0.2 seconds,
for rows that a DELETE removes in twenty milliseconds.
"""

from __future__ import annotations

from functools import cache

from django.db import connection, transaction
from django.test import TransactionTestCase

KEPT = {"django_migrations", "django_content_type", "auth_permission"}
"""What migrating fills. No test changes these tables."""

_truncate_every_table = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]


def empty_database(case: TransactionTestCase) -> None:
    """Takes the place of TransactionTestCase._fixture_teardown.

    Only a superuser may skip triggers and foreign keys, as the role of a replica does; others wait for Django's way.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('is_superuser') = 'on'")
        if cursor.fetchone() == (True,):
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(_delete_from_every_table())
            return
    _truncate_every_table(case)


@cache
def _delete_from_every_table() -> str:
    tables = sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
    return "; ".join(f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables)  # noqa: S608 - our tables


def end_other_sessions() -> None:
    """End what a browser's server or a killed worker left: a database in use can neither be copied nor dropped."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
