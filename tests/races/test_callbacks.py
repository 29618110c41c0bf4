"""Providers call twice and at the same time: one answer counts, one receipt decides."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta
from functools import partial

import pytest

from impfzentrum.gateways.incoming import IncomingSms
from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import DeliveryReceipt, Dose, Message, Offer, Reply
from impfzentrum.procedures import receiving, replying
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.diverting import divert_offer
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.procedures.replying import take_reply
from impfzentrum.vocabulary import ReceiptOutcome, ReplyOutcome
from tests import factories
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.races.guards import without_constraint

pytestmark = pytest.mark.race
SOON = NOON + timedelta(minutes=1)


def open_offer(world: World) -> Offer:
    world.entry()
    [offer] = factories.ask(world.release())
    return offer


def sms(offer: Offer, text: str, provider_id: str) -> IncomingSms:
    return IncomingSms("kannel", provider_id, offer.entry.mobile, "+49561900", text)


def test_one_yes_that_comes_eight_times_and_a_tap_on_the_link(committed_world: World) -> None:
    offer = open_offer(committed_world)
    calls = [partial(take_reply, sms(offer, "JA", f"in-{number % 2}"), now=SOON) for number in range(8)]
    outcomes = run_together([*calls, partial(accept_offer, offer, now=SOON)])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Reply.objects.count() == 2
    assert set(Reply.objects.values_list("outcome", flat=True)) == {"accepted"}
    assert Dose.objects.get().state == "confirmed"
    assert Message.objects.filter(template="place_and_time").count() == 1


def hear_one_reply_at_once(world: World) -> int:
    """The same reply six times in the same moment; how often it is stored, and so done."""
    reply = sms(open_offer(world), "?", "in-1")
    run_together([partial(take_reply, reply, now=SOON)] * 6)
    return Reply.objects.count()


def test_one_reply_that_comes_six_times_is_stored_once(committed_world: World) -> None:
    assert hear_one_reply_at_once(committed_world) == 1


def test_without_the_unique_number_of_the_provider_it_would_be_stored_again(committed_world: World) -> None:
    with without_constraint(Reply, "reply_kept_once"):
        assert hear_one_reply_at_once(committed_world) > 1


def ask_for_help_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> int:
    """Six unclear replies of one number, with a pause between look and write; how many answers go out."""
    offer = open_offer(world)
    real = replying._wants_answer

    def look_slowly(reply: Reply, outcome: ReplyOutcome, *, now: datetime) -> bool:
        wanted = real(reply, outcome, now=now)
        time.sleep(0.2)
        return wanted

    monkeypatch.setattr(replying, "_wants_answer", look_slowly)
    run_together([partial(take_reply, sms(offer, "?", f"in-{number}"), now=SOON) for number in range(6)])
    return Message.objects.filter(template="reply").count()


def test_one_number_is_helped_once(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask_for_help_at_once(committed_world, monkeypatch) == 1


def test_without_the_lock_of_the_number_it_would_be_helped_twice(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replying, "_lock_number", lambda _: None)
    assert ask_for_help_at_once(committed_world, monkeypatch) > 1


def report_both(world: World, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str, str]:
    """Delivered while undeliverable is still being decided; the states of message, offer and dose."""
    offer = open_offer(world)
    reference = Message.objects.get().reference
    real = divert_offer

    def divert_slowly(message: Message, **named: object) -> None:
        real(message, **named)  # type: ignore[arg-type]
        time.sleep(0.5)

    def report_delivered() -> None:
        time.sleep(0.2)
        take_receipt(Receipt("kannel", ReceiptOutcome.DELIVERED, reference=reference), now=SOON)

    monkeypatch.setattr(receiving, "divert_offer", divert_slowly)
    failed = Receipt("kannel", ReceiptOutcome.UNDELIVERABLE, reference=reference)
    outcomes = run_together([partial(take_receipt, failed, now=SOON), report_delivered])
    assert not [one for one in outcomes if isinstance(one, Exception)]
    offer.refresh_from_db()
    return Message.objects.get().state, offer.state, Dose.objects.get().state


def test_two_receipts_that_differ_leave_one_truth(committed_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert report_both(committed_world, monkeypatch) == ("delivered", "open", "held")


def test_without_looking_again_a_delivered_offer_would_be_closed(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Message, "move_for_sure", Message.move)
    assert report_both(committed_world, monkeypatch) == ("delivered", "undeliverable", "free")


def test_one_receipt_that_comes_eight_times(committed_world: World) -> None:
    open_offer(committed_world)
    receipt = Receipt("kannel", ReceiptOutcome.UNDELIVERABLE, reference=Message.objects.get().reference)
    outcomes = run_together([partial(take_receipt, receipt, now=SOON)] * 8)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert Counter(Offer.objects.values_list("state", flat=True)) == {"undeliverable": 1}
    assert DeliveryReceipt.objects.count() == 1
