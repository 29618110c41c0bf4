"""The same person twice: led to the first entry, but only once they have proved who they are.

Nothing here speaks to the page of a sign-up. It looks the same whether somebody is on the list or not; who has shown
that a contact is theirs may learn what hangs on it, and everything else goes to the contact that is known.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from impfzentrum.models import Message, MessageTemplate, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import WRITTEN, Channel

TOLD_ONCE_IN = timedelta(days=1)
"""However often somebody types a name, its owner hears of it once a day."""


def find_first_entry(entry: StandbyEntry, channel: Channel) -> StandbyEntry | None:
    """The entry on which the contact that is just being proved was proved before, by who has the same birth date.

    Locked, so that its person does not leave at this moment. An entry that only names the contact does not count: else
    a stranger who typed somebody's address could have them led to the stranger's own entry.
    """
    if channel == Channel.SMS:
        same = Q(mobile_index=entry.mobile_index, mobile_confirmed_at__isnull=False)
    else:
        same = Q(email_index=entry.email_index, email_confirmed_at__isnull=False)
    others = _others(entry).filter(same, birth_date=entry.birth_date)
    return others.select_for_update(no_key=True).order_by("created_at", "pk").first()


def tell_first_of_name(entry: StandbyEntry, *, now: datetime) -> None:
    """Write to who joined before under the same name and birth date: there is the link to their first entry.

    The new entry stands all the same, with other contacts that were proved: two people may share a name and a birthday,
    and a stranger must not notice anything. The record keeps it for the county.
    """
    if not entry.name_index:
        return
    first = _others(entry).filter(name_index=entry.name_index).order_by("created_at", "pk").first()
    if first is None or not first.channels:
        return
    record(entry.centre.county_id, "joined_with_known_name", entry.public_id, now=now, first=str(first.public_id))
    lately = Message.objects.filter(entry=first, template=MessageTemplate.WELCOME, created_at__gt=now - TOLD_ONCE_IN)
    way = next((channel for channel in first.channels if channel in WRITTEN), None)
    if way is not None and not lately.exists():
        expires_at = now + timedelta(hours=12)
        queue_message(first, MessageTemplate.WELCOME, channel=way, now=now, expires_at=expires_at)


def _others(entry: StandbyEntry) -> QuerySet[StandbyEntry]:
    """Everybody else of the campaign who is on the list or was vaccinated, and has proved a contact."""
    gone = [EntryState.UNCONFIRMED, EntryState.LEFT, EntryState.ERASED]
    return StandbyEntry.objects.filter(campaign=entry.campaign_id).exclude(state__in=gone).exclude(pk=entry.pk)
