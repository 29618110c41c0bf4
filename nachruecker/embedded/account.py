"""Which operating system account a server runs as, and where that account may go."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict


class AccountArguments(TypedDict, total=False):
    """What subprocess wants to hear about an account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        return self.uid == os.geteuid()

    def arguments(self) -> AccountArguments:
        """For subprocess: how to become this account; nothing where it is ours."""
        if self.is_ours:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, path: Path) -> bool:
        """Whether this account may enter `path` and every folder above it."""
        folders = (path.resolve(), *path.resolve().parents)
        return self.is_ours or all(folder.stat().st_mode & 0o001 for folder in folders)


def our_account() -> Account:
    """The account that runs this code, root or not."""
    return Account(os.geteuid(), os.getegid())


def server_account() -> Account:
    """Ours, or `nobody` for root: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return our_account()
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)
