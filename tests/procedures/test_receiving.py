"""Receipts in any order, twice, too early, for nobody: each moves only what is not final."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import DeliveryReceipt, Dose, Message, Offer
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.receiving import STRAY_FOR, apply_stray_receipts, take_receipt
from impfzentrum.vocabulary import ReceiptOutcome
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.programmable import AtOnce, Gateway
from tests.procedures.played import fresh, open_offer, prepared_offer

TAKEN, DELIVERED, UNDELIVERABLE = ReceiptOutcome.TAKEN, ReceiptOutcome.DELIVERED, ReceiptOutcome.UNDELIVERABLE


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def receipt(outcome: ReceiptOutcome, message: Message | None = None, **values: object) -> Receipt:
    if message is not None:
        values["reference"] = message.reference
    return Receipt(provider="programmable", outcome=outcome, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize("order", list(permutations([TAKEN, DELIVERED, DELIVERED])))
def test_a_delivered_message_is_delivered_in_any_order(
    world: World, gateway: Gateway, order: tuple[ReceiptOutcome, ...]
) -> None:
    open_offer(world)
    message = Message.objects.get()
    for outcome in order:
        take_receipt(receipt(outcome, message), now=after(1))
    assert Message.objects.get().state == "delivered"
    assert DeliveryReceipt.objects.filter(message=message).count() == 2, "the second of the same is the same"


@pytest.mark.parametrize(("first", "state"), [(DELIVERED, "delivered"), (UNDELIVERABLE, "failed")])
def test_what_is_final_stays(world: World, gateway: Gateway, first: ReceiptOutcome, state: str) -> None:
    open_offer(world)
    message = Message.objects.get()
    for outcome in (first, UNDELIVERABLE, DELIVERED, TAKEN):
        take_receipt(receipt(outcome, message), now=after(1))
    assert Message.objects.get().state == state
    assert Offer.objects.get().state == ("open" if first == DELIVERED else "undeliverable")


def test_the_number_of_the_provider_is_enough(world: World, gateway: Gateway) -> None:
    open_offer(world)
    take_receipt(receipt(DELIVERED, provider_id="id-1"), now=after(1))
    assert Message.objects.get().state == "delivered"


def test_undeliverable_goes_by_mail_at_once(world: World, gateway: Gateway) -> None:
    world.entry(email="somebody@example.org")
    [offer] = ask(world.release())
    take_receipt(receipt(UNDELIVERABLE, Message.objects.get()), now=after(60))
    deliver_messages(clock=lambda: after(61), pool=AtOnce())
    assert [mail.to for mail in gateway.mails] == [["somebody@example.org"]]
    assert (fresh(offer).state, fresh(offer).answer_by) == ("open", after(15 * 60)), "the clock ran already"


def test_undeliverable_without_another_way_asks_the_next_person(world: World, gateway: Gateway) -> None:
    first, second = world.entry(priority_group=1), world.entry()
    release = world.release()
    ask(release)
    take_receipt(receipt(UNDELIVERABLE, Message.objects.get()), now=after(5))
    first.refresh_from_db()
    assert (first.state, Dose.objects.get().state) == ("waiting", "free")
    match_release(release.pk, now=after(5))
    assert Offer.objects.get(entry=second).state == "prepared"


def test_with_too_little_time_left_the_other_channel_is_spared(world: World, gateway: Gateway) -> None:
    world.entry(email="somebody@example.org")
    ask(world.release())
    take_receipt(receipt(UNDELIVERABLE, Message.objects.get()), now=after(13 * 60))
    assert (Offer.objects.get().state, Message.objects.count()) == ("undeliverable", 1)


def test_undeliverable_after_the_yes_leaves_the_dose_with_its_person(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    accept_offer(offer, now=after(5))
    message = Message.objects.get(template="offer")
    take_receipt(receipt(UNDELIVERABLE, message), now=after(6))
    message.refresh_from_db()
    assert (message.state, Offer.objects.get().state, Dose.objects.get().state) == ("failed", "accepted", "confirmed")


@pytest.mark.parametrize(("outcome", "state"), [(TAKEN, "sent"), (DELIVERED, "delivered"), (UNDELIVERABLE, "failed")])
def test_a_receipt_before_our_own_note(world: World, gateway: Gateway, outcome: ReceiptOutcome, state: str) -> None:
    """The provider reports while our worker still waits for its answer."""
    offer = prepared_offer(world)

    def report() -> None:
        gateway.meanwhile = None
        take_receipt(receipt(outcome, Message.objects.get()), now=after(1))

    gateway.meanwhile = report
    deliver_messages(clock=lambda: after(2), pool=AtOnce())
    message = Message.objects.get()
    assert message.state == state
    if outcome == UNDELIVERABLE:
        assert (fresh(offer).state, Dose.objects.get().state) == ("undeliverable", "free")
        return
    assert (message.provider, message.provider_id, message.parts) == ("programmable", "id-1", 1)
    assert fresh(offer).handed_over_at == after(1), "the clock started with the first news"


def test_a_receipt_that_knows_only_a_number_we_have_not_noted_yet_waits(world: World, gateway: Gateway) -> None:
    prepared_offer(world)
    take_receipt(receipt(DELIVERED, provider_id="id-1"), now=NOON)
    assert DeliveryReceipt.objects.get().message is None
    assert apply_stray_receipts(now=after(1)) == 0
    deliver_messages(clock=lambda: after(1), pool=AtOnce())
    assert apply_stray_receipts(now=after(2)) == 1
    assert Message.objects.get().state == "delivered"
    assert apply_stray_receipts(now=after(3)) == 0


def test_strays_are_kept_and_given_up(world: World, gateway: Gateway) -> None:
    take_receipt(receipt(DELIVERED, provider_id="nobody"), now=NOON)
    take_receipt(receipt(DELIVERED, reference=uuid4()), now=NOON)
    assert DeliveryReceipt.objects.filter(message=None).count() == 2
    assert apply_stray_receipts(now=NOON + STRAY_FOR) == 0


def test_one_number_for_two_messages_moves_neither(world: World, gateway: Gateway) -> None:
    world.entries(2)
    ask(world.release(doses=2))
    Message.objects.update(provider_id="the same")
    take_receipt(receipt(UNDELIVERABLE, provider_id="the same"), now=after(1))
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
    assert DeliveryReceipt.objects.get().message is None


def test_another_provider_cannot_report_under_the_same_number(world: World, gateway: Gateway) -> None:
    open_offer(world)
    take_receipt(Receipt("seven", UNDELIVERABLE, provider_id="id-1"), now=after(1))
    assert Message.objects.get().state == "sent"
