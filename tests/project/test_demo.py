"""`make run`: one start a folder, an orderly end, nothing left after a kill, data kept."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from nachruecker.embedded.run_folder import PROJECT
from tests.project.site import Site, pgdata_of, still_alive, wait_until_gone

pytestmark = pytest.mark.crash


def test_second_start_is_refused_and_ctrl_c_stops_everything(site: Site) -> None:
    printed = site.start()
    assert f"http://127.0.0.1:{site.port}/" in printed
    assert site.status_of_first_page() == 200

    second = site.launch()
    assert second.wait(30) == 1
    assert re.search(r"already running in this folder: make run \(process \d+\)", site.printed())

    running = site.processes()
    assert len(running) >= 8  # postgres and its helpers, valkey, web, worker, beat
    site.signal(signal.SIGINT)
    assert site.process is not None
    assert site.process.wait(30) == 0
    wait_until_gone(running, seconds=1)
    assert "Stopped." in site.printed()


def test_busy_port_is_named_at_once(site: Site) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        assert site.launch().wait(20) == 1
    assert f"Port {site.port} is not free" in site.printed()
    assert "Traceback" not in site.printed()
    assert pgdata_of(site.folder) == []


def test_port_that_is_no_port_is_named(site: Site) -> None:
    assert site.launch(PORT="eighty").wait(20) == 1
    assert "PORT must be a number" in site.printed()
    assert "Traceback" not in site.printed()


def test_killed_supervisor_leaves_nothing_and_data_are_kept(site: Site) -> None:
    site.start()
    remember_in_database(site, "kept")
    first = site.processes()
    site.signal(signal.SIGKILL)
    site.start()  # at once, in the same folder and on the same port
    assert still_alive(first) == set()
    assert site.status_of_first_page() == 200
    assert remembered_in_database(site) == ["kept"]

    second = site.processes()
    site.signal(signal.SIGKILL)
    wait_until_gone(second, seconds=3)


def test_dead_programs_are_started_again(site: Site) -> None:
    site.start()
    children = {name: pid_of(site, name) for name in ("worker", "sender", "valkey", "postgres")}
    for name, pid in children.items():
        os.kill(pid, signal.SIGKILL)
        site.wait_for(f"{name} ended (code -9); starting it again", seconds=5)
    deadline = time.monotonic() + 20
    while site.status_of_first_page() != 200 or any(pid_of(site, name) in {pid, 0} for name, pid in children.items()):
        assert time.monotonic() < deadline, site.printed()
        time.sleep(0.2)


def test_given_servers_win(site: Site) -> None:
    url = os.environ["DATABASE_URL"]
    name = f"given_{os.getpid()}"
    run_sql(url, f"CREATE DATABASE {name}")
    try:
        given = url.rpartition("/")[0] + f"/{name}"
        site.start(DATABASE_URL=given, REDIS_URL=settings.CELERY_BROKER_URL)
        assert site.status_of_first_page() == 200
        assert pid_of(site, "postgres") == pid_of(site, "valkey") == 0
        assert pgdata_of(site.folder) == []
        site.signal(signal.SIGTERM)
        assert site.process is not None
        assert site.process.wait(30) == 0
    finally:
        run_sql(url, f"DROP DATABASE {name} WITH (FORCE)")


def pid_of(site: Site, name: str) -> int:
    """The number of the supervisor's child that runs this program; 0 when there is none."""
    marks = {
        "postgres": "bin/postgres",
        "valkey": "valkey-server",
        "worker": "--hostname worker@",
        "sender": "--hostname sender@",
    }
    assert site.process is not None
    for pid, _ in site.processes():
        status = Path(f"/proc/{pid}/stat")
        words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        if marks[name] in words and int(status.read_text().rpartition(")")[2].split()[1]) == site.process.pid:
            return pid
    return 0


def run_sql(url: str, statement: str) -> list[str]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return [row[0] for row in cursor.fetchall()] if cursor.description else []
    finally:
        connection.close()


def remember_in_database(site: Site, text: str) -> None:
    run_sql(site.folder.database_url, f"CREATE TABLE memory AS SELECT '{text}'::text AS word")


def remembered_in_database(site: Site) -> list[str]:
    return run_sql(site.folder.database_url, "SELECT word FROM memory")


def test_every_other_command_borrows_the_servers(site: Site) -> None:
    """`manage.py shell`, `migrate` and the like work with no demo up, and leave nothing running."""
    code = "from django.db import connection; connection.connect(); print('connected')"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", code],
        cwd=PROJECT,
        env=site.environ(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.returncode) == ("connected", 0), done.stderr
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(site.folder.database_url)
