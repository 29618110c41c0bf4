"""A PostgreSQL for one test alone, so that it can be stopped and started while nobody else needs it.

Each commit is in its log before it is answered, as in production: what a hard stop loses would be a loss of ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from nachruecker.embedded.account import server_account
from nachruecker.embedded.binaries import find_postgres
from nachruecker.embedded.children import Child
from nachruecker.embedded.postgres import DATABASE, USER, postgres_child, start_postgres
from nachruecker.embedded.run_folder import RunFolder
from tests.workers import database_url_of_the_test

FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
"""What `pg_ctl stop -m` sends: sessions are rolled back, or nobody says goodbye and the log is replayed."""


class OwnPostgres:
    """The server of this test; its sessions in this process are closed before it goes away."""

    def __init__(self, child: Child, url: str) -> None:
        self._child, self._url = child, url

    def stop(self, how: signal.Signals) -> None:
        """Returns when the server is down."""
        connection.close()
        self._child.stop_signal = how
        self._child.stop(seconds=30)

    def start(self) -> None:
        """Returns when it takes connections."""
        start_postgres(self._child, self._url)


@contextmanager
def own_postgres() -> Iterator[OwnPostgres]:
    """A server with the tables of the test's database; meanwhile this process and its workers use it by default."""
    folder = RunFolder.at(Path(tempfile.mkdtemp(prefix="own-", dir=os.environ["TEST_FOLDER"])))
    folder.path.chmod(0o711)
    child = postgres_child(folder, throw_away=True)
    child.command = [*child.command, "-c", "synchronous_commit=on"]
    server = OwnPostgres(child, folder.database_url)
    usual = dict(connection.settings_dict)
    try:
        server.start()
        _copy_tables(database_url_of_the_test(), folder.database_url)
        connection.close()
        here = {"NAME": DATABASE, "USER": USER, "PASSWORD": "", "HOST": str(folder.socket_folder / "pg"), "PORT": ""}
        connection.settings_dict.update(here)
        yield server
    finally:
        connection.settings_dict.update(usual)
        server.stop(IMMEDIATE)
        folder.remove_sockets()


def _copy_tables(source: str, target: str) -> None:
    programs = find_postgres(server_account())
    dump = [str(programs / "pg_dump"), "--no-owner", "--dbname", source]
    load = [str(programs / "psql"), "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null", target]
    tables = subprocess.run(dump, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(load, input=tables, check=True)
