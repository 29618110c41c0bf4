"""Every bench once, small: that it measures what it says, on a database of its own. How fast it is, is not tested."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings as SettingsWrapper
from rich.console import Console

from impfzentrum.bench import pages, queue
from impfzentrum.bench.copying import copy_rows
from impfzentrum.bench.database import MARK, NotOurDatabase, bench_database
from impfzentrum.bench.report import make_table
from impfzentrum.bench.running import BENCHES
from impfzentrum.bench.timing import Contest, Figure, Goal, WorkNotDone, hold_contest
from impfzentrum.models import County, StandbyEntry
from tests.emptying import end_other_sessions

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = ["name", "case", "size", "n", "seconds", "floor_seconds", "ratio", "per_second", "goal", "met"]
SIZES = dict.fromkeys(BENCHES, "200") | {"sweep": "0,200", "deliver": "50", "confirm": "50"}


@pytest.fixture(autouse=True)
def copies_instead_of_migrating(settings: SettingsWrapper) -> None:
    """The test's own database is as good as a migrated one, once it is empty and counts from 1."""
    call_command("flush", interactive=False, verbosity=0)
    end_other_sessions()
    settings.BENCH_TEMPLATE = current_database()


@pytest.mark.parametrize("name", sorted(BENCHES))
def test_every_bench_does_the_work_it_times(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that did not do its work raises WorkNotDone, so figures are proof."""
    monkeypatch.setattr(queue, "FRONTS", queue.FRONTS[::3])
    monkeypatch.setattr(queue, "ROUNDS", {1: 2, 100: 1})
    monkeypatch.setattr(pages, "REQUESTS", 2)
    output = StringIO()
    call_command("bench", name, "--json", sizes=[int(one) for one in SIZES[name].split(",")], repeat=1, stdout=output)
    figures = json.loads(output.getvalue())
    assert figures
    for figure in figures:
        assert list(figure) == KEYS
        assert figure["name"] == name
        assert all(figure[key] > 0 for key in ("n", "seconds", "floor_seconds", "ratio", "per_second"))
    assert StandbyEntry.objects.count() == 0, "everything happened in the other database"
    assert not databases_with("_bench")


def databases_with(end: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{current_database()}%{end}"])
        return [name for (name,) in cursor.fetchall()]


def current_database() -> str:
    return str(connection.settings_dict["NAME"])


def test_a_table_for_people_names_the_columns() -> None:
    output = StringIO()
    call_command("bench", "expire", sizes=[100], repeat=1, stdout=output)
    assert "nobody is paused" in output.getvalue()
    assert "growth" in output.getvalue()


def test_a_goal_that_was_missed_is_called_so() -> None:
    figure = Figure("deliver", "case", 10, 10, seconds=0.05, floor_seconds=0.03, ratio=0.6, per_second=200)
    assert figure.met is None
    judged = [figure.against(goal) for goal in (Goal(0.6, 200, 0.05), Goal(0.61), Goal(0, 201), Goal(0, 0, 0.04))]
    assert [one.met for one in judged] == [True, False, False, False]
    output = StringIO()
    Console(file=output, width=200).print(make_table(judged[:2]))
    assert "ratio >= 0.60, >= 200/s, <= 0.05 s: met" in output.getvalue()
    assert "ratio >= 0.61: MISSED" in output.getvalue()


def test_nothing_is_loaded_into_any_other_database() -> None:
    with pytest.raises(NotOurDatabase):
        copy_rows(County(name="Landkreis", slug="landkreis"), ["ags"], [("00001",)])
    assert County.objects.count() == 0


@pytest.fixture
def strange_database() -> Iterator[str]:
    """A database that has the name which the bench would take, and that no bench has made."""
    name = f"{current_database()}_bench"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    yield name
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def test_a_database_that_no_bench_has_made_is_never_dropped(strange_database: str) -> None:
    with pytest.raises(CommandError, match="no bench has made it"):
        call_command("bench", "sweep", sizes=[0], repeat=1)
    assert databases_with("_bench") == [strange_database]


def test_a_kept_database_is_replaced_by_the_next_run() -> None:
    with bench_database(keep=True):
        County.objects.create(ags="00001", name="Landkreis", slug="landkreis")
    assert len(databases_with("_bench")) == 1
    with bench_database(), connection.cursor() as cursor:
        assert County.objects.count() == 0
        cursor.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        )
        assert cursor.fetchone() == (MARK,)
    assert databases_with("_bench") == []


def test_a_run_that_did_something_else_is_no_figure() -> None:
    contest = Contest("name", "case", 1, 2, ours=lambda: 1, floor=lambda: 2)
    with pytest.raises(WorkNotDone):
        hold_contest(contest, repeat=1)
