"""What may be sent at a moment: stop, quiet hours, and the budget of the day; and what becomes of what may not."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import AuditEvent, County, Dose, Message, MessageTemplate, Offer, Reply
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.halting import resume_sending, stop_sending
from impfzentrum.procedures.holding import AT_ANY_TIME, LOOK_AGAIN, hold_back, sendable
from impfzentrum.procedures.leasing import Room, _compose, due_messages, lease_messages
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.vocabulary import Channel
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import Gateway
from tests.procedures.played import fresh, prepared_offer

EVENING = NOON.replace(hour=21, minute=30)
MORNING = NOON.replace(hour=8) + timedelta(days=1)


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


def deliver(now: datetime = NOON) -> int:
    return deliver_messages(clock=lambda: now)


def queue(world: World, template: MessageTemplate, *, now: datetime = NOON, hours: int = 24) -> Message:
    entry = world.entry(state="paused" if template == MessageTemplate.PAUSED else "waiting")
    expires_at = now + timedelta(hours=hours)
    return queue_message(entry, template, channel=Channel.SMS, now=now, expires_at=expires_at)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


# --- stop


def test_a_stop_holds_everything_of_its_county_and_nothing_of_others(world: World, gateway: Gateway) -> None:
    other = factories.make_county(slug="heidekreis", ags="03358", name="Heidekreis")
    centre = factories.make_centre(other, slug="soltau")
    stranger = factories.make_entry(centre, factories.make_campaign(other), world.vaccine)
    queue_message(stranger, MessageTemplate.WELCOME, channel=Channel.SMS, now=NOON, expires_at=after(hours=1))
    for template in (MessageTemplate.WELCOME, MessageTemplate.PAUSED):
        queue(world, template)
    stop_sending(world.county, reason="falsche Texte", by=world.staff, now=NOON)
    assert deliver() == 1
    assert [sms.letter.to for sms in gateway.sms] == [stranger.mobile]
    assert resume_sending(world.county, by=world.staff, now=after(minutes=1))
    assert deliver(after(minutes=1)) == 2


def test_who_stopped_when_and_why_is_recorded_and_what_is_under_way_is_told(world: World) -> None:
    queue(world, MessageTemplate.WELCOME)
    queue(world, MessageTemplate.PAUSED)
    lease_messages(now=NOON, room={Channel.SMS: Room(1, 1)})
    stop = stop_sending(world.county, reason="falsche Texte", by=world.staff, now=NOON)
    assert (stop.in_flight, stop.stopped_by, stop.stopped_at) == (1, world.staff, NOON)
    event = AuditEvent.objects.get(action="sending_stopped")
    assert (event.actor, event.detail) == (world.staff, {"reason": "falsche Texte", "in_flight": 1, "waiting": 1})
    assert not event.subject.isdigit(), "bare numbers are releases: their page would tell of it as of its own"
    resume_sending(world.county, by=world.staff, now=after(minutes=1))
    assert AuditEvent.objects.get(action="sending_resumed").actor == world.staff


def test_a_second_tap_changes_nothing(world: World) -> None:
    first = stop_sending(world.county, reason="erster", by=world.staff, now=NOON)
    assert stop_sending(world.county, reason="zweiter", by=world.staff, now=after(minutes=1)) == first
    assert resume_sending(world.county, by=world.staff, now=after(minutes=2))
    assert not resume_sending(world.county, by=world.staff, now=after(minutes=3))
    assert actions() == ["sending_stopped", "sending_resumed"]


def test_a_stop_blocks_no_dose_and_uses_nobody_up(world: World, gateway: Gateway) -> None:
    """Whoever was just being asked is given up after two minutes; until the stop is lifted nobody else is asked."""
    offer = prepared_offer(world)
    world.entries(3)
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    for minutes in range(6):
        sweep(now=after(minutes=minutes))
        deliver(after(minutes=minutes))
    assert (fresh(offer).state, Dose.objects.get().state, Offer.objects.count()) == ("undeliverable", "free", 1)
    assert Message.objects.get().state == "lapsed"
    assert gateway.sms == []
    resume_sending(world.county, by=world.staff, now=after(minutes=10))
    sweep(now=after(minutes=11))
    deliver(after(minutes=11))
    assert Offer.objects.filter(state="open").count() == 1


def test_a_stop_lifted_at_once_costs_nobody_their_offer(world: World, gateway: Gateway) -> None:
    offer = prepared_offer(world)
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    sweep(now=after(seconds=30))
    resume_sending(world.county, by=world.staff, now=after(seconds=60))
    deliver(after(seconds=60))
    assert fresh(offer).state == "open"


def test_the_answer_to_an_unknown_number_belongs_to_the_county_it_wrote_to(world: World, gateway: Gateway) -> None:
    County.objects.update(sms_sender="+4956311234")
    reply = Reply.objects.create(
        provider="seven", provider_id="1", received_at=NOON, received_by="+4956311234", sender="+491719999", word="help"
    )
    Message.objects.create(
        reply=reply, template="reply", channel="sms", created_at=NOON, due_at=NOON, expires_at=after(hours=1),
        state_since=NOON,
    )  # fmt: skip
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    assert lease_messages(now=NOON) == []
    resume_sending(world.county, by=world.staff, now=NOON)
    assert len(lease_messages(now=NOON)) == 1


# --- quiet hours


@pytest.fixture
def quiet_county(world: World) -> World:
    County.objects.update(quiet_from=time(21), quiet_until=time(8))
    return world


@pytest.mark.parametrize("template", [one for one in MessageTemplate if one not in ("offer", "reply", "ready_today")])
def test_in_quiet_hours_only_what_somebody_just_asked_for_is_sent(
    quiet_county: World, template: MessageTemplate
) -> None:
    queue(quiet_county, template, now=EVENING)
    leased = lease_messages(now=EVENING)
    assert [message.template for message in leased] == ([template] if template in AT_ANY_TIME else [])


def test_what_waits_for_the_morning_is_sent_then_unless_it_is_over(quiet_county: World, gateway: Gateway) -> None:
    waiting = queue(quiet_county, MessageTemplate.PAUSED, now=EVENING)
    over = queue(quiet_county, MessageTemplate.PAUSED, now=EVENING, hours=8)
    now = EVENING
    while now <= MORNING:
        sweep(now=now)
        deliver(now)
        now += timedelta(minutes=10)
    assert [sms.letter.to for sms in gateway.sms] == [waiting.entry.mobile if waiting.entry else ""]
    over.refresh_from_db()
    assert (over.state, over.state_since < MORNING) == ("lapsed", True)


def test_an_offer_is_not_sent_in_quiet_hours_and_blocks_no_dose(world: World, gateway: Gateway) -> None:
    """The gateway was out of reach until quiet hours began."""
    offer = prepared_offer(world)
    County.objects.update(quiet_from=time(12), quiet_until=time(18))
    for minutes in range(4):
        sweep(now=after(minutes=minutes))
        assert deliver(after(minutes=minutes)) == 0
    assert (fresh(offer).state, Dose.objects.get().state) == ("undeliverable", "free")
    assert Message.objects.get().state == "lapsed"


# --- what it costs


def count_queries_of_lease() -> int:
    with CaptureQueriesContext(connection) as queries:
        lease_messages(now=NOON)
    return len(queries)


def test_a_lease_asks_as_much_however_many_messages_and_counties_there_are(world: World) -> None:
    def make_busy_county(number: int) -> None:
        county = factories.make_county(
            slug=f"kreis-{number}", ags=f"9{number:04d}", quiet_from=time(11), quiet_until=time(13), sms_per_day=5_000
        )
        centre = factories.make_centre(county, slug=f"zentrum-{number}")
        entry = factories.make_entry(centre, world.campaign, world.vaccine)
        queue_message(entry, MessageTemplate.PAUSED, channel=Channel.SMS, now=NOON, expires_at=after(hours=1))
        queue_message(entry, MessageTemplate.WELCOME, channel=Channel.SMS, now=NOON, expires_at=after(hours=1))
        stop_sending(county, reason="Probe", by=world.staff, now=NOON)

    counts = []
    queue(world, MessageTemplate.WELCOME)
    for total in (1, 3):
        for number in range(total):
            make_busy_county(10 * total + number)
        counts.append(count_queries_of_lease())
        Message.objects.filter(state="sending").update(state="queued", lease_until=None)
    assert counts == [8, 8]


def test_what_is_held_back_is_out_of_the_way_of_the_lease(world: World) -> None:
    for _ in range(3):
        queue(world, MessageTemplate.WELCOME)
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    assert hold_back(now=NOON) == 3
    assert set(Message.objects.values_list("due_at", flat=True)) == {NOON + LOOK_AGAIN}
    assert hold_back(now=NOON) == 0


def test_the_lease_walks_down_the_index_while_something_is_held(world: World) -> None:
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        due = Message.objects.filter(state="queued", due_at__lte=NOON).order_by("due_at", "pk")
        plan = sendable(due, NOON).select_for_update(skip_locked=True, no_key=True).values_list("pk")[:20].explain()
    assert "message_queued" in plan
    assert "Hash" not in plan, f"the list of people is never read as a whole:\n{plan}"


def test_what_may_be_sent_can_be_narrowed_further_inside_a_larger_statement(world: World) -> None:
    """Whoever leases by channel and kind still gets no more than the budget in all."""
    County.objects.update(sms_per_day=3, quiet_from=time(11), quiet_until=time(13))
    for template in (MessageTemplate.WELCOME, MessageTemplate.PAUSED, MessageTemplate.CONTACT_PROOF) * 2:
        queue(world, template)
    with transaction.atomic(), connection.cursor() as cursor:
        due = sendable(Message.objects.filter(state="queued", due_at__lte=NOON), NOON).filter(channel=Channel.SMS)
        locked = (
            due.order_by("due_at", "pk").values("pk").select_for_update(of=("self",), skip_locked=True, no_key=True)
        )
        kinds = locked.filter(template=MessageTemplate.WELCOME), locked.exclude(template=MessageTemplate.WELCOME)
        (first, some), (second, more) = (kind.query.sql_with_params() for kind in kinds)
        ctes = f"WITH a AS MATERIALIZED ({first}), b AS MATERIALIZED ({second})"
        cursor.execute(f"{ctes} SELECT * FROM a UNION ALL TABLE b", [*some, *more])  # noqa: S608 - our own statements
        picked = [pk for (pk,) in cursor.fetchall()]
    assert sorted(Message.objects.filter(pk__in=picked).values_list("template", flat=True)) == [
        "contact_proof",
        "welcome",
        "welcome",
    ]


def test_the_walk_is_the_same_whether_something_is_held_or_not(world: World) -> None:
    """While nothing is held back it is written out instead of composed: both have to take the same."""
    for template in (MessageTemplate.WELCOME, MessageTemplate.OFFER) * 2:
        queue(world, template)
        queue(world, template, now=after(hours=1))
        Message.objects.filter(pk=queue(world, template).pk).update(channel=Channel.EMAIL)
    room = {Channel.SMS: Room(3, 1), Channel.EMAIL: Room(20, 20)}
    taken = []
    for may_go in (None, due_messages(now=NOON)):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(*_compose(room, may_go, now=NOON))
            taken.append(sorted(cursor.fetchall()))
            transaction.set_rollback(True)
    assert taken[0] == taken[1]
    assert len(taken[0]) == 3 + 4


def test_nothing_is_asked_of_messages_while_nothing_is_held(world: World) -> None:
    due = Message.objects.filter(state="queued")
    with transaction.atomic():
        assert str(sendable(due, NOON).query) == str(due.query)
