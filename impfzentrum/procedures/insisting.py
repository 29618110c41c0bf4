"""Writing down what only this process knows, also when the database is restarted meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds for which a worker that has answers in its hands waits for a database that is gone."""

Result = TypeVar("Result")


def insist(work: Callable[[], Result]) -> Result:
    """Do this also when the database is restarted meanwhile: only we know what the gateways have said.

    Raises what the database says in the end, and at once inside of a transaction.
    """
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except (DatabaseError, InterfaceError) as fault:
            # A connection that ends at the very COMMIT is a bare DatabaseError to psycopg2.
            gone = isinstance(fault, (OperationalError, InterfaceError)) or type(fault) is DatabaseError
            if not gone or connection.in_atomic_block or time.monotonic() > end:
                raise
            logger.warning("database out of reach, answers of gateways wait: %s", type(fault).__name__)
            connection.close()
            time.sleep(0.3)
