"""The run folder `.run`: keys, logs, the lock against a second start, and where servers keep data and sockets."""

import fcntl
import json
import os
import secrets
import shutil
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import quote

PROJECT = Path(__file__).resolve().parent.parent.parent
KEY_NAMES = ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY")


class FolderInUse(Exception):
    """Somebody else holds the lock of this run folder; the text says who."""


@dataclass(frozen=True)
class RunFolder:
    """One folder with everything that one embedded site keeps.

    `name` is random and made with the folder, so that what has to live elsewhere (sockets have at most 107
    bytes of path, and a server that runs as another account cannot enter a private folder) is never taken over
    by a later clone at the same path.
    """

    path: Path
    name: str

    @classmethod
    def at(cls, path: Path) -> Self:
        """The run folder at `path`, made when missing. Readable by its owner only, except the way to the data."""
        path.mkdir(mode=0o711, parents=True, exist_ok=True)
        (path / "log").mkdir(mode=0o700, exist_ok=True)
        return cls(path=path.resolve(), name=read_or_make(path / "name", lambda: secrets.token_hex(6)))

    @classmethod
    def of_project(cls) -> Self:
        """The project's own `.run`, or what RUN_FOLDER names."""
        return cls.at(Path(os.environ.get("RUN_FOLDER") or PROJECT / ".run"))

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def socket_folder(self) -> Path:
        return Path("/tmp") / f"nachruecker-{self.name}"

    @property
    def database_url(self) -> str:
        return f"postgresql://nachruecker@{quote(str(self.socket_folder / 'pg'), safe='')}/nachruecker"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.socket_folder / 'valkey.sock'}?db=0"

    def remove_sockets(self) -> None:
        """Leave nothing in /tmp. The servers must be down."""
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def keys(self) -> dict[str, str]:
        """The secrets of this folder, made once: signing, encrypted fields, keyed hashes."""

        def make() -> str:
            fresh = (
                secrets.token_urlsafe(50),
                urlsafe_b64encode(secrets.token_bytes(32)).decode(),
                secrets.token_hex(32),
            )
            return json.dumps(dict(zip(KEY_NAMES, fresh, strict=True)))

        found: dict[str, str] = json.loads(read_or_make(self.path / "keys.json", make))
        return found

    def lock(self, holder: str, *, wait: bool) -> int:
        """Take the folder for this process and return the descriptor that holds it until it is closed.

        With `wait` false, raises FolderInUse with the other holder's words when the folder is taken. The kernel lets go
        of the lock when a process dies, however it dies.
        """
        descriptor = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError as taken:
            text = os.read(descriptor, 1000).decode(errors="replace")
            os.close(descriptor)
            raise FolderInUse(text) from taken
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{holder} (process {os.getpid()})".encode(), 0)
        return descriptor


def read_or_make(path: Path, make: Callable[[], str]) -> str:
    """The text of a private file, written once; two first starts at the same moment agree on one text."""
    try:
        return path.read_text()
    except FileNotFoundError:
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(make())
        try:
            os.link(draft, path)  # fails where the other start was first, and never shows half a file
        except FileExistsError:
            return path.read_text()
        finally:
            draft.unlink()
        return path.read_text()
