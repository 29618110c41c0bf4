"""Children of a supervisor that was killed: waited for, and ended when they stay."""

import os
import subprocess
import time
from collections.abc import Iterable
from pathlib import Path

from nachruecker.embedded.children import Child, sweep_group
from nachruecker.embedded.run_folder import RunFolder

PATIENCE_SECONDS = 5.0


def remember_children(folder: RunFolder, children: Iterable[Child]) -> None:
    """Write down which processes are ours, with the moment of their birth: a number alone may be given out again."""
    running = [child.process.pid for child in children if child.process is not None]
    draft = folder.path / "children.new"
    draft.write_text("".join(f"{pid} {birth_of(pid)}\n" for pid in running))
    draft.replace(folder.path / "children")


def end_orphans(folder: RunFolder) -> None:
    """Wait until the children of an earlier supervisor are gone with their groups; what stays is killed.

    On Linux the kernel has told them already (children.die_with_parent); elsewhere this ends them.
    """
    left = remembered(folder)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (
        left := {pid: birth for pid, birth in left.items() if group_lives(pid, birth)}
    ) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in left:
        sweep_group(pid)
    (folder.path / "children").unlink(missing_ok=True)


def remembered(folder: RunFolder) -> dict[int, str]:
    """The children of the last supervisor by number, with their birth; none from before the machine was started."""
    path = folder.path / "children"
    lines = (line.partition(" ") for line in path.read_text().splitlines()) if path.exists() else ()
    return {int(pid): birth for pid, _, birth in lines if birth.endswith(boot())}


def group_lives(pid: int, birth: str) -> bool:
    """Whether the group that this child led still has a process: a web server's master dies before its workers."""
    try:
        os.killpg(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # PostgreSQL under another account, or, where the number was given out again, a stranger
    return birth_of(pid) in {"", birth}


def boot() -> str:
    """Which start of the machine this is, where the system tells (Linux)."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def birth_of(pid: int) -> str:
    """A text that no later process of the same number shares; empty when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.parent.parent.joinpath("self").exists():
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):  # gone before, or while we read
            return ""
        return "" if fields[0] == "Z" else f"ticks {fields[19]} boot {boot()}"
    told = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return told.stdout.strip()
