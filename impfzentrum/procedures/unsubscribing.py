"""No more e-mails: because the person says so, or because they do not arrive. Nobody is taken off the list by it.

Who can be reached by SMS stays as they are. Who cannot, pauses: nobody waits whom no offer could reach. An open offer
and an appointment stay theirs; the pause then comes when they would wait again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest

from impfzentrum.models import Message, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.states import EntryState, MessageState
from impfzentrum.vocabulary import Channel, EmailOff

NOT_ON_LIST = (EntryState.UNCONFIRMED, EntryState.LEFT, EntryState.ERASED)
HARD_BOUNCES = 3
"""So many e-mails that find nobody at an address, and it counts as dead. One or two may be the other side's mistake."""

COUNTED_FOR = timedelta(days=30)


def stop_email(entry: StandbyEntry, why: EmailOff, *, now: datetime) -> None:
    """Write no more e-mails to this person but about an appointment they have. Twice is once."""
    with transaction.atomic():
        person = _lock(entry)
        if person.email_off or not person.email or person.state in NOT_ON_LIST:
            return
        person.email_off, person.email_off_since, person.morning_mail = why, now, False
        person.save(update_fields=["email_off", "email_off_since", "morning_mail"])
        record(person.centre.county_id, "email_off", person.public_id, now=now, why=why.value)
        _end_channel(person, now=now)


def _end_channel(person: StandbyEntry, *, now: datetime) -> None:
    """Take the e-mail from the ways to reach a locked person; who has no other one pauses without an end.

    While an offer is open or an appointment made, it stays their way: `finish_stops` comes back.
    """
    if person.mobile_confirmed_at is not None or person.phone_confirmed_at is not None:
        StandbyEntry.objects.filter(pk=person.pk).update(email_confirmed_at=None)
    elif person.state == EntryState.WAITING:
        alone = {"email_confirmed_at": None, "paused_until": None, "email_off_since": now}
        person.move_for_sure(EntryState.WAITING, EntryState.PAUSED, now=now, **alone)
        record(person.centre.county_id, "paused_without_channel", person.public_id, now=now)
    elif person.state == EntryState.PAUSED:
        # The end of the pause must not bring back somebody whom nothing reaches.
        StandbyEntry.objects.filter(pk=person.pk).update(email_confirmed_at=None, paused_until=None)


def finish_stops(*, now: datetime) -> int:
    """Pause those whose e-mails stopped during an offer or an appointment and who would wait again; return how many."""
    waiting = StandbyEntry.objects.filter(state=EntryState.WAITING, email_confirmed_at__isnull=False)
    finished = 0
    for entry in waiting.exclude(email_off="").order_by("pk"):
        with transaction.atomic():
            person = _lock(entry)
            if person.email_off and person.email_confirmed_at is not None:
                _end_channel(person, now=now)
                finished += 1
    return finished


def restart_email(entry: StandbyEntry, *, now: datetime) -> None:
    """E-mails again for who had stopped them; a pause that came only from that ends. Twice is once.

    Does nothing for an address that does not work: it has to be proved anew.
    """
    with transaction.atomic():
        person = _lock(entry)
        if person.email_off != EmailOff.UNSUBSCRIBED or person.state in NOT_ON_LIST:
            return
        person.email_confirmed_at = person.email_confirmed_at or now
        person.save(update_fields=["email_confirmed_at"])
        record(person.centre.county_id, "email_on", person.public_id, now=now)
        end_email_off(person, now=now)


def end_email_off(person: StandbyEntry, *, now: datetime) -> None:
    """A locked person can be reached again: a pause that came from not being reachable ends with it."""
    paused_for_it = (
        person.state == EntryState.PAUSED
        and person.email_off_since == person.state_since
        and person.restricted_at is None
    )
    if person.email_confirmed_at is not None:
        StandbyEntry.objects.filter(pk=person.pk).update(email_off="", email_off_since=None)
    if paused_for_it:
        person.move_for_sure(EntryState.PAUSED, EntryState.WAITING, now=now)
        record(person.centre.county_id, "resumed", person.public_id, now=now)


def stop_dead_addresses(*, now: datetime) -> int:
    """Stop e-mails to addresses that have proved dead; return how many.

    Counted is what bounced within a month, since the person proved the address and since an e-mail last arrived there.
    """
    mails = Message.objects.filter(entry=OuterRef("pk"), channel=Channel.EMAIL).order_by("-created_at")
    arrived = mails.filter(state=MessageState.DELIVERED).values("created_at")[:1]
    since = Greatest(F("email_confirmed_at"), Coalesce(Subquery(arrived), F("email_confirmed_at")))
    bounced = Message.objects.filter(bounced=True, created_at__gt=now - COUNTED_FOR)
    people = StandbyEntry.objects.filter(pk__in=bounced.values("entry"), email_off="", email_confirmed_at__isnull=False)
    lately = Q(messages__bounced=True, messages__created_at__gt=now - COUNTED_FOR, messages__created_at__gte=F("since"))
    dead = people.annotate(since=since).annotate(bounces=Count("messages", filter=lately))
    found = list(dead.filter(bounces__gte=HARD_BOUNCES).order_by("pk"))
    for entry in found:
        stop_email(entry, EmailOff.BOUNCED, now=now)
    return len(found)


def _lock(entry: StandbyEntry) -> StandbyEntry:
    people = StandbyEntry.objects.select_related("centre").select_for_update(of=("self",), no_key=True)
    return people.get(pk=entry.pk)
