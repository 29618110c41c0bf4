"""Proving a contact: six digits by SMS, a link by e-mail. Nobody is matched before."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare

from impfzentrum.errors import CodeOver, CodeWrong, NotPossibleNow, Refusal, TooManyCodes, TooManyCodesToday
from impfzentrum.models import ContactProof, Message, MessageTemplate, StandbyEntry
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.auditing import record
from impfzentrum.procedures.doubling import find_first_entry, tell_first_of_name
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.staying import leave_list
from impfzentrum.procedures.unsubscribing import end_email_off
from impfzentrum.states import EntryState, MessageState
from impfzentrum.vocabulary import Channel

_PROVING = 0x4E53
"""First key of the advisory lock; the second is the contact."""

VALID_FOR = {Channel.SMS: timedelta(minutes=15), Channel.EMAIL: timedelta(hours=48)}
WELCOME_WITHIN = timedelta(hours=12)
TRIES = 5
RESEND_AFTER = timedelta(seconds=60)
PROOFS_A_DAY = 10
"""To one contact. A family that shares a phone gets along with it."""


def start_proof(entry: StandbyEntry, channel: Channel, *, new: str = "", now: datetime) -> ContactProof:
    """Send a code or a link to the entry's contact, or to the `new` one that shall take its place once it is proved.

    One that was sent within the last minute is returned again. After ten a day to one contact nothing more is sent:
    neither shall a stranger's phone ring all day, nor shall new codes bring new guesses without end.
    """
    proofs = entry.proofs.filter(channel=channel).order_by("-created_at")
    recent = proofs.filter(used_at=None, created_at__gt=now - RESEND_AFTER, expires_at__gte=now).first()
    if recent is not None:
        return recent
    enough = count_proofs_of_day(entry, channel, now=now) >= PROOFS_A_DAY
    last = proofs.first()
    if enough and last is not None:
        return last
    # Too many for this contact: a proof that is over from the start. Neither is a message sent, nor can one guess on.
    expires_at = now if enough else now + VALID_FOR[channel]
    proof = ContactProof.objects.create(
        entry=entry, channel=channel, new_contact=new, created_at=now, expires_at=expires_at
    )
    if not enough:
        template = MessageTemplate.CONTACT_PROOF
        queue_message(entry, template, channel=channel, now=now, expires_at=expires_at, proof=proof)
    return proof


def count_proofs_of_day(entry: StandbyEntry, channel: Channel, *, now: datetime) -> int:
    """How many codes or links were sent to this contact within a day, whoever typed it."""
    index = entry.mobile_index if channel == Channel.SMS else entry.email_index
    column = "entry__mobile_index" if channel == Channel.SMS else "entry__email_index"
    same_contact = Q(**{column: index}) if index else Q(entry=entry)
    proofs = ContactProof.objects.filter(same_contact, channel=channel, created_at__gt=now - timedelta(days=1))
    return proofs.exclude(expires_at=F("created_at")).count()


def void_proofs(entry: StandbyEntry, channel: Channel, *, now: datetime) -> None:
    """The contact was replaced: what was sent to the old one proves nothing about the new one."""
    open_proofs = entry.proofs.filter(channel=channel, used_at=None)
    Message.objects.filter(proof__in=open_proofs, state=MessageState.QUEUED).update(expires_at=now)
    open_proofs.update(expires_at=now - timedelta(seconds=1))


def request_proof(entry: StandbyEntry, channel: Channel, *, new: str = "", now: datetime) -> ContactProof:
    """A new code or link for one of the person's contacts.

    Raises TooManyCodes within a minute of the last one and after ten a day, NotPossibleNow for a contact that was
    never given.
    """
    with transaction.atomic():
        entry = StandbyEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
        if not (new or entry.address(channel)):
            raise NotPossibleNow(state=entry.get_state_display())
        last = entry.proofs.filter(channel=channel).order_by("-created_at").first()
        if last is not None and now - last.created_at < RESEND_AFTER:
            raise TooManyCodes(seconds=int((last.created_at + RESEND_AFTER - now).total_seconds()) + 1)
        if count_proofs_of_day(entry, channel, now=now) >= PROOFS_A_DAY:
            raise TooManyCodesToday(sent=PROOFS_A_DAY)
        return start_proof(entry, channel, new=new, now=now)


def send_proof_again(proof: ContactProof, *, now: datetime) -> ContactProof:
    """A fresh code or link in place of this one. Raises TooManyCodes within a minute of the last."""
    return request_proof(proof.entry, Channel(proof.channel), new=proof.new_contact, now=now)


def prove_contact(proof: ContactProof, code: str | None, *, now: datetime) -> StandbyEntry:
    """Confirm the contact; the first confirmed one puts the person on the list.

    The database notes it, and the next matching gives them their place in the order of the day.

    `code` is None for the link of an e-mail, whose token is the proof itself. Raises CodeWrong with the tries left,
    CodeOver after five tries or when the time is up. A second call after a success returns the entry. Who stands on the
    list already with this contact, proved, and this birth date gets their first entry, and the new one is wiped.
    """
    with transaction.atomic():
        # Two sign-ups of one person that are confirmed at once: the second waits here and then finds the first.
        _lock_contact(proof)
        outcome = _check(proof, code, now=now)
    # A wrong try must stay counted, so the refusal is raised after the commit.
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _check(proof: ContactProof, code: str | None, *, now: datetime) -> StandbyEntry | Refusal:
    entry = StandbyEntry.objects.select_for_update(no_key=True).get(pk=proof.entry_id)
    # Ten guesses at once count ten times: each waits for the lock and reads the tries of those before.
    proof = ContactProof.objects.select_for_update(no_key=True).get(pk=proof.pk)
    left = entry.state in (EntryState.LEFT, EntryState.ERASED)
    too_old = proof.used_at is None and (
        now > proof.expires_at or proof.expires_at == proof.created_at
    )  # the second tap of a used one is no matter of time
    if left or too_old or proof.tries >= TRIES:
        return CodeOver()
    if proof.channel == Channel.SMS and not constant_time_compare((code or "").strip(), proof.code):
        proof.tries += 1
        proof.save(update_fields=["tries"])
        return CodeWrong(left=TRIES - proof.tries) if proof.tries < TRIES else CodeOver()
    return entry if proof.used_at is not None else _confirm(entry, proof, now=now)


def _lock_contact(proof: ContactProof) -> None:
    index = proof.entry.mobile_index if proof.channel == Channel.SMS else proof.entry.email_index
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_PROVING, index])


CONTACT_FIELDS = ("mobile", "mobile_index", "email", "email_index")


def _replace_contact(entry: StandbyEntry, channel: Channel, contact: str) -> None:
    if channel == Channel.SMS:
        entry.mobile, entry.mobile_index = contact, blind_index("mobile", contact)
    else:
        entry.email, entry.email_index = contact, blind_index("email", contact.lower())


def _confirm(entry: StandbyEntry, proof: ContactProof, *, now: datetime) -> StandbyEntry:
    """Note the proof; return the entry, or the first one of the same person."""
    channel = Channel(proof.channel)
    if proof.new_contact:
        _replace_contact(entry, channel, proof.new_contact)
    proof.used_at, proof.new_contact = now, ""
    proof.save(update_fields=["used_at", "new_contact"])
    if entry.state == EntryState.UNCONFIRMED and (first := find_first_entry(entry, channel)):
        leave_list(entry, now=now)
        end_email_off(first, now=now)
        return first
    if channel == Channel.SMS:
        entry.mobile_confirmed_at = now
    else:
        entry.email_confirmed_at = now
    entry.save(update_fields=[*CONTACT_FIELDS, "mobile_confirmed_at", "email_confirmed_at"])
    end_email_off(entry, now=now)
    if not entry.move(EntryState.UNCONFIRMED, EntryState.WAITING, now=now):
        return entry
    record(entry.centre.county_id, "joined", entry.public_id, now=now, group=entry.priority_group)
    expires_at = now + WELCOME_WITHIN
    queue_message(entry, MessageTemplate.WELCOME, channel=channel, now=now, expires_at=expires_at)
    tell_first_of_name(entry, now=now)
    return entry
