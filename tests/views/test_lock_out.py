"""Five wrong passwords for one name from one address, and that pair waits a quarter of an hour."""

from __future__ import annotations

import logging

import pytest
import time_machine
from axes.models import AccessAttempt
from django.http import HttpResponse
from django.test import Client

from impfzentrum.models import AuditEvent
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("saturday_noon")


def send(client: Client, name: str, password: str, address: str = "203.0.113.7") -> HttpResponse:
    values = {"username": name, "password": password}
    return client.post("/intern/anmelden/", values, REMOTE_ADDR="127.0.0.1", headers={"X-Forwarded-For": address})  # type: ignore[return-value]


@pytest.mark.parametrize("name", ["staff", "gibt-es-nicht"])
def test_known_and_unknown_names_look_the_same(world: World, client: Client, name: str) -> None:
    pages = [send(client, name, "falsch") for _ in range(5)]
    assert [page.status_code for page in pages] == [200, 200, 200, 200, 429]
    locked = pages[-1].content.decode()
    assert "Zu viele falsche Versuche" in locked
    assert "15 Minuten gesperrt" in locked
    assert name not in locked
    assert pages[-1].headers["Retry-After"] == "900"


def test_the_lock_holds_for_the_right_password_and_ends(
    world: World, client: Client, saturday_noon: time_machine.Traveller
) -> None:
    for _ in range(5):
        send(client, "staff", "falsch")
    saturday_noon.shift(14 * 60)
    assert send(client, "staff", "demo-password").status_code == 429
    saturday_noon.shift(2 * 60)
    assert send(client, "staff", "demo-password").status_code == 302
    assert not AccessAttempt.objects.exists(), "nothing of the address stays"


def test_only_this_name_from_this_address(world: World, client: Client) -> None:
    for _ in range(5):
        send(client, "staff", "falsch")
    assert send(client, "staff", "demo-password", address="203.0.113.8").status_code == 302


def test_the_address_is_the_last_one_of_the_proxy(world: World, client: Client) -> None:
    for number in range(5):
        last = send(client, "staff", "falsch", address=f"198.51.100.{number}, 203.0.113.7")
    assert last.status_code == 429, "a made-up first address changes nothing"


def test_failures_are_recorded_without_what_was_typed(
    world: World, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        send(client, "staff", "geheim-1")
        send(client, "erika.muster@example.org", "geheim-2")
    [event] = AuditEvent.objects.filter(action="login_failed")
    assert (event.subject, event.actor) == (f"account:{world.staff.pk}", None)
    for word in ("geheim", "erika", "203.0.113.7"):
        assert word not in caplog.text
