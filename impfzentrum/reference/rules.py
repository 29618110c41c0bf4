"""Rule sets with their criteria, vaccines and vaccine rules: facts, so the files have the last word."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from django.db.models import Model, QuerySet

from impfzentrum.models import PriorityCriterion, RuleSet, SwitchRule, Vaccine, VaccineRule
from impfzentrum.reference.reading import Row, read_rows, refuse_overlaps
from impfzentrum.reference.storing import Tally, store_rows, want_all

M = TypeVar("M", bound=Model)

PERIOD = ("valid_from", "valid_until")
CRITERIA = (
    *("rule_set", "code", "group", "paragraph", "theme", "age_from", "plain_de", "plain_en", "text", "proof"),
    *(*PERIOD, "note"),
)
SWITCH_RULES = ("rule_set", "vaccine", "after", *PERIOD, "interval_min_weeks", "interval_max_weeks", "evidence")
VACCINE_RULES = (
    *("rule_set", "vaccine", *PERIOD, "age_min", "age_max", "interval_min_weeks", "interval_max_weeks"),
    *("usable_hours", "doses_per_vial", "vial_source", "evidence"),
)


def find_named(rows: QuerySet[M], row: Row, column: str, **name: object) -> M:
    """The stored row that a line points to. Raises ReferenceDataError when there is none."""
    found = rows.filter(**name).first()
    if found is None:
        raise row.refuse(f"{column} {row.text(column)!r} ist unbekannt")
    return found


def find_rule_set(row: Row) -> RuleSet:
    return find_named(RuleSet.objects.all(), row, "rule_set", slug=row.required("rule_set"))


def load_rule_sets(folder: Path) -> Tally:
    rows = read_rows(folder, "rule_sets.csv", ("slug", "name", "source"))
    wanted = want_all(
        rows, lambda row: RuleSet(slug=row.required("slug"), name=row.required("name"), source=row.text("source"))
    )
    return store_rows(wanted, RuleSet.objects.all(), key=["slug"])


def load_vaccines(folder: Path) -> Tally:
    """Vaccines by name. The link to the leaflet is the county's to enter, so the stored one stays."""
    rows = read_rows(folder, "vaccines.csv", ("name", "other_name", "maker", "approved_on", "doses_per_vial", "series"))
    leaflets = dict(Vaccine.objects.values_list("name", "leaflet_url"))

    def make(row: Row) -> Vaccine:
        return Vaccine(
            name=row.required("name"),
            other_name=row.text("other_name"),
            maker=row.required("maker"),
            approved_on=row.day("approved_on"),
            doses_per_vial=row.number("doses_per_vial"),
            series=row.number("series"),
            leaflet_url=leaflets.get(row.text("name"), ""),
        )

    return store_rows(want_all(rows, make), Vaccine.objects.all(), key=["name"])


def load_criteria(folder: Path) -> Tally:
    """Criteria by code and start; a criterion may change on a day, but never has two readings on one."""
    rows = read_rows(folder, "criteria.csv", CRITERIA)
    refuse_overlaps(rows, "rule_set", "code")
    stored = PriorityCriterion.objects.all()
    key, name = ["rule_set_id", "code", "valid_from"], ["rule_set_id", "code"]
    return store_rows(want_all(rows, _make_criterion), stored, key=key, name=name)


def _make_criterion(row: Row) -> PriorityCriterion:
    return PriorityCriterion(
        rule_set=find_rule_set(row),
        code=row.required("code"),
        group=row.number("group"),
        paragraph=row.required("paragraph"),
        theme=row.required("theme"),
        age_from=row.number_or_none("age_from"),
        plain_de=row.required("plain_de"),
        plain_en=row.required("plain_en"),
        text=row.required("text"),
        proof=row.required("proof"),
        valid_from=row.day("valid_from"),
        valid_until=row.day_or_none("valid_until"),
        note=row.text("note"),
    )


def load_vaccine_rules(folder: Path) -> Tally:
    """Vaccine rules by vaccine and start; at most one holds on a day."""
    rows = read_rows(folder, "vaccine_rules.csv", VACCINE_RULES)
    refuse_overlaps(rows, "rule_set", "vaccine")
    stored = VaccineRule.objects.filter(campaign=None)  # those of a campaign are its own
    key, name = ["rule_set_id", "vaccine_id", "valid_from"], ["rule_set_id", "vaccine_id"]
    return store_rows(want_all(rows, _make_vaccine_rule), stored, key=key, name=name)


def _make_vaccine_rule(row: Row) -> VaccineRule:
    return VaccineRule(
        rule_set=find_rule_set(row),
        vaccine=find_named(Vaccine.objects.all(), row, "vaccine", name=row.required("vaccine")),
        valid_from=row.day("valid_from"),
        valid_until=row.day_or_none("valid_until"),
        age_min=row.number("age_min"),
        age_max=row.number_or_none("age_max"),
        interval_min_weeks=row.number_or_none("interval_min_weeks"),
        interval_max_weeks=row.number_or_none("interval_max_weeks"),
        usable_hours=row.number("usable_hours"),
        doses_per_vial=row.number_or_none("doses_per_vial"),
        vial_source=row.text("vial_source"),
        evidence=row.required("evidence"),
    )


def load_switch_rules(folder: Path) -> Tally:
    """Rules for a switch of the product by both products and start; at most one holds on a day."""
    rows = read_rows(folder, "switch_rules.csv", SWITCH_RULES)
    refuse_overlaps(rows, "rule_set", "vaccine", "after")
    name = ["rule_set_id", "vaccine_id", "after_id"]
    wanted = want_all(rows, _make_switch_rule)
    return store_rows(wanted, SwitchRule.objects.all(), key=[*name, "valid_from"], name=name)


def _make_switch_rule(row: Row) -> SwitchRule:
    return SwitchRule(
        rule_set=find_rule_set(row),
        vaccine=find_named(Vaccine.objects.all(), row, "vaccine", name=row.required("vaccine")),
        after=find_named(Vaccine.objects.all(), row, "after", name=row.required("after")),
        valid_from=row.day("valid_from"),
        valid_until=row.day_or_none("valid_until"),
        interval_min_weeks=row.number("interval_min_weeks"),
        interval_max_weeks=row.number_or_none("interval_max_weeks"),
        evidence=row.required("evidence"),
    )
