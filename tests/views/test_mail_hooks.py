"""The hooks of mail providers: only what is authentic gets in, and 2xx means stored."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import DeliveryReceipt, Message
from tests.conftest import World
from tests.factories import ask

SIGNING_KEY, SECRET, HOOK_KEY = "key-of-mailgun", "secret-in-the-address-0123456789ab", "key-of-the-hook"
MAIL_REPORT = "/gateway/e-mail/"


@pytest.fixture(autouse=True)
def hooks(settings: SettingsWrapper) -> None:
    settings.MAIL_HOOKS = {
        "mailgun": {"signing_key": SIGNING_KEY, "callback_secret": SECRET},
        "mailhook": {"key": HOOK_KEY},
    }


@pytest.fixture
def message(world: World) -> Message:
    world.entry(mobile="", email="somebody@example.org")
    ask(world.release())
    return Message.objects.get()


def post_mailgun(client: Client, data: object, *, key: str = SIGNING_KEY, secret: str = SECRET, age: int = 0) -> Any:
    timestamp, token = str(int(time.time()) - age), "t" * 50
    signature = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    hook = {"signature": {"timestamp": timestamp, "token": token, "signature": signature}, "event-data": data}
    return client.post(f"/gateway/mailgun/{secret}/", json.dumps(hook), content_type="application/json")


def event(message: Message, name: str = "failed", **changed: object) -> dict[str, object]:
    return {
        "event": name,
        "severity": "permanent",
        "delivery-status": {"code": 550, "message": "5.1.1 <somebody@example.org> unknown"},
        "message": {"headers": {"message-id": f"{message.reference}@example.org"}},
        **changed,
    }


def post_report(client: Client, report: object, *, key: str = HOOK_KEY, age: int = 0, **changed: str) -> Any:
    body, timestamp = json.dumps(report).encode(), str(int(time.time()) - age)
    signed = hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {"X-Timestamp": timestamp, "X-Signature": signed, **changed}
    return client.post(MAIL_REPORT, body, content_type="application/json", headers=headers)


def report_on(message: Message, event: str = "failed") -> dict[str, object]:
    return {"message_id": f"<{message.reference}@example.org>", "event": event, "code": 550, "status": "5.1.1"}


def state_of(message: Message) -> tuple[str, bool]:
    message.refresh_from_db()
    return message.state, message.bounced


@pytest.mark.parametrize(
    ("name", "changed", "state"),
    [
        ("failed", {}, ("failed", True)),
        ("failed", {"severity": "temporary"}, ("sent", False)),
        ("delivered", {}, ("delivered", False)),
    ],
)
def test_mailgun_reports(
    client: Client, message: Message, name: str, changed: dict[str, object], state: tuple[str, bool]
) -> None:
    for _ in range(2):
        assert post_mailgun(client, event(message, name, **changed)).status_code == 200
    assert state_of(message) == state
    assert DeliveryReceipt.objects.count() == 1
    assert "@" not in DeliveryReceipt.objects.get().reason


def test_events_that_say_nothing_are_answered_or_they_would_come_again(client: Client, message: Message) -> None:
    assert post_mailgun(client, event(message, "opened")).status_code == 200
    assert DeliveryReceipt.objects.count() == 0


@pytest.mark.parametrize("forged", [{"key": "wrong"}, {"secret": "wrong"}, {"age": 13 * 3600}, {"age": -13 * 3600}])
def test_mailgun_is_both_signature_and_secret(client: Client, message: Message, forged: dict[str, Any]) -> None:
    assert post_mailgun(client, event(message), **forged).status_code == 403
    assert state_of(message) == ("sent", False)


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"signature": 1, "event-data": {}}', '{"signature": {}}'])
def test_what_cannot_be_read_is_no_2xx(client: Client, world: World, body: str) -> None:
    answer = client.post(f"/gateway/mailgun/{SECRET}/", body, content_type="application/json")
    assert answer.status_code == 400


@pytest.mark.parametrize(("said", "state"), [("failed", ("failed", True)), ("delayed", ("sent", False))])
def test_our_own_hook(client: Client, message: Message, said: str, state: tuple[str, bool]) -> None:
    assert post_report(client, report_on(message, said)).status_code == 204
    assert state_of(message) == state


@pytest.mark.parametrize(
    "forged", [{"key": "wrong"}, {"age": 301}, {"X-Timestamp": "soon"}, {"X-Signature": ""}, {"X-Timestamp": "1"}]
)
def test_our_own_hook_is_signed_as_a_whole(client: Client, message: Message, forged: dict[str, Any]) -> None:
    assert post_report(client, report_on(message), **forged).status_code == 403
    assert state_of(message) == ("sent", False)


def test_a_report_without_a_mail_of_ours_is_no_2xx(client: Client, world: World) -> None:
    assert post_report(client, {"event": "failed", "message_id": "?"}).status_code == 400


@pytest.mark.parametrize("path", [f"/gateway/mailgun/{SECRET}/", MAIL_REPORT])
def test_nobody_reports_where_no_hook_is_set(
    client: Client, world: World, settings: SettingsWrapper, path: str
) -> None:
    assert client.get(path).status_code == 405
    settings.MAIL_HOOKS = {}
    hook = {"signature": {"timestamp": "1"}, "event-data": {}}
    assert client.post(path, json.dumps(hook), content_type="application/json").status_code == 404
