"""Joining the list by telephone: staff type what a person says, and confirm the numbers by reading them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import connection, transaction

from impfzentrum.errors import AlreadyOnList
from impfzentrum.models import MessageTemplate, StandbyEntry
from impfzentrum.models.sealed import blind_index
from impfzentrum.models.standby import index_name
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.listing import take_place
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.proving import WELCOME_WITHIN, start_proof
from impfzentrum.procedures.registering import SignUp, write_down
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import WRITTEN, Channel

_BY_PHONE = 0x4E57  # first key of the advisory lock; the second is name and birth date

FRESH_START: dict[str, object] = {"paused_until": None, "unanswered": 0, "restricted_at": None}


@dataclass(frozen=True, slots=True)
class PhoneSignUp:
    """What was said on the phone. Numbers in E.164 or empty, one contact at least.

    `read_back`: the member of staff has read the numbers aloud and the person has confirmed them.
    """

    said: SignUp
    phone: str
    second_phone: str
    call_hint: str
    read_back: bool


def register_by_phone(sign_up: PhoneSignUp, *, by: User, now: datetime) -> StandbyEntry:
    """Put a person on the list for whom a member of staff types.

    Numbers that were read back count as confirmed, and the record says by whom; an e-mail address gets its link and a
    number that was not read back its code, as at every sign-up. Who is on the list and cannot be reached any more
    comes back with the new number. Raises AlreadyOnList, and ListNotOpen while the list takes nobody.
    """
    with transaction.atomic():
        index = index_name(sign_up.said.given_name, sign_up.said.family_name, sign_up.said.birth_date)
        # Two colleagues may have the same person on the phone, or one of them taps twice.
        _lock_name(index)
        entry = _find_same_person(sign_up.said, index)
        if entry is None:
            take_place(sign_up.said.campaign, now=now)
            entry = StandbyEntry(created_at=now, state_since=now)
        if entry.state == EntryState.UNCONFIRMED:
            write_down(entry, sign_up.said, now=now)
        elif not _is_lost(entry):
            raise AlreadyOnList(state=entry.get_state_display())
        _store_numbers(entry, sign_up)
        _confirm(entry, sign_up, by=by, now=now)
    return entry


def _lock_name(index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_BY_PHONE, index])


def _find_same_person(said: SignUp, index: str) -> StandbyEntry | None:
    """By name and birth date, locked: the number may be another one than before. Who is on the list goes first."""
    same = StandbyEntry.objects.filter(campaign=said.campaign, name_index=index)
    same = same.exclude(state__in=[EntryState.LEFT, EntryState.ERASED]).select_related("centre")
    people = list(same.select_for_update(of=("self",), no_key=True).order_by("created_at", "pk"))
    return min(people, key=lambda one: one.state == EntryState.UNCONFIRMED, default=None)


def _is_lost(entry: StandbyEntry) -> bool:
    return entry.state == EntryState.PAUSED and not entry.channels


def _store_numbers(entry: StandbyEntry, sign_up: PhoneSignUp) -> None:
    entry.phone, entry.second_phone, entry.call_hint = sign_up.phone, sign_up.second_phone, sign_up.call_hint
    entry.mobile = sign_up.said.mobile or entry.mobile
    entry.mobile_index = blind_index("mobile", entry.mobile)
    entry.save(update_fields=["phone", "second_phone", "call_hint", "mobile", "mobile_index"])


def _confirm(entry: StandbyEntry, sign_up: PhoneSignUp, *, by: User, now: datetime) -> None:
    given = {Channel.CALL: sign_up.phone, Channel.SMS: sign_up.said.mobile}
    confirmed = [channel for channel, number in given.items() if number and sign_up.read_back]
    county = entry.centre.county_id
    columns = {_CONFIRMED_AT[channel]: now for channel in confirmed}
    if columns:
        StandbyEntry.objects.filter(pk=entry.pk).update(**columns)
        names = [channel.value for channel in confirmed]
        record(county, "contact_confirmed_by_staff", entry.public_id, now=now, actor=by, channels=names)
        if entry.move(EntryState.UNCONFIRMED, EntryState.WAITING, now=now):
            record(county, "joined", entry.public_id, now=now, actor=by, group=entry.priority_group)
        elif entry.move(EntryState.PAUSED, EntryState.WAITING, now=now, **FRESH_START):
            record(county, "resumed", entry.public_id, now=now, actor=by)
    entry.refresh_from_db()
    if Channel.SMS in confirmed:
        expires_at = now + WELCOME_WITHIN
        queue_message(entry, MessageTemplate.WELCOME, channel=Channel.SMS, now=now, expires_at=expires_at)
    for channel in WRITTEN:
        if entry.address(channel) and channel not in entry.channels:
            start_proof(entry, channel, now=now)


_CONFIRMED_AT = {Channel.CALL: "phone_confirmed_at", Channel.SMS: "mobile_confirmed_at"}
