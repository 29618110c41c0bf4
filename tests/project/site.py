"""A whole site for a test: `manage.py demo` as a process of its own, in a run folder of its own."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

from nachruecker.embedded.orphans import birth_of
from nachruecker.embedded.postgres import discard_data
from nachruecker.embedded.run_folder import PROJECT, RunFolder

Process = tuple[int, str]  # number and moment of birth


class Site:
    """`start` it, look at it, `stop` it; `throw_away` leaves nothing behind whatever the test did."""

    def __init__(self, path: Path) -> None:
        self.folder = RunFolder.at(path)
        self.port = free_port()
        self.output = path.parent / f"{path.name}-output"
        self.process: subprocess.Popen[bytes] | None = None

    def environ(self, **changes: str) -> dict[str, str]:
        """The environment of a person's terminal: nothing of the test run's own servers and settings."""
        ours = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "TEST_FOLDER", "PYTEST_XDIST_WORKER"}
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return {**kept, "RUN_FOLDER": str(self.folder.path), "PORT": str(self.port), **changes}

    def start(self, **changes: str) -> str:
        """Start and wait until it says it is ready; returns what it printed. Fails with that when it ends before."""
        self.output.write_bytes(b"")
        self.process = self.launch(**changes)
        self.wait_for("Ready after", seconds=120)
        return self.printed()

    def launch(self, **changes: str) -> subprocess.Popen[bytes]:
        """Start without waiting."""
        with self.output.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "manage.py", "demo", "--people", "20"],
                cwd=PROJECT,
                env=self.environ(**changes),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def printed(self) -> str:
        return self.output.read_text()

    def wait_for(self, words: str, *, seconds: float) -> None:
        """Until the site has printed `words`."""
        assert self.process is not None
        deadline = time.monotonic() + seconds
        while words not in self.printed():
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{self.printed()}"
            assert time.monotonic() < deadline, f"no {words!r} after {seconds} s:\n{self.printed()}"
            time.sleep(0.05)

    def status_of_first_page(self) -> int:
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=60) as answer:
                return int(answer.status)
        except HTTPError as refused:
            return refused.code

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)
        if number == signal.SIGKILL:
            self.process.wait()

    def processes(self) -> set[Process]:
        """All processes below the supervisor, now."""
        assert self.process is not None
        children: dict[int, list[int]] = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                fields = stat.read_text().rpartition(")")[2].split()
                children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
        found, front = set[int](), [self.process.pid]
        while front:
            front = [child for pid in front for child in children.get(pid, [])]
            found.update(front)
        return {(pid, birth_of(pid)) for pid in found}

    def throw_away(self) -> None:
        """End whatever still runs, and remove the data, also those outside of the run folder."""
        if self.process is not None:
            left = self.processes()
            self.process.kill()
            self.process.wait()
            wait_until_gone(left, seconds=10)
        discard_data(self.folder)
        shutil.rmtree(self.folder.socket_folder, ignore_errors=True)


def still_alive(processes: set[Process]) -> set[Process]:
    return {(pid, birth) for pid, birth in processes if birth_of(pid) == birth}


def wait_until_gone(processes: set[Process], *, seconds: float) -> None:
    """Fails with the names of what is still there after `seconds`."""
    deadline = time.monotonic() + seconds
    while left := still_alive(processes):
        names = [Path(f"/proc/{pid}/cmdline").read_bytes() for pid, _ in left] if time.monotonic() > deadline else []
        assert time.monotonic() < deadline, f"still there: {names}"
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def pgdata_of(folder: RunFolder) -> list[Path]:
    """Where this folder's database could be."""
    places = [folder.path / "pgdata", Path("/var/tmp") / f"nachruecker-data-{folder.name}"]
    return [place for place in places if place.exists()]
