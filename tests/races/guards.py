"""What keeps two actions apart, and how to do without it: in a test only, never by a switch in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models, transaction

from impfzentrum.errors import Refusal
from impfzentrum.models import Dose, StandbyEntry
from tests.races.schedules import Call, Rewrite

_LOCK = re.compile(r'\s+FOR\s+NO\s+KEY\s+UPDATE(\s+OF\s+"?\w+"?)?(\s+SKIP\s+LOCKED)?', re.IGNORECASE)
_STILL_LIVE = re.compile(r"\s+AND state IN \('prepared', 'open'\)(?=\s+RETURNING)")
_LINGER = re.compile(r"(\n    END LOOP;)(?=\n    -- By the key)")
"""Where the claim has picked and not yet written: without locks it leaves others time to pick the same."""
_TABLE = re.compile(r'\sFROM\s+"?impfzentrum_(\w+)')
_TABLES = {"release": "release", "dose": "dose", "person": "standbyentry"}


@dataclass(frozen=True)
class Guard:
    """`tells` and `control` stand in docs/locking.md. `locks` are off in the control, or one action is `careless`.

    Where several locks are named, each of them is enough for this pair: the control switches all of them off.
    """

    tells: str
    control: str
    locks: tuple[str, ...] = ()
    careless: str = ""
    rows: type[models.Model] = Dose


def locks(*names: str) -> Guard:
    what = " or ".join(names)
    return Guard(f"lock of the {what}", "the lock off" if len(names) == 1 else "these locks off", names)


def own_rows(action: str, tells: str, rows: type[models.Model] = Dose) -> Guard:
    """Nothing in common: that `action` writes only its own rows is all there is to switch off."""
    kind = "people" if rows is StandbyEntry else "doses"
    return Guard(tells, f"{action} writes back the {kind} it read", careless=action, rows=rows)


def unlock(names: tuple[str, ...]) -> Rewrite:
    """Take the locks of these rows out of a statement. It works on the SQL, so however it was written."""
    off = {_TABLES[name] for name in names}

    def without_lock(lock: re.Match[str]) -> str:
        """A statement may lock several tables one after the other: each lock belongs to the table named last before."""
        tables = _TABLE.findall(lock.string[: lock.start()])
        return "" if tables and tables[-1] in off else lock.group()

    def rewrite(sql: str) -> str:
        # The notes of a release that matching takes away make a second matcher wait as well as the lock does.
        if "release" in off:
            sql = sql.replace('DELETE FROM "impfzentrum_releasedue"', 'SELECT 1 FROM "impfzentrum_releasedue"')
        # Closing an offer checks its state once more on the newest row, which alone would keep two closings apart.
        return _STILL_LIVE.sub("", _LOCK.sub(without_lock, sql))

    return rewrite


@contextmanager
def unlocked_functions(names: tuple[str, ...]) -> Iterator[None]:
    """The same for functions of the database that lock people and doses: for a moment they do without."""
    kept = locking_functions() if {"person", "dose"} & set(names) else []
    try:
        _define(_LINGER.sub(r"\1\n    PERFORM pg_sleep(0.05);", _LOCK.sub("", definition)) for definition in kept)
        yield
    finally:
        _define(kept)


@contextmanager
def without_constraint(model: type[models.Model], name: str) -> Iterator[None]:
    """For a moment the database keeps no order here; the rows of the model are gone afterwards."""
    [constraint] = [one for one in model._meta.constraints if one.name == name]
    with connection.schema_editor() as editor:
        editor.remove_constraint(model, constraint)
    try:
        yield
    finally:
        model._default_manager.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(model, constraint)


def locking_functions() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_functiondef(oid) FROM pg_proc"
            " WHERE pronamespace = 'public'::regnamespace AND prokind = 'f' AND prosrc ~* 'for\\s+no\\s+key\\s+update'"
        )
        return [definition for (definition,) in cursor.fetchall()]


def _define(definitions: Iterator[str] | list[str]) -> None:
    with connection.cursor() as cursor:
        for definition in definitions:
            cursor.execute(definition)


def make_careless(call: Call, rows: models.QuerySet[models.Model]) -> Call:
    """The call as somebody would write it who loads rows and saves them all: what others changed meanwhile is lost."""

    def careless() -> object:
        with transaction.atomic():
            read = list(rows)
            try:
                outcome = call()
            except Refusal as refusal:
                outcome = refusal
            for row in read:
                row.save()
        return outcome

    return careless
