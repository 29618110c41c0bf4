"""The budget of a day: how it is counted, what it holds back, and what becomes of offers when it is used up."""

from __future__ import annotations

from datetime import datetime, timedelta

from impfzentrum.models import AuditEvent, County, Message, MessageTemplate, Offer, SmsDay
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.budgeting import note_budgets, read_budgets, settle_sms_days
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.holding import hold_back
from impfzentrum.procedures.leasing import lease_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.procedures.sweeping import sweep, tend
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON
from tests.gateways.programmable import Gateway
from tests.procedures.played import open_offer


def after(**span: float) -> datetime:
    return NOON + timedelta(**span)


def deliver(now: datetime = NOON) -> int:
    return deliver_messages(clock=lambda: now)


def queue(world: World, template: MessageTemplate, *, now: datetime = NOON) -> Message:
    expires_at = now + timedelta(hours=24)
    return queue_message(world.entry(), template, channel=Channel.SMS, now=now, expires_at=expires_at)


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def give_budget(limit: int) -> None:
    County.objects.update(sms_per_day=limit)


def test_no_sms_is_sent_beyond_the_budget_however_many_are_leased_at_once(world: World, gateway: Gateway) -> None:
    give_budget(3)
    for _ in range(5):
        queue(world, MessageTemplate.WELCOME)
    assert deliver() == 3
    assert read_budgets(now=NOON)[world.county.pk].used == 3
    mail = world.entry(email="somebody@example.org")
    queue_message(mail, MessageTemplate.WELCOME, channel=Channel.EMAIL, now=NOON, expires_at=after(hours=1))
    assert deliver() == 1, "e-mails cost nothing"
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    assert deliver(midnight) == 2, "a new day, a new budget"


def test_parts_count_as_they_are_billed_and_leased_messages_count_too(world: World, gateway: Gateway) -> None:
    give_budget(10)
    queue(world, MessageTemplate.WELCOME)
    deliver()
    Message.objects.update(parts=4)
    queue(world, MessageTemplate.WELCOME)
    assert len(lease_messages(now=NOON)) == 1
    assert read_budgets(now=NOON)[world.county.pk].used == 5


def test_the_day_is_counted_the_same_whatever_is_settled(world: World, gateway: Gateway) -> None:
    give_budget(100)
    for minutes in range(5):
        queue(world, MessageTemplate.WELCOME, now=after(minutes=minutes))
        deliver(after(minutes=minutes))
        settle_sms_days(now=after(minutes=minutes))
        settle_sms_days(now=after(minutes=minutes))
        assert read_budgets(now=after(minutes=minutes))[world.county.pk].used == minutes + 1
    day = SmsDay.objects.get()
    assert (day.day, day.counted, day.counted_until) == (NOON.date(), 3, after(minutes=3)), "a minute is left open"
    assert read_budgets(now=NOON + timedelta(days=1))[world.county.pk].used == 0


def test_without_budget_offers_go_by_mail_or_to_the_next_person(world: World, gateway: Gateway) -> None:
    give_budget(0)
    only_sms = world.entry(priority_group=1)
    with_mail = world.entry(email="somebody@example.org")
    release = world.release()
    match_release(release.pk, now=NOON)
    for seconds in range(0, 8, 2):
        sweep(now=after(seconds=seconds))
        deliver(after(seconds=seconds))
    assert dict(Offer.objects.values_list("entry", "state")) == {only_sms.pk: "undeliverable", with_mail.pk: "open"}
    assert (len(gateway.sms), [mail.to for mail in gateway.mails]) == (0, [["somebody@example.org"]])
    assert {"undeliverable", "other_channel", "sms_budget_used_up"} <= set(actions())
    assert set(Message.objects.filter(channel="sms").values_list("state", "last_error")) == {
        ("failed", "SMS budget of the day is used up")
    }


def test_the_last_sms_are_kept_for_those_who_say_yes(world: World, gateway: Gateway) -> None:
    """Two SMS: the offer and its place and time. A code that somebody asks for meanwhile has to wait."""
    give_budget(2)
    offer = open_offer(world)
    queue(world, MessageTemplate.WELCOME)
    hold_back(now=NOON)
    assert deliver() == 0
    accept_offer(offer, now=after(minutes=1))
    assert deliver(after(minutes=1)) == 1
    assert "Südring" in gateway.sms[-1].letter.text
    assert read_budgets(now=after(minutes=1))[world.county.pk].left == 0


def test_no_offer_is_sent_when_nothing_would_be_left_for_its_place(world: World, gateway: Gateway) -> None:
    give_budget(3)
    world.entries(3)
    release = world.release(doses=3)
    match_release(release.pk, now=NOON)
    assert deliver() == 1
    hold_back(now=NOON)
    assert sorted(Offer.objects.values_list("state", flat=True)) == ["open", "undeliverable", "undeliverable"]
    queue(world, MessageTemplate.WELCOME)
    assert deliver() == 1, "the third of the budget belongs to nobody"
    queue(world, MessageTemplate.WELCOME)
    assert deliver() == 0


def test_the_warning_and_the_end_are_noted_once_a_day(world: World, gateway: Gateway) -> None:
    give_budget(5)
    for _ in range(4):
        queue(world, MessageTemplate.WELCOME)
    deliver()
    for _ in range(3):
        note_budgets(now=NOON)
    assert actions() == ["sms_budget_near_end"]
    queue(world, MessageTemplate.WELCOME)
    deliver()
    for _ in range(3):
        tend(now=NOON)
        note_budgets(now=NOON)
    noted = AuditEvent.objects.filter(action__startswith="sms_budget").order_by("pk")
    assert [(event.action, event.subject, event.detail) for event in noted] == [
        ("sms_budget_near_end", "2021-04-24", {"used": 4, "limit": 5}),
        ("sms_budget_used_up", "2021-04-24", {"used": 5, "limit": 5}),
    ]
    assert SmsDay.objects.get().used_up_at == NOON
