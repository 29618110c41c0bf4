"""One embedded PostgreSQL: made on its first start, reached by a socket only."""

import os
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2

from nachruecker.embedded.account import Account, our_account, server_account
from nachruecker.embedded.binaries import find_postgres
from nachruecker.embedded.children import Child, ChildFailed, wait_until
from nachruecker.embedded.folders import make_private
from nachruecker.embedded.run_folder import RunFolder

USER = DATABASE = "nachruecker"

# What a laptop does not need 128 MB for; and for tests, whose data nobody wants back, no waiting for the disk.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "wal_compression": "on",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # a refused statement holds names and numbers; so do its details
    "log_error_verbosity": "terse",
}
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def postgres_child(folder: RunFolder, *, throw_away: bool = False) -> Child:
    """The server for `folder`, its data made when there are none. Raises ChildFailed when that fails."""
    account = server_account()
    programs = find_postgres(account)
    data = data_place(folder, account)
    sockets = make_private(make_private(folder.socket_folder, our_account()) / "pg", account)
    folder.socket_folder.chmod(0o711)
    if not data.exists():
        make_data(programs, data, account)
    make_private(data, account)  # or a stranger's folder is refused
    settings = (
        SETTINGS | {"unix_socket_directories": str(sockets)} | (THROW_AWAY if throw_away else {}) | own_settings()
    )
    command = [str(programs / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    return Child(
        name="postgres",
        command=command,
        log=folder.log / "postgres.log",
        account=account,
        stop_signal=signal.SIGINT,  # fast: open sessions are rolled back, nothing waits for clients
        orphan_signal=signal.SIGQUIT,  # at once: the write-ahead log keeps what was committed
    )


def own_settings() -> dict[str, str]:
    """What POSTGRES_SETTINGS names besides, as `name=value name=value`: `make bench` wants more memory."""
    pairs = shlex.split(os.environ.get("POSTGRES_SETTINGS", ""))
    return dict(pair.split("=", 1) for pair in pairs)


def start_postgres(child: Child, url: str) -> None:
    """Start the server and wait until it answers and our database exists."""
    child.start()
    wait_until(lambda: answers(maintenance_url(url)), child, seconds=60)
    make_database(url)


def data_place(folder: RunFolder, account: Account) -> Path:
    """`.run/pgdata`, or a folder under /var/tmp where the server's account cannot get to `.run`."""
    inside, outside = folder.path / "pgdata", Path("/var/tmp") / f"nachruecker-data-{folder.name}"
    if outside.exists():  # made when the way to the run folder was closed; data stay where they are
        return outside
    if account.can_enter(folder.path):
        return inside
    if inside.exists():
        raise ChildFailed(f"PostgreSQL's account can no longer enter {folder.path}: chmod o+x the folders above it.")
    return outside


def discard_data(folder: RunFolder) -> None:
    """Throw away what `folder` keeps in PostgreSQL. The server must be down."""
    data = data_place(folder, server_account())
    if data.exists():
        shutil.rmtree(data)


def make_data(programs: Path, data: Path, account: Account) -> None:
    """initdb, with the locale that production pins too. Raises ChildFailed with its words.

    The data get their name when they are whole: a first start that was killed leaves only a draft.
    """
    draft = data.with_name(f"{data.name}.new")
    if draft.exists():
        shutil.rmtree(draft)
    make_private(draft, account)
    done = subprocess.run(
        [
            str(programs / "initdb"),
            *("-D", str(draft), "-U", USER, "-A", "trust", "-E", "UTF8", "--no-sync"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
        ],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **account.arguments(),
    )
    if done.returncode:
        raise ChildFailed(f"initdb failed:\n{done.stdout}")
    draft.rename(data)


def maintenance_url(url: str) -> str:
    """The same server's database `postgres`, which is always there."""
    return url.rpartition("/")[0] + "/postgres"


def answers(url: str) -> bool:
    """Whether the server takes connections now."""
    try:
        psycopg2.connect(url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def make_database(url: str) -> None:
    """Our database, when it is not there yet."""
    connection = psycopg2.connect(maintenance_url(url))
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{DATABASE}"')
    finally:
        connection.close()
