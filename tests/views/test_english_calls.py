"""The pages of calls and of the sign-up by phone say nothing German to staff who have chosen English."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.procedures.halting import stop_sending
from impfzentrum.procedures.sweeping import sweep
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.calling import ask_by_phone, the_call
from tests.views.english import ENGLISH, german_in
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

TODAY = "/zentrum/korbach/"


@pytest.fixture
def english(world: World) -> Client:
    client = Client(headers=ENGLISH)
    client.force_login(world.staff)
    return client


def test_every_stage_of_a_call_is_english(world: World, english: Client) -> None:
    world.county.unanswered_limit = 1
    world.county.save()
    offers = [ask_by_phone(world, call_hint="lange klingeln lassen") for _one in range(4)]
    yes, no, nobody, _uncalled = (f"{TODAY}anruf/{the_call(offer).reference}/" for offer in offers)

    def press(page: str, action: str) -> list[str]:
        return german_in(english.post(page, {"action": action}, follow=True))

    left = {"day": german_in(english.get(TODAY)), "free": german_in(english.get(yes)), "mine": press(yes, "take")}
    theirs = log_in(make_member(world.centre, Role.CENTRE_STAFF))
    left["taken"] = german_in(theirs.post(yes, {"action": "take"}, headers=ENGLISH))
    left |= {"yes": press(yes, "yes"), "take no": press(no, "take"), "no": press(no, "no"), "done": press(no, "take")}
    left |= {"take": press(nobody, "take"), "not reached": press(nobody, "not_reached"), "again": press(nobody, "take")}
    left |= {
        "not reached twice": press(nobody, "not_reached"),
        "release": german_in(english.get(f"{TODAY}freigabe/1/")),
    }
    later = NOON + timedelta(minutes=16)
    with time_machine.travel(later, tick=False):
        sweep(now=later)
        paused = f"{TODAY}anruf/{the_call(template='paused').reference}/"
        left |= {"late": press(nobody, "take"), "nobody called": german_in(english.get(TODAY))}
        left |= {"paused": press(paused, "take"), "resumed": press(paused, "resume")}
        stop_sending(world.county, by=world.staff, reason="Test", now=later)
        left["stopped"] = press(nobody, "take")
    assert {name: found for name, found in left.items() if found} == {}


def test_the_sign_up_by_phone_is_english(world: World, english: Client) -> None:
    page = f"{TODAY}anmelden/"
    wrong = {"phone": "954321", "second_phone": "0900 5 123456", "call_hint": "x" * 61, "email": "x"}
    left = {"form": german_in(english.get(page)), "faults": german_in(english.post(page, wrong))}
    left["nothing"] = german_in(english.post(page, {}))
    assert {name: found for name, found in left.items() if found} == {}
