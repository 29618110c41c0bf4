"""Nobody is kept longer than the terms say, nobody goes before, and what is left still verifies."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from impfzentrum.errors import NotPossibleNow
from impfzentrum.gateways.incoming import IncomingSms
from impfzentrum.models import (
    AuditEvent,
    Dose,
    ErasedCount,
    Feedback,
    ListSize,
    Message,
    Offer,
    Reply,
    Retention,
    StandbyEntry,
    Tombstone,
)
from impfzentrum.procedures.answering import accept_offer, decline_offer
from impfzentrum.procedures.auditing import seal_events
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.inspecting import find_violations
from impfzentrum.procedures.replying import take_reply
from impfzentrum.procedures.reporting import view_release
from impfzentrum.procedures.retaining import keep_terms
from impfzentrum.procedures.staying import leave_list, pause_entry, report_vaccinated, resume_entry
from impfzentrum.procedures.still_waiting import keep_waiting
from impfzentrum.procedures.verifying import verify_record
from impfzentrum.states import EntryState
from tests import factories
from tests.conftest import World, build_world
from tests.factories import NOON
from tests.procedures.played import SOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OPEN = (EntryState.WAITING, EntryState.PAUSED)


def again(entry: StandbyEntry) -> StandbyEntry:
    return StandbyEntry.objects.get(pk=entry.pk)


def unconfirmed(world: World, **values: Any) -> StandbyEntry:
    return world.entry(**{"state": "unconfirmed", "mobile_confirmed_at": None, **values})


@pytest.mark.parametrize(("state", "term"), [("unconfirmed", timedelta(hours=48)), ("vaccinated", timedelta(hours=72))])
def test_the_person_goes_at_the_end_of_the_term_and_not_before(world: World, state: str, term: timedelta) -> None:
    entry = world.entry(state=state, email="erika@example.org")
    entry.further_centres.create(centre=world.centre, travel_minutes=5)
    keep_terms(now=NOON + term - HOUR)
    assert again(entry).given_name == "Erika"
    for _ in range(2):
        keep_terms(now=NOON + term)
    gone = again(entry)
    assert (gone.state, gone.given_name, gone.mobile, gone.email, gone.birth_date) == ("erased", "", "", "", None)
    assert (gone.name_index, gone.mobile_index, gone.email_index, gone.postcode) == ("", "", "", "")
    assert not gone.further_centres.exists()
    assert ErasedCount.objects.values_list("kind", "count").get() == (state, 1)
    event = AuditEvent.objects.get(action="erased")
    assert event.detail == {"kind": state, "count": 1}, "numbers, and nobody's id"
    assert Tombstone.objects.get().public_id == entry.public_id


def test_a_county_sets_its_own_terms(world: World) -> None:
    Retention.objects.create(county=world.county, unconfirmed_hours=6)
    other = factories.make_county(slug="heidekreis", ags="03358")
    campaign = factories.make_campaign(other)
    elsewhere = factories.make_entry(
        factories.make_centre(other, slug="soltau"), campaign, world.vaccine, state="unconfirmed"
    )
    here = unconfirmed(world)
    keep_terms(now=NOON + 6 * HOUR)
    assert (again(here).state, again(elsewhere).state) == ("erased", "unconfirmed")


def test_the_idle_are_asked_once_and_gone_without_an_answer(world: World) -> None:
    entry = world.entry(email="erika@example.org")
    keep_terms(now=NOON + 60 * DAY - HOUR)
    assert not Message.objects.exists()
    asked = NOON + 60 * DAY
    for _ in range(3):
        keep_terms(now=asked)
    assert set(Message.objects.values_list("template", "channel")) == {
        ("still_waiting", "sms"),
        ("still_waiting", "email"),
    }
    assert Message.objects.count() == 2
    deliver_messages(clock=lambda: asked)
    [letter] = mail.outbox
    assert f"/s/{entry.token}/" in str(letter.body)
    keep_terms(now=NOON + 90 * DAY - HOUR)
    assert again(entry).state == "waiting"
    keep_terms(now=NOON + 90 * DAY)
    assert again(entry).state == "erased"
    assert ErasedCount.objects.get(kind="idle").count == 1


def test_one_tap_keeps_the_place_for_another_sixty_days(world: World, client: Client) -> None:
    entry = world.entry()
    keep_terms(now=NOON + 60 * DAY)
    page = client.get(reverse("entry:status", args=[entry.token])).content.decode()
    assert "Ja, ich warte noch" in page
    with time_machine.travel(NOON + 61 * DAY, tick=False):
        assert client.post(reverse("entry:keep_waiting", args=[entry.token])).status_code == 303
    page = client.get(reverse("entry:status", args=[entry.token])).content.decode()
    assert "Ja, ich warte noch" not in page
    keep_terms(now=NOON + 120 * DAY)
    assert again(entry).state == "waiting"
    keep_terms(now=NOON + 121 * DAY)
    keep_terms(now=NOON + 151 * DAY)
    assert again(entry).state == "erased"


SIGNS: dict[str, Callable[[World, StandbyEntry, datetime], object]] = {
    "still waits": lambda world, entry, at: keep_waiting(entry, now=at),
    "pauses": lambda world, entry, at: pause_entry(entry, until=None, now=at),
    "comes back": lambda world, entry, at: (pause_entry(entry, until=None, now=at), resume_entry(entry, now=at)),
    "declines": lambda world, entry, at: [
        decline_offer(offer, now=at) for offer in factories.ask(world.release(now=at), now=at)
    ],
    "writes": lambda world, entry, at: take_reply(IncomingSms("seven", f"{at:%j}", entry.mobile, "", "hilfe"), now=at),
}


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("when", [30, 70], ids=["before the question", "after it"])
def test_every_sign_of_life_counts(world: World, sign: str, when: int) -> None:
    entry = world.entry()
    if when > 60:
        keep_terms(now=NOON + 60 * DAY)
    SIGNS[sign](world, entry, NOON + when * DAY)
    for day in (60, 90, when + 59):
        keep_terms(now=NOON + day * DAY)
        assert again(entry).state != "erased"
    last = NOON + when * DAY
    for day in (60, 90):
        keep_terms(now=last + day * DAY)
    assert again(entry).state == "erased"


def test_nobody_who_is_erased_can_still_be_kept(world: World) -> None:
    entry = world.entry()
    leave_list(entry, now=NOON)
    with pytest.raises(NotPossibleNow):
        keep_waiting(entry, now=NOON)


def test_who_can_only_be_called_is_on_the_list_of_calls(world: World) -> None:
    world.entry(mobile="", phone="+4956313920001", phone_confirmed_at=NOON)
    keep_terms(now=NOON + 60 * DAY)
    assert Message.objects.values_list("channel", "template", "state").get() == ("call", "still_waiting", "queued")


def test_who_wants_their_data_kept_is_neither_asked_nor_erased(world: World) -> None:
    entry = world.entry(state="paused", restricted_at=NOON)
    for day in (60, 90, 400):
        keep_terms(now=NOON + day * DAY)
    assert again(entry).given_name == "Erika"
    assert not Message.objects.exists()


def test_what_hangs_on_messages_goes_after_a_month(world: World) -> None:
    entry = world.entry()
    sent = Message.objects.create(
        entry=entry,
        template="paused",
        channel="sms",
        state="sent",
        provider="seven",
        provider_id="77",
        handed_over_at=NOON,
        **dict.fromkeys(("created_at", "due_at", "expires_at", "state_since"), NOON),
    )
    reply = entry.replies.create(
        provider="seven", provider_id="1", received_at=NOON, word="help", outcome="helped", handled_at=NOON
    )
    Message.objects.filter(pk=sent.pk).update(reply=reply)
    feedback = Feedback.objects.create(county=world.county, page="left", rating=3, language="de", given_at=NOON)
    keep_terms(now=NOON + 29 * DAY)
    assert Reply.objects.exists()
    keep_terms(now=NOON + 30 * DAY)
    sent.refresh_from_db()
    assert (sent.provider, sent.provider_id, sent.reply) == ("seven", "", None)
    assert not Reply.objects.exists()
    assert Feedback.objects.filter(pk=feedback.pk).exists()
    keep_terms(now=NOON + 180 * DAY)
    assert not Feedback.objects.exists()


def test_nobody_is_ever_kept_longer_than_the_inventory_says(world: World) -> None:
    """People come, wait, pause, are vaccinated at random for five months; after each run of the terms it is checked."""
    chance = random.Random(7)
    people, now = world.entries(3), NOON
    for _ in range(75):
        now += timedelta(hours=chance.randint(6, 90))
        people += [unconfirmed(world, created_at=now, state_since=now), world.entry(created_at=now, state_since=now)]
        for entry in chance.sample(people, 3):
            entry.refresh_from_db()
            if entry.state in OPEN:
                chance.choice([keep_waiting, report_vaccinated, leave_list, resume_entry])(entry, now=now)
        keep_terms(now=now)
        kept = StandbyEntry.objects.exclude(state__in=["left", "erased"])
        assert not kept.filter(state="unconfirmed", state_since__lte=now - timedelta(hours=48)).exists()
        assert not kept.filter(state="vaccinated", state_since__lte=now - timedelta(hours=72)).exists()
        # Between two runs lie up to 90 hours here, and the question came that much late.
        assert not kept.filter(asked_at__lte=now - 30 * DAY).exists()
        assert not kept.filter(seen_at=None, created_at__lte=now - 94 * DAY).exists()
        assert not kept.filter(seen_at__lte=now - 94 * DAY).exists()
        bare = StandbyEntry.objects.filter(state__in=["left", "erased"])
        assert not bare.exclude(given_name="", mobile="", name_index="", birth_date=None).exists()
    assert StandbyEntry.objects.filter(state="erased").count() > 70
    assert list(find_violations()) == []


@pytest.mark.django_db(transaction=True)
def test_after_erasing_the_record_verifies_and_the_figures_stay(transactional_db: None) -> None:
    world = build_world()
    world.entries(5)
    release = world.release(doses=2)
    first, second = factories.ask(release)
    accept_offer(first, now=SOON)
    decline_offer(second, now=SOON)
    report_vaccinated(again(second.entry), now=SOON)
    seal_events(world.county)
    figures = view_release(release, now=SOON)
    assert verify_record(world.county).faults == []
    for day in (3, 60, 90, 91):
        keep_terms(now=NOON + day * DAY)
    assert StandbyEntry.objects.filter(state="erased").count() == 4
    seal_events(world.county)
    found = verify_record(world.county)
    assert (found.faults, found.offers) == ([], 2)
    assert view_release(release, now=SOON) == figures
    assert ListSize.objects.get().people == 1
    assert list(find_violations()) == []
    assert (Offer.objects.count(), Dose.objects.count()) == (2, 2)


@pytest.mark.django_db(transaction=True)
def test_it_passes_by_who_is_just_in_use(transactional_db: None) -> None:
    world = build_world()
    entries = [unconfirmed(world) for _ in range(3)]
    locked, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            StandbyEntry.objects.select_for_update(no_key=True).get(pk=entries[1].pk)
            locked.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    locked.wait(30)
    keep_terms(now=NOON + 48 * HOUR)
    done.set()
    holder.join(30)
    assert [again(entry).state for entry in entries] == ["erased", "unconfirmed", "erased"]
    keep_terms(now=NOON + 48 * HOUR)
    assert again(entries[1]).state == "erased"


@pytest.mark.parametrize("people", [2, 20])
def test_a_batch_costs_the_same_however_many_are_in_it(world: World, people: int) -> None:
    for _ in range(people):
        unconfirmed(world)
    with CaptureQueriesContext(connection) as queries:
        keep_terms(now=NOON + 48 * HOUR)
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) == 26
