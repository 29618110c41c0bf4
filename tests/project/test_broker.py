"""A real worker on the real broker: every queue is consumed, a flush costs nothing, an outage does not hang a page."""

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path

import psycopg2
import pytest
from celery import Celery
from django.conf import settings
from kombu.exceptions import OperationalError
from redis import Redis

from nachruecker.celery import QUEUES, app
from nachruecker.embedded.children import Child, wait_until
from nachruecker.embedded.run_folder import PROJECT
from nachruecker.settings.environment import broker_url
from tests.workers import broker

pytestmark = pytest.mark.worker

PATIENCE = 60.0
"""Seconds for what a quiet machine does in two, the start of a worker."""


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory, no_wake_up_waits: None) -> Iterator[Child]:
    """Without a list of queues: it takes all that are declared. Nothing else may wait there, for it has no tables."""
    command = [sys.executable, "-m", "celery", "--app", "nachruecker", "worker", "--include", "tests.project.marking"]
    command += ["--concurrency", "1", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    folder = tmp_path_factory.mktemp("worker")
    environ = {"DJANGO_SETTINGS_MODULE": "tests.project.kept_connections"}
    child = Child(name="worker", command=command, log=folder / "worker.log", environ=environ, cwd=PROJECT)
    child.start()
    app.send_task("tests.mark", [str(folder / "ready")], queue="sweep")
    wait_for(folder / "ready", child)
    yield child
    child.stop(seconds=10)


def wait_for(path: Path, worker: Child) -> None:
    wait_until(path.exists, worker, seconds=PATIENCE)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with broker() as client:
        yield client


@pytest.mark.parametrize("queue", [queue.name for queue in QUEUES])
def test_every_queue_is_consumed_also_after_a_flush(queue: str, worker: Child, redis: Redis, tmp_path: Path) -> None:
    app.send_task("tests.mark", [str(tmp_path / "before")], queue=queue)
    wait_for(tmp_path / "before", worker)

    redis.flushdb()  # for our number the same as FLUSHALL: queues, bindings and unacknowledged tasks are gone
    app.send_task("tests.mark", [str(tmp_path / "after")], queue=queue)
    wait_for(tmp_path / "after", worker)


def test_a_named_exchange_would_lose_messages_after_a_flush(worker: Child, redis: Redis, tmp_path: Path) -> None:
    """The negative control: why the queues are declared on the anonymous exchange."""
    app.send_task("tests.mark", [str(tmp_path / "before")], queue="match")
    wait_for(tmp_path / "before", worker)
    redis.flushdb()
    app.send_task("tests.mark", [str(tmp_path / "lost")], exchange="named", routing_key="match")
    app.send_task("tests.mark", [str(tmp_path / "later")], queue="match")
    wait_for(tmp_path / "later", worker)
    assert not (tmp_path / "lost").exists()


@pytest.mark.django_db(transaction=True)
def test_a_dead_database_session_is_noticed_before_the_task(worker: Child, tmp_path: Path) -> None:
    app.send_task("tests.mark_with_database", [str(tmp_path / "first")], queue="sweep")
    wait_for(tmp_path / "first", worker)
    app.send_task("tests.mark_with_database", [str(tmp_path / "again")], queue="sweep")
    wait_for(tmp_path / "again", worker)
    session = int((tmp_path / "first").read_text())
    assert int((tmp_path / "again").read_text()) == session  # kept over tasks

    end_session(session)
    app.send_task("tests.mark_with_database", [str(tmp_path / "second")], queue="sweep")
    wait_for(tmp_path / "second", worker)
    assert int((tmp_path / "second").read_text()) != session


def end_session(number: int) -> None:
    """What a restart of PostgreSQL does to a session."""
    database = settings.DATABASES["default"]
    connection = psycopg2.connect(host=database["HOST"], user=database["USER"], dbname="postgres")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
            assert cursor.fetchone() == (True,)
    finally:
        connection.close()


@contextmanager
def publisher(address: str) -> Iterator[Celery]:
    """Our app's settings with another broker."""
    other = Celery("other", set_as_current=False)
    other.config_from_object("django.conf:settings", namespace="CELERY")
    # The queues are copied: an app without our default exchange would name theirs anew, for everybody in this process.
    other.conf.update(broker_url=address, broker_read_url=None, broker_write_url=None, task_queues=deepcopy(QUEUES))
    yield other
    other.close()


def test_publishing_fails_fast_when_the_broker_is_gone(tmp_path: Path) -> None:
    begun = time.monotonic()
    with publisher(broker_url(f"unix://{tmp_path}/nobody.sock")) as celery, pytest.raises(OperationalError):
        celery.send_task("tests.mark", ["never"], queue="match")
    assert time.monotonic() - begun < 2


def test_publishing_fails_fast_when_the_broker_is_silent() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with publisher(address) as celery, pytest.raises(OperationalError):
            celery.send_task("tests.mark", ["never"], queue="match")
    assert time.monotonic() - begun < 5
