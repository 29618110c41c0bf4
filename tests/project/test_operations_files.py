"""The alert rules and the dashboard name figures that /metrics really gives, and the runbook tells what to do."""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from nachruecker.embedded.run_folder import PROJECT
from tests.project.test_readiness import METRICS

FOLDER = PROJECT / "docs/operations"


def named(expression: str) -> set[str]:
    return {re.sub("_bucket$", "", name) for name in re.findall(r"nachruecker_\w+", expression)}


def rules() -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text())["groups"]:
        yield from group["rules"]


def test_every_alert_goes_by_a_figure_that_exists_and_says_what_to_do() -> None:
    for rule in rules():
        assert named(rule["expr"]) <= METRICS, rule["alert"]
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert len(rule["annotations"]["what_to_do"]) > 20


def test_alerts_send_to_chapters_of_the_runbook_that_are_there() -> None:
    runbook = (FOLDER / "runbook.md").read_text()
    chapters = re.findall(r"^## (.+)$", runbook, re.MULTILINE)
    for rule in rules():
        told = re.search(r"runbook\.md, ([A-Z][^.:]+)", rule["annotations"]["what_to_do"])
        assert told is None or any(chapter.startswith(told[1]) for chapter in chapters), rule["alert"]


def test_the_dashboard_shows_every_figure_and_no_other() -> None:
    panels = json.loads((FOLDER / "dashboard.json").read_text())["panels"]
    shown = set().union(*(named(target["expr"]) for panel in panels for target in panel["targets"]))
    assert shown == METRICS
    assert len({panel["id"] for panel in panels}) == len(panels)
