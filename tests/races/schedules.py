"""Two calls at once, on purpose instead of by luck: one stops before a chosen statement, meanwhile the other runs.

Whoever stops at each statement in turn has seen every way in which two calls can be laid into one another with one
change from the one to the other: what `first` read before the stop may be outdated after it. The other call runs on
until it is through or waits for a lock of the stopped one; PostgreSQL says which, no clock does.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections

Call = Callable[[], object]
Rewrite = Callable[[str], str]

PATIENCE = 10
"""Seconds after which a call that neither ends nor waits for a lock is a fault of the test."""

_APART = re.compile(
    r'^(SAVEPOINT|RELEASE|ROLLBACK)|INTO "impfzentrum_message"'
    r'|FROM "impfzentrum_(county|centre|campaign|draw|priorityorder|prioritycriterion|vaccinerule)"'
)
"""Statements about rows that none of the calls changes, or that only add a message: stopping there shows nothing new.

The note for the audit is a stop, since it mostly comes last: everything is written and nothing committed."""


def keep(sql: str) -> str:
    return sql


class Stop:
    """Counts the statements of a call and stops it before one of them, until `go` is set."""

    def __init__(self, before: int | None = None, rewrite: Rewrite = keep) -> None:
        self.before, self.rewrite = before, rewrite
        self.seen = 0
        self.reached, self.go = threading.Event(), threading.Event()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if not _APART.search(sql):
            self.seen += 1
            if self.seen == self.before:
                self.reached.set()
                assert self.go.wait(PATIENCE), "nobody let the stopped call go on"
        return execute(self.rewrite(sql), params, many, context)


class Runner:
    """A thread with a database connection of its own, that makes one call after the other."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(max_workers=1)
        self.backend = self.pool.submit(_backend).result(PATIENCE)

    def start(self, call: Call, stop: Stop) -> Future[object]:
        return self.pool.submit(_outcome, call, stop)

    def run(self, call: Call, stop: Stop) -> object:
        return self.start(call, stop).result(PATIENCE)

    def waits_for_a_lock(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self.backend])
            return bool(cursor.fetchone()[0])

    def ends_or_waits(self, call: Future[object]) -> bool:
        until = time.monotonic() + PATIENCE / 2
        while time.monotonic() < until:
            if wait([call], timeout=0.004).done or self.waits_for_a_lock():
                return True
        return False

    def close(self) -> None:
        self.pool.submit(connections.close_all).result(PATIENCE)
        self.pool.shutdown()


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _outcome(call: Call, stop: Stop) -> object:
    try:
        with connection.execute_wrapper(stop):
            return call()
    except Exception as outcome:  # noqa: BLE001 - the outcome of a race is what the test looks at
        return outcome
    finally:
        stop.reached.set()


class Two:
    """Two runners, and the ways to let them meet. Outcomes are what each returned or raised, the first one's first."""

    def __init__(self) -> None:
        self.runners = Runner(), Runner()

    def one_after_the_other(self, first: Call, second: Call, stop: Stop) -> tuple[object, object]:
        """`stop` counts the statements of the first call."""
        a, b = self.runners
        return a.run(first, stop), b.run(second, Stop())

    def meet(self, first: Call, second: Call, *, before: int, rewrite: Rewrite = keep) -> tuple[object, object]:
        """The first call stops before that statement of its own; the second runs until it is through or must wait."""
        a, b = self.runners
        stop = Stop(before, rewrite)
        one = a.start(first, stop)
        assert stop.reached.wait(PATIENCE), "the first call neither stopped nor ended"
        other = b.start(second, Stop(rewrite=rewrite))
        spinning = not b.ends_or_waits(other)
        stop.go.set()
        assert not spinning, "the second call neither ended nor waited for a lock"
        return one.result(PATIENCE), other.result(PATIENCE)

    def start_together(self, first: Call, second: Call, *, rewrite: Rewrite = keep) -> tuple[object, object]:
        """Both at once, as it comes."""
        a, b = self.runners
        barrier = threading.Barrier(2)

        def after_both_are_there(call: Call) -> Call:
            return lambda: (barrier.wait(PATIENCE), call())[1]

        one = a.start(after_both_are_there(first), Stop(rewrite=rewrite))
        other = b.start(after_both_are_there(second), Stop(rewrite=rewrite))
        return one.result(PATIENCE), other.result(PATIENCE)


@contextmanager
def two_runners() -> Iterator[Two]:
    two = Two()
    try:
        yield two
    finally:
        for runner in two.runners:
            runner.close()
