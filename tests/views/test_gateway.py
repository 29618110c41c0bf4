"""The callbacks of the providers: only what is authentic gets in, and 2xx means stored."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.gateways.kannel import sign_reference
from impfzentrum.models import DeliveryReceipt, Message, Reply
from tests.conftest import World
from tests.gateways.loopback import CALLBACK_SECRET, configure
from tests.procedures.played import open_offer
from tests.views.callbacks import SEVEN, dlr, kannel_path, post_seven, sign_twilio, sms_mo


@pytest.fixture(autouse=True)
def all_providers(settings: SettingsWrapper) -> None:
    postfach = settings.SMS_BACKEND
    configure(settings, "http://127.0.0.1:1", "seven")
    settings.SMS_BACKEND = postfach


@pytest.fixture
def message(world: World) -> Message:
    open_offer(world)
    Message.objects.update(provider="seven", provider_id="77149843739")
    return Message.objects.get()


def state_of(message: Message) -> str:
    return str(Message.objects.get(pk=message.pk).state)


@pytest.mark.parametrize(
    ("status", "state"), [("DELIVERED", "delivered"), ("NOTDELIVERED", "failed"), ("TRANSMITTED", "sent")]
)
def test_seven_reports(client: Client, message: Message, status: str, state: str) -> None:
    assert post_seven(client, dlr(status)).status_code == 204
    assert state_of(message) == state
    assert DeliveryReceipt.objects.get().reason == status


@pytest.mark.parametrize(
    "wrong",
    [{"key": "another"}, {"age": 301}, {"age": -330}, {"X-Signature": ""}, {"X-Nonce": "other"}, {"X-Timestamp": "x"}],
    ids=str,
)
def test_a_wrong_or_old_signature_of_seven_is_refused(client: Client, message: Message, wrong: dict[str, Any]) -> None:
    assert post_seven(client, dlr(), **wrong).status_code == 403
    assert (state_of(message), DeliveryReceipt.objects.count()) == ("sent", 0)


def test_a_replayed_call_of_seven_is_too_old(client: Client, message: Message) -> None:
    """Recorded with its valid signature and sent again six minutes later."""
    recorded = str(int((timezone.now() - timedelta(minutes=6)).timestamp()))
    assert post_seven(client, dlr(), age=360, **{"X-Timestamp": recorded}).status_code == 403
    assert post_seven(client, dlr(), age=299).status_code == 204


def test_a_changed_body_is_refused(client: Client, message: Message) -> None:
    honest = post_seven(client, dlr("TRANSMITTED")).request
    forged = client.post(
        SEVEN,
        json.dumps(dlr("FAILED")).encode(),
        content_type="application/json",
        headers={
            name: honest["HTTP_" + name.upper().replace("-", "_")] for name in ("X-Timestamp", "X-Nonce", "X-Signature")
        },
    )
    assert (forged.status_code, state_of(message)) == (403, "sent")


@pytest.mark.parametrize(
    "content",
    [[], {}, {"webhook_event": "dlr"}, dlr(msg_id=""), dlr(status=""), {"webhook_event": "tracking", "data": {}}],
)
def test_what_seven_says_beside_the_point_is_not_stored(client: Client, message: Message, content: object) -> None:
    assert post_seven(client, content).status_code == 400
    assert DeliveryReceipt.objects.count() == 0


def test_an_unknown_number_is_stored_as_a_stray(client: Client, message: Message) -> None:
    assert post_seven(client, dlr(msg_id="1")).status_code == 204
    assert DeliveryReceipt.objects.get().message is None


def test_twilio_reports(client: Client, message: Message) -> None:
    path = f"/gateway/twilio/beleg/{message.reference}/"
    form = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30005", "To": "+491713920001"}
    assert client.post(path, form, headers={"X-Twilio-Signature": "wrong"}).status_code == 403
    signature = sign_twilio(path, form)
    other = client.post(path, form | {"MessageStatus": "sent"}, headers={"X-Twilio-Signature": signature})
    assert (other.status_code, DeliveryReceipt.objects.count()) == (403, 0)
    assert client.post(path, form, headers={"X-Twilio-Signature": signature}).status_code == 204
    assert state_of(message) == "failed"
    assert DeliveryReceipt.objects.get().reason == "undelivered 30005"


@pytest.mark.parametrize(("kind", "state"), [("1", "delivered"), ("2", "failed"), ("8", "sent"), ("16", "failed")])
def test_kannel_reports(client: Client, message: Message, kind: str, state: str) -> None:
    assert client.get(kannel_path(message), {"type": kind}).status_code == 204
    assert state_of(message) == state


@pytest.mark.parametrize("kind", ["4", "", "x", "32"])
def test_kannel_reports_what_nobody_asked_for(client: Client, message: Message, kind: str) -> None:
    assert client.get(kannel_path(message), {"type": kind}).status_code == 400


def test_kannel_needs_the_secret_of_this_very_message(client: Client, message: Message) -> None:
    other = sign_reference("7d9f4c1e-0f0e-4b7e-9a53-4ed2f0a6d001")
    assert client.get(kannel_path(message, secret=other), {"type": "2"}).status_code == 403
    assert state_of(message) == "sent"


@pytest.mark.parametrize(
    ("caller", "forwarded", "status"),
    [
        ("127.0.0.1", None, 204),
        ("10.0.0.7", None, 204),
        ("192.0.2.1", None, 403),
        ("127.0.0.1", "10.0.0.7", 204),
        ("127.0.0.1", "192.0.2.1", 403),
        ("127.0.0.1", "10.0.0.7, 192.0.2.1", 403),
        ("192.0.2.1", "10.0.0.7", 403),
        ("127.0.0.1", "nonsense", 403),
    ],
)
def test_kannel_is_let_in_from_its_networks_only(
    client: Client, message: Message, settings: SettingsWrapper, caller: str, forwarded: str | None, status: int
) -> None:
    settings.SMS_GATEWAYS["kannel"]["callback_networks"] = "127.0.0.0/8, 10.0.0.0/24"
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    response = client.get(kannel_path(message), {"type": "1"}, headers=headers, REMOTE_ADDR=caller)
    assert response.status_code == status


def test_a_provider_without_credentials_has_no_callbacks(
    client: Client, message: Message, settings: SettingsWrapper
) -> None:
    path = kannel_path(message)
    settings.SMS_GATEWAYS = {}
    assert client.get(path, {"type": "1"}).status_code == 404
    assert post_seven(client, dlr()).status_code == 404
    assert client.post(f"/gateway/twilio/beleg/{message.reference}/", {}).status_code == 404


def test_callbacks_have_one_method_each(client: Client, message: Message) -> None:
    assert client.get(SEVEN).status_code == 405
    assert client.post(kannel_path(message), {"type": "1"}).status_code == 405


def test_a_receipt_takes_one_short_transaction(
    client: Client, message: Message, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    path = kannel_path(message)
    with django_assert_num_queries(8):  # begin, message, receipt looked for, kept (3), message moved, end
        client.get(path, {"type": "1"})
    with django_assert_num_queries(4):  # begin, message, receipt looked for, end
        client.get(path, {"type": "1"})


def test_a_reply_by_seven_is_kept_once(client: Client, message: Message) -> None:
    assert message.entry is not None
    for _ in range(2):
        assert post_seven(client, sms_mo("Pause", message.entry.mobile)).status_code == 204
    reply = Reply.objects.get()
    assert (reply.provider, reply.word, reply.outcome) == ("seven", "pause", "paused")
    assert post_seven(client, sms_mo("STOPP", message.entry.mobile), key="another").status_code == 403
    assert post_seven(client, sms_mo("STOPP", message.entry.mobile), age=400).status_code == 403
    assert Reply.objects.count() == 1


def test_a_reply_by_twilio(client: Client, message: Message) -> None:
    assert message.entry is not None
    path = "/gateway/twilio/antwort/"
    form = {"MessageSid": "SM9", "From": message.entry.mobile, "To": "+49561900", "Body": "Löschen bitte"}
    assert client.post(path, form, headers={"X-Twilio-Signature": sign_twilio(path, {})}).status_code == 403
    assert client.post(path, form, headers={"X-Twilio-Signature": sign_twilio(path, form)}).status_code == 204
    assert Reply.objects.get().outcome == "left"


@pytest.mark.parametrize(
    ("secret", "caller", "status"),
    [(CALLBACK_SECRET, "127.0.0.1", 204), ("wrong", "127.0.0.1", 403), (CALLBACK_SECRET, "192.0.2.1", 403)],
)
def test_a_reply_by_kannel(client: Client, message: Message, secret: str, caller: str, status: int) -> None:
    assert message.entry is not None
    response = client.post(
        f"/gateway/kannel/antwort/{secret}/?id=a1",
        b"NEIN",
        content_type='text/plain; charset="UTF-8"',
        headers={"X-Kannel-From": message.entry.mobile.lstrip("+"), "X-Kannel-To": "49561900"},
        REMOTE_ADDR=caller,
    )
    assert response.status_code == status
    assert response.content == b"", "Kannel would send the words of an answer back as SMS"
    assert Reply.objects.count() == (status == 204)


def test_the_text_of_a_reply_is_not_kept(client: Client, message: Message) -> None:
    assert message.entry is not None
    post_seven(client, sms_mo("Ja, ich bin Erika Mustermann", message.entry.mobile))
    kept = " ".join(str(value) for value in Reply.objects.values_list().get())
    assert "Erika" not in kept
    assert message.entry.mobile not in kept
