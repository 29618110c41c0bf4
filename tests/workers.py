"""Real workers for a test: Celery worker and beat as processes on the test's own database and broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import connection
from redis import Redis

from nachruecker.embedded.run_folder import PROJECT

CELERY = (sys.executable, "-m", "celery", "--app", "nachruecker")
QUIET = ("--loglevel", "WARNING", "--without-gossip", "--without-mingle")


def broker() -> Redis:
    """The Redis database of this test process."""
    return Redis.from_url(valkey_address())


def valkey_address() -> str:
    """Where it is, in the words of the client."""
    return str(settings.CELERY_BROKER_URL.replace("redis+socket", "unix").replace("virtual_host", "db"))


def forget_wake_ups() -> None:
    """Drop what earlier tests published for no worker. One that starts now would have to take all of it first."""
    with broker() as ours:
        ours.flushdb()


class Workers:
    """A worker of two processes and a beat. `kill_worker` is SIGKILL to the whole group."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.environ = {**os.environ, "DATABASE_URL": database_url_of_the_test(), **environ}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start_worker(self, *options: str, **environ: str) -> None:
        self._start("worker", [*CELERY, "worker", "--concurrency", "2", *QUIET, *options], **environ)

    def wait_for_end(self, *, seconds: float = 60) -> None:
        """Wait until the worker has killed itself."""
        self.running.pop("worker").wait(seconds)

    def start_beat(self) -> None:
        schedule = str(self.folder / "beat-schedule")
        self._start("beat", [*CELERY, "beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"])

    def _start(self, name: str, command: list[str], **environ: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, cwd=PROJECT, env={**self.environ, **environ}, stdout=log, stderr=log, start_new_session=True
            )

    def kill_worker(self) -> None:
        self._kill("worker")

    def _kill(self, name: str) -> None:
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self._kill(name)

    def logged_errors(self) -> list[str]:
        lines = [line for log in self.folder.glob("*.log") for line in log.read_text().splitlines()]
        return [line for line in lines if "ERROR" in line or "Traceback" in line]


def database_url_of_the_test() -> str:
    """Where the tests' own connection leads to at this moment."""
    database = connection.settings_dict
    query = urlencode({"host": database["HOST"]})
    return f"postgresql://{quote(database['USER'])}@/{quote(str(database['NAME']))}?{query}"


@contextmanager
def running_workers(folder: Path, *options: str, **environ: str) -> Iterator[Workers]:
    """A worker (with these options) and a beat for as long as the block lasts."""
    workers = Workers(folder, **environ)
    forget_wake_ups()
    workers.start_worker(*options)
    workers.start_beat()
    try:
        yield workers
    finally:
        workers.stop()
