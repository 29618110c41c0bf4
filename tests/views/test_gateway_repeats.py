"""Each provider reports late, again, again what somebody has recorded, or under a number that two messages have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from impfzentrum.models import DeliveryReceipt, Dose, Message, Offer
from impfzentrum.procedures.expiring import expire_offers
from tests.conftest import World
from tests.factories import ask
from tests.gateways.loopback import configure
from tests.procedures.played import AFTER_END, open_offer
from tests.views.callbacks import dlr, kannel_path, post_seven, sign_twilio

Report = Callable[[Client, Message, str], Any]


def report_by_seven(client: Client, message: Message, word: str) -> Any:
    status = {"taken": "TRANSMITTED", "delivered": "DELIVERED", "undeliverable": "NOTDELIVERED"}[word]
    return post_seven(client, dlr(status, msg_id=message.provider_id))


def report_by_kannel(client: Client, message: Message, word: str) -> Any:
    return client.get(kannel_path(message), {"type": {"taken": 8, "delivered": 1, "undeliverable": 2}[word]})


def report_by_twilio(client: Client, message: Message, word: str) -> Any:
    path = f"/gateway/twilio/beleg/{message.reference}/"
    status = {"taken": "sent", "delivered": "delivered", "undeliverable": "undelivered"}[word]
    form = {"MessageSid": message.provider_id, "MessageStatus": status}
    return client.post(path, form, headers={"X-Twilio-Signature": sign_twilio(path, form)})


REPORTS: dict[str, Report] = {"seven": report_by_seven, "kannel": report_by_kannel, "twilio": report_by_twilio}


@pytest.fixture(params=REPORTS)
def name(request: pytest.FixtureRequest, settings: SettingsWrapper) -> str:
    postfach = settings.SMS_BACKEND
    configure(settings, "http://127.0.0.1:1", request.param)
    settings.SMS_BACKEND = postfach
    return str(request.param)


def sent_by(name: str, provider_id: str = "77149843739") -> list[Message]:
    Message.objects.update(provider=name, provider_id=provider_id)
    return list(Message.objects.order_by("pk"))


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize(("word", "state"), [("delivered", "delivered"), ("undeliverable", "failed")])
def test_a_late_receipt_wakes_no_offer_that_is_over(
    client: Client, world: World, name: str, word: str, state: str
) -> None:
    open_offer(world)
    [message] = sent_by(name)
    expire_offers(now=AFTER_END)
    assert REPORTS[name](client, message, word).status_code == 204
    assert (states(), Offer.objects.get().state, Dose.objects.get().state) == ([state], "expired", "free")


def test_what_was_recorded_and_is_played_again_moves_nothing(client: Client, world: World, name: str) -> None:
    open_offer(world)
    [message] = sent_by(name)
    for word in ("taken", "undeliverable", "taken", "undeliverable"):
        assert REPORTS[name](client, message, word).status_code == 204, "authentic, and stored already"
    assert states() == ["failed"]
    assert DeliveryReceipt.objects.count() == 2
    assert Message.objects.count() == 1, "nobody is asked a second time"


def test_one_number_of_the_provider_for_two_messages(client: Client, world: World, name: str) -> None:
    """Where our own reference comes back, it tells them apart; where it does not (seven), neither is touched."""
    world.entries(2)
    ask(world.release(doses=2))
    first, _ = sent_by(name, "the-same")
    assert REPORTS[name](client, first, "undeliverable").status_code == 204
    assert states() == (["sent", "sent"] if name == "seven" else ["failed", "sent"])
    assert DeliveryReceipt.objects.get().message == (None if name == "seven" else first)
