"""No more e-mails: nobody loses their place, nobody waits unreachable, and there is a way back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from impfzentrum.errors import NoWayToReach
from impfzentrum.models import AuditEvent, Message, Offer, StandbyEntry
from impfzentrum.procedures.answering import accept_offer, cancel_dose
from impfzentrum.procedures.expiring import end_pauses, expire_offers
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.proving import prove_contact, request_proof
from impfzentrum.procedures.staying import leave_list, pause_entry, resume_entry
from impfzentrum.procedures.sweeping import tend
from impfzentrum.procedures.unsubscribing import HARD_BOUNCES, restart_email, stop_dead_addresses, stop_email
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import WRITTEN, Channel, EmailOff
from tests.conftest import World
from tests.factories import NOON, ask
from tests.gateways.programmable import Gateway

STOPPED = EmailOff.UNSUBSCRIBED


def after(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def fresh(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def by_mail(world: World, **values: object) -> StandbyEntry:
    return world.entry(mobile="", email="somebody@example.org", **values)


def test_with_a_mobile_the_entry_stays_as_it_is(world: World) -> None:
    entry = world.entry(email="somebody@example.org", morning_mail=True)
    stop_email(entry, STOPPED, now=after(1))
    entry = fresh(entry)
    assert (entry.state, entry.channels, entry.morning_mail) == ("waiting", [Channel.SMS], False)
    assert (entry.email_off, entry.email_off_since) == ("unsubscribed", after(1))
    restart_email(entry, now=after(2))
    entry = fresh(entry)
    assert (entry.channels, entry.email_off, entry.email_off_since) == ([Channel.SMS, Channel.EMAIL], "", None)


def test_without_a_mobile_the_entry_pauses_and_comes_back_with_the_mails(world: World) -> None:
    entry = by_mail(world)
    stop_email(entry, STOPPED, now=after(1))
    entry = fresh(entry)
    assert (entry.state, entry.channels, entry.paused_until, entry.email) == (
        "paused",
        [],
        None,
        "somebody@example.org",
    )
    restart_email(entry, now=after(2))
    assert (fresh(entry).state, fresh(entry).channels) == ("waiting", [Channel.EMAIL])
    told = list(AuditEvent.objects.filter(subject=str(entry.public_id)).values_list("action", flat=True).order_by("pk"))
    assert told == ["email_off", "paused_without_channel", "email_on", "resumed"]


def test_stopping_and_restarting_twice_is_once(world: World) -> None:
    entry = by_mail(world)
    for minute in (1, 2):
        stop_email(entry, STOPPED, now=after(minute))
    assert fresh(entry).email_off_since == after(1)
    for minute in (3, 4):
        restart_email(entry, now=after(minute))
    assert fresh(entry).email_confirmed_at == after(3)
    assert AuditEvent.objects.filter(subject=str(entry.public_id)).count() == 4


def test_a_pause_of_their_own_outlives_both_but_never_ends_into_silence(world: World) -> None:
    entry = by_mail(world)
    pause_entry(entry, until=after(60), now=NOON)
    stop_email(entry, STOPPED, now=after(1))
    assert end_pauses(now=after(61)) == 0
    restart_email(entry, now=after(62))
    assert fresh(entry).state == "paused", "they had said so themselves"


def test_nobody_comes_back_or_plans_to_without_a_way_to_reach_them(world: World) -> None:
    entry = by_mail(world)
    stop_email(entry, STOPPED, now=after(1))
    with pytest.raises(NoWayToReach):
        resume_entry(fresh(entry), now=after(2))
    with pytest.raises(NoWayToReach):
        pause_entry(fresh(entry), until=after(60), now=after(2))
    pause_entry(fresh(entry), until=None, now=after(2))
    assert fresh(entry).state == "paused"


@pytest.mark.parametrize("channel", WRITTEN)
def test_proving_any_contact_ends_a_pause_for_the_want_of_one(world: World, channel: Channel) -> None:
    entry = by_mail(world)
    stop_email(entry, EmailOff.BOUNCED, now=after(1))
    if channel == Channel.SMS:
        StandbyEntry.objects.filter(pk=entry.pk).update(mobile="+491713920055", mobile_index="x")
    proof = request_proof(fresh(entry), channel, now=after(2))
    prove_contact(proof, proof.code if channel == Channel.SMS else None, now=after(3))
    entry = fresh(entry)
    assert (entry.state, entry.channels) == ("waiting", [channel])
    assert entry.email_off == ("" if channel == Channel.EMAIL else "bounced")


def test_a_dead_address_does_not_come_back_by_a_wish(world: World) -> None:
    entry = world.entry(email="somebody@example.org")
    stop_email(entry, EmailOff.BOUNCED, now=after(1))
    restart_email(entry, now=after(2))
    assert fresh(entry).channels == [Channel.SMS]


def test_an_open_offer_stays_theirs_and_the_pause_comes_after_it(world: World, gateway: Gateway) -> None:
    entry = by_mail(world)
    release = world.release()
    [offer] = ask(release)
    stop_email(entry, STOPPED, now=after(1))
    assert (fresh(entry).state, Offer.objects.get().state) == ("offered", "open")
    expire_offers(now=after(16))
    tend(now=after(17))
    assert (fresh(entry).state, fresh(entry).channels) == ("paused", [])
    restart_email(entry, now=after(18))
    assert fresh(entry).state == "waiting", "it paused only for that"
    assert offer.pk


def test_an_appointment_stays_and_what_concerns_it_is_still_told(world: World, gateway: Gateway) -> None:
    entry = by_mail(world)
    release = world.release()
    [offer] = ask(release)
    accept_offer(offer, now=after(1))
    stop_email(entry, STOPPED, now=after(2))
    assert fresh(entry).state == "appointed"
    cancel_dose(Offer.objects.get(), now=after(3))
    assert Message.objects.get(template="cancelled").channel == "email"
    tend(now=after(4))
    assert (fresh(entry).state, Offer.objects.count()) == ("paused", 1)


def test_in_the_minute_between_no_offer_goes_out(world: World, gateway: Gateway) -> None:
    entry = by_mail(world)
    [offer] = ask(world.release())
    accept_offer(offer, now=after(1))
    stop_email(entry, STOPPED, now=after(2))
    cancel_dose(Offer.objects.get(), now=after(3))
    sent = len(gateway.mails)
    second = world.release()
    match_release(second.pk, now=after(3))
    ask(second, now=after(3))
    assert [mail.subject for mail in gateway.mails[sent:] if "Angebot" in mail.subject] == []


@pytest.mark.parametrize("state", [EntryState.LEFT, EntryState.UNCONFIRMED])
def test_who_is_not_on_the_list_has_nothing_to_stop(world: World, state: EntryState) -> None:
    entry = by_mail(world)
    if state == EntryState.LEFT:
        leave_list(entry, now=NOON)
    else:
        StandbyEntry.objects.filter(pk=entry.pk).update(state=state)
    stop_email(entry, STOPPED, now=after(1))
    assert (fresh(entry).state, fresh(entry).email_off) == (state, "")


def test_leaving_forgets_it_too(world: World) -> None:
    entry = by_mail(world)
    stop_email(entry, STOPPED, now=after(1))
    leave_list(fresh(entry), now=after(2))
    assert (fresh(entry).state, fresh(entry).email_off, fresh(entry).email_off_since) == ("left", "", None)


def bounce(entry: StandbyEntry, minute: float, *, bounced: bool = True) -> None:
    state = "failed" if bounced else "delivered"
    Message.objects.create(
        entry=entry,
        template="welcome",
        channel="email",
        state=state,
        state_since=after(minute),
        created_at=after(minute),
        due_at=after(minute),
        expires_at=after(minute + 60),
        bounced=bounced,
    )


def test_an_address_is_dead_after_three_bounces(world: World) -> None:
    entry, other = world.entry(email="somebody@example.org"), world.entry(email="other@example.org")
    for minute in range(1, HARD_BOUNCES):
        bounce(entry, minute)
        bounce(other, minute)
        assert stop_dead_addresses(now=after(minute)) == 0
    bounce(entry, HARD_BOUNCES)
    assert stop_dead_addresses(now=after(10)) == 1
    assert (fresh(entry).email_off, fresh(entry).channels) == ("bounced", [Channel.SMS])
    assert fresh(other).email_off == ""
    assert stop_dead_addresses(now=after(11)) == 0


def test_what_arrived_or_was_proved_in_between_starts_the_count_anew(world: World) -> None:
    arrived, proved = world.entry(email="somebody@example.org"), world.entry(email="other@example.org")
    for entry in (arrived, proved):
        for minute in range(1, HARD_BOUNCES):
            bounce(entry, minute)
    bounce(arrived, 5, bounced=False)
    StandbyEntry.objects.filter(pk=proved.pk).update(email_confirmed_at=after(5))
    for entry in (arrived, proved):
        bounce(entry, 6)
    assert stop_dead_addresses(now=after(10)) == 0


def test_what_is_older_than_a_month_is_forgotten(world: World) -> None:
    entry = world.entry(email="somebody@example.org")
    for minute in range(1, HARD_BOUNCES + 1):
        bounce(entry, minute)
    assert stop_dead_addresses(now=NOON + timedelta(days=31)) == 0
