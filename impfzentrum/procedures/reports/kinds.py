"""All reports of a county, by the name in their address."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from impfzentrum.procedures.reports.doses import report_attendance, report_doses, report_fill_rate
from impfzentrum.procedures.reports.effort import report_messages, report_minutes
from impfzentrum.procedures.reports.people import report_list
from impfzentrum.procedures.reports.report import Report, Scope
from impfzentrum.procedures.reports.rki import report_rki
from impfzentrum.procedures.reports.steps import report_hand_picks, report_steps
from impfzentrum.procedures.reports.words import report_feedback


@dataclass(frozen=True, slots=True)
class ReportKind:
    """A kind of report. `by_key`: its lines can be days, vaccines, centres or reasons. `by_centre`: also of one."""

    title: str | Promise
    about: str | Promise
    make: Callable[[Scope, datetime], Report]
    by_key: bool = False
    by_centre: bool = True


REPORTS: dict[str, ReportKind] = {
    "dosen": ReportKind(
        _("Dosen"),
        _("Freigegeben, zugesagt, geimpft, verfallen: nach Tag, Impfstoff, Impfzentrum oder Grund."),
        lambda scope, now: report_doses(scope),
        by_key=True,
    ),
    "quote": ReportKind(
        _("Vergabequote"),
        _("Wie viel von dem, was zu vergeben war, vergeben wurde, und wie viele zu spät Ja sagten."),
        lambda scope, now: report_fill_rate(scope),
        by_key=True,
    ),
    "minuten": ReportKind(
        _("Minuten bis zur Zusage"),
        _("Wie schnell Dosen vergeben waren."),
        lambda scope, now: report_minutes(scope),
        by_key=True,
    ),
    "erscheinen": ReportKind(
        _("Erscheinen"),
        _("Wer zugesagt hat und kam, nicht kam oder vorher absagte."),
        lambda scope, now: report_attendance(scope),
        by_key=True,
    ),
    "nachrichten": ReportKind(
        _("Nachrichten und Kosten"),
        _("SMS, E-Mails und Anrufe, im Ganzen und je Dosis."),
        lambda scope, now: report_messages(scope),
        by_key=True,
    ),
    "liste": ReportKind(
        _("Liste"),
        _("Wer wartet: nach Gruppe, Alter und Postleitzahl. Kleine Zahlen sind zurückgehalten."),
        lambda scope, now: report_list(scope, now=now),
    ),
    "abstiege": ReportKind(
        _("Abstiege zwischen Gruppen"),
        _("Wann eine spätere Gruppe gefragt wurde, und warum."),
        lambda scope, now: report_steps(scope),
    ),
    "von-hand": ReportKind(
        _("Vergaben von Hand"),
        _("Dosen an namentlich vorgeschlagene Menschen: Gründe und die zwei, die entschieden."),
        lambda scope, now: report_hand_picks(scope),
    ),
    "rueckmeldungen": ReportKind(
        _("Rückmeldungen"),
        _("Was Menschen von der Seite halten."),
        lambda scope, now: report_feedback(scope),
        by_centre=False,
    ),
    "rki": ReportKind(
        _("Impfungen im Format des RKI"),
        _("Nach Tag, Altersgruppe und Impfschutz, mit den Spalten der offenen Daten."),
        lambda scope, now: report_rki(scope),
        by_centre=False,
    ),
}
