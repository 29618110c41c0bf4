"""Emptying the outbox: lease messages, hand them over on many lines at once, record what came of them in groups.

This thread alone talks to the database; the threads of the lines talk to the network alone.
"""

from __future__ import annotations

import logging
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache, partial

from django.db import DataError

from impfzentrum.gateways.calling import TOTAL
from impfzentrum.gateways.letters import GatewayFault, GatewayUnreachable, HandOver, Letter
from impfzentrum.gateways.lines import Call, Clock, Lines, TooLate
from impfzentrum.models import Message, MessageTemplate
from impfzentrum.models.moving import move_rows
from impfzentrum.procedures.handing import HandedOver, record_hand_overs
from impfzentrum.procedures.insisting import insist
from impfzentrum.procedures.leasing import LEASE, Room, lease_messages, put_back_stopped, read_messages, renew_leases
from impfzentrum.procedures.phrasing import CountyTexts, read_texts
from impfzentrum.procedures.retrying import Failure, record_failures
from impfzentrum.procedures.routing import HANGING, STEP_EVERY, note_trouble, read_weights, several_providers
from impfzentrum.procedures.waking import wake_deliver
from impfzentrum.procedures.writing import write_letter
from impfzentrum.rules.deadline import SHORTEST_ANSWER
from impfzentrum.rules.weights import draw_provider
from impfzentrum.states import LIVE_OFFER, EntryState, MessageState, OfferState
from impfzentrum.vocabulary import Channel

logger = logging.getLogger(__name__)

LINES: Mapping[Channel, int] = {Channel.SMS: 32, Channel.EMAIL: 8}
"""So many messages of a channel may be with its gateways at once: a slow mail server holds no SMS up."""

AHEAD: Mapping[Channel, int] = {Channel.SMS: 64, Channel.EMAIL: 0}
"""So many offers more are leased and written while the gateway is quick: no line then waits for the database."""

QUICK = 0.3
"""Seconds. While a gateway takes longer, nothing is leased ahead: another worker may have a free line for it."""

MOST = 0.75
"""What is no offer, and what goes to one of several providers, takes at most this share of the lines."""

LOOK_EVERY = 0.05
"""Seconds after which a worker whose lines are not full looks for new messages again."""

LONGEST_CALL = timedelta(seconds=TOTAL)
"""So much of its lease a message must have left when its call begins."""

RENEW_EVERY = LEASE / 3
TURN = 10.0
"""Seconds after which a worker leaves what is still due to the next task, so that others get their turn."""

Chance = Callable[[], float]
"""A random number from 0 to below 1, anew for each call."""


def deliver_messages(*, clock: Clock, chance: Chance = random.random, pool: Executor | None = None) -> int:
    """Hand over everything that is due; return how many messages were tried.

    Several workers may run at once: each leases its own. `clock` tells the time again before and after each network
    call; `chance` draws the provider of each SMS. `pool` makes the network calls (its threads get no database).
    """
    threads = _keep_threads(os.getpid()) if pool is None else dict.fromkeys(LINES, pool)
    return _Turn(Lines(threads, clock=clock), clock=clock, chance=chance).deliver()


@lru_cache(maxsize=1)
def _keep_threads(process: int) -> Mapping[Channel, Executor]:
    """One for each line, kept from turn to turn: starting them anew would hold up the first message.

    A forked process has its own, since threads do not come along.
    """
    return {channel: ThreadPoolExecutor(lines, f"{channel}-line") for channel, lines in LINES.items()}


@dataclass(frozen=True, slots=True)
class _UnderWay:
    """A message that a line has. `begun`: the moment by which its letter was written; `since`: on the line, by
    `time.monotonic`."""

    message: Message
    call: Call
    begun: datetime
    since: float

    @property
    def hangs(self) -> bool:
        return time.monotonic() > self.since + HANGING.total_seconds()


class _Turn:
    """One worker's turn: whatever it has leased is with a gateway, or is just being judged, written or recorded."""

    def __init__(self, lines: Lines, *, clock: Clock, chance: Chance) -> None:
        self.lines, self.clock, self.chance = lines, clock, chance
        self.under_way: dict[int, _UnderWay] = {}
        self.tried = 0
        self.quick = False
        self.hang_at = 0.0
        self.began = self.look_at = time.monotonic()
        self.renew_at = self.began + RENEW_EVERY.total_seconds()

    def deliver(self) -> int:
        try:
            while self._take_more():
                self._take_answers()
        finally:
            # Whatever ended the turn: what gateways have taken by now is noted.
            while self.under_way:
                self._take_answers()
        return self.tried

    def _take_more(self) -> bool:
        """Lease and start what there is room for; say whether the turn goes on."""
        room = self._room()
        if not any(one.all for one in room.values()) or (self.under_way and time.monotonic() < self.look_at):
            return True
        if time.monotonic() > self.began + TURN:
            wake_deliver()
            return False
        messages = lease_messages(now=self.clock(), room=room)
        self.tried += len(messages)
        self._start(messages)
        if not messages:
            self.look_at = time.monotonic() + LOOK_EVERY
        return bool(messages or self.under_way)

    def _room(self) -> dict[Channel, Room]:
        """What there are lines for. While all lines are busy, only a handful at once is worth a look."""
        busy = Counter(one.call.channel for one in self.under_way.values())
        others = Counter(one.call.channel for one in self.under_way.values() if one.message.question is None)
        room: dict[Channel, Room] = {}
        for channel, lines in LINES.items():
            left = lines + (AHEAD[channel] if self.quick else 0) - busy[channel]
            if busy[channel] >= lines and left < AHEAD[channel] / 2:
                left = 0
            room[channel] = Room(all=left, others=max(0, int(lines * MOST) - others[channel]))
        return room

    def _start(self, messages: Sequence[Message], *, asked: bool = False) -> None:
        """Judge, write and send what was just leased. After a doubtful try the provider is asked first."""
        if not messages:
            return
        now = self.clock()
        wanted = [one for one in messages if now < one.expires_at and _is_wanted(one)]
        _let_lapse({one.pk for one in messages} - {one.pk for one in wanted}, now=now)
        weights = read_weights() if any(one.channel == Channel.SMS for one in wanted) else {}
        texts = read_texts(wanted, now=now)
        for number, message in enumerate(wanted):
            if number == 1:
                self.lines.give_way()  # the first person waits for nobody else's letter
            begun = (message.lease_until or now) - LEASE
            try:
                letter = _write(message, texts, begun=begun, now=now)
            except Exception as fault:  # noqa: BLE001 - one that cannot be written must not keep the others back
                self._record_failures([_broken(message, fault, begun=begun)])
                continue
            ask = message.channel == Channel.SMS and message.doubtful_since is not None and not asked
            provider = message.provider if ask else self._draw(message, weights)
            begin_by = begun + LEASE - LONGEST_CALL
            call = Call(message.pk, letter, Channel(message.channel), begin_by, provider, ask)
            self.under_way[message.pk] = _UnderWay(message, call, begun, time.monotonic())
            self.lines.start(call)

    def _draw(self, message: Message, weights: Mapping[str, int]) -> str:
        """Drawn anew for each try, without the one that has just failed: the first retry is the fail-over.

        A provider that keeps a call waiting at this moment, or has most of the lines already, is left out: if it hangs,
        the others go on.
        """
        if message.channel != Channel.SMS or not weights:
            return ""
        busy = Counter(one.call.provider for one in self.under_way.values())
        hanging = self._find_hanging()
        most = LINES[Channel.SMS] * MOST
        free = {name: weight for name, weight in weights.items() if busy[name] < most and name not in hanging}
        if not any(weight for name, weight in free.items() if name != message.provider):
            free = dict(weights)
        return draw_provider(free, self.chance(), without=message.provider)

    def _find_hanging(self) -> set[str]:
        return {one.call.provider for one in self.under_way.values() if one.call.provider and one.hangs}

    def _note_hanging(self) -> None:
        """Who keeps calls waiting loses weight before they are given up. Once in a while is enough: it is in steps."""
        if time.monotonic() < self.hang_at:
            return
        for name in sorted(self._find_hanging()):
            self.hang_at = time.monotonic() + STEP_EVERY.total_seconds()
            insist(partial(note_trouble, name, reason="slow answers", now=self.clock()))

    def _take_answers(self) -> None:
        """Record together what came back; go on with what was only asked for or could not begin in time."""
        self._renew()
        self._note_hanging()
        answers = self.lines.wait(LOOK_EVERY, most=len(self.under_way)) if self.under_way else []
        if answers:
            self.quick = not several_providers() and max(one.seconds for one in answers) < QUICK
        back = [(self.under_way.pop(one.call.number), one.said) for one in answers]
        self._record_hand_overs([(one.message, said) for one, said in back if isinstance(said, HandOver)])
        self._record_failures(
            [_failed(one, said) for one, said in back if isinstance(said, Exception) and not isinstance(said, TooLate)]
        )
        self._start_again([one.message for one, said in back if said is None], asked=True)
        self._start_again([one.message for one, said in back if isinstance(said, TooLate)])

    def _renew(self) -> None:
        """Keep the leases of what is with a gateway, however long it takes: nobody else sends it meanwhile."""
        if time.monotonic() < self.renew_at:
            return
        self.renew_at = time.monotonic() + RENEW_EVERY.total_seconds()
        begun = {number: one.begun for number, one in self.under_way.items()}
        messages = [one.message for one in self.under_way.values()]
        kept = insist(lambda: renew_leases(messages, now=self.clock(), begun=begun))
        if len(kept) < len(messages):
            logger.warning("%d leases were lost, or busy, while with a gateway", len(messages) - len(kept))

    def _start_again(self, messages: Sequence[Message], *, asked: bool = False) -> None:
        """Asking took its time, and so did a late start: only with a new lease, if still wanted and not stopped."""
        ours = insist(lambda: renew_leases(messages, now=self.clock(), begun={})) if messages else []
        again = insist(lambda: read_messages([one.pk for one in ours])) if ours else []
        self._start(put_back_stopped(again, now=self.clock()), asked=asked)

    def _record_hand_overs(self, handed: Sequence[HandedOver]) -> None:
        if not handed:
            return
        try:
            insist(lambda: record_hand_overs(handed, now=self.clock()))
        except DataError:  # one answer that cannot be kept must not take the others along
            if len(handed) == 1:
                logger.exception("the hand-over of message %s cannot be recorded", handed[0][0].pk)
            else:
                for one in handed:
                    self._record_hand_overs([one])

    def _record_failures(self, failures: Sequence[Failure]) -> None:
        if not failures:
            return
        insist(lambda: record_failures(failures, now=self.clock()))
        self.look_at = time.monotonic()  # another provider may be tried at once


def _failed(one: _UnderWay, fault: Exception) -> Failure:
    if not isinstance(fault, GatewayFault):
        return _broken(one.message, fault, begun=one.begun)
    return Failure(one.message, fault, one.call.provider, one.begun)


def _broken(message: Message, fault: Exception, *, begun: datetime) -> Failure:
    logger.error("message %s broke", message.pk, exc_info=fault)
    return Failure(message, GatewayUnreachable(type(fault).__name__), "", begun)


def _let_lapse(messages: set[int], *, now: datetime) -> None:
    if messages:
        move_rows(Message.objects.filter(pk__in=messages), MessageState.SENDING, MessageState.LAPSED, now=now)


_WANTED_WHILE: Mapping[str, tuple[OfferState, ...]] = {
    MessageTemplate.OFFER: LIVE_OFFER,
    MessageTemplate.PLACE_AND_TIME: (OfferState.ACCEPTED,),
    MessageTemplate.TIMES_CHANGED: (OfferState.ACCEPTED,),
}

_NOT_TO_THE_VACCINATED = (MessageTemplate.CANCELLED, MessageTemplate.TIMES_CHANGED)
"""They say that the person stays on the list, or is still to come."""


def _is_wanted(message: Message) -> bool:
    """Whether what a message tells, as it was just read, still holds: it may have waited while people went on."""
    if message.entry is None:
        return True  # the answer to a number that belongs to no single entry
    vaccinated = message.entry.state == EntryState.VACCINATED and message.template in _NOT_TO_THE_VACCINATED
    if vaccinated or message.entry.state in (EntryState.LEFT, EntryState.ERASED):
        return False  # to who has left nothing is left to write to
    if message.template == MessageTemplate.READY_TODAY:
        return message.entry.state == EntryState.WAITING
    if message.template == MessageTemplate.STILL_WAITING:
        return message.entry.asked_at is not None
    states = _WANTED_WHILE.get(message.template)
    return message.offer is None or states is None or message.offer.state in states


def _write(message: Message, texts: CountyTexts, *, begun: datetime, now: datetime) -> Letter:
    """The letter; after a doubtful try word for word the same again, so that the provider knows it as the same."""
    told_at = message.doubtful_since
    if told_at is None:
        return write_letter(message, now=begun, texts=texts)
    letter = write_letter(message, now=told_at, texts=texts)
    left = letter.ttl - (now - told_at)
    return replace(letter, ttl=left) if left >= SHORTEST_ANSWER else write_letter(message, now=now, texts=texts)
