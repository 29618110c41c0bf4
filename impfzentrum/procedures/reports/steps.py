"""Where the order of groups was left: steps down with their reason, and doses that went to named people."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

from django.utils.translation import gettext as _

from impfzentrum.models import AuditEvent, Offer, Release
from impfzentrum.procedures.exporting import export_hand_picks
from impfzentrum.procedures.reporting import bounds_of_days
from impfzentrum.procedures.reports.report import Chart, Report, Scope, Series
from impfzentrum.procedures.tabulating import tabulate_hand_picks
from impfzentrum.sheets.sheet import Cell, Column, Kind
from impfzentrum.vocabulary import HandPickReason


def report_steps(scope: Scope) -> Report:
    """Each step to a lower group, with how many of the groups above had been asked by then. Three queries."""
    begin, over = bounds_of_days(scope.first, scope.last)
    events = list(
        AuditEvent.objects.filter(county=scope.county, action="stepped_down", at__gte=begin, at__lt=over).order_by(
            "at", "pk"
        )
    )
    places = {} if scope.centre is None else {"centre": scope.centre}
    releases = (
        Release.objects.filter(pk__in={int(event.subject) for event in events}, **places)
        .select_related("centre", "vaccine")
        .in_bulk()
    )
    asked: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for release_id, group, at in (
        Offer.objects.filter(release__in=releases, wave__gt=0)
        .order_by("created_at")
        .values_list("release", "priority_group", "created_at")
    ):
        asked[release_id].append((group, at))
    rows: list[list[Cell]] = []
    steps: Counter[str] = Counter()
    for event in events:
        release = releases.get(int(event.subject))
        if release is None:
            continue
        before, group = event.detail["before"], event.detail["group"]
        above = sum(one < group and at <= event.at for one, at in asked[release.pk])
        left = max(int((release.use_by - event.at).total_seconds() // 60), 0)
        reason = _("Gefragt bis dahin: {people}. In Gruppe {group} war sonst niemand, der rechtzeitig kommen konnte.")
        steps[_("von Gruppe {before} zu {group}").format(before=before, group=group)] += 1
        rows.append(
            [
                event.at,
                release.centre.name,
                release.number,
                release.vaccine.name,
                before,
                group,
                left,
                reason.format(people=above, group=before),
            ]
        )
    names = sorted(steps)
    return Report(
        _("Abstiege zwischen Gruppen"),
        [
            Column(_("Zeitpunkt"), Kind.MOMENT),
            Column(_("Impfzentrum"), width=24),
            Column(_("Freigabe"), Kind.NUMBER),
            Column(_("Impfstoff"), width=16),
            Column(_("von Gruppe"), Kind.NUMBER),
            Column(_("zu Gruppe"), Kind.NUMBER),
            Column(_("Minuten bis zum Verfall"), Kind.NUMBER),
            Column(_("Grund"), width=48),
        ],
        rows,
        charts=[Chart(_("Abstiege"), names, [Series(_("Abstiege"), [steps[name] for name in names])])] if rows else [],
        note=_("Die Reihenfolge darf nur verlassen werden, soweit sonst Dosen verfallen (§ 1 (3) CoronaImpfV)."),
    )


def report_hand_picks(scope: Scope) -> Report:
    """Proposals to give a dose to a named person, with reason, both people and outcome."""
    found = tabulate_hand_picks(scope.county, start=scope.first, end=scope.last)
    rows = [row for row in found if scope.centre is None or row.release.centre == scope.centre]
    sheet = export_hand_picks(rows)
    counts = Counter(HandPickReason(row.pick.reason) for row in rows)
    labels = [reason for reason in HandPickReason if counts[reason]]
    chart = Chart(
        _("Vorschläge nach Grund"),
        [str(reason.label) for reason in labels],
        [Series(_("Vorschläge"), [counts[reason] for reason in labels])],
    )
    return Report(
        _("Vergaben von Hand"),
        sheet.columns,
        list(sheet.rows),
        charts=[chart] if labels else [],
        note=_("Jede braucht eine Begründung und eine zweite Person. Niemand, der wartet, ist hier genannt."),
    )
