"""Any day that could happen: releases, answers, changes and the clock in any order, and the invariants after each step.

A state machine over the real database. A kill is played by what it leaves in the database: a message that is leased
and never recorded, a wake-up that never comes.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, time, timedelta
from typing import ClassVar

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from impfzentrum.errors import Refusal
from impfzentrum.models import Dose, HandPick, Message, Offer, Release, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose, decline_offer
from impfzentrum.procedures.changing import add_doses, stamp_doses, take_back_doses
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.hand_picking import consent_to_hand_pick, propose_hand_pick, refuse_hand_pick
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.leasing import lease_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.phoning import (
    note_no,
    note_not_reached,
    note_told,
    note_wrong_number,
    note_yes,
    take_call,
)
from impfzentrum.procedures.readying import change_availability, say_ready
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.retiming import Times, change_times
from impfzentrum.procedures.staying import leave_list, pause_entry, report_vaccinated, resume_entry
from impfzentrum.procedures.sweeping import sweep, tend
from impfzentrum.rules.availability import ALWAYS, Part, bit_of
from tests.conftest import World, build_world
from tests.factories import NOON, make_staff
from tests.procedures.calling import LANDLINE
from tests.procedures.picking import order

PEOPLE = 8
CAP = 2
SATURDAY_MORNING = bit_of(5, Part.MORNING)
some = st.integers(min_value=0, max_value=30)


@contextlib.contextmanager
def kindly_refused() -> Iterator[None]:
    """A refusal is an answer; any other exception is a fault of ours."""
    with contextlib.suppress(Refusal):
        yield


class AnyDay(RuleBasedStateMachine):
    """One centre with eight people. Numbers pick a release, an offer or a person, whichever there are."""

    ground: ClassVar[tuple[World, User]]
    """What every day begins with; each day is a savepoint of its own above it, and goes."""

    world: World
    now: datetime
    promised: set[int]
    second: User

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.written_when_clean = -1

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(widens=st.booleans(), validity=st.sampled_from([3, 15]), asked=st.booleans())
    def open_the_centre(self, widens: bool, validity: int, asked: bool) -> None:
        """A centre with a release under way: half of the days begin with its offers out."""
        self.world, self.second = deepcopy(self.ground)
        self.now, self.promised = NOON, set()
        self.world.county.widens = widens
        self.world.county.offer_validity = timedelta(minutes=validity)
        self.world.county.cap_per_day = CAP
        self.world.county.save()
        self.release(doses=3, minutes=90)
        if asked:
            match_release(Release.objects.get().pk, now=self.now)
            deliver_messages(clock=lambda: self.now)

    def a_release(self, pick: int) -> Release | None:
        releases = list(Release.objects.order_by("pk"))
        return releases[pick % len(releases)] if releases else None

    def an_offer(self, pick: int) -> Offer | None:
        offers = list(Offer.objects.select_related("entry", "release__centre__county").order_by("-pk"))
        return offers[pick % len(offers)] if offers else None

    def a_person(self, pick: int) -> StandbyEntry:
        people = StandbyEntry.objects.select_related("centre").order_by("pk")
        return people[pick % PEOPLE]

    @rule(doses=st.integers(1, 4), minutes=st.sampled_from([40, 90, 300]))
    def release(self, doses: int, minutes: int) -> None:
        self.world.release(doses=doses, now=self.now, use_by=self.now + timedelta(minutes=minutes),
                           arrive_from=self.now + timedelta(minutes=5))  # fmt: skip

    @rule(pick=some)
    def match(self, pick: int) -> None:
        if release := self.a_release(pick):
            match_release(release.pk, now=self.now)

    @rule()
    def deliver(self) -> None:
        deliver_messages(clock=lambda: self.now)

    @rule()
    def kill_a_worker_that_leased(self) -> None:
        lease_messages(now=self.now)

    @rule(minutes=st.sampled_from([0, 1, 4, 16, 60]))
    def let_time_pass(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes, seconds=1)
        sweep(now=self.now)

    @rule()
    def tend_the_list(self) -> None:
        tend(now=self.now)

    @rule(pick=some, note=st.sampled_from([note_yes, note_no, note_not_reached, note_wrong_number, note_told, None]))
    def call_somebody(self, pick: int, note: object) -> None:
        """Staff take a call and note what came of it, or forget it."""
        calls = list(Message.objects.filter(channel="call").order_by("-pk"))
        if not calls:
            return
        call = calls[pick % len(calls)]
        with kindly_refused():
            take_call(call, by=self.world.staff, now=self.now)
        with kindly_refused():
            if note is not None:
                note(call, by=self.world.staff, now=self.now)  # type: ignore[operator]  # one of the five above
            if note is note_yes and call.offer_id is not None:
                self.promised.add(call.offer_id)

    @rule(pick=some)
    def say_yes(self, pick: int) -> None:
        if offer := self.an_offer(pick):
            with kindly_refused():
                accept_offer(offer, now=self.now)
                self.promised.add(offer.pk)

    @rule(pick=some)
    def say_no(self, pick: int) -> None:
        if offer := self.an_offer(pick):
            with kindly_refused():
                decline_offer(offer, now=self.now)

    @rule(pick=some)
    def give_back(self, pick: int) -> None:
        if offer := self.an_offer(pick):
            with kindly_refused():
                cancel_dose(offer, now=self.now)
                self.promised.discard(offer.pk)

    @rule(pick=some, what=st.sampled_from([resume_entry, report_vaccinated, leave_list]))
    def decide_for_oneself(self, pick: int, what: object) -> None:
        person = self.a_person(pick)
        with kindly_refused():
            what(person, now=self.now)  # type: ignore[operator]  # one of the three above
        if what is not resume_entry:
            self.promised -= set(Offer.objects.filter(entry=person).values_list("pk", flat=True))

    @rule(pick=some)
    def pause(self, pick: int) -> None:
        with kindly_refused():
            pause_entry(self.a_person(pick), until=self.now + timedelta(minutes=30), now=self.now)

    @rule(pick=some, hours=st.sampled_from([ALWAYS, SATURDAY_MORNING]))
    def have_other_hours(self, pick: int, hours: int) -> None:
        with kindly_refused():
            change_availability(self.a_person(pick), hours, now=self.now)

    @rule(pick=some)
    def be_ready(self, pick: int) -> None:
        with kindly_refused():
            say_ready(self.a_person(pick), time(14), now=self.now)

    @rule(pick=some, count=st.integers(1, 2))
    def give_more_doses(self, pick: int, count: int) -> None:
        if release := self.a_release(pick):
            with kindly_refused():
                add_doses(release, count, stand=stamp_doses(release), by=self.world.staff, now=self.now)

    @rule(pick=some, count=st.integers(1, 3))
    def take_doses_back(self, pick: int, count: int) -> None:
        if release := self.a_release(pick):
            with kindly_refused():
                take_back_doses(release, count, stand=stamp_doses(release), by=self.world.staff, now=self.now)

    @rule(release=some, person=some, decide=st.sampled_from([consent_to_hand_pick, refuse_hand_pick, None]))
    def pick_by_hand(self, release: int, person: int, decide: object) -> None:
        """One proposes, and a second one may decide about the newest proposal, also again about an old one."""
        if found := self.a_release(release):
            with kindly_refused():
                propose_hand_pick(order(found, self.a_person(person)), by=self.world.staff, now=self.now)
        newest = HandPick.objects.order_by("pk").last()
        if decide is None or newest is None:
            return
        with kindly_refused():
            decided = decide(newest, by=self.second, now=self.now)  # type: ignore[operator]  # one of the two above
            if isinstance(decided, HandPick) and decided.offer and decided.offer.state == "accepted":
                self.promised.add(decided.offer.pk)

    @rule(pick=some, minutes=st.sampled_from([-60, -20, 30]))
    def change_clock_times(self, pick: int, minutes: int) -> None:
        if release := self.a_release(pick):
            old, by = Times.of(release), timedelta(minutes=minutes)
            new = Times(old.use_by + by, old.arrive_from, old.arrive_until + by)
            if new.arrive_from < new.arrive_until:  # the form refuses an empty window
                with kindly_refused():
                    change_times(release, new, stand=old.stamp(), by=self.world.staff, now=self.now)

    @rule(pick=some)
    def stop(self, pick: int) -> None:
        if release := self.a_release(pick):
            with kindly_refused():
                stop_release(release, by=self.world.staff, now=self.now)

    @invariant()
    def nothing_is_violated(self) -> None:
        """A step that wrote no row, a refusal mostly, leaves the answer as it was: no clock is asked."""
        written = count_written_rows()
        if written != self.written_when_clean:
            assert list(find_violations()) == []
            self.written_when_clean = written

    @invariant()
    def nobody_is_asked_more_often_than_allowed(self) -> None:
        if hasattr(self, "now"):
            last_day = Offer.objects.filter(handed_over_at__isnull=False, created_at__gt=self.now - timedelta(days=1))
            assert all(asked <= CAP for asked in Counter(last_day.values_list("entry", flat=True)).values())

    @invariant()
    def every_promise_is_kept(self) -> None:
        if getattr(self, "promised", None):
            kept = Dose.objects.filter(state="confirmed", offers__in=self.promised, offers__state="accepted")
            assert kept.count() == len(self.promised)


def count_written_rows() -> int:
    """By this transaction, whatever became of its savepoints."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0) FROM pg_stat_xact_user_tables")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db
def test_on_any_day_the_invariants_hold_after_each_step() -> None:
    world = build_world()
    for number in range(PEOPLE):
        called = {"mobile": "", "phone": LANDLINE, "phone_confirmed_at": NOON} if number % 4 == 3 else {}
        world.entry(travel_minutes=5 + 10 * (number % 4), priority_group=1 + number % 2, **called)
    AnyDay.ground = (world, make_staff(world.centre, "second"))
    run_state_machine_as_test(
        AnyDay,
        settings=settings(
            max_examples=200, stateful_step_count=10, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
