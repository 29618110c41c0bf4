"""For negative controls: the claim of the database without its locks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_DEFINITION = "SELECT pg_get_functiondef('impfzentrum_claim'::regproc)"
_LOCKS = re.compile(r"FOR NO KEY UPDATE( OF person)? SKIP LOCKED")
_PICKED = "    UPDATE impfzentrum_dose AS dose"


@contextmanager
def claim_without_locks() -> Iterator[None]:
    """The claim reads doses and people without locking them, and leaves others time to read the same."""
    with connection.cursor() as cursor:
        cursor.execute(_DEFINITION)
        original = str(cursor.fetchone()[0])
        unlocked, changed = _LOCKS.subn("", original)
        assert changed == 2, "the claim locks doses and people"
        assert _PICKED in unlocked
        cursor.execute(unlocked.replace(_PICKED, "    PERFORM pg_sleep(0.05);\n" + _PICKED))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(original)
