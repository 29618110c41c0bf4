"""Shows on the terminal what the children's logs say about errors."""

import re
from collections.abc import Callable
from pathlib import Path

ERROR = re.compile(r"\b(ERROR|CRITICAL|FATAL|PANIC)\b|^Traceback ")
KEEP_BYTES = 5_000_000


class LogWatch:
    """Follows one log from its present end."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self.path = path
        self.offset = 0
        self.in_traceback = False
        self.skip_to_end()

    def skip_to_end(self) -> None:
        """Say nothing about what stands in the log now."""
        self.offset = self.path.stat().st_size if self.path.exists() else 0

    def report(self, say: Callable[[str], None]) -> None:
        """Say every new line that tells of an error, and a traceback up to the line that names the exception."""
        if not self.path.exists():
            return
        with self.path.open("rb") as log:
            log.seek(self.offset)
            new = log.read()
        whole = new[: new.rfind(b"\n") + 1]  # a line still being written comes next time
        self.offset += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            if self.in_traceback or ERROR.search(line):
                say(f"{self.name}: {line}")
            if line.startswith("Traceback "):
                self.in_traceback = True
            elif line and not line[0].isspace():
                self.in_traceback = False


def shorten_log(path: Path) -> None:
    """Set a log of more than five megabytes aside, so that a demo that runs for weeks does not fill the disk."""
    if path.exists() and path.stat().st_size > KEEP_BYTES:
        path.replace(path.with_suffix(".log.1"))
