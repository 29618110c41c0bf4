"""What all tests share: a county with a centre, threads that start together, and tests that fail on logged errors."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, connections
from django.test import TransactionTestCase
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoDbBlocker

from impfzentrum.models import Campaign, Centre, County, Release, StandbyEntry, Vaccine
from impfzentrum.procedures.inspecting import find_violations
from tests import factories
from tests.emptying import empty_database, end_other_sessions
from tests.workers import forget_wake_ups


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_logged_errors(request: pytest.FixtureRequest) -> Iterator[None]:
    """A logged error is a failed test, whatever the page looked like. `expects_errors` marks tests that provoke one."""
    if request.node.get_closest_marker("expects_errors"):
        yield
        return
    handler = _Errors()
    watched = [logging.getLogger(), logging.getLogger("django"), logging.getLogger("django.request")]
    for logger in watched:
        logger.addHandler(handler)
    yield
    for logger in watched:
        logger.removeHandler(handler)
    assert not handler.lines, f"logged errors: {handler.lines}"


@pytest.fixture(scope="session", autouse=True)
def no_session_left(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """End what killed workers left of their database sessions, else the test database could not be dropped."""
    yield
    connection.close()  # a process that a test has forked may have ended this session on its way out
    with django_db_blocker.unblock():
        end_other_sessions()


@pytest.fixture(scope="module", autouse=True)
def no_wake_up_waits() -> None:
    """Most tests run without a worker, and what they publish waits in Redis. It must not wait for the next file."""
    forget_wake_ups()


@pytest.fixture(scope="session", autouse=True)
def empty_quickly() -> None:
    TransactionTestCase._fixture_teardown = empty_database  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def german_again() -> None:
    """A page in English leaves its language active in the thread; no test shall see which one ran before it."""
    translation.activate(settings.LANGUAGE_CODE)


@pytest.fixture(autouse=True)
def empty_postfach() -> Iterator[None]:
    yield
    if settings.POSTFACH_DIR is not None:
        shutil.rmtree(settings.POSTFACH_DIR, ignore_errors=True)


@dataclass(frozen=True)
class World:
    """One county with one centre, one vaccine and one member of staff."""

    county: County
    centre: Centre
    campaign: Campaign
    vaccine: Vaccine
    staff: User

    def entry(self, **values: Any) -> StandbyEntry:
        return factories.make_entry(self.centre, self.campaign, self.vaccine, **values)

    def entries(self, count: int, **values: Any) -> list[StandbyEntry]:
        return [self.entry(**values) for _ in range(count)]

    def release(self, doses: int = 1, **values: Any) -> Release:
        vaccine = values.pop("vaccine", self.vaccine)
        return factories.make_release(self.centre, self.campaign, vaccine, self.staff, doses=doses, **values)


def build_world() -> World:
    county = factories.make_county()
    centre = factories.make_centre(county)
    campaign = factories.make_campaign(county)
    return World(county, centre, campaign, factories.make_vaccine(campaign), factories.make_staff(centre))


@pytest.fixture
def world(db: None) -> World:
    return build_world()


@pytest.fixture
def committed_world(transactional_db: None) -> Iterator[World]:
    """The same, visible to other connections; afterwards every invariant holds."""
    yield build_world()
    assert list(find_violations()) == []


Together = Callable[..., list[Any]]


@pytest.fixture
def at_the_same_time() -> Together:
    """Call one function for many arguments in threads that start together; outcomes or exceptions, in order."""

    def run(function: Callable[..., Any], arguments: Sequence[Any], **named: Any) -> list[Any]:
        return run_together([partial(function, one, **named) for one in arguments])

    return run


def run_together(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run these calls in threads that start together, each on its own connection."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[Any] = [None] * len(calls)

    def run(index: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            outcomes[index] = calls[index]()
        except Exception as outcome:  # noqa: BLE001 - the outcome of a race is what the test looks at
            outcomes[index] = outcome
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a thread of the race hangs"
    return outcomes


@contextmanager
def _nothing_is_written() -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    writes = [one["sql"] for one in queries if one["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert writes == [], "a GET must change nothing"


@pytest.fixture
def nothing_is_written() -> Callable[[], AbstractContextManager[None]]:
    """`with nothing_is_written(): client.get(…)` fails if a row was written."""
    return _nothing_is_written
