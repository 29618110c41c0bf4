"""The operators' page: who sees it, what it tells, and its three buttons."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import (
    AuditEvent,
    County,
    DeliveryReceipt,
    Message,
    MessageTemplate,
    SendingStop,
    SmsProvider,
    WeightChange,
)
from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.outbox import queue_message
from impfzentrum.vocabulary import Channel, Role
from tests import factories
from tests.conftest import World
from tests.factories import NOON
from tests.views.staff import find_version, log_in, make_member, make_stranger

PAGE = "/betrieb/waldeck-frankenberg/"
BUTTONS = ("anhalten/", "fortsetzen/", "nochmal/")
HTMX = {"HX-Request": "true"}
ALLOWED = {Role.OPERATOR, Role.COUNTY_ADMIN}


@pytest.fixture(autouse=True)
def saturday_noon() -> Iterator[None]:
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def client(world: World) -> Client:
    return log_in(make_member(world.centre, Role.OPERATOR, named=False))


def make_message(world: World, state: str, *, minutes: int = 10, **values: object) -> Message:
    at = NOON - timedelta(minutes=minutes)
    message = queue_message(
        world.entry(), MessageTemplate.WELCOME, channel=Channel.SMS, now=at, expires_at=NOON + timedelta(hours=1)
    )
    handed_over = {"handed_over_at": at, "parts": 1} if state in ("sent", "delivered") else {}
    Message.objects.filter(pk=message.pk).update(
        **{"state": state, "state_since": at, "provider": "seven", **handed_over, **values}
    )
    return Message.objects.get(pk=message.pk)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("button", ["", *BUTTONS])
def test_only_operators_and_the_county_get_there_and_only_in_their_county(
    world: World, role: Role, button: str
) -> None:
    make_stranger()
    client = log_in(make_member(world.centre, role))
    other = client.get(f"/betrieb/heidekreis/{button}").status_code
    own = client.get(f"{PAGE}{button}").status_code
    assert (own, other) in (((200, 404), (302, 404)) if role in ALLOWED else ((403, 403),))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("button", BUTTONS)
def test_nothing_is_written_by_others_or_elsewhere(world: World, role: Role, button: str) -> None:
    make_stranger()
    if button == "fortsetzen/":
        for county in County.objects.all():
            stop_sending(county, reason="Probe", by=world.staff, now=NOON)
    before = AuditEvent.objects.count()
    client = log_in(make_member(world.centre, role))
    pages = ["/betrieb/heidekreis/"] if role in ALLOWED else ["/betrieb/heidekreis/", PAGE]
    for page in pages:
        assert client.post(f"{page}{button}", {"reason": "Probe"}).status_code in (403, 404)
    assert AuditEvent.objects.count() == before


def test_without_login_to_the_login(world: World, client: Client) -> None:
    for button in ("", *BUTTONS):
        assert Client().get(f"{PAGE}{button}").headers["Location"] == f"/intern/anmelden/?next={PAGE}{button}"


def test_an_idle_county_says_so(client: Client) -> None:
    page = client.get(PAGE).content.decode()
    for sentence in ("Der Versand läuft", "nichts wartet", "Nichts ist gescheitert.", "keine Grenze gesetzt"):
        assert sentence in page


def test_it_tells_the_queue_the_providers_and_the_failures(world: World, client: Client) -> None:
    County.objects.update(sms_per_day=50)
    provider = SmsProvider.objects.create(name="seven", weight=40, resting=50)
    WeightChange.objects.create(provider=provider, at=NOON, before=50, after=40, reason="HTTP 503")
    make_message(world, "queued", minutes=12)
    make_message(world, "delivered")
    make_message(world, "delivered", price="0.07500", currency="EUR")
    make_message(world, "sent")
    make_message(world, "sent", minutes=61)
    for _ in range(2):
        make_message(world, "failed", last_error="HTTP 503")
    make_message(world, "failed", minutes=25 * 60, last_error="too long ago")
    make_message(world, "lapsed")
    DeliveryReceipt.objects.create(provider="seven", provider_id="x", outcome="delivered", received_at=NOON)
    page = " ".join(client.get(PAGE).content.decode().split())
    for told in (
        "12 min",
        "3 Nachrichten in der letzten Stunde",
        "4 von 50 SMS",
        "seven: 50 % → 40 %",
        "(in Ruhe 50 %)",
        'Störung beim Anbieter. <code class="raw" lang="en">HTTP 503</code>',
        "0,08 EUR",
        "3 gescheiterte noch einmal versuchen",
        ", 1 verfallen",
        "1 Beleg der letzten Stunde passt zu keiner Nachricht",
    ):
        assert told in page, told
    assert "too long ago" not in page


def test_it_shows_no_people(world: World, client: Client) -> None:
    message = make_message(world, "failed", last_error="HTTP 503")
    assert message.entry
    page = client.get(PAGE).content.decode()
    for private in (message.entry.mobile, message.entry.mobile[3:], message.entry.family_name, str(message.reference)):
        assert private not in page


def test_messages_of_another_county_are_not_counted(world: World, client: Client) -> None:
    centre, _ = make_stranger()
    person = factories.make_entry(centre, world.campaign, world.vaccine)
    queue_message(person, MessageTemplate.WELCOME, channel=Channel.SMS, now=NOON, expires_at=NOON + timedelta(hours=1))
    assert "nichts wartet" in client.get(PAGE).content.decode()


def test_before_a_stop_it_is_told_what_cannot_be_called_back(world: World, client: Client) -> None:
    make_message(world, "sending", lease_until=NOON)
    page = " ".join(client.get(f"{PAGE}anhalten/").content.decode().split())
    assert "1 ist schon unterwegs und kann noch ankommen." in page
    assert "spätestens 15 Sekunden nach dem Anhalten geht nichts mehr hinaus" in page


def test_a_stop_needs_a_reason_and_keeps_what_was_typed(world: World, client: Client) -> None:
    response = client.post(f"{PAGE}anhalten/", {"reason": "x" * 201})
    assert response.status_code == 422
    assert "x" * 201 in response.content.decode()
    assert client.post(f"{PAGE}anhalten/", {"reason": " "}).status_code == 422
    assert not SendingStop.objects.exists()


def test_stop_and_resume_by_two_taps_each(world: World, client: Client) -> None:
    for _ in range(2):
        assert client.post(f"{PAGE}anhalten/", {"reason": "falsche Texte"}).headers["Location"] == PAGE
    assert "falsche Texte" in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}anhalten/").status_code == 302
    for _ in range(2):
        assert client.post(f"{PAGE}fortsetzen/").headers["Location"] == PAGE
    assert "Der Versand lief schon." in client.get(PAGE).content.decode()
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["sending_stopped", "sending_resumed"]


def test_who_comes_second_hears_that_it_was_stopped(world: World, client: Client) -> None:
    stop_sending(world.county, reason="erster", by=world.staff, now=NOON)
    page = client.post(f"{PAGE}anhalten/", {"reason": "zweiter"}, follow=True).content.decode()
    assert "Der Versand war schon angehalten." in page
    assert "erster" in page


def test_failed_messages_are_tried_again_once(world: World, client: Client) -> None:
    make_message(world, "failed")
    assert "1 Nachricht noch einmal versuchen?" in client.get(f"{PAGE}nochmal/").content.decode()
    page = client.post(f"{PAGE}nochmal/", follow=True).content.decode()
    assert "1 Nachricht wird noch einmal versucht." in page
    page = client.post(f"{PAGE}nochmal/", follow=True).content.decode()
    assert "nichts, was noch einmal versucht werden könnte" in page
    assert AuditEvent.objects.filter(action="messages_retried").count() == 1


def test_a_get_writes_nothing(
    world: World, client: Client, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    County.objects.update(sms_per_day=1)
    make_message(world, "failed")
    with nothing_is_written():
        for button in ("", *BUTTONS):
            client.get(f"{PAGE}{button}")


def test_a_poll_without_news_is_empty(client: Client) -> None:
    version = find_version(client.get(PAGE).content.decode())
    assert client.get(PAGE, {"stand": version}, headers=HTMX).status_code == 204
    assert client.get(PAGE, {"stand": "old"}, headers=HTMX).status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_the_messages(
    world: World, client: Client, django_assert_num_queries: Callable[[int], AbstractContextManager[object]], rows: int
) -> None:
    County.objects.update(sms_per_day=100)
    for number in range(rows):
        provider = SmsProvider.objects.create(name=f"provider-{number}", weight=0, resting=0)
        WeightChange.objects.create(provider=provider, at=NOON, before=50, after=40, reason="calm")
        for state in ("queued", "sent", "delivered", "failed", "lapsed"):
            make_message(world, state, provider=provider.name, last_error=f"reason {number}")
    stop_sending(world.county, reason="Probe", by=world.staff, now=NOON)
    with django_assert_num_queries(15):
        client.get(PAGE)
    with django_assert_num_queries(15):
        client.get(PAGE, headers=HTMX)


def test_pages_of_the_centre_say_when_sending_is_stopped_or_short(world: World) -> None:
    staff = log_in(world.staff)
    world.release()
    today, live = "/zentrum/korbach/", "/zentrum/korbach/freigabe/1/"
    for page in (today, live):
        told = staff.get(page).content.decode()
        assert "angehalten" not in told
        assert "SMS-Budget" not in told
    County.objects.update(sms_per_day=0)
    for page in (today, live):
        assert "Das SMS-Budget für heute ist verbraucht" in staff.get(page).content.decode()
    stop_sending(world.county, reason="falsche Texte", by=world.staff, now=NOON)
    for page in (today, live):
        told = staff.get(page).content.decode()
        assert "Der Versand ist angehalten" in told
        assert "falsche Texte" in told
    assert "Wir fragen gleich die Nächsten" not in told


def test_the_county_is_warned_at_four_fifths_and_its_auditor_is_not_asked_to_act(world: World) -> None:
    County.objects.update(sms_per_day=10)
    for _ in range(8):
        make_message(world, "sent")
    admin, auditor = (
        log_in(make_member(world.centre, role)).get("/kreis/waldeck-frankenberg/").content.decode()
        for role in (Role.COUNTY_ADMIN, Role.COUNTY_AUDITOR)
    )
    assert "80 % des SMS-Budgets" in admin
    assert "SMS-Budget" not in auditor
    assert "/betrieb/" in admin
