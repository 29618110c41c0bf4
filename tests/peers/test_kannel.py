"""Against a real Kannel: offers arrive, receipts of every kind come back, a stop loses and doubles nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import DeliveryReceipt, Dose, Message, Offer, Reply
from impfzentrum.procedures import delivering
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.handing import HandedOver, record_hand_overs
from impfzentrum.procedures.leasing import requeue_lost_leases
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.receiving import take_receipt
from impfzentrum.views import gateway
from tests.conftest import World
from tests.peers.kannel import OUR_NUMBER, FakePhone, Kannel, wait_for
from tests.peers.smpp import SmppCentre, Submitted

pytestmark = pytest.mark.peer


def ask(world: World, doses: int = 1) -> None:
    release = world.release(doses=doses, now=timezone.now())
    match_release(release.pk, now=timezone.now())


def deliver() -> int:
    return deliver_messages(clock=timezone.now)


def states() -> Counter[str]:
    return Counter(Message.objects.values_list("state", flat=True))


def test_an_offer_arrives_and_is_reported(world: World, kannel: Kannel, phone: FakePhone) -> None:
    phone.switch_on()
    entry = world.entry()
    ask(world)
    deliver()
    wait_for(lambda: states() == {"delivered": 1}, "the receipt")
    [(sender, to, text)] = phone.got
    offer = Offer.objects.get()
    assert (sender, to) == (OUR_NUMBER, entry.mobile)
    assert text.startswith("Angebot, noch kein Termin: Heute ist etwas für Sie frei. Bitte bis ")
    assert text.endswith(f"/a/{offer.token}/")
    assert offer.state == "open"
    message = Message.objects.get()
    assert (message.provider, message.attempts, message.parts) == ("kannel", 1, 1)
    wait_for(lambda: DeliveryReceipt.objects.count() == 2, "both receipts")
    assert set(DeliveryReceipt.objects.values_list("outcome", flat=True)) == {"taken", "delivered"}


def test_receipts_out_of_order_and_before_our_own_note(
    world: World, centre: SmppCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Kannel calls for "accepted" and for "delivered" at the same time. The site lets the second pass the first, and
    writes its own note of the hand-over last of all."""
    stored = DeliveryReceipt.objects.filter(outcome="delivered")

    def delivered_first(receipt: Receipt, *, now: datetime) -> None:
        if receipt.outcome == "taken":
            wait_for(lambda: stored.filter(reference=receipt.reference).exists(), "the later receipt")
        take_receipt(receipt, now=now)

    def noted_last(handed: Sequence[HandedOver], *, now: datetime) -> None:
        wait_for(lambda: DeliveryReceipt.objects.count() == 10, "all receipts")
        record_hand_overs(handed, now=now)

    monkeypatch.setattr(gateway, "take_receipt", delivered_first)
    monkeypatch.setattr(delivering, "record_hand_overs", noted_last)
    world.entries(5)
    ask(world, doses=5)
    deliver()
    for reference in Message.objects.values_list("reference", flat=True):
        order = DeliveryReceipt.objects.filter(reference=reference).order_by("pk")
        assert list(order.values_list("outcome", flat=True)) == ["delivered", "taken"]
    assert (states(), len(centre.got)) == ({"delivered": 5}, 5)
    assert set(Message.objects.values_list("provider", "attempts", "parts")) == {("kannel", 1, 1)}
    assert Offer.objects.filter(state="open", handed_over_at__isnull=False).count() == 5


@pytest.mark.parametrize("state", ["UNDELIV", "EXPIRED", "REFUSED"])
def test_what_cannot_be_delivered_goes_to_the_next_person(world: World, centre: SmppCentre, state: str) -> None:
    dead = world.entry(priority_group=1)
    alive = world.entry()

    def report(message: Submitted) -> str:
        return state if dead.mobile.endswith(message.to[-8:]) else "DELIVRD"

    centre.report = report
    ask(world)
    deliver()
    wait_for(lambda: Offer.objects.get(entry=dead).state == "undeliverable", "the receipt of failure")
    match_release(Offer.objects.get().release_id, now=timezone.now())
    deliver()
    wait_for(lambda: states() == {"failed": 1, "delivered": 1}, "the receipt of the second")
    assert Offer.objects.get(entry=alive).state == "open"


def test_a_receipt_long_after(world: World, centre: SmppCentre) -> None:
    """The phone was off when the message came, and is switched on later."""
    centre.report = lambda _: None
    world.entry()
    ask(world)
    deliver()
    wait_for(lambda: DeliveryReceipt.objects.filter(outcome="taken").exists(), "the first receipt")
    assert states() == {"sent": 1}
    centre.send_receipt(centre.got[0], "DELIVRD")
    wait_for(lambda: states() == {"delivered": 1}, "the late receipt")


def test_kannel_stopped_and_started_nothing_lost_nothing_twice(world: World, kannel: Kannel, phone: FakePhone) -> None:
    """Three lie in Kannel's store when it stops, three are sent while it is away, three after it is back."""
    world.entries(9)
    ask(world, doses=3)
    deliver()
    assert states() == {"sent": 3}, "no centre is connected, Kannel takes them all the same"
    kannel.stop()
    ask(world, doses=3)
    deliver()
    assert states() == {"sent": 3, "queued": 3}
    kannel.start()
    phone.switch_on()
    ask(world, doses=3)

    def deliver_all() -> bool:
        requeue_lost_leases(now=timezone.now())
        deliver()
        return len(phone.got) >= 9 and "queued" not in states() and "sending" not in states()

    wait_for(deliver_all, "nine messages to arrive")
    expected = Counter(Offer.objects.values_list("entry__public_id", flat=True))
    arrived = Counter(text.rsplit("/a/", 1)[1] for _, _, text in phone.got)
    assert len(expected) == 9
    assert arrived == Counter(f"{offer.token}/" for offer in Offer.objects.all())
    # What Kannel forgot with its restart are the receipts of the first three: `dlr-storage = internal`.
    wait_for(lambda: states()["delivered"] >= 6, "the receipts of those sent after the restart")


def test_while_kannel_is_away_the_next_try_is_soon(world: World, kannel: Kannel) -> None:
    kannel.stop()
    world.entry()
    ask(world)
    deliver()
    message = Message.objects.get()
    assert (message.state, message.last_error, message.doubtful_since) == ("queued", "ConnectionRefusedError", None)
    assert message.due_at - timezone.now() < timedelta(seconds=3)


def test_yes_from_the_phone_accepts_the_dose(world: World, kannel: Kannel, phone: FakePhone) -> None:
    phone.switch_on()
    entry = world.entry()
    ask(world)
    deliver()
    wait_for(lambda: phone.got, "the offer on the phone")
    phone.switch_off()
    phone.switch_on(writes=f"{entry.mobile.lstrip('+')} {OUR_NUMBER} text Ja, gerne! Schönen Dank")
    wait_for(lambda: Offer.objects.get().state == "accepted", "the yes")
    assert Dose.objects.get().state == "confirmed"
    deliver()
    wait_for(lambda: len(phone.got) == 2, "place and time on the phone")
    assert "Zugesagt: heute" in phone.got[1][2]
    reply = Reply.objects.get()
    assert (reply.provider, reply.word, reply.outcome) == ("kannel", "yes", "accepted")


def test_replies_over_smpp(world: World, centre: SmppCentre) -> None:
    entry = world.entry()
    ask(world)
    deliver()
    number = entry.mobile.lstrip("+")
    centre.reply(number, OUR_NUMBER.lstrip("+"), "NEIN")
    wait_for(lambda: Offer.objects.get().state == "declined", "the no")
    wait_for(lambda: Message.objects.filter(template="reply").exists(), "the answer in the outbox")
    deliver()
    wait_for(lambda: len(centre.got) == 2, "the answer")
    assert "Sie bleiben auf der Liste" in centre.got[1].text
    centre.reply("491713929999", OUR_NUMBER.lstrip("+"), "JA")
    wait_for(lambda: Reply.objects.filter(outcome="nobody").exists(), "the reply of a stranger")
