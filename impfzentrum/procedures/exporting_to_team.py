"""The e-mail to the team before a centre opens: how many people, which vaccines, when. It names nobody.

Two steps, so that a crash loses nothing and doubles nothing: first the run of the day with its e-mails is written, once
by a unique row; then each e-mail is leased, sent without a transaction, and noted. Names go along only as an encrypted
PDF, or stay behind a link that asks for the login.
"""

from __future__ import annotations

import io
import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from impfzentrum.gateways.letters import Attachment, GatewayFault, GatewayRefused, Letter
from impfzentrum.gateways.sending import send_email
from impfzentrum.models import Centre, TeamExport, TeamExportRun, TeamMail
from impfzentrum.models.team_export import ListKind
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.day_list import DayRow, list_day
from impfzentrum.procedures.day_sheet import make_day_sheet
from impfzentrum.procedures.opening_list import subject_of
from impfzentrum.procedures.writing import link_address
from impfzentrum.sheets.files import SheetFormat, write_sheet
from impfzentrum.states import AttendanceState
from impfzentrum.vocabulary import Channel, Language

logger = logging.getLogger(__name__)

STILL_OF_USE = timedelta(hours=2)
"""So long after opening the e-mail is still sent; later it would tell of a morning that is over."""

LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
TRIES = 20
"""With a try a minute: a mail server that is away for so long is told in the record."""


def opening_of(centre: Centre, day: datetime) -> datetime:
    """When the centre opens on the Berlin day of this moment."""
    local = timezone.localtime(day)
    return datetime.combine(local.date(), centre.opens_at, local.tzinfo)


def addresses_of(export: TeamExport) -> list[str]:
    """Everybody who gets it, each once: the chosen staff who have an address, and the further addresses."""
    staff = [member.user.email for member in export.members.select_related("user") if member.user.email]
    return list(
        dict.fromkeys(address.strip() for address in [*staff, *export.addresses.splitlines()] if address.strip())
    )


def make_team_exports(*, now: datetime) -> int:
    """Write the run of today for every centre whose time has come; return for how many. Called again it does nothing.

    A day on which nobody worked until it was too late is written down as missed, not sent in the afternoon.
    """
    made = 0
    for export in TeamExport.objects.filter(active=True).select_related("centre"):
        opening = opening_of(export.centre, now)
        due = opening - export.lead
        if due <= now and export.changed_at <= opening + STILL_OF_USE:
            made += _make_run(export, due, late=now > opening + STILL_OF_USE, now=now)
    return made


def _make_run(export: TeamExport, due: datetime, *, late: bool, now: datetime) -> bool:
    centre, day = export.centre, timezone.localdate(due)
    with transaction.atomic():
        # Two workers at one minute: the unique row lets one of them write the e-mails.
        run, new = TeamExportRun.objects.get_or_create(centre=centre, day=day, defaults={"due_at": due, "made_at": now})
        if not new:
            return False
        addresses = [] if late else addresses_of(export)
        TeamMail.objects.bulk_create(TeamMail(run=run, address=address) for address in addresses)
        action = "team_export_missed" if late else "team_export_made"
        record(centre.county_id, action, subject_of(centre, now), now=now, mails=len(addresses))
    if late:
        logger.warning("the team export of centre %s was missed: nobody worked until it was too late", centre.pk)
    return True


def send_team_mails(*, now: datetime) -> int:
    """Send every e-mail that waits; return how many went out. One that fails is tried again in a minute."""
    sent = 0
    while (mail := _lease(now=now)) is not None:
        sent += _send(mail, now=now)
    return sent


def forget_team_mails(*, now: datetime) -> int:
    """Remove runs with their addresses after a month; return how many rows went."""
    removed, _by_model = TeamExportRun.objects.filter(made_at__lt=now - KEPT).delete()
    return removed


def _lease(*, now: datetime) -> TeamMail | None:
    """The next e-mail that nobody is sending, now ours for five minutes."""
    waiting = TeamMail.objects.filter(sent_at=None, given_up_at=None).filter(
        Q(lease_until=None) | Q(lease_until__lte=now)
    )
    with transaction.atomic():
        mail = waiting.select_for_update(skip_locked=True, no_key=True).order_by("pk").first()
        if mail is None:
            return None
        mail.lease_until, mail.attempts = now + LEASE, mail.attempts + 1
        mail.save(update_fields=["lease_until", "attempts"])
    return mail


def _send(mail: TeamMail, *, now: datetime) -> bool:
    run = TeamExportRun.objects.select_related("centre__county").get(pk=mail.run_id)
    export = TeamExport.objects.select_related("centre").get(centre=run.centre)
    over = now > opening_of(run.centre, run.due_at) + STILL_OF_USE
    if over or not export.active:
        return _give_up(mail, run, "too late" if over else "switched off", now=now)
    try:
        rows = list_day(run.centre, now=now)
        with override(Language.GERMAN):
            send_email(_write(mail, export, rows, now=now))
    except GatewayFault as fault:
        final = isinstance(fault, GatewayRefused) or mail.attempts >= TRIES
        return _give_up(mail, run, str(fault), now=now) if final else _try_again(mail, str(fault), now=now)
    with transaction.atomic():
        mail.sent_at, mail.lease_until = now, None
        mail.save(update_fields=["sent_at", "lease_until"])
        subject = subject_of(run.centre, now)
        kind, people = export.list_kind, len(rows)
        record(run.centre.county_id, "team_export_sent", subject, now=now, kind=kind, people=people)
    return True


def _try_again(mail: TeamMail, fault: str, *, now: datetime) -> bool:
    mail.lease_until, mail.last_error = now + timedelta(seconds=50), fault[:200]
    mail.save(update_fields=["lease_until", "last_error"])
    logger.warning("team export: e-mail %s waits, %s", mail.reference, fault)
    return False


def _give_up(mail: TeamMail, run: TeamExportRun, why: str, *, now: datetime) -> bool:
    with transaction.atomic():
        mail.given_up_at, mail.last_error, mail.lease_until = now, why[:200], None
        mail.save(update_fields=["given_up_at", "last_error", "lease_until"])
        record(run.centre.county_id, "team_export_failed", subject_of(run.centre, now), now=now, why=why[:200])
    logger.warning("team export: e-mail %s was given up, %s", mail.reference, why)
    return False


def _write(mail: TeamMail, export: TeamExport, rows: Sequence[DayRow], *, now: datetime) -> Letter:
    centre = export.centre
    day = f"{timezone.localtime(now):%d.%m.%Y}"
    attachments: tuple[Attachment, ...] = ()
    if export.list_kind == ListKind.FILE:
        attachments = (_lock_list(centre, rows, export.password, now=now),)
    return Letter(
        to=mail.address,
        sender=settings.DEFAULT_FROM_EMAIL,
        subject=_("{centre}: Nachrücker am {day}").format(centre=centre.name, day=day),
        text=write_summary(export, rows, now=now),
        reference=str(mail.reference),
        ttl=STILL_OF_USE,
        attachments=attachments,
    )


def write_summary(export: TeamExport, rows: Sequence[DayRow], *, now: datetime) -> str:
    """What the e-mail says: counts by arrival, vaccine and dose. Names nobody."""
    centre = export.centre
    expected = [row for row in rows if row.state == AttendanceState.EXPECTED]
    day, clock = f"{timezone.localtime(now):%d.%m.%Y}", f"{timezone.localtime(now):%H:%M}"
    lines = [_("{centre}, {day}, Stand {clock} Uhr").format(centre=centre.name, day=day, clock=clock), ""]
    if expected:
        told = ngettext("{people} Person hat zugesagt:", "{people} Personen haben zugesagt:", len(expected))
        lines += [told.format(people=len(expected)), *_count_lines(expected)]
        helped = sum(bool(row.entry.interpreter or row.entry.needs) for row in expected)
        if helped:
            lines.append(_("Davon mit Dolmetschen oder Hilfe vor Ort: {people}").format(people=helped))
    else:
        lines.append(_("Für heute hat noch niemand zugesagt. Im Lauf des Tages können Termine dazukommen."))
    return "\n".join([*lines, "", *_tell_list(export)])


def _count_lines(rows: Sequence[DayRow]) -> list[str]:
    counted = Counter(
        (row.release.arrive_from, row.release.arrive_until, row.release.vaccine.name, row.entry.dose_wanted)
        for row in rows
    )
    return [
        _("{begin} bis {end} Uhr: {people} × {vaccine}, {dose}. Dosis").format(
            begin=f"{timezone.localtime(begin):%H:%M}",
            end=f"{timezone.localtime(end):%H:%M}",
            people=people,
            vaccine=vaccine,
            dose=dose,
        )
        for (begin, end, vaccine, dose), people in sorted(counted.items())
    ]


def _tell_list(export: TeamExport) -> list[str]:
    if export.list_kind == ListKind.FILE:
        return [_("Die Liste mit Namen liegt bei. Das Kennwort haben Sie von Ihrer Leitung.")]
    if export.list_kind == ListKind.LINK:
        address = link_address(Channel.EMAIL) + reverse("daylist:list", args=[export.centre.slug])
        return [_("Die Liste mit Namen, nach der Anmeldung:"), address]
    return []


def _lock_list(centre: Centre, rows: Sequence[DayRow], password: str, *, now: datetime) -> Attachment:
    file = io.BytesIO()
    write_sheet(make_day_sheet(centre, rows, now=now), SheetFormat.PDF, file, password=password)
    name = f"tagesliste-{timezone.localtime(now):%Y-%m-%d}.pdf"
    return Attachment(name, file.getvalue(), SheetFormat.PDF.media_type)
