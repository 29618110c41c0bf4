"""`make run`: the whole site on this machine, with a demo county."""

import os
import socket
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from nachruecker.embedded.binaries import ProgramMissing
from nachruecker.embedded.children import ChildFailed, wait_until
from nachruecker.embedded.folders import FolderNotOurs
from nachruecker.embedded.orphans import end_orphans
from nachruecker.embedded.postgres import discard_data, postgres_child, start_postgres
from nachruecker.embedded.programs import beat_child, web_child, worker_children
from nachruecker.embedded.run_folder import FolderInUse, RunFolder
from nachruecker.embedded.supervisor import StopAsked, Supervisor, raise_on_stop_signals
from nachruecker.embedded.valkey import start_valkey, valkey_child


class Command(BaseCommand):
    help = "Starts PostgreSQL, Valkey, web, worker and beat on this machine, with a demo county. Ctrl-C stops all."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=2000, help="how many people wait in the demo county")
        parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same people")
        parser.add_argument("--fresh", action="store_true", help="throw away the data of earlier runs")

    def handle(self, *args: object, **options: Any) -> None:
        port = read_port(os.environ.get("PORT") or "8000")
        folder = RunFolder.of_project()
        try:
            lock = folder.lock("make run", wait=False)
        except FolderInUse as taken:
            raise CommandError(f"Nachrücker is already running in this folder: {taken}. Stop that one first.") from None
        raise_on_stop_signals()
        supervisor = Supervisor(folder, self.say)
        try:
            end_orphans(folder)
            refuse_busy_port(port)
            if options["fresh"]:
                discard_data(folder)
            self.start_all(supervisor, port, options)
            supervisor.watch()
        except StopAsked:
            self.say("Stopping ...")
        except (ChildFailed, FolderNotOurs, ProgramMissing) as failed:
            raise CommandError(str(failed)) from failed
        finally:
            supervisor.stop()
            folder.remove_sockets()
            os.close(lock)
        self.say("Stopped. The data stay in .run; `make run` goes on with them.")

    def start_all(self, supervisor: Supervisor, port: int, options: dict[str, Any]) -> None:
        """Servers, tables and data, programs; then the address and who may log in."""
        begun = time.monotonic()
        folder = supervisor.folder
        with self.timed("Servers"):
            self.start_servers(supervisor)
        with self.timed("Tables"):
            call_command("migrate", verbosity=0, interactive=False)
        with self.timed("Demo data"):
            load_demo(options["people"], options["seed"])
            connections.close_all()
        with self.timed("Web, worker and beat"):
            environ = {"DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"], "PYTHONUNBUFFERED": "1"}
            web = web_child(folder, port, environ)
            supervisor.start(web)
            wait_until(lambda: first_page_answers(port), web, seconds=60)
            for worker in worker_children(folder, environ):
                supervisor.start(worker)  # after the first page: two cores, one thing at a time
            supervisor.start(beat_child(folder, environ))
        self.say(f"\nReady after {time.monotonic() - begun:.1f} seconds:  http://127.0.0.1:{port}/\n")
        self.print_logins()
        self.say("Ctrl-C stops everything.")

    def start_servers(self, supervisor: Supervisor) -> None:
        """PostgreSQL and Valkey, except where the environment gives an address."""
        folder = supervisor.folder
        if os.environ.get("DATABASE_URL"):
            self.say("DATABASE_URL is set: no embedded PostgreSQL.")
        else:
            postgres = postgres_child(folder)
            supervisor.start(postgres, lambda: start_postgres(postgres, folder.database_url))
        if os.environ.get("REDIS_URL"):
            self.say("REDIS_URL is set: no embedded Valkey.")
        else:
            valkey = valkey_child(folder)
            supervisor.start(valkey, lambda: start_valkey(valkey, folder.redis_url))

    def print_logins(self) -> None:
        """The demo's accounts, where the domain has any."""
        if find_spec("impfzentrum.management.demo_logins") is None:
            return
        logins: list[tuple[str, str, str]] = import_module("impfzentrum.management.demo_logins").DEMO_LOGINS
        for role, name, password in [("Log in as", "user", "password"), *logins]:
            self.say(f"  {role:<28} {name:<20} {password}")
        self.say("")

    @contextmanager
    def timed(self, phase: str) -> Iterator[None]:
        begun = time.monotonic()
        yield
        self.say(f"{phase:<22}{time.monotonic() - begun:5.1f} s")

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def read_port(text: str) -> int:
    """PORT as a number. Raises CommandError with a sentence."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {text!r}.")
    return int(text)


def refuse_busy_port(port: int) -> None:
    """Raises CommandError when another program has the port: better now than after the servers are up."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn binds
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise CommandError(
                f"Port {port} is not free ({refused.strerror}). Choose another: PORT={port % 65535 + 1} make run"
            ) from None


def load_demo(people: int, seed: int) -> None:
    """Reference data, repeated on every start, and the demo population where there is none yet."""
    known = get_commands()
    if "load_reference" in known:
        call_command("load_reference", verbosity=0)
    if "seed_demo" in known:
        call_command("seed_demo", people=people, seed=seed, if_empty=True, verbosity=0)


def first_page_answers(port: int) -> bool:
    """Whether the web server answers, with whatever it has to say."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=10):
            return True
    except HTTPError:
        return True
    except (URLError, ConnectionError, TimeoutError):
        return False
