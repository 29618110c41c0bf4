"""Child processes that never outlive us, and how they are stopped."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from nachruecker.embedded.account import Account

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None
_PR_SET_PDEATHSIG = 1


@dataclass
class Child:
    """One program: how it is started, asked to stop, and killed with us.

    `stop_signal` asks for an orderly end. `orphan_signal` is what the kernel sends when we die without a word:
    nobody is left to wait for an orderly end then, and what was committed is safe.
    """

    name: str
    command: Sequence[str]
    log: Path
    environ: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    cwd: Path = Path("/")
    stop_signal: signal.Signals = signal.SIGTERM
    orphan_signal: signal.Signals = signal.SIGKILL
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the program in a session of its own, so that Ctrl-C reaches only us and we decide the order."""
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                env={**os.environ, **self.environ},
                start_new_session=True,
                preexec_fn=die_with_parent(self.orphan_signal),
                **(self.account.arguments() if self.account else {}),
            )

    def exit_code(self) -> int | None:
        """None while the program runs; a program that was never started counts as not running."""
        return self.process.poll() if self.process else -1

    def stop(self, *, seconds: float) -> None:
        """Ask the program to end, and kill its whole group when it has not ended after `seconds`."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        sweep_group(self.process.pid)
        self.process = None


def sweep_group(group: int) -> None:
    """Kill what a dead program left of its group (pool processes of a killed worker)."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return  # nothing left; macOS says "not permitted" for a group of zombies


def open_log(path: Path) -> IO[bytes]:
    """The log file at `path`, appended to, readable by us only. Ours even where the program is another account's."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600), "ab")


def die_with_parent(orphan_signal: signal.Signals) -> Callable[[], None] | None:
    """Code for the child, after the change of account, that has the kernel send it `orphan_signal` when we die.

    Only Linux knows this. The question for the parent afterwards closes the gap in which we died before it asked.
    """
    if _libc is None:
        return None
    libc, parent = _libc, os.getpid()

    def ask_kernel() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(orphan_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float) -> None:
    """Wait until `ready`; raises ChildFailed with the end of the log when the child dies or takes longer."""
    deadline = time.monotonic() + seconds
    while not ready():
        code = child.exit_code()
        if code is not None or time.monotonic() > deadline:
            reason = "took too long" if code is None else f"ended with code {code}"
            raise ChildFailed(f"{child.name} {reason}. {child.log}:\n{log_end(child.log)}")
        time.sleep(0.02)


def log_end(path: Path, lines: int = 15) -> str:
    """The last lines of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:]) if path.exists() else ""


class ChildFailed(Exception):
    """A program that we need did not start."""
