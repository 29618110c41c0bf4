"""The lost link: sent to a contact that was proved, and to nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from impfzentrum.errors import TooManyRequests
from impfzentrum.models import LinkRequest, Message
from impfzentrum.procedures.finding_links import request_link, send_lost_links
from impfzentrum.procedures.writing import write_letter
from impfzentrum.vocabulary import Channel
from tests.conftest import World
from tests.factories import NOON

MOBILE, EMAIL = "+491713920001", "erika@example.org"
UNPROVED = {"mobile_confirmed_at": None, "email_confirmed_at": None}


def ask(channel: Channel, contact: str) -> list[tuple[str, str]]:
    request_link(channel, contact, now=NOON)
    assert send_lost_links(now=NOON) == 1
    assert not LinkRequest.objects.exists()
    return list(Message.objects.order_by("pk").values_list("template", "channel"))


@pytest.mark.parametrize(
    ("channel", "typed", "person", "sent"),
    [
        (Channel.SMS, MOBILE, {}, [("lost_link", "sms")]),
        (Channel.EMAIL, "Erika@Example.ORG", {}, [("lost_link", "email")]),
        (Channel.SMS, "+491713920002", {}, []),
        (Channel.SMS, MOBILE, {"state": "left"}, []),
        (Channel.SMS, MOBILE, {"state": "unconfirmed", **UNPROVED}, [("contact_proof", "sms")]),
        (Channel.EMAIL, EMAIL, {"email_confirmed_at": None}, []),
        (
            Channel.EMAIL,
            EMAIL,
            {"email_confirmed_at": None, "email_off": "unsubscribed", "email_off_since": NOON},
            [("lost_link", "email")],
        ),
    ],
)
def test_who_gets_what(
    world: World, channel: Channel, typed: str, person: dict[str, Any], sent: list[tuple[str, str]]
) -> None:
    world.entry(**{"mobile": MOBILE, "email": EMAIL, **person})
    assert ask(channel, typed) == sent


def test_the_link_is_the_one_the_person_had(world: World) -> None:
    entry = world.entry(mobile=MOBILE)
    ask(Channel.SMS, MOBILE)
    assert f"/s/{entry.token}/" in write_letter(Message.objects.get(), now=NOON).text


def test_a_family_gets_each_its_own(world: World) -> None:
    family = [world.entry(mobile=MOBILE) for _ in range(3)]
    ask(Channel.SMS, MOBILE)
    assert {message.entry_id for message in Message.objects.all()} == {one.pk for one in family}


@pytest.mark.parametrize("known", [True, False])
def test_a_contact_is_not_written_to_all_day(world: World, known: bool) -> None:
    world.entry(mobile=MOBILE if known else "+491713920009")
    for _ in range(3):
        request_link(Channel.SMS, MOBILE, now=NOON)
    with pytest.raises(TooManyRequests):
        request_link(Channel.SMS, MOBILE, now=NOON + timedelta(minutes=59))
    request_link(Channel.SMS, MOBILE, now=NOON + timedelta(minutes=60))
