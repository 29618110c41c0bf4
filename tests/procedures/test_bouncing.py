"""E-mails that come back: by notice or hook they move what an SMS receipt would move, and nobody is deleted."""

from __future__ import annotations

import mailbox
from datetime import datetime, timedelta
from io import StringIO
from itertools import permutations
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from impfzentrum.gateways.mailboxes import MailboxOutOfReach
from impfzentrum.gateways.receipts import Receipt
from impfzentrum.models import DeliveryReceipt, Dose, Message, Offer, StandbyEntry
from impfzentrum.procedures.bouncing import read_bounces, read_bounces_quietly
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.receiving import KEPT_FOR, forget_receipts, take_receipt
from impfzentrum.procedures.sweeping import tend
from impfzentrum.procedures.unsubscribing import HARD_BOUNCES
from impfzentrum.vocabulary import ReceiptOutcome
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.imap import ImapServer, imap
from tests.gateways.notices import ABSENT, write_notice
from tests.gateways.programmable import AtOnce, Gateway

__all__ = ["imap"]

DELIVERED, DELAYED, UNDELIVERABLE = ReceiptOutcome.DELIVERED, ReceiptOutcome.DELAYED, ReceiptOutcome.UNDELIVERABLE


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def asked_by_mail(world: World, **values: object) -> Offer:
    world.entry(mobile="", email="somebody@example.org", **values)
    [offer] = ask(world.release())
    return offer


def report(outcome: ReceiptOutcome, message: Message, *, dead: bool = False) -> Receipt:
    return Receipt("mailgun", outcome, reference=message.reference, reason=outcome.value, dead=dead)


def notice_about(message: Message, action: str = "failed", status: str = "5.1.1") -> bytes:
    return write_notice(action, status, f"550 {status} said", reference=str(message.reference))


@pytest.fixture
def maildir(tmp_path: Path) -> mailbox.Maildir:
    return mailbox.Maildir(str(tmp_path / "bounces"), create=True)


def address_of(box: mailbox.Maildir) -> str:
    return f"maildir://{box._path}"


def test_a_hard_bounce_asks_the_next_person_at_once(world: World, gateway: Gateway, maildir: mailbox.Maildir) -> None:
    second = world.entry(priority_group=2)
    offer = asked_by_mail(world, priority_group=1)
    message = Message.objects.get()
    maildir.add(notice_about(message))
    emptied = read_bounces(address_of(maildir), now=after(30))
    assert (emptied.taken, emptied.left, len(maildir)) == (1, 0, 0), "the notice quotes an address, so it goes"
    message.refresh_from_db()
    assert (message.state, message.bounced, message.last_error) == ("failed", True, "undeliverable 550 5.1.1")
    assert (Offer.objects.get().state, Dose.objects.get().state) == ("undeliverable", "free")
    match_release(offer.release_id, now=after(31))
    assert Offer.objects.get(entry=second).state == "prepared"
    assert StandbyEntry.objects.get(pk=offer.entry_id).state == "waiting", "nobody is deleted, nobody pauses for one"


def test_a_hard_bounce_goes_by_sms_where_a_mobile_is_confirmed(world: World, gateway: Gateway) -> None:
    offer = asked_by_mail(world)
    StandbyEntry.objects.update(mobile="+491713920077", mobile_confirmed_at=NOON)
    take_receipt(report(UNDELIVERABLE, Message.objects.get(), dead=True), now=after(30))
    deliver_messages(clock=lambda: after(31), pool=AtOnce())
    assert [sms.recipients for sms in gateway.sms] == [["+491713920077"]]
    offer.refresh_from_db()
    assert (offer.state, offer.answer_by) == ("open", after(15 * 60)), "the clock ran already"


def test_a_soft_bounce_only_notes(world: World, gateway: Gateway, maildir: mailbox.Maildir) -> None:
    asked_by_mail(world)
    maildir.add(notice_about(Message.objects.get(), "delayed", "4.4.1"))
    read_bounces(address_of(maildir), now=after(30))
    message = Message.objects.get()
    assert (message.state, message.bounced, Offer.objects.get().state) == ("sent", False, "open")
    assert DeliveryReceipt.objects.get().outcome == "delayed"


@pytest.mark.parametrize("order", list(permutations([DELAYED, DELIVERED, DELAYED])))
def test_in_any_order_and_twice(world: World, gateway: Gateway, order: tuple[ReceiptOutcome, ...]) -> None:
    asked_by_mail(world)
    for outcome in order:
        take_receipt(report(outcome, Message.objects.get()), now=after(1))
    assert Message.objects.get().state == "delivered"
    assert DeliveryReceipt.objects.count() == 2


@pytest.mark.parametrize(("outcome", "state"), [(DELAYED, "sent"), (DELIVERED, "delivered"), (UNDELIVERABLE, "failed")])
def test_before_our_own_note(world: World, gateway: Gateway, outcome: ReceiptOutcome, state: str) -> None:
    world.entry(mobile="", email="somebody@example.org")
    release = world.release()
    match_release(release.pk, now=NOON)

    def tell() -> None:
        gateway.meanwhile = None
        take_receipt(report(outcome, Message.objects.get(), dead=outcome == UNDELIVERABLE), now=after(1))

    gateway.meanwhile = tell
    deliver_messages(clock=lambda: after(2), pool=AtOnce())
    message = Message.objects.get()
    assert (message.state, message.provider) == (state, "email")
    assert Offer.objects.get().state == ("undeliverable" if outcome == UNDELIVERABLE else "open")


def test_the_same_notice_twice_is_once(world: World, gateway: Gateway, maildir: mailbox.Maildir) -> None:
    asked_by_mail(world)
    for _ in range(2):
        maildir.add(notice_about(Message.objects.get()))
        assert read_bounces(address_of(maildir), now=after(30)).taken == 1
    assert DeliveryReceipt.objects.count() == 1


def test_a_bounce_after_it_was_called_delivered_still_tells_about_the_address(world: World, gateway: Gateway) -> None:
    asked_by_mail(world)
    take_receipt(report(DELIVERED, Message.objects.get()), now=after(1))
    take_receipt(report(UNDELIVERABLE, Message.objects.get(), dead=True), now=after(2))
    message = Message.objects.get()
    assert (message.state, message.bounced, Offer.objects.get().state) == ("delivered", True, "open")


def test_three_dead_mails_and_the_person_is_told_and_kept(world: World, gateway: Gateway) -> None:
    world.entry(mobile="", email="somebody@example.org")
    release = world.release(HARD_BOUNCES)
    for number in range(HARD_BOUNCES):
        StandbyEntry.objects.update(capped_until=None)
        if number:
            release = world.release()
        ask(release, now=after(number * 60))
        take_receipt(report(UNDELIVERABLE, Message.objects.latest("pk"), dead=True), now=after(number * 60 + 30))
    tend(now=after(1000))
    entry = StandbyEntry.objects.get()
    assert (entry.state, entry.email_off, entry.channels, entry.email) == (
        "paused",
        "bounced",
        [],
        "somebody@example.org",
    )


def test_what_is_no_notice_of_ours_is_left_for_people(world: World, gateway: Gateway, maildir: mailbox.Maildir) -> None:
    world.entry()
    ask(world.release())
    sms = Message.objects.get()
    for content in (ABSENT.encode(), write_notice(reference=str(uuid4())), notice_about(sms)):
        maildir.add(content)
    emptied = read_bounces(address_of(maildir), now=after(1))
    assert (emptied.taken, emptied.left) == (0, 3)
    assert len(maildir) == 3
    assert DeliveryReceipt.objects.count() == 0, "anybody may write to a mailbox"
    assert read_bounces(address_of(maildir), now=after(2)).left == 0, "each is looked at once"
    sms.refresh_from_db()
    assert sms.state == "sent"


def test_an_mbox_does_as_well(world: World, gateway: Gateway, tmp_path: Path) -> None:
    asked_by_mail(world)
    path = tmp_path / "mbox"
    box = mailbox.mbox(path)
    for content in (ABSENT.encode(), notice_about(Message.objects.get()), ABSENT.encode()):
        box.add(content)
    box.close()
    emptied = read_bounces(f"mbox://{path}", now=after(1))
    assert (emptied.taken, emptied.left) == (1, 2)
    assert path.read_bytes().count(b"Abwesend") == 2
    assert b"somebody@example.com>: Rec" not in path.read_bytes()
    assert read_bounces(f"mbox://{path}", now=after(2)).left == 0
    assert Message.objects.get().state == "failed"


def test_by_imap(world: World, gateway: Gateway, imap: ImapServer) -> None:
    asked_by_mail(world)
    imap.put(ABSENT.encode(), notice_about(Message.objects.get()) + b"x" * 300_000)
    emptied = read_bounces(imap.address, now=after(1))
    assert (emptied.taken, emptied.left) == (1, 1)
    assert list(imap.flags.values()) == [{r"\Seen"}], "the notice is gone, the other one is read"
    assert Message.objects.get().state == "failed"


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE", "EXPUNGE"])
def test_an_imap_server_that_hangs_up_costs_nothing(
    world: World, gateway: Gateway, imap: ImapServer, command: str
) -> None:
    asked_by_mail(world)
    imap.put(notice_about(Message.objects.get()))
    imap.hangs_up = command
    with pytest.raises(MailboxOutOfReach):
        read_bounces(imap.address, now=after(1))
    imap.hangs_up = ""
    for flags in imap.flags.values():
        flags.discard(r"\Seen")
    read_bounces(imap.address, now=after(2))
    assert DeliveryReceipt.objects.count() == 1
    assert imap.mails == {}


@pytest.mark.parametrize(
    "address", ["imap://nobody:wrong@127.0.0.1:{port}/Bounces", "imap://bounces:p%25ss%2Fword@127.0.0.1:{port}/No"]
)
def test_a_wrong_password_or_folder_is_said_without_quoting_it(db: None, imap: ImapServer, address: str) -> None:
    with pytest.raises(MailboxOutOfReach) as raised:
        read_bounces(address.format(port=imap.port), now=NOON)
    assert "wrong" not in str(raised.value)


@pytest.mark.parametrize(
    "address", ["maildir:///nowhere/at/all", "mbox:///nowhere/at/all", "pop3://host/", "imap://127.0.0.1:1/"]
)
def test_no_mailbox_is_said_to_people_and_logged_for_the_clock(
    db: None, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(CommandError, match="nicht erreichbar"):
        call_command("read_bounces", mailbox=address)
    read_bounces_quietly(address, now=NOON)
    assert "out of reach" in caplog.text


def test_the_command_says_what_it_did(world: World, gateway: Gateway, maildir: mailbox.Maildir) -> None:
    asked_by_mail(world)
    maildir.add(notice_about(Message.objects.get()))
    said = StringIO()
    call_command("read_bounces", mailbox=address_of(maildir), stdout=said)
    assert said.getvalue() == "1 Meldungen übernommen, 0 andere E-Mails liegen gelassen.\n"
    with pytest.raises(CommandError, match="kein Postfach"):
        call_command("read_bounces")


def test_receipts_and_strays_are_forgotten_after_a_month(world: World, gateway: Gateway) -> None:
    asked_by_mail(world)
    message = Message.objects.get()
    take_receipt(report(DELIVERED, message), now=after(1))
    take_receipt(Receipt("seven", DELIVERED, provider_id="nobody"), now=after(2))
    assert forget_receipts(now=after(1) + KEPT_FOR) == 0
    assert forget_receipts(now=after(2) + KEPT_FOR) == 1, "the older one first"
    tend(now=after(3) + KEPT_FOR)
    assert DeliveryReceipt.objects.count() == 0
    message.refresh_from_db()
    assert message.state == "delivered", "what became of it stays known"
