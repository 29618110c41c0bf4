"""`manage.py simulate` as people and programs call it. No test here may touch the database."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.core.management import CommandError, call_command

from impfzentrum.simulation.runs import POLICIES

QUICK = ("--runs", "3", "--jobs", "1", "--people", "800")
KEYS = {
    "fill", "late", "messages_per_dose", "minutes_p50", "minutes_p90",
    "asked", "overbooked", "group_violations", "night_messages",
}  # fmt: skip


def simulate(*options: str) -> str:
    out = StringIO()
    call_command("simulate", *QUICK, *options, stdout=out)
    return out.getvalue()


def test_json_has_every_policy_and_every_key() -> None:
    report = json.loads(simulate("--policy", "all", "--json"))
    assert set(report) == set(POLICIES) == {
        "phone", "impfbruecke", "covidliste1", "covidliste2", "covidliste3", "covidliste3_intended",
        "drb", "qvax", "pretix", "adaptive",
    }  # fmt: skip
    assert all(set(row) == KEYS for row in report.values())


def test_one_policy_alone() -> None:
    assert set(json.loads(simulate("--policy", "drb", "--json"))) == {"drb"}


def test_the_table_is_for_people() -> None:
    table = simulate("--doses", "2", "--minutes", "60", "--acceptance", "0.15")
    assert "2 doses, 60 minutes to answer (use-by after 80), acceptance 0.15" in table
    assert all(name in table for name in POLICIES)


def test_missed_appointments_waste_doses() -> None:
    everybody, nobody = (
        json.loads(simulate("--policy", "adaptive", "--json", "--missed", share))["adaptive"]["fill"]
        for share in ("0", "1")
    )
    assert everybody > nobody == 0


def test_options_reach_the_people() -> None:
    options = ("--policy", "adaptive", "--json", "--doses", "4", "--minutes", "90")
    plain = simulate(*options)
    for changed in (
        ("--drift", "0.02"), ("--email-only", "0.8"), ("--seed", "9"), ("--delay-factor", "2"), ("--spread", "0.5"),
    ):  # fmt: skip
        assert simulate(*options, *changed) != plain


def test_the_plot_can_be_read_without_colour_or_eyes(tmp_path: Path) -> None:
    drawing = tmp_path / "plot.svg"
    simulate("--plot", str(drawing), "--json")
    root = ET.fromstring(drawing.read_text(encoding="utf-8"))  # noqa: S314 - we have just drawn it
    space = "{http://www.w3.org/2000/svg}"
    texts = [element.text for element in root.iter(f"{space}text")]
    description = root.find(f"{space}desc")
    assert root.get("role") == "img"
    assert root.find(f"{space}title") is not None
    assert description is not None
    for name in POLICIES:
        assert name in texts
        assert f"{name}: fill" in str(description.text)
    assert len(list(root.iter(f"{space}circle"))) == len(POLICIES) - 1


def test_the_grid_says_where_another_policy_is_better() -> None:
    report = json.loads(simulate("--grid", "--runs", "1", "--policy", "phone", "--json"))
    assert len(report["cells"]) == 48
    assert set(report["mean"]["phone"]) == KEYS
    assert report["cells"][0]["better_than_ours"] == []


def test_the_grid_as_tables() -> None:
    tables = simulate("--grid", "--runs", "1", "--policy", "adaptive")
    assert "0.06 · 20 · 240" in tables
    assert "Cells in which a policy is better in fill and late share at once: 0 of 48" in tables


@pytest.mark.parametrize(
    "wrong",
    [("--doses", "0"), ("--acceptance", "2"), ("--acceptance", "x"), ("--starts-at", "25:00"), ("--policy", "guess")],
)
def test_nonsense_is_refused(wrong: tuple[str, str]) -> None:
    with pytest.raises(CommandError):
        simulate(*wrong)
