"""What was erased stays erased, whatever backup is brought back: a real dump, a real restore."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import OpeningWatch, StandbyEntry, Tombstone
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.burying import write_tombstones
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.staying import leave_list
from impfzentrum.procedures.watching_openings import drop_watch, watch_opening
from nachruecker.embedded.account import server_account
from nachruecker.embedded.binaries import find_postgres
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.workers import database_url_of_the_test

RESTORED = "restored"


def run(program: str, *arguments: str, given: bytes = b"") -> bytes:
    command = [str(find_postgres(server_account()) / program), *arguments]
    return subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True).stdout


@contextmanager
def restored(dump: bytes) -> Iterator[None]:
    """A new database with what the dump holds; this process uses it meanwhile."""
    usual = str(connection.settings_dict["NAME"])
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {RESTORED}")
        cursor.execute(f"CREATE DATABASE {RESTORED}")
    connection.close()
    connection.settings_dict["NAME"] = RESTORED
    quiet = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
    try:
        run("psql", *quiet, database_url_of_the_test(), given=dump)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {RESTORED}")


@pytest.mark.django_db(transaction=True)
def test_a_restored_backup_erases_again_who_left_after_it(
    committed_world: World, tmp_path: Path, settings: SettingsWrapper, capsys: pytest.CaptureFixture[str]
) -> None:
    world, file = committed_world, tmp_path / "erased.txt"
    settings.ERASED_FILE = str(file)
    left, waits, has_yes = world.entries(3)
    watch_opening(world.county, "watch@example.org", language="de", now=NOON)
    [offer] = factories.ask(world.release())
    accept_offer(offer, now=NOON)
    gone_after = [offer.entry, next(one for one in (left, waits, has_yes) if one != offer.entry)]
    dump = run("pg_dump", "--no-owner", "--dbname", database_url_of_the_test())
    for entry in gone_after:
        leave_list(entry, now=NOON + timedelta(minutes=1))
    drop_watch(OpeningWatch.objects.get(), now=NOON)
    assert (write_tombstones(now=NOON), write_tombstones(now=NOON)) == (3, 0)
    assert Tombstone.objects.filter(written_at=None).count() == 0

    with restored(dump):
        assert StandbyEntry.objects.exclude(given_name="").count() == 3, "the backup brings them back"
        for _ in range(2):
            call_command("erase_again")
        back = {entry.public_id: entry for entry in StandbyEntry.objects.all()}
        for entry in gone_after:
            assert (back[entry.public_id].state, back[entry.public_id].given_name) == ("left", "")
        assert sum(entry.given_name == "Erika" for entry in back.values()) == 1
        assert not OpeningWatch.objects.exists()
        assert list(find_violations()) == []
    told = capsys.readouterr().out
    assert "3 Löschvermerke, 2 Personen und 1 E-Mail-Adressen" in told
    assert "3 Löschvermerke, 0 Personen und 0 E-Mail-Adressen" in told
    assert "Erika" not in file.read_text()


@pytest.mark.django_db
def test_without_the_file_it_refuses_unless_told(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="ERASED_FILE"):
        call_command("erase_again")
    with pytest.raises(CommandError, match="nicht zu lesen"):
        call_command("erase_again", file=tmp_path / "missing")
    (tmp_path / "broken").write_text("no tombstone")
    with pytest.raises(CommandError, match="line 1"):
        call_command("erase_again", file=tmp_path / "broken")
    call_command("erase_again", without_file=True)
