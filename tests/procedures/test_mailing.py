"""E-mails through a real mail server, from the outbox on: what each answer means for the offer; and how they look."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from icalendar import Calendar

from impfzentrum.gateways.letters import Letter
from impfzentrum.models import Dose, Message, MessageTemplate, Offer, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.leasing import requeue_lost_leases
from impfzentrum.procedures.mailing import cut_into_paragraphs, unsubscribe_link
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.retiming import Times, change_times
from impfzentrum.procedures.unsubscribing import stop_email
from impfzentrum.procedures.writing import write_letter
from impfzentrum.vocabulary import EmailOff
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.mail_server import HANG_UP, OK, MailServer
from tests.gateways.programmable import AtOnce, Gateway


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def by_mail(world: World, **values: object) -> StandbyEntry:
    """Somebody who can only be reached by e-mail."""
    return world.entry(mobile="", email="somebody@example.org", **values)


def test_a_refused_recipient_asks_the_next_person_at_once(world: World, mail_server: MailServer) -> None:
    by_mail(world, priority_group=1)
    second = world.entry()
    release = world.release()
    mail_server.to_recipient = ["550 5.1.1 no such user"]
    ask(release)
    message = Message.objects.get(channel="email")
    assert (message.state, message.bounced, message.last_error) == ("failed", True, "recipient refused, 550 5.1.1")
    assert Offer.objects.get(entry=message.entry).state == "undeliverable"
    match_release(release.pk, now=after(1))
    assert Offer.objects.get(entry=second).state == "prepared"


def test_a_refused_recipient_gets_the_offer_by_sms_where_that_is_confirmed(
    world: World, mail_server: MailServer
) -> None:
    entry = by_mail(world)
    release = world.release()
    match_release(release.pk, now=NOON)
    StandbyEntry.objects.filter(pk=entry.pk).update(mobile="+491713920077", mobile_confirmed_at=NOON)
    mail_server.to_recipient = ["550 5.1.1 no such user"]
    deliver_messages(clock=lambda: after(1), pool=AtOnce())
    assert list(Message.objects.order_by("pk").values_list("channel", "state")) == [
        ("email", "failed"),
        ("sms", "sent"),
    ]
    offer = Offer.objects.get()
    assert (offer.state, offer.handed_over_at) == ("open", after(1))


def test_a_refusal_that_is_not_the_addresses_fault_is_no_bounce(world: World, mail_server: MailServer) -> None:
    by_mail(world)
    mail_server.to_recipient = ["550 5.7.1 blocked by policy"]
    ask(world.release())
    assert list(Message.objects.values_list("state", "bounced")) == [("failed", False)]


def test_a_temporary_refusal_is_tried_again_and_the_clock_starts_then(world: World, mail_server: MailServer) -> None:
    by_mail(world)
    mail_server.to_recipient = ["451 4.3.0 later", "451 4.3.0 later", OK]
    ask(world.release())
    message = Message.objects.get()
    assert (message.state, message.attempts, message.due_at) == ("queued", 1, after(2))
    deliver_messages(clock=lambda: after(1), pool=AtOnce())
    assert mail_server.taken == [], "not before its time"
    deliver_messages(clock=lambda: after(2), pool=AtOnce())
    assert Message.objects.get().due_at == after(6), "each time longer"
    deliver_messages(clock=lambda: after(6), pool=AtOnce())
    message.refresh_from_db()
    offer = Offer.objects.get()
    assert (message.state, message.attempts, len(mail_server.taken)) == ("sent", 3, 1)
    assert (offer.state, offer.handed_over_at) == ("open", after(6))


def test_a_cut_line_leaves_a_doubt_and_the_second_try_is_the_same_mail(world: World, mail_server: MailServer) -> None:
    by_mail(world)
    mail_server.to_content = [HANG_UP, OK]
    ask(world.release())
    message = Message.objects.get()
    assert (message.state, message.doubtful_since) == ("sending", NOON)
    requeue_lost_leases(now=after(10))
    deliver_messages(clock=lambda: after(10), pool=AtOnce())
    assert len(mail_server.taken) == 1, "nobody sends while a receipt may still come"
    requeue_lost_leases(now=after(21))
    deliver_messages(clock=lambda: after(21), pool=AtOnce())
    first, second = (one.mail for one in mail_server.taken)
    assert first["Message-ID"] == second["Message-ID"] == f"<{message.reference}@example.org>"
    for kind in ("plain", "html"):
        parts = [one.get_body((kind,)) for one in (first, second)]
        assert len({part.get_content() for part in parts if part is not None}) == 1
    assert Message.objects.get().state == "sent"


def test_a_cut_before_the_content_is_no_doubt(world: World, mail_server: MailServer) -> None:
    by_mail(world)
    mail_server.to_recipient = [HANG_UP]
    ask(world.release())
    message = Message.objects.get()
    assert (message.state, message.doubtful_since, message.due_at) == ("queued", None, after(2))


def test_who_wants_no_mails_any_more_gets_none_that_waited(world: World, mail_server: MailServer) -> None:
    entry = by_mail(world)
    release = world.release()
    match_release(release.pk, now=NOON)
    stop_email(entry, EmailOff.UNSUBSCRIBED, now=after(1))
    deliver_messages(clock=lambda: after(2), pool=AtOnce())
    assert mail_server.taken == []
    assert (Offer.objects.get().state, Dose.objects.get().state) == ("undeliverable", "free"), (
        "the dose goes on at once"
    )


def calendar_of(message: Message) -> Calendar:
    [file] = write_letter(fresh(message), now=NOON).attachments
    return Calendar.from_ical(file.content)


def fresh(message: Message) -> Message:
    return Message.objects.select_related("entry__centre__county", "offer__release__centre__county", "offer__dose").get(
        pk=message.pk
    )


def test_the_calendar_follows_the_appointment(world: World, gateway: Gateway) -> None:
    """One event all its life, with a higher SEQUENCE each time (RFC 5545, 3.8.7.4), and ended by METHOD:CANCEL."""
    by_mail(world)
    release = world.release()
    [offer] = ask(release)
    accept_offer(offer, now=after(60))
    old = Times.of(release)
    changed = Times(old.use_by, old.arrive_from + timedelta(minutes=30), old.arrive_until)
    change_times(release, changed, stand=old.stamp(), by=world.staff, now=after(120))
    told = [calendar_of(Message.objects.get(template=name)) for name in ("place_and_time", "times_changed")]
    cancel_dose(Offer.objects.get(), now=after(120.2))
    told.append(calendar_of(Message.objects.get(template="cancelled")))
    events = [calendar.walk("VEVENT")[0] for calendar in told]
    assert len({str(event["uid"]) for event in events}) == 1
    assert [str(calendar["method"]) for calendar in told] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert [event.decoded("dtstart") for event in events[1:]] == [changed.arrive_from] * 2
    assert str(events[0]["organizer"]).startswith("mailto:")
    assert [len(event.subcomponents) for event in events] == [1, 1, 0], "no reminder of what is cancelled"


def test_the_sequence_grows_with_every_change(world: World, gateway: Gateway) -> None:
    by_mail(world)
    release = world.release()
    [offer] = ask(release)
    accept_offer(offer, now=after(60))
    sequences = [sequence_of(Message.objects.get(template="place_and_time"))]
    for minute in (2, 3):
        old = Times.of(release)
        later = Times(old.use_by, old.arrive_from + timedelta(minutes=5), old.arrive_until)
        change_times(release, later, stand=old.stamp(), by=world.staff, now=after(minute * 60))
        release.refresh_from_db()
        sequences.append(sequence_of(Message.objects.filter(template="times_changed").latest("pk")))
    cancel_dose(Offer.objects.get(), now=after(180.4))
    sequences.append(sequence_of(Message.objects.get(template="cancelled")))
    assert sequences[0] == 0
    assert sequences == sorted(set(sequences))


def sequence_of(message: Message) -> int:
    return int(str(calendar_of(message).walk("VEVENT")[0]["sequence"]))


def test_written_twice_the_calendar_is_the_same_to_the_letter(world: World, gateway: Gateway) -> None:
    by_mail(world)
    [offer] = ask(world.release())
    accept_offer(offer, now=after(60))
    message = Message.objects.get(template="place_and_time")
    first, second = (write_letter(fresh(message), now=after(seconds)) for seconds in (61, 90))
    assert first.attachments == second.attachments


def letter_of(world: World, template: MessageTemplate, **values: object) -> tuple[Letter, Message]:
    by_mail(world, **values)
    [offer] = ask(world.release())
    message = Message.objects.get()
    message.template = template
    message.offer = offer if template == MessageTemplate.OFFER else None
    return write_letter(message, now=NOON), message


@pytest.mark.parametrize(("language", "word"), [("de", "Zum Angebot: Ja oder Nein"), ("en", "To the offer: yes or no")])
def test_the_html_says_the_same_with_one_big_button(world: World, gateway: Gateway, language: str, word: str) -> None:
    world.county.email = "frage@example.org"
    world.county.save()
    letter, message = letter_of(world, MessageTemplate.OFFER, language=language)
    assert message.offer is not None
    assert f'<html lang="{language}" dir="ltr">' in letter.html
    buttons = re.findall(r'<a class="button" href="([^"]+)"[^>]*>([^<]+)</a>', letter.html)
    assert buttons == [(f"http://testserver/a/{message.offer.token}/", word)]
    said = " ".join(re.sub(r"<[^>]+>", " ", letter.html.split("<main")[1]).split())
    for line in letter.text.splitlines()[:4]:
        assert line in said
    assert letter.reply_to == "frage@example.org"
    assert letter.unsubscribe == unsubscribe_link(message)
    assert letter.unsubscribe in letter.text
    assert letter.unsubscribe in letter.html


def test_the_html_fetches_nothing_and_runs_nothing(world: World, gateway: Gateway) -> None:
    letter, _ = letter_of(world, MessageTemplate.OFFER)
    for word in ("<img", "<script", "<link", "url(", "@import", "srcset", "<iframe", "<form", "background="):
        assert word not in letter.html
    assert set(re.findall(r'(?:src|href)="(https?://[^/"]+)', letter.html)) == {"http://testserver"}


def test_what_a_county_writes_is_shown_and_not_obeyed(world: World, gateway: Gateway) -> None:
    world.county.name = 'Landkreis <b onclick="x()">A & B</b>'
    world.county.save()
    letter, _ = letter_of(world, MessageTemplate.WELCOME)
    assert "<b onclick" not in letter.html
    assert "&lt;b onclick" in letter.html


def test_other_peoples_addresses_stay_text(settings: object) -> None:
    [paragraph] = cut_into_paragraphs(
        "Mehr: https://evil.example/a/abc/ und http://testserver/gibt/es/nicht/x/", "welcome"
    )
    assert [piece.address for line in paragraph.lines for piece in line] == ["", "", "", ""]


def test_to_an_unproved_address_there_is_nothing_to_stop(world: World, gateway: Gateway) -> None:
    entry = by_mail(world)
    message = Message(entry=entry, template=MessageTemplate.WELCOME, channel="email", expires_at=after(3600))
    assert write_letter(message, now=NOON).unsubscribe
    message.template = MessageTemplate.CONTACT_PROOF
    message.proof = entry.proofs.create(channel="email", created_at=NOON, expires_at=after(3600))
    assert not write_letter(message, now=NOON).unsubscribe
