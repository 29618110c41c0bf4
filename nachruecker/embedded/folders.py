"""Private folders outside of the run folder, for servers that run as another account."""

import os
import stat
from pathlib import Path

from nachruecker.embedded.account import Account


class FolderNotOurs(Exception):
    """A folder with our name belongs to somebody else: a trap, or a leftover of another account."""


def make_private(path: Path, account: Account) -> Path:
    """A folder that only `account` (and root) may enter. Raises FolderNotOurs instead of using a stranger's.

    /tmp is everybody's: the folder might have been laid there, or be a link, before us.
    """
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
            raise FolderNotOurs(f"{path} belongs to somebody else; remove it first.") from None
    else:
        if not account.is_ours:
            os.chown(path, account.uid, account.gid)
    path.chmod(0o700)
    return path
