"""No action without its words: whatever is recorded has a name in plain German."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from impfzentrum.models import AuditEvent
from impfzentrum.procedures.naming_events import TOPICS, WORDS, name_action, tell_detail, tell_events
from impfzentrum.procedures.wording import TOLD_ACTIONS
from nachruecker.settings.base import BASE_DIR
from tests.conftest import World
from tests.factories import NOON

BY_STATE = {"expired", "undeliverable"}
"""Written in SQL with the new state of an offer (procedures/closing.py)."""

READERS = {"_events_of", "_told", "name_action"}
"""They take an action and note nothing."""


@cache
def list_recorded() -> set[str]:
    """Every action that the code passes to whatever has a parameter `action`, in all of the application."""
    files = [ast.parse(file.read_text()) for file in (BASE_DIR / "impfzentrum").rglob("*.py") if _is_ours(file)]
    everywhere = {one: at for tree in files for one, at in _takers(tree) if not one.startswith("_")}
    return {
        action for tree in files for action in _passed(tree, everywhere | dict(_takers(tree))) if action is not None
    }


def _is_ours(file: Path) -> bool:
    return "migrations" not in file.parts


def _takers(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Functions that take an action and note it, with its position."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name not in READERS:
            names = [one.arg for one in node.args.posonlyargs + node.args.args]
            if "action" in names:
                yield node.name, names.index("action")


def _passed(tree: ast.AST, takers: dict[str, int]) -> Iterator[str | None]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in takers:
            at = takers[node.func.id]
            given = [*node.args[at : at + 1], *(one.value for one in node.keywords if one.arg == "action")]
            yield from (one for value in given for one in _constants(value, tree))


def _constants(value: ast.AST, tree: ast.AST) -> list[str | None]:
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    if isinstance(value, ast.IfExp):
        return _constants(value.body, tree) + _constants(value.orelse, tree)
    if isinstance(value, ast.Subscript) and isinstance(value.value, ast.Name):
        return _table(value.value.id, tree)
    assert isinstance(value, ast.Name), f"an action that nobody can find in the source: {ast.dump(value)}"
    return []  # handed on by a function that takes it itself


def _table(name: str, tree: ast.AST) -> list[str | None]:
    """The texts of a table of the module, such as ACTIONS[state]."""
    for node in ast.walk(tree):
        target: ast.expr | None = node.target if isinstance(node, ast.AnnAssign) else None
        target = node.targets[0] if isinstance(node, ast.Assign) else target
        if isinstance(target, ast.Name) and target.id == name and isinstance(node.value, ast.Dict):  # type: ignore[attr-defined]
            return [str(one.value) for one in node.value.values if isinstance(one, ast.Constant)]  # type: ignore[attr-defined]
    raise AssertionError(f"a table of actions that nobody can find in the source: {name}")


def test_no_action_without_its_words() -> None:
    recorded = list_recorded() | BY_STATE | TOLD_ACTIONS
    assert len(recorded) > 55, "the search finds what is recorded"
    assert recorded - set(WORDS) == set()


def test_the_search_sees_an_action_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: take a word away, and it is missed."""
    monkeypatch.setattr("tests.procedures.test_naming_events.WORDS", {k: v for k, v in WORDS.items() if k != "ready"})
    with pytest.raises(AssertionError):
        test_no_action_without_its_words()


def test_words_are_plain_and_in_a_topic() -> None:
    assert {topic for topic, _name in WORDS.values()} == set(TOPICS)
    for _topic, name in WORDS.values():
        assert "_" not in str(name)
    assert set(WORDS) >= TOLD_ACTIONS
    assert name_action("something_new") == "something_new"


def test_an_event_is_told_with_what_it_is_about(world: World, django_assert_num_queries: pytest.FixtureRequest) -> None:
    release, person = world.release(doses=2), world.entry()
    events = [
        AuditEvent(at=NOON, action="released", subject=str(release.pk), detail={"doses": 2}),
        AuditEvent(at=NOON, action="joined", subject=str(person.public_id), detail={"group": 2}),
        AuditEvent(at=NOON, action="drawn", subject=release.draw.subject, detail={"policy": "draw"}),
        AuditEvent(
            at=NOON, action="setting_changed", subject="setting-list-1", detail={"changed": {"list_cap": [1, 2]}}
        ),
        AuditEvent(at=NOON, action="asked", subject=str(uuid.uuid4().int)[:9], detail={}),
    ]
    with django_assert_num_queries(2):  # type: ignore[operator]
        told = tell_events(events)
    assert [(one.name, one.about) for one in told[:2]] == [
        ("Dosen freigegeben", "Impfzentrum Korbach, Freigabe Nr. 1"),
        ("Auf die Liste gekommen", f"Person {str(person.public_id)[:8]}"),
    ]
    assert told[0].sentence == "2 Dosen freigegeben"
    assert told[1].sentence == "Gruppe: 2"
    assert told[2].about == "Auslosung 24.04.2021, Impfzentrum Korbach"
    assert (told[3].about, told[3].sentence) == ("Warteliste", "1 Angabe geändert")
    assert tell_detail(events[4]) == "", "an event with other values than today's breaks no page"
