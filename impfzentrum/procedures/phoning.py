"""Calls: what staff tell people to whom we cannot write (docs/decisions/0025).

A call is a message of the outbox with the channel "call". Workers never lease it. A member of staff takes it for some
minutes, so that nobody is called twice at once, and notes what the person said. Taking the call is the hand-over:
the clock of the offer starts then, and a call that nobody takes ends like a letter that no gateway took.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from impfzentrum.day_refusals import CallDoneBy
from impfzentrum.errors import CallDone, CallsHeld, CallsQuiet, CallTaken, OfferNotOpen, Refusal
from impfzentrum.models import AuditEvent, Centre, Dose, Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.auditing import note, record
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.procedures.halting import find_stop
from impfzentrum.procedures.handing import start_clock
from impfzentrum.procedures.holding import AT_ANY_TIME, find_end_of_quiet, share_sending
from impfzentrum.procedures.staying import resume_entry
from impfzentrum.procedures.still_waiting import keep_waiting
from impfzentrum.procedures.wording import name_staff_and_role
from impfzentrum.states import LIVE_OFFER, EntryState, MessageState, OfferState
from impfzentrum.vocabulary import Channel

LEASE = timedelta(minutes=5)
"""So long a call belongs to who took it. Longer than most calls; who needs more keeps it until a colleague takes it."""

NOBODY_CALLED = "nobody called"
WRONG_NUMBER = "wrong number"

RELATED = ("entry__centre__county", "offer__entry", "offer__release__centre__county", "taken_by")

CALLS = Message.objects.filter(channel=Channel.CALL)


def take_call(message: Message, *, by: User, now: datetime) -> None:
    """Make this call one's own for LEASE; the offer's time to answer begins. Taking one's own again changes nothing.

    Raises CallTaken when a colleague has it, CallDone when it is made, OfferNotOpen when the offer is over, CallsHeld
    for an offer while sending is stopped, CallsQuiet in quiet hours.
    """
    with transaction.atomic():
        share_sending()  # no stop can be committed between our look and our commit
        message = _read(message)
        if message.state == MessageState.SENDING and message.taken_by_id == by.pk:
            return
        _refuse_if_held(message, now=now)
        if message.question is not None:
            _start_offer(message, message.question, now=now)
        waiting = CALLS.filter(pk=message.pk)
        # Two press at once: the second waits here for the first, and then the call is no longer queued.
        taken = {"taken_by": by, "lease_until": now + LEASE}
        if not move_rows(waiting, MessageState.QUEUED, MessageState.SENDING, now=now, **taken):
            raise _tell_who_has_it(message)
        _record("call_taken", message, by=by, now=now)


def _refuse_if_held(message: Message, *, now: datetime) -> None:
    county = _centre_of(message).county
    if message.question is not None and find_stop(county):
        raise CallsHeld
    quiet_until = find_end_of_quiet(county, now=now)
    if quiet_until is not None and message.template not in AT_ANY_TIME:
        raise CallsQuiet(until=f"{timezone.localtime(quiet_until):%H:%M}")


def _start_offer(message: Message, offer: Offer, *, now: datetime) -> None:
    start_clock(offer, now=now)
    live = Offer.objects.filter(Q(answer_by=None) | Q(answer_by__gte=now), pk=offer.pk, state__in=LIVE_OFFER)
    if now >= message.expires_at or not live.exists():
        raise OfferNotOpen


def note_yes(message: Message, *, by: User, now: datetime) -> Dose:
    """The person says yes: the same acceptance as by the link. Place and time are told at once, on the phone.

    Raises what `accept_offer` raises (then the call is done all the same), CallTaken and CallDone.
    """
    outcome: Dose | Refusal
    with transaction.atomic():
        message, offer = _own_question(message, by=by)
        try:
            outcome = accept_offer(offer, now=now)
        except Refusal as refusal:  # what it wrote, such as a yes that came too late, stays written
            outcome = refusal
        if message.state != MessageState.DELIVERED:  # else it is the second tap on yes
            _finish(message, MessageState.DELIVERED, by=by, now=now)
            _record("call_answered", message, by=by, now=now, answer="yes")
            told = CALLS.filter(offer=offer, template=MessageTemplate.PLACE_AND_TIME)
            move_rows(told, MessageState.QUEUED, MessageState.DELIVERED, now=now, taken_by=by)
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def note_no(message: Message, *, by: User, now: datetime) -> None:
    """The person says no: the dose goes to the next one, the place on the list stays. Raises as `note_yes`."""
    refusal: Refusal | None = None
    with transaction.atomic():
        message, offer = _own_question(message, by=by)
        try:
            decline_offer(offer, now=now)
        except Refusal as refused:
            refusal = refused
        if message.state != MessageState.DELIVERED:
            _finish(message, MessageState.DELIVERED, by=by, now=now)
            _record("call_answered", message, by=by, now=now, answer="no")
    if refusal is not None:
        raise refusal


def note_not_reached(message: Message, *, by: User, now: datetime) -> None:
    """Nobody answered: the try is noted, and the call waits for the next one, until its end.

    Raises CallTaken and CallDone.
    """
    with transaction.atomic():
        message = _own(message, by=by)
        # It is nobody's now, so that a second tap counts no second try.
        _finish(message, MessageState.QUEUED, by=by, now=now, attempts=message.attempts + 1, taken_by=None)
        _record("call_not_reached", message, by=by, now=now, tries=message.attempts + 1)


def note_wrong_number(message: Message, *, by: User, now: datetime) -> None:
    """Somebody else answers there: the offer goes another way or to the next person, the number is called no more.

    Who cannot be reached otherwise pauses, as nobody waits whom no offer could reach; whoever signs them up anew with
    a right number brings them back. An appointment stays theirs. Raises CallTaken, CallDone.
    """
    with transaction.atomic():
        message = _own(message, by=by)
        divert_offer(message, now=now)
        if message.entry is not None:
            _end_phone(message.entry, now=now)
        _finish(message, MessageState.FAILED, by=by, now=now, last_error=WRONG_NUMBER)
        _record("call_wrong_number", message, by=by, now=now)


def _end_phone(entry: StandbyEntry, *, now: datetime) -> None:
    person = StandbyEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    off: dict[str, object] = {"phone_confirmed_at": None}
    if person.channels != [Channel.CALL]:
        StandbyEntry.objects.filter(pk=person.pk).update(**off)
    elif person.state == EntryState.WAITING:
        person.move_for_sure(EntryState.WAITING, EntryState.PAUSED, now=now, paused_until=None, **off)
        record(entry.centre.county_id, "paused_without_channel", person.public_id, now=now)
    elif person.state == EntryState.PAUSED:
        StandbyEntry.objects.filter(pk=person.pk).update(paused_until=None, **off)


def note_told(message: Message, *, by: User, now: datetime) -> None:
    """The person knows what there was to tell. Twice is once. Raises CallTaken, and CallDone for an offer.

    An offer is answered, not told.
    """
    with transaction.atomic():
        message = _own(message, by=by)
        if message.question is not None:
            raise CallDone
        if message.state != MessageState.DELIVERED:
            _finish(message, MessageState.DELIVERED, by=by, now=now)
            _record("call_told", message, by=by, now=now)


def note_resumed(message: Message, *, by: User, now: datetime) -> None:
    """The person whose entry paused for silence, or who was not heard of, still waits.

    Raises NotPossibleNow, CallTaken, CallDone.
    """
    with transaction.atomic():
        message = _own(message, by=by)
        if message.entry is not None:
            resume_entry(message.entry, now=now)
            keep_waiting(message.entry, now=now)
        if message.state != MessageState.DELIVERED:
            _finish(message, MessageState.DELIVERED, by=by, now=now)
            _record("call_told", message, by=by, now=now)


def _own(message: Message, *, by: User) -> Message:
    """The call as it stands, if this member of staff makes it. A lease that ran out costs nothing while nobody came."""
    message = _read(message)
    if message.taken_by_id != by.pk:
        raise _tell_who_has_it(message)
    if message.state in (MessageState.FAILED, MessageState.LAPSED):
        raise CallDone
    return message


def _own_question(message: Message, *, by: User) -> tuple[Message, Offer]:
    message = _own(message, by=by)
    if message.question is None:
        raise CallDone
    return message, message.question


def _read(message: Message) -> Message:
    return CALLS.select_related(*RELATED).get(pk=message.pk)


def _tell_who_has_it(message: Message) -> Refusal:
    message = _read(message)
    if message.state == MessageState.SENDING and message.taken_by is not None:
        return CallTaken(by=name_staff_and_role(message.taken_by), since=_clock(message.state_since))
    if message.taken_by is not None:
        return CallDoneBy(by=name_staff_and_role(message.taken_by), at=_clock(message.state_since))
    return CallDone()


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M}"


def _finish(message: Message, new: MessageState, *, by: User, now: datetime, **also: object) -> None:
    """Note the outcome where the call is still ours: a colleague may just be taking what our lease has let go."""
    ours = CALLS.filter(pk=message.pk, taken_by=by, state__in=[MessageState.SENDING, MessageState.QUEUED])
    state = ours.select_for_update(no_key=True).values_list("state", flat=True).first()
    if state is None:
        raise _tell_who_has_it(message)
    call = CALLS.filter(pk=message.pk)
    if state == new:
        call.update(**also)
    else:
        move_rows(call, MessageState(state), new, now=now, lease_until=None, **also)


def _record(action: str, message: Message, *, by: User | None, now: datetime, **detail: object) -> None:
    _note(action, message, by=by, now=now, **detail).save(force_insert=True)


def _note(action: str, message: Message, *, by: User | None, now: datetime, **detail: object) -> AuditEvent:
    county = _centre_of(message).county_id
    if message.offer is not None:
        detail = {"offer": str(message.offer.public_id), "about": message.template, **detail}
        return note(county, action, message.offer.release_id, now=now, actor=by, **detail)
    person = message.entry.public_id if message.entry else ""
    return note(county, action, person, now=now, actor=by, about=message.template, **detail)


def _centre_of(message: Message) -> Centre:
    """Whose staff make this call: those of the release, or of the person's own list."""
    if message.offer is not None:
        return message.offer.release.centre
    if message.entry is None:
        raise ValueError("a call to nobody")
    return message.entry.centre


def return_calls(*, now: datetime) -> int:
    """Calls whose lease has run out wait for anybody again; return how many."""
    late = CALLS.filter(state=MessageState.SENDING, lease_until__lt=now).select_related(*RELATED)
    with transaction.atomic():
        # What somebody is just noting is left alone: the outcome comes first.
        calls = list(late.select_for_update(of=("self",), skip_locked=True, no_key=True))
        rows = CALLS.filter(pk__in=[call.pk for call in calls])
        count = move_rows(rows, MessageState.SENDING, MessageState.QUEUED, now=now, lease_until=None) if calls else 0
        AuditEvent.objects.bulk_create(_note("call_returned", call, by=call.taken_by, now=now) for call in calls)
    return count


def lapse_calls(*, now: datetime) -> int:
    """Calls that would tell nothing any more leave the list; return how many. Those about offers are counted."""
    waiting = CALLS.filter(state=MessageState.QUEUED)
    question = Q(template=MessageTemplate.OFFER)
    nobody = question & Q(offer__state=OfferState.UNDELIVERABLE, attempts=0)
    over = question & ~Q(offer__state__in=LIVE_OFFER)
    promised = Q(template__in=[MessageTemplate.PLACE_AND_TIME, MessageTemplate.TIMES_CHANGED])
    gone = promised & ~Q(offer__state=OfferState.ACCEPTED)
    back = Q(template=MessageTemplate.PAUSED) & ~Q(entry__state=EntryState.PAUSED)
    back |= Q(template=MessageTemplate.STILL_WAITING, entry__asked_at=None)
    uncalled = _let_lapse(waiting.filter(nobody), now=now, last_error=NOBODY_CALLED)
    return uncalled + _let_lapse(waiting.filter(over | gone | back | Q(expires_at__lte=now)), now=now)


def _let_lapse(calls: QuerySet[Message], *, now: datetime, **also: object) -> int:
    rows = CALLS.filter(pk__in=calls.values("pk"))
    return move_rows(rows, MessageState.QUEUED, MessageState.LAPSED, now=now, **also)
