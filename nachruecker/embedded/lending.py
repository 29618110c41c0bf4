"""Lends the embedded servers to one command, when no `make run` has them up already."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from nachruecker.embedded.children import Child
from nachruecker.embedded.run_folder import FolderInUse, RunFolder

# Commands that need no server, or bring their own.
WITHOUT_SERVERS = {
    "demo",
    "help",
    "version",
    "--help",
    "--version",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "makemessages",
    "startapp",
}
STOP_SECONDS = 10


def execute_command(arguments: list[str]) -> None:
    """Run a management command; with the embedded settings, on servers that are up for as long as it takes."""
    from django.core.management import execute_from_command_line

    command = arguments[1] if len(arguments) > 1 else "help"
    embedded = os.environ["DJANGO_SETTINGS_MODULE"] == "nachruecker.settings.embedded"
    if not embedded or command in WITHOUT_SERVERS or "--help" in arguments:
        execute_from_command_line(arguments)
        return
    with lend_servers(RunFolder.of_project(), f"manage.py {command}"):
        execute_from_command_line(arguments)


@contextmanager
def lend_servers(folder: RunFolder, holder: str) -> Iterator[None]:
    """Servers for `folder` inside of the block: those of a running demo, or our own, stopped at the end.

    Another command that has servers of its own is waited for: they would vanish with it.
    """
    try:
        lock = folder.lock(holder, wait=False)
    except FolderInUse as taken:
        if str(taken).startswith("make run"):
            yield
            return
        print(f"Waiting for {taken} ...", file=sys.stderr)
        lock = folder.lock(holder, wait=True)
    children: list[Child] = []
    try:
        start_missing_servers(folder, children)
        yield
    finally:
        stop_children(children)
        folder.remove_sockets()
        os.close(lock)


def start_missing_servers(folder: RunFolder, children: list[Child], *, throw_away: bool = False) -> None:
    """Start those servers whose address the environment does not give, and add them to `children` as they start."""
    from nachruecker.embedded.postgres import postgres_child, start_postgres
    from nachruecker.embedded.valkey import start_valkey, valkey_child

    if not os.environ.get("DATABASE_URL"):
        children.append(postgres_child(folder, throw_away=throw_away))
        start_postgres(children[-1], folder.database_url)
    if not os.environ.get("REDIS_URL"):
        children.append(valkey_child(folder))
        start_valkey(children[-1], folder.redis_url)


def stop_children(children: list[Child]) -> None:
    """Stop in the opposite order of the start, and forget them."""
    while children:
        children.pop().stop(seconds=STOP_SECONDS)
