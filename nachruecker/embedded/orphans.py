"""Children of a supervisor that was killed: waited for, and ended when they stay."""

import os
import signal
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from nachruecker.embedded.children import Child
from nachruecker.embedded.run_folder import RunFolder

PATIENCE_SECONDS = 5.0


def remember_children(folder: RunFolder, children: Iterable[Child]) -> None:
    """Write down which processes are ours, with the moment of their birth: a number alone may be given out again."""
    running = [child.process.pid for child in children if child.process is not None]
    draft = folder.path / "children.new"
    draft.write_text("".join(f"{pid} {birth_of(pid)}\n" for pid in running))
    draft.replace(folder.path / "children")


def end_orphans(folder: RunFolder) -> None:
    """Wait until the children of an earlier supervisor are gone; what stays for five seconds is killed.

    On Linux the kernel has told them already (children.die_with_parent); elsewhere this ends them.
    """
    left = [pid for pid, birth in remembered(folder) if birth_of(pid) == birth]
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        births = dict(remembered(folder))
        left = [pid for pid in left if birth_of(pid) == births[pid]]
    for pid in left:
        os.killpg(pid, signal.SIGKILL)
    (folder.path / "children").unlink(missing_ok=True)


def remembered(folder: RunFolder) -> list[tuple[int, str]]:
    path = folder.path / "children"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(pid), birth) for pid, _, birth in (line.partition(" ") for line in lines)]


def birth_of(pid: int) -> str:
    """A text that no later process of the same number shares; empty when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except FileNotFoundError:
            return ""
        return "" if fields[0] == "Z" else f"ticks {fields[19]}"
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip()
