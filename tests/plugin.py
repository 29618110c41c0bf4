"""Starts one PostgreSQL and one Valkey for a test run, before pytest-django reads the settings.

A conftest would be too late. The processes of a parallel run inherit the addresses; each has its own database (made
by pytest-django) and its own Redis number (nachruecker.settings.test).
"""

import gc
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nachruecker.embedded.children import Child
from nachruecker.embedded.lending import start_missing_servers, stop_children
from nachruecker.embedded.run_folder import FolderInUse, RunFolder
from tests.chromium import find_chromium
from tests.peers.finding import find_kannel
from tests.translating import compile_catalogs

PREFIX = "nachruecker-tests-"

_children: list[Child] = []
_folder: list[Path] = []


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """The controller, or the only process, compiles the translations and starts the servers.

    DATABASE_URL and REDIS_URL win over ours.
    """
    os.environ["DJANGO_SETTINGS_MODULE"] = "nachruecker.settings.test"
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_catalogs()
        start_servers()
    return (yield)


def start_servers() -> None:
    remove_left_overs()
    folder = RunFolder.at(Path(tempfile.mkdtemp(prefix=PREFIX, dir="/var/tmp")))
    folder.lock("tests", wait=False)  # until this process ends, so that no other run takes it for a left-over
    folder.path.chmod(0o711)  # PostgreSQL may run as another account and has to get to its data
    _folder.extend([folder.path, folder.socket_folder])
    os.environ["TEST_FOLDER"] = str(folder.path)
    start_missing_servers(folder, _children, throw_away=True)
    os.environ.setdefault("DATABASE_URL", folder.database_url)
    os.environ.setdefault("REDIS_URL", folder.redis_url)


def remove_left_overs() -> None:
    """Remove what killed runs left: folders of more than an hour that nobody holds."""
    for path in Path("/var/tmp").glob(f"{PREFIX}*"):
        try:
            known = path.stat()
        except FileNotFoundError:  # another run has just ended
            continue
        if known.st_uid != os.geteuid() or time.time() - known.st_mtime < 3600:
            continue
        folder = RunFolder.at(path)
        try:
            os.close(folder.lock("left-over", wait=False))
        except FolderInUse:
            continue
        folder.remove_sockets()
        shutil.rmtree(path, ignore_errors=True)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """Stop what we started, whatever the result."""
    stop_children(_children)
    while _folder:
        shutil.rmtree(_folder.pop(), ignore_errors=True)


LONG = ("machine/", "races/test_every", "browser/", "peers/", "crash/", "bench/", "project/test_demo")
"""Files that take minutes. They come first, so that at the end no worker waits for the other one's last file."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first. Without a Chromium or a Kannel their tests are skipped and say so; on CI that is a failure."""
    tests = Path(__file__).parent
    items.sort(key=lambda item: not item.path.relative_to(tests).as_posix().startswith(LONG))
    look_for_kannel(items)
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if not browser_tests:
        return
    if chromium := find_chromium():
        os.environ["CHROMIUM"] = chromium
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("There is no Chromium, and on CI the browser tests must not be skipped.")
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason="no Chromium here; `make test` tries to install one"))


def pytest_collection_finish() -> None:
    """What is imported by now stays until the end: the collector of garbage need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def look_for_kannel(items: list[pytest.Item]) -> None:
    peer_tests = [item for item in items if item.get_closest_marker("peer")]
    if not peer_tests or find_kannel():
        return
    if os.environ.get("CI") == "true":
        raise pytest.UsageError("There is no Kannel, and on CI the tests against it must not be skipped.")
    for item in peer_tests:
        item.add_marker(pytest.mark.skip(reason="no Kannel here; `make test` as root on Debian installs it"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests have counted (`record_property`) is told, not only checked."""
    for report in terminalreporter.getreports("passed"):
        for name, value in getattr(report, "user_properties", ()):
            terminalreporter.write_line(f"{name}: {value}")
