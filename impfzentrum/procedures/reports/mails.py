"""Word of the reports by e-mail: a link that needs a login, and not one figure."""

from __future__ import annotations

import logging
import uuid
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from impfzentrum.gateways.letters import GatewayFault, GatewayRefused, Letter
from impfzentrum.gateways.sending import send_email
from impfzentrum.models import County, Membership, ReportSchedule, Rhythm
from impfzentrum.procedures.auditing import record
from impfzentrum.vocabulary import Role

logger = logging.getLogger(__name__)

NOT_BEFORE = time(6)
"""Berlin time. Nobody needs a report at night."""

LEASE = timedelta(minutes=5)
READERS = (Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR)


def list_readers(county: County) -> list[User]:
    """Accounts that may read the county's reports and have an e-mail address."""
    members = Membership.objects.filter(county=county, role__in=READERS, user__is_active=True)
    return [one.user for one in members.exclude(user__email="").select_related("user").order_by("user__username")]


def schedule_reports(county: County, reader: User, rhythm: Rhythm, *, by: User, now: datetime) -> ReportSchedule:
    """From now on `reader` gets word in this rhythm; an earlier choice for them is replaced."""
    with transaction.atomic():
        schedule, _new = ReportSchedule.objects.update_or_create(
            county=county,
            user=reader,
            defaults={
                "rhythm": rhythm,
                "created_by": by,
                "created_at": now,
                "next_on": next_day(rhythm, timezone.localdate(now)),
                "lease_until": None,
                "last_error": "",
            },
        )
        record(county.pk, "reports_scheduled", schedule.public_id, now=now, actor=by, rhythm=rhythm, reader=reader.pk)
    return schedule


def end_schedule(schedule: ReportSchedule, *, by: User, now: datetime) -> None:
    """No more e-mails of this schedule. A second call does nothing."""
    with transaction.atomic():
        if ReportSchedule.objects.filter(pk=schedule.pk).delete()[0]:
            record(schedule.county_id, "reports_unscheduled", schedule.public_id, now=now, actor=by)


def next_day(rhythm: Rhythm, today: date) -> date:
    """The first day after today on which word is due: a Monday, or the first of a month."""
    if rhythm == Rhythm.WEEKLY:
        return today + timedelta(days=7 - today.weekday())
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def period_before(rhythm: str, due: date) -> tuple[date, date]:
    """First and last day of what a mail is about: the seven days, or the month, before it is due."""
    last = due - timedelta(days=1)
    return (due - timedelta(days=7) if rhythm == Rhythm.WEEKLY else last.replace(day=1)), last


def send_report_mails(*, now: datetime) -> int:
    """Send what is due; return how many went out.

    Each is taken by a lease before and noted after it was handed over: killed in between, it goes out again with the
    same Message-ID. A server that cannot be reached is asked again after the lease; a refusal waits for the next date.
    """
    if timezone.localtime(now).time() < NOT_BEFORE:
        return 0
    today = timezone.localdate(now)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    due = ReportSchedule.objects.filter(free, next_on__lte=today).select_related("county", "user")
    return sum(_send(schedule, today, now=now) for schedule in due)


def _send(schedule: ReportSchedule, today: date, *, now: datetime) -> bool:
    row = ReportSchedule.objects.filter(pk=schedule.pk, next_on=schedule.next_on)
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    if not row.filter(free).update(lease_until=now + LEASE):
        return False
    following = {"next_on": next_day(Rhythm(schedule.rhythm), today), "lease_until": None}
    if schedule.user not in list_readers(schedule.county):
        logger.warning("report mail %s: its reader may not read reports any more", schedule.public_id)
        row.update(**following, last_error=_("Diese Person darf die Berichte nicht mehr lesen oder hat keine E-Mail."))
        return False
    try:
        send_email(_write(schedule))
    except GatewayFault as fault:
        logger.warning("report mail %s: %s", schedule.public_id, fault)
        later = following if isinstance(fault, GatewayRefused) else {}
        row.update(**later, last_error=str(fault)[:100])
        return False
    row.update(**following, last_sent_at=now, last_error="")
    return True


def _write(schedule: ReportSchedule) -> Letter:
    """In German: it goes to people who work for a German authority."""
    first, last = period_before(schedule.rhythm, schedule.next_on)
    path = reverse("reports:report", args=[schedule.county.slug, "dosen"])
    link = f"{settings.PUBLIC_URL.rstrip('/')}{path}?{urlencode({'start': first, 'end': last})}"
    with translation.override(settings.LANGUAGE_CODE):
        text = _(
            "Guten Tag,\n\ndie Berichte der Nachrückerliste {county} vom {first} bis {last} liegen bereit.\n\n{link}"
            "\n\nZum Lesen melden Sie sich bitte an. Zahlen stehen nicht in dieser E-Mail."
        )
        days = {"first": f"{first:%d.%m.%Y}", "last": f"{last:%d.%m.%Y}"}
        return Letter(
            to=schedule.user.email,
            sender=settings.DEFAULT_FROM_EMAIL,
            subject=_("Berichte der Nachrückerliste {county}").format(county=schedule.county.name),
            text=text.format(county=schedule.county.name, link=link, **days),
            reference=str(uuid.uuid5(schedule.public_id, schedule.next_on.isoformat())),
            ttl=timedelta(days=1),
        )
