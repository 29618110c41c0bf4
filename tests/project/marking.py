"""Tasks for tests of the broker: each leaves a mark that the test can see."""

from pathlib import Path

from celery import shared_task
from django.db import connection


@shared_task(name="tests.mark")
def mark(path: str) -> None:
    """Make the file at `path`."""
    Path(path).touch()


@shared_task(name="tests.mark_with_database")
def mark_with_database(path: str) -> None:
    """Write the number of our database session into the file at `path`."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (number,) = cursor.fetchone()
    draft = Path(f"{path}.draft")
    draft.write_text(str(number))
    draft.rename(path)
