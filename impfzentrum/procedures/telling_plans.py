"""Plans in words: what is planned from when on, what changed, and whom it will concern."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from impfzentrum.models import Campaign, PriorityCriterion, SettingVersion, StandbyEntry, Vaccine, VaccineRule
from impfzentrum.procedures.scheduling import EVERYBODY, RULE_FIELDS
from impfzentrum.procedures.telling_settings import Change, Difference
from impfzentrum.rules.eligibility import birth_dates_for_ages
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import SettingKind


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule for a vaccine, line by line."""

    ages: str
    interval: str
    usable: str


def tell_day(day: date) -> str:
    return date_format(day, pgettext("Datumsformat von Django, in Ziffern", "d.m.Y"))


def tell_begin(campaign: Campaign, begins: date, at: time | None, *, now: datetime) -> str:
    """ab sofort, ab heute 15:00 Uhr, ab morgen 6:00 Uhr, ab 24.04.2021, 6:00 Uhr."""
    today, clock = campaign.rules_on(now), timezone.localtime(now).time()
    if begins == today and (at is None or at <= clock):
        return _("ab sofort")
    words = {"day": tell_day(begins), "time": f"{at:%-H:%M}" if at is not None else "0:00"}
    if begins == today:
        return _("ab heute {time} Uhr").format(**words)
    if (begins - today).days == 1 and campaign.rules_as_of is None:
        return _("ab morgen {time} Uhr").format(**words)
    return _("ab {day}, {time} Uhr").format(**words)


def tell_rule(rule: VaccineRule | Mapping[str, Any]) -> RuleWords:
    values = rule if isinstance(rule, Mapping) else {name: getattr(rule, name) for name in RULE_FIELDS}
    youngest, oldest = values["age_min"], values["age_max"]
    shortest, longest = values["interval_min_weeks"], values["interval_max_weeks"]
    ages = (
        _("ab {youngest} Jahren").format(youngest=youngest)
        if oldest is None
        else _("{youngest} bis {oldest} Jahre").format(youngest=youngest, oldest=oldest)
    )
    if shortest is None:
        interval = _("keine weitere Dosis")
    elif longest is None:
        interval = _("mindestens {shortest} Wochen").format(shortest=shortest)
    else:
        interval = _("{shortest} bis {longest} Wochen").format(shortest=shortest, longest=longest)
    hours = values["usable_hours"]
    usable = ngettext("{n} Stunde nach Anbruch", "{n} Stunden nach Anbruch", hours).format(n=hours)
    return RuleWords(ages, interval, usable)


def tell_plan_versions(kind: SettingKind, versions: list[SettingVersion]) -> list[Change]:
    return [Change(one, compare_plans(kind, one.before, one.after)) for one in versions]


def compare_plans(kind: SettingKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What the one plan says otherwise than the other, row by row."""
    names = sorted(name for name in before.keys() | after.keys() if before.get(name, "") != after.get(name, ""))
    return [
        Difference(
            _tell_name(kind, name),
            _tell_row(kind, before[name]) if name in before else _("nicht geplant"),
            _tell_row(kind, after[name]) if name in after else _("nicht geplant"),
        )
        for name in names
    ]


def _tell_name(kind: SettingKind, name: str) -> str:
    if kind != SettingKind.GROUPS:
        return _("ab {day}").format(day=tell_day(date.fromisoformat(name)))
    group, day, clock = name.split()
    words = {"group": group, "day": tell_day(date.fromisoformat(day)), "time": clock}
    if group == EVERYBODY:
        return _("Alle, ohne Reihenfolge, ab {day}").format(**words)
    return _("Gruppe {group} ab {day}, {time} Uhr").format(**words)


def _tell_row(kind: SettingKind, row: Any) -> str:
    if row == "never":
        return _("zurückgenommen")
    if kind == SettingKind.GROUPS:
        return tell_until(row)
    if kind == SettingKind.CRITERIA:
        return f"{_('ausgesetzt')}, {tell_until(row['until'])} ({row['source']})"
    rule = tell_rule(row)
    what = _("ausgesetzt") if row["suspended"] else f"{rule.ages}; {rule.interval}; {rule.usable}"
    return f"{what}, {tell_until(row['until'])} ({row['source']})"


def tell_until(until: str | date | None) -> str:
    if until is None:
        return _("bis auf Weiteres")
    day = until if isinstance(until, date) else date.fromisoformat(until)
    return _("bis einschließlich {day}").format(day=tell_day(day))


def _waiting(campaign: Campaign) -> Any:
    return StandbyEntry.objects.filter(campaign=campaign, state=EntryState.WAITING)


def _people(count: int) -> str:
    return ngettext("{n} Person", "{n} Personen", count).format(n=number_format(count, force_grouping=True))


def foretell_opening(
    campaign: Campaign, group: int | None, begins: date, at: time | None, *, now: datetime
) -> list[str]:
    """Ab morgen 6:00 Uhr werden auch Menschen der Gruppe 3 gefragt: 4.312 Personen."""
    begin = tell_begin(campaign, begins, at, now=now)
    begin = begin[:1].upper() + begin[1:]
    if group is None:
        told = _("{begin} gilt keine Reihenfolge der Gruppen mehr: Gefragt werden alle, zurzeit {people}.").format(
            begin=begin, people=_people(_waiting(campaign).count())
        )
        return [told, *_warn_of_pinned(campaign, begins, now=now)]
    people = _people(_waiting(campaign).filter(priority_group=group).count())
    return [
        _("{begin} werden auch Menschen der Gruppe {group} gefragt: {people}.").format(
            begin=begin, group=group, people=people
        ),
        _("Sie kommen dran, sobald aus den Gruppen davor niemand mehr gefragt werden kann."),
        *_warn_of_pinned(campaign, begins, now=now),
    ]


def foretell_closing(campaign: Campaign, group: int | None, ends: date, *, now: datetime) -> list[str]:
    begin = tell_begin(campaign, ends, None, now=now)
    begin = begin[:1].upper() + begin[1:]
    if group is None:
        return [_("{begin} gilt wieder die Reihenfolge der Gruppen.").format(begin=begin)]
    people = _people(_waiting(campaign).filter(priority_group=group).count())
    return [
        _("{begin} werden Menschen der Gruppe {group} nicht mehr gefragt: {people}. Sie behalten ihren Platz.").format(
            begin=begin, group=group, people=people
        ),
        _("Angebote, die schon verschickt sind, und zugesagte Termine bleiben."),
        *_warn_of_pinned(campaign, ends, now=now),
    ]


def foretell_rule(
    campaign: Campaign,
    vaccine: Vaccine,
    wanted: Mapping[str, Any],
    begins: date,
    *,
    now: datetime,
) -> list[str]:
    """Who is of the right age for it now, and then."""
    begin = tell_begin(campaign, begins, None, now=now)
    begin = begin[:1].upper() + begin[1:]
    accept = _waiting(campaign).filter(vaccines=vaccine)
    pinned = _warn_of_pinned(campaign, begins, now=now)
    if wanted["suspended"]:
        told = _("{begin} wird {vaccine} nicht mehr freigegeben. Auf der Liste nehmen ihn an: {people}.")
        return [told.format(begin=begin, vaccine=vaccine, people=_people(accept.count())), *pinned]
    before = campaign.vaccine_rules(campaign.rules_on(now)).filter(vaccine=vaccine).first()
    then = _count_of_age(accept, wanted["age_min"], wanted["age_max"], now=now)
    known = 0 if before is None else _count_of_age(accept, before.age_min, before.age_max, now=now)
    told = _("{begin} kommen für {vaccine} vom Alter her {then} in Frage, bisher {known}.")
    return [
        told.format(begin=begin, vaccine=vaccine, then=_people(then), known=number_format(known, force_grouping=True)),
        _("Wer schon ein Angebot oder einen Termin hat, behält es."),
        *pinned,
    ]


def _count_of_age(people: Any, youngest: int, oldest: int | None, *, now: datetime) -> int:
    earliest, latest = birth_dates_for_ages(on=timezone.localdate(now), age_min=youngest, age_max=oldest)
    found = people.filter(birth_date__lte=latest)
    return int((found if earliest is None else found.filter(birth_date__gte=earliest)).count())


def foretell_pause(campaign: Campaign, criterion: PriorityCriterion, begins: date, *, now: datetime) -> list[str]:
    begin = tell_begin(campaign, begins, None, now=now)
    begin = begin[:1].upper() + begin[1:]
    people = _people(_waiting(campaign).filter(criterion=criterion).count())
    return [
        _("{begin} zählt dieses Kriterium nicht. Auf der Liste angegeben: {people}.").format(
            begin=begin, people=people
        ),
        _("Sie behalten ihren Platz, werden aber nicht gefragt, solange sie kein anderes Kriterium angeben."),
        *_warn_of_pinned(campaign, begins, now=now),
    ]


def foretell_end(campaign: Campaign, ends: date, what: str, *, now: datetime) -> list[str]:
    begin = tell_begin(campaign, ends, None, now=now)
    return [f"{begin[:1].upper()}{begin[1:]} {what}", *_warn_of_pinned(campaign, ends, now=now)]


def _warn_of_pinned(campaign: Campaign, begins: date, *, now: datetime) -> list[str]:
    """A campaign that stands on the rules of one day never comes to a later one."""
    if campaign.rules_as_of is None or begins <= campaign.rules_as_of:
        return []
    told = _("Diese Impfaktion bleibt auf dem Regelstand vom {day}: Was später beginnt, gilt hier nicht.")
    return [told.format(day=tell_day(campaign.rules_as_of))]
