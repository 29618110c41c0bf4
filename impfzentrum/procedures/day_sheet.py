"""The day list as a table for CSV, XLSX and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import phonenumbers
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumbers import PhoneNumberFormat

from impfzentrum.models import Centre, StandbyEntry
from impfzentrum.procedures.day_list import DayRow
from impfzentrum.sheets.sheet import Cell, Column, Kind, Sheet
from impfzentrum.vocabulary import Interpreter, Need


def make_day_sheet(centre: Centre, rows: Sequence[DayRow], *, now: datetime) -> Sheet:
    """The columns of the day list (the Heidekreis named this export as its core requirement)."""
    columns = [
        Column(_("Ankunft"), width=11),
        Column(_("Code"), width=8),
        Column(_("Familienname"), width=16),
        Column(_("Vorname"), width=13),
        Column(_("geboren"), Kind.DATE),
        Column(_("Impfstoff"), width=12),
        Column(_("Dosis"), Kind.NUMBER, width=6),
        Column(_("Gruppe"), Kind.NUMBER, width=7),
        Column(_("Nachweis"), width=20),
        Column(_("Telefon"), width=15),
        Column(_("Sprache, Hilfe"), width=16),
        Column(_("Stand"), width=13),
        Column(_("Charge"), width=10),
    ]
    local = timezone.localtime(now)
    title = _("Tagesliste {centre}, {day}").format(centre=centre.name, day=f"{local:%d.%m.%Y}")
    note = _("Stand {time} Uhr, {people} Personen. Enthält Gesundheitsdaten: bitte am Abend vernichten.").format(
        time=f"{local:%H:%M}", people=len(rows)
    )
    return Sheet(title, columns, [_cells(row) for row in rows], note)


def _cells(row: DayRow) -> list[Cell]:
    entry, release = row.entry, row.release
    begin, end = timezone.localtime(release.arrive_from), timezone.localtime(release.arrive_until)
    return [
        f"{begin:%H:%M}–{end:%H:%M}",
        row.code,
        entry.family_name,
        entry.given_name,
        entry.birth_date,
        release.vaccine.name,
        entry.dose_wanted,
        row.offer.priority_group,
        row.proof + (f" ({_('geprüft')})" if row.proof_checked else ""),
        show_phone(row.phone),
        ", ".join(tell_assistance(entry)),
        str(row.state.label),
        row.batch,
    ]


def show_phone(e164: str) -> str:
    """0171 39000052, and with its country code a number from abroad; nothing for none."""
    if not e164:
        return ""
    parsed = phonenumbers.parse(e164, "DE")
    german = parsed.country_code == phonenumbers.country_code_for_region("DE")
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL if german else PhoneNumberFormat.INTERNATIONAL)


def tell_assistance(entry: StandbyEntry) -> list[str]:
    """Interpreter and help, as far as somebody asked for it."""
    lines = []
    if entry.interpreter:
        lines.append(_("Dolmetschen: {language}").format(language=Interpreter(entry.interpreter).label))
    return lines + [str(Need(need).label) for need in entry.needs.split(",") if need]
