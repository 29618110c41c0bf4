"""Rules of a campaign with dates: which groups are open, its own rules for vaccines, criteria it does not apply.

What has held is never overwritten: a change begins on a day from today on, what held before ends the day before.
"Today" is the day whose rules apply (`Campaign.rules_on`); where a campaign pins it, what begins then holds at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.models import (
    Campaign,
    CriterionPause,
    PriorityCriterion,
    PriorityOrder,
    Vaccine,
    VaccineRule,
    in_force,
)
from impfzentrum.models.campaign import Dated
from impfzentrum.procedures.setting_up import Values, find_done, keep_version, stamp_values
from impfzentrum.setting_refusals import (
    AlreadyPlanned,
    BeginsInThePast,
    NothingChanged,
    NotPlanned,
    SettingChangedMeanwhile,
)
from impfzentrum.states import CampaignState
from impfzentrum.vocabulary import SettingKind

DAY = timedelta(days=1)
EVERYBODY = "all"
"""How a plan names the row that ends the order of groups."""


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes a plan, on what sight of it (`stand`) and by which form (`form_key`: a second tap does nothing)."""

    by: User
    stand: str
    form_key: uuid.UUID


@dataclass(slots=True)
class Plan:
    """What a campaign has planned for one thing, as plain values by their beginnings."""

    kind: SettingKind
    campaign: Campaign
    subject: int
    values: Values = field(default_factory=dict)

    @property
    def stamp(self) -> str:
        return stamp_values(self.values)


def find_campaign(county_id: int) -> Campaign | None:
    """The campaign whose rules a county plans: the one that runs, else the latest that is not over."""
    campaigns = Campaign.objects.filter(county=county_id).select_related("county", "rule_set")
    running = campaigns.filter(state=CampaignState.RUNNING).first()
    return running or campaigns.filter(state=CampaignState.PLANNED).order_by("-pk").first()


def read_openings(campaign: Campaign) -> Plan:
    rows = campaign.orders.order_by("valid_from", "opens_at", "group")
    values: Values = {
        f"{row.group or EVERYBODY} {row.valid_from} {row.opens_at:%H:%M}": _day(row.valid_until) for row in rows
    }
    return Plan(SettingKind.GROUPS, campaign, campaign.pk, values)


def read_own_rules(campaign: Campaign, vaccine: Vaccine) -> Plan:
    rows = campaign.own_vaccine_rules.filter(vaccine=vaccine).order_by("valid_from")
    values: Values = {f"{row.valid_from}": describe_rule(row) for row in rows}
    return Plan(SettingKind.VACCINE, campaign, vaccine.pk, values)


def read_pauses(campaign: Campaign, criterion: PriorityCriterion) -> Plan:
    rows = campaign.criterion_pauses.filter(criterion=criterion).order_by("valid_from")
    values: Values = {f"{row.valid_from}": {"until": _day(row.valid_until), "source": row.source} for row in rows}
    return Plan(SettingKind.CRITERIA, campaign, criterion.pk, values)


RULE_FIELDS = ("age_min", "age_max", "interval_min_weeks", "interval_max_weeks", "usable_hours", "suspended", "source")


def describe_rule(rule: VaccineRule) -> Values:
    return {name: getattr(rule, name) for name in RULE_FIELDS} | {"until": _day(rule.valid_until)}


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _read(plan: Plan) -> Plan:
    if plan.kind == SettingKind.GROUPS:
        return read_openings(plan.campaign)
    if plan.kind == SettingKind.VACCINE:
        return read_own_rules(plan.campaign, Vaccine.objects.get(pk=plan.subject))
    return read_pauses(plan.campaign, PriorityCriterion.objects.get(pk=plan.subject))


@contextmanager
def _changing(plan: Plan, author: Author, *, now: datetime) -> Iterator[bool]:
    """Lock the campaign, compare what the author saw, and keep the version; yields False for a second tap.

    Two admins at once: the second waits for the campaign's row and then finds another plan than they saw.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update(no_key=True).get(pk=plan.campaign.pk)
        if find_done(author.form_key) is not None:
            yield False
            return
        before = _read(plan)
        if before.stamp != author.stand:
            raise SettingChangedMeanwhile
        yield True
        after = _read(plan)
        if after.values == before.values:
            raise NothingChanged
        keep_version(
            plan.campaign.county,
            plan.kind,
            plan.subject,
            before=before.values,
            after=_with_gone(before.values, after.values),
            form_key=author.form_key,
            by=author.by,
            now=now,
        )


def _with_gone(before: Values, after: Values) -> Values:
    """What was taken back before it began stays readable in the version: it holds never."""
    return {**dict.fromkeys(before.keys() - after.keys(), "never"), **after}


def _refuse_past(campaign: Campaign, begins: date, *, now: datetime) -> None:
    if begins < campaign.rules_on(now):
        raise BeginsInThePast


def open_group(
    campaign: Campaign, group: int | None, *, begins: date, at: time | None, author: Author, now: datetime
) -> None:
    """Ask a group from this day and clock time on; None ends the order of groups at midnight.

    Without `at` it is midnight, and on the day itself at once. Raises BeginsInThePast, AlreadyPlanned (the group is
    open then, or planned), SettingChangedMeanwhile.
    """
    with _changing(read_openings(campaign), author, now=now) as first:
        if not first:
            return
        _refuse_past(campaign, begins, now=now)
        rows = campaign.orders.filter(group=group).order_by("valid_from")
        if any(row.valid_from <= begins <= (row.valid_until or begins) for row in rows):
            raise AlreadyPlanned
        later = rows.filter(valid_from__gt=begins).first()
        # A plan for later begins where this opening ends; where it opens by the clock, that day belongs to both.
        until = None if later is None else later.valid_from - (DAY if later.opens_at == time(0) else timedelta(0))
        at = at if at is not None and group is not None else time(0)
        PriorityOrder.objects.create(campaign=campaign, group=group, valid_from=begins, opens_at=at, valid_until=until)


def close_group(campaign: Campaign, order_id: int, *, ends: date, author: Author, now: datetime) -> None:
    """Ask a group no more from this day on. What had not begun by then never begins.

    Raises BeginsInThePast, NotPlanned (a colleague has taken it back), SettingChangedMeanwhile.
    """
    with _changing(read_openings(campaign), author, now=now) as first:
        if first:
            _end(campaign, campaign.orders.filter(pk=order_id).first(), ends, now=now)


def _end(campaign: Campaign, row: Dated | None, ends: date, *, now: datetime) -> None:
    _refuse_past(campaign, ends, now=now)
    if row is None:
        raise NotPlanned
    if ends <= row.valid_from:
        row.delete()
        return
    if row.valid_until is not None and row.valid_until < ends:
        raise NotPlanned
    row.valid_until = ends - DAY
    row.save(update_fields=["valid_until"])


def set_rule(
    campaign: Campaign,
    vaccine: Vaccine,
    wanted: Mapping[str, Any],
    *,
    begins: date,
    until: date | None,
    author: Author,
    now: datetime,
) -> None:
    """The campaign's own rule for a vaccine from this day on, in front of the common one.

    The own rule before it ends the day before. Raises BeginsInThePast, AlreadyPlanned (an own rule begins on that day
    or later), SettingChangedMeanwhile.
    """
    with _changing(read_own_rules(campaign, vaccine), author, now=now) as first:
        if not first:
            return
        _refuse_past(campaign, begins, now=now)
        own = campaign.own_vaccine_rules.filter(vaccine=vaccine)
        if own.filter(valid_from__gte=begins).exists():
            raise AlreadyPlanned
        for row in own:
            if row.valid_until is None or row.valid_until >= begins:
                _end(campaign, row, begins, now=now)
        common = VaccineRule.objects.filter(rule_set=campaign.rule_set_id, vaccine=vaccine, campaign=None)
        vial: Mapping[str, Any] = in_force(common, begins).values("doses_per_vial", "vial_source").first() or {}
        VaccineRule.objects.create(
            **vial,  # what is in a vial is no matter of a county
            campaign=campaign,
            rule_set_id=campaign.rule_set_id,
            vaccine=vaccine,
            valid_from=begins,
            valid_until=until,
            evidence="F",
            **wanted,
        )


def end_rule(campaign: Campaign, vaccine: Vaccine, rule_id: int, *, ends: date, author: Author, now: datetime) -> None:
    """From this day on the common rule holds again. Raises as `close_group`."""
    with _changing(read_own_rules(campaign, vaccine), author, now=now) as first:
        if first:
            _end(campaign, campaign.own_vaccine_rules.filter(pk=rule_id, vaccine=vaccine).first(), ends, now=now)


def pause_criterion(
    campaign: Campaign,
    criterion: PriorityCriterion,
    *,
    begins: date,
    until: date | None,
    source: str,
    author: Author,
    now: datetime,
) -> None:
    """Do not apply a criterion from this day on, until (and with) that day. Raises as `open_group`."""
    with _changing(read_pauses(campaign, criterion), author, now=now) as first:
        if not first:
            return
        _refuse_past(campaign, begins, now=now)
        for row in campaign.criterion_pauses.filter(criterion=criterion):
            if (row.valid_until is None or row.valid_until >= begins) and (until is None or row.valid_from <= until):
                raise AlreadyPlanned
        CriterionPause.objects.create(
            campaign=campaign, criterion=criterion, valid_from=begins, valid_until=until, source=source
        )


def apply_criterion(
    campaign: Campaign, criterion: PriorityCriterion, pause_id: int, *, ends: date, author: Author, now: datetime
) -> None:
    """From this day on the criterion counts again. Raises as `close_group`."""
    with _changing(read_pauses(campaign, criterion), author, now=now) as first:
        if first:
            _end(campaign, campaign.criterion_pauses.filter(pk=pause_id, criterion=criterion).first(), ends, now=now)
