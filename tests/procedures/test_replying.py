"""Replies by SMS: they do what the links do, for the one person they can mean, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.incoming import IncomingSms
from impfzentrum.models import AuditEvent, Dose, Message, Offer, Reply, StandbyEntry
from impfzentrum.procedures import replying
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.expiring import expire_offers
from impfzentrum.procedures.outbox import queue_reply
from impfzentrum.procedures.replying import forget_senders, handle_waiting_replies, take_reply
from impfzentrum.rules.sms import count_parts, is_gsm7
from impfzentrum.vocabulary import ReplyOutcome, ReplyWord
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.programmable import Gateway
from tests.procedures.played import AFTER_END, SOON, fresh, open_offer
from tests.procedures.test_writing import PUBLIC_URL

STRANGER = "+491713929999"
_ids = count(1)


def write(sender: StandbyEntry | str, text: str, *, now: datetime = SOON, provider_id: str = "") -> Reply:
    number = sender if isinstance(sender, str) else sender.mobile
    incoming = IncomingSms("kannel", provider_id or f"in-{next(_ids)}", number, "+49561900", text)
    take_reply(incoming, now=now)
    return Reply.objects.get(provider_id=incoming.provider_id)


def answers(gateway: Gateway, *, now: datetime = SOON) -> list[str]:
    """The texts that went out as answers to replies since the last look."""
    gateway.sms.clear()
    deliver_messages(clock=lambda: now)
    references = {str(one.reference) for one in Message.objects.filter(template="reply")}
    return [sms.letter.text for sms in gateway.sms if sms.letter.reference in references]


def test_yes_accepts_the_offer_as_the_link_does(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    reply = write(offer.entry, "Ja gerne!")
    offer = fresh(offer)
    assert (reply.word, reply.outcome, reply.entry) == ("yes", "accepted", offer.entry)
    assert (offer.state, offer.answered_at, offer.entry.state) == ("accepted", SOON, "appointed")
    assert Dose.objects.get().state == "confirmed"
    assert answers(gateway) == []
    assert [("Zugesagt" in sms.letter.text) for sms in gateway.sms] == [True]
    assert {"accepted", "replied"} <= set(AuditEvent.objects.values_list("action", flat=True))


def test_the_same_reply_again_does_nothing(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    for _ in range(3):
        write(offer.entry, "JA", provider_id="one")
    write(offer.entry, "JA")
    assert list(Reply.objects.values_list("outcome", flat=True)) == ["accepted", "accepted"]
    assert Message.objects.filter(template="place_and_time").count() == 1
    assert AuditEvent.objects.filter(action="accepted").count() == 1


def test_a_replay_of_yes_after_the_cancellation_does_not_accept_again(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    write(offer.entry, "JA", provider_id="one")
    write(offer.entry, "STORNO")
    write(offer.entry, "JA", provider_id="one")
    assert fresh(offer).state == "cancelled"


def test_no_passes_the_dose_on_and_is_confirmed(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    assert write(offer.entry, "nein danke").outcome == "declined"
    assert (fresh(offer).state, Dose.objects.get().state) == ("declined", "free")
    [text] = answers(gateway)
    assert "Sie bleiben auf der Liste" in text
    assert f"/s/{offer.entry.token}/" in text


def test_a_late_yes_is_noted_as_of_the_link(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    expire_offers(now=AFTER_END)
    assert write(offer.entry, "JA", now=AFTER_END).outcome == "expired"
    assert (fresh(offer).state, fresh(offer).entry.late_since) == ("late", AFTER_END)
    [text] = answers(gateway, now=AFTER_END)
    assert "Leider zu spät" in text


def test_yes_after_no_is_told_that_it_is_over(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    decline_offer(offer, now=NOON)
    assert write(offer.entry, "JA").outcome == "closed"
    assert fresh(offer).state == "declined"


def test_cancelling_gives_the_dose_back(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    assert write(offer.entry, "STORNO").outcome == "nothing_to_cancel"
    assert fresh(offer).state == "open"
    accept_offer(offer, now=SOON)
    assert write(offer.entry, "storno bitte").outcome == "cancelled"
    assert (fresh(offer).state, Dose.objects.get().state) == ("cancelled", "free")


def test_after_check_in_it_is_too_late_to_cancel(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    accept_offer(offer, now=SOON)
    Dose.objects.update(state="arrived")
    assert write(offer.entry, "STORNO").outcome == "too_late_to_cancel"
    assert ["am Einlass" in text for text in answers(gateway)] == [True]


def test_pause_and_stop(world: World, gateway: Gateway) -> None:
    entry = world.entry()
    assert write(entry, "Pause").outcome == "paused"
    entry.refresh_from_db()
    assert (entry.state, entry.paused_until) == ("paused", None)
    number = entry.mobile
    assert write(entry, "LÖSCHEN").outcome == "left"
    entry.refresh_from_db()
    assert (entry.state, entry.mobile, entry.mobile_index) == ("left", "", "")
    assert write(number, "HILFE").outcome == "nobody"


def test_a_confirmed_dose_is_not_lost_by_a_pause(world: World, gateway: Gateway) -> None:
    offer = open_offer(world)
    accept_offer(offer, now=SOON)
    assert write(offer.entry, "PAUSE").outcome == "not_now"
    assert fresh(offer).state == "accepted"
    assert ["mit STORNO" in text for text in answers(gateway)] == [True]


@pytest.mark.parametrize("text", ["HILFE", "Wer sind Sie?", "JA NEIN", "ja, aber nicht heute"])
def test_what_is_unclear_gets_help_once_an_hour(world: World, gateway: Gateway, text: str) -> None:
    offer = open_offer(world)
    write(offer.entry, text)
    [answer] = answers(gateway)
    assert "JA, NEIN, STORNO, PAUSE oder STOPP" in answer
    write(offer.entry, text)
    assert answers(gateway) == []
    later = SOON + timedelta(hours=1, seconds=1)
    write(offer.entry, text, now=later)
    assert len(answers(gateway, now=later)) == 1
    assert fresh(offer).state == "open"


def test_an_unknown_number_is_told_once_and_then_forgotten(world: World, gateway: Gateway) -> None:
    world.entry()
    for text in ("JA", "STOPP", "HILFE"):
        assert write(STRANGER, text).outcome == "nobody"
    deliver_messages(clock=lambda: SOON)
    [sms] = gateway.sms
    assert (sms.letter.to, sms.letter.sender) == (STRANGER, "+49561900")
    assert "steht auf keiner Liste" in sms.letter.text
    assert [reply.sender for reply in Reply.objects.order_by("pk")] == [STRANGER, "", ""]
    assert forget_senders(now=SOON + timedelta(hours=2)) == 0
    assert forget_senders(now=SOON + timedelta(hours=3)) == 3
    assert not Reply.objects.exclude(sender="", sender_index="").exists()


def test_who_has_not_shown_that_the_number_is_theirs_cannot_act(world: World, gateway: Gateway) -> None:
    """Somebody signed up with a number that is not theirs; its owner, or nobody, writes."""
    entry = world.entry(email="somebody@example.org", mobile_confirmed_at=None)
    ask(world.release())
    assert write(entry, "JA").outcome == "nobody"
    assert write(entry, "STOPP").outcome == "nobody"
    assert Offer.objects.get().state == "open"


def test_a_number_acts_for_nobody_else(world: World, gateway: Gateway) -> None:
    asked, other = world.entry(priority_group=1), world.entry()
    ask(world.release())
    assert write(other, "JA").outcome == "nothing_open"
    assert write(other, "NEIN").outcome == "nothing_open"
    assert write(other, "STORNO").outcome == "nothing_to_cancel"
    assert Offer.objects.get(entry=asked).state == "open"


def test_a_family_with_one_phone(world: World, gateway: Gateway) -> None:
    first = world.entry(mobile=STRANGER, priority_group=1)
    second = world.entry(mobile=STRANGER)
    [offer] = ask(world.release())
    assert offer.entry == first
    for text in ("PAUSE", "STOPP", "HILFE"):
        assert write(STRANGER, text).outcome == "several"
    [text] = answers(gateway)
    assert "über den Link" in text
    assert write(STRANGER, "JA").outcome == "accepted", "only one of them has been asked"
    [other] = ask(world.release())
    assert other.entry == second
    assert write(STRANGER, "NEIN").entry == second
    assert fresh(offer).state == "accepted"


def test_two_open_offers_for_one_phone_are_never_guessed(world: World, gateway: Gateway) -> None:
    world.entry(mobile=STRANGER)
    world.entry(mobile=STRANGER)
    ask(world.release(doses=2))
    assert write(STRANGER, "JA").outcome == "several"
    assert write(STRANGER, "NEIN").outcome == "several"
    assert set(Offer.objects.values_list("state", flat=True)) == {"open"}


def test_a_name_as_sender_is_kept_and_not_answered(world: World, gateway: Gateway) -> None:
    assert write("", "JA").outcome == "nobody"
    assert answers(gateway) == []


@pytest.mark.expects_errors
def test_what_broke_is_done_by_the_sweep(world: World, gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    offer = open_offer(world)
    with monkeypatch.context() as broken:
        broken.setattr(replying, "_find_people", lambda _: 1 / 0)
        assert write(offer.entry, "JA").handled_at is None
    assert handle_waiting_replies(now=SOON) == 0
    assert handle_waiting_replies(now=SOON + timedelta(seconds=11)) == 1
    assert fresh(offer).state == "accepted"
    assert handle_waiting_replies(now=SOON + timedelta(seconds=20)) == 0


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("outcome", ReplyOutcome)
def test_every_answer_fits_one_part(
    world: World, gateway: Gateway, settings: SettingsWrapper, outcome: ReplyOutcome, language: str
) -> None:
    settings.PUBLIC_URL = PUBLIC_URL
    stranger = outcome in (ReplyOutcome.NOBODY, ReplyOutcome.SEVERAL)
    entry = None if stranger else world.entry(language=language)
    reply = Reply.objects.create(
        provider="kannel",
        provider_id="1",
        received_at=NOON,
        handled_at=NOON,
        word=ReplyWord.YES,
        outcome=outcome,
        entry=entry,
        sender=STRANGER if stranger else "",
        received_by="+49561900",
    )
    queue_reply(reply, entry, now=NOON, expires_at=SOON)
    [text] = answers(gateway, now=NOON)
    assert is_gsm7(text)
    assert count_parts(text) == 1
    assert not any(word in text for word in ("Erika", "Muster", "Impf", "Comirnaty", "Gruppe"))
