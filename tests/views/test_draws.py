"""The public page of the draws, and drawing lots anew for those who may."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import Draw
from impfzentrum.procedures.drawing import ensure_draw, order_in_force, redraw
from impfzentrum.procedures.sweeping import tend
from impfzentrum.rules.draw import commit_to, draw_ticket
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.views.citizens import error_beside, text_of
from tests.views.staff import log_in, make_member

pytestmark = pytest.mark.usefixtures("saturday_noon")

PAGE = "/auslosung/korbach/"
ANEW = "/zentrum/korbach/auslosen/"
REASON = "Liste neu eingelesen"
MIDNIGHT = NOON.replace(hour=0) + timedelta(days=1)


def test_before_the_first_draw_the_page_says_so(client: Client, world: World) -> None:
    text = text_of(client.get(PAGE))
    assert "Für heute wurde noch nicht gelost." in text
    assert "Der Startwert für morgen ist noch nicht festgelegt." in text


def test_commitments_of_today_and_tomorrow_and_no_seed(client: Client, world: World) -> None:
    world.entries(3)
    tend(now=NOON)
    today, tomorrow = Draw.objects.order_by("day")
    page = client.get(PAGE)
    text = text_of(page)
    assert today.commitment in text
    assert tomorrow.commitment in text
    assert "12:00 Uhr, 3 Personen warteten" in text
    assert "nicht am Tag davor angekündigt" in text
    assert "festgelegt am 24.04.2021, 12:00 Uhr" in text
    for draw in (today, tomorrow):
        assert bytes(draw.seed).hex() not in page.content.decode()


@pytest.mark.parametrize(("seconds", "shown"), [(-1, False), (0, True)])
def test_a_seed_is_shown_when_its_berlin_day_is_over(
    client: Client, world: World, saturday_noon: time_machine.Traveller, seconds: int, shown: bool
) -> None:
    draw = ensure_draw(world.centre, now=NOON)
    again = redraw(world.centre, reason=REASON, by=world.staff, now=NOON)
    saturday_noon.move_to(MIDNIGHT + timedelta(seconds=seconds))
    page = client.get(PAGE).content.decode()
    for one in (draw, again):
        assert (bytes(one.seed).hex() in page) is shown
    assert REASON in page


def test_days_are_shown_for_two_weeks(client: Client, world: World, saturday_noon: time_machine.Traveller) -> None:
    draw = ensure_draw(world.centre, now=NOON)
    for days, shown in [(14, True), (15, False)]:
        saturday_noon.move_to(NOON + timedelta(days=days))
        assert (bytes(draw.seed).hex() in client.get(PAGE).content.decode()) is shown


def test_new_rules_are_told_in_the_language_of_the_page(client: Client, world: World) -> None:
    ensure_draw(world.centre, now=NOON)
    world.vaccine.rules.update(age_min=18)
    order_in_force(world.centre, now=NOON)
    assert "Regeln geändert, gleicher Startwert und gleiche Losnummern" in text_of(client.get(PAGE))


def test_first_come_first_served_is_told(client: Client, world: World) -> None:
    type(world.county).objects.update(order_policy="first_come")
    assert "wer zuerst auf der Liste stand" in text_of(client.get(PAGE))


@pytest.mark.parametrize("draws", [1, 3])
def test_the_page_asks_two_questions_and_writes_nothing(
    client: Client,
    world: World,
    nothing_is_written: Callable[[], AbstractContextManager[None]],
    django_assert_num_queries: Callable[[int], AbstractContextManager[object]],
    draws: int,
) -> None:
    for days in range(draws):
        ensure_draw(world.centre, now=NOON - timedelta(days=draws - days))
    with nothing_is_written():
        client.get(PAGE)
    with django_assert_num_queries(2):
        client.get(PAGE)


def test_an_unknown_centre_has_no_page(client: Client, world: World) -> None:
    assert client.get("/auslosung/atlantis/").status_code == 404


def test_the_page_is_linked_where_people_look(client: Client, world: World) -> None:
    entry = world.entry()
    status = client.get(f"/s/{entry.token}/")
    assert entry.public_id.hex in text_of(status)
    assert f'href="{PAGE}"' in status.content.decode()
    assert f'href="{PAGE}"' in client.get("/waldeck-frankenberg/").content.decode()
    assert f'href="{PAGE}"' in log_in(world.staff).get("/zentrum/korbach/").content.decode()


@pytest.mark.skipif(
    os.environ.get("CI") != "true" and not (shutil.which("openssl") and shutil.which("xxd")),
    reason="the tools of the page",
)
def test_what_the_page_tells_people_to_type_gives_their_ticket(client: Client, world: World) -> None:
    entry = world.entry()
    draw = ensure_draw(world.centre, now=NOON)
    commands = re.findall(r'<code class="hash">(echo[^<]+)</code>', client.get(PAGE).content.decode())
    seed = bytes(draw.seed).hex()
    checked, drawn = (
        subprocess.run(
            ["bash", "-c", command.replace("STARTWERT", seed).replace("KENNUNG", entry.public_id.hex)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for command in commands
    )
    assert checked.split()[0] == commit_to(bytes(draw.seed))
    digits = drawn.split()[-1][:16]
    low = format(int(digits[0], 16) % 8, "x") + digits[1:]  # "read 0 to 7 instead of 8 to f"
    assert int(low, 16) == draw_ticket(bytes(draw.seed), entry.public_id)


def test_the_formula_of_the_page_without_its_tools(world: World) -> None:
    entry = world.entry()
    draw = ensure_draw(world.centre, now=NOON)
    digits = hmac.new(bytes(draw.seed), bytes.fromhex(entry.public_id.hex), hashlib.sha256).hexdigest()[:16]
    assert int(format(int(digits[0], 16) % 8, "x") + digits[1:], 16) == draw_ticket(bytes(draw.seed), entry.public_id)


# --- drawing lots anew


def test_lots_are_drawn_anew_with_a_reason_and_the_consent_to_it(world: World) -> None:
    lead = make_member(world.centre, Role.CENTRE_LEAD)
    world.entries(2)
    client = log_in(lead)
    assert "Neu auslosen …" in client.get("/zentrum/korbach/").content.decode()
    assert client.get(ANEW).status_code == 200
    answer = client.post(ANEW, {"reason": REASON, "agreed": "on"}, follow=True)
    assert "Neu gelost. Laufende Angebote bleiben bestehen." in text_of(answer)
    draw = Draw.objects.get(round=2)
    assert (draw.reason, draw.requested_by) == (REASON, lead)
    assert f"Heute schon neu gelost um 12:00 Uhr: {REASON}" in text_of(client.get(ANEW))


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"agreed": "on"}, "reason", "Bitte nennen Sie den Grund."),
        ({"reason": "weil", "agreed": "on"}, "reason", "mindestens 10 Zeichen"),
        ({"reason": "x" * 201, "agreed": "on"}, "reason", "höchstens 200 Zeichen"),
        ({"reason": REASON}, "agreed", "Bitte bestätigen Sie"),
    ],
)
def test_what_is_missing_is_told_beside_its_field(world: World, typed: dict[str, str], field: str, words: str) -> None:
    page = log_in(make_member(world.centre, Role.COUNTY_ADMIN)).post(ANEW, typed)
    assert page.status_code == 422
    assert words in error_beside(page, field)
    assert typed.get("reason", "") in page.content.decode()
    assert not Draw.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_only_a_lead_and_the_county_may_draw_anew(world: World, role: Role) -> None:
    allowed = role in (Role.CENTRE_LEAD, Role.COUNTY_ADMIN)
    client = log_in(make_member(world.centre, role))
    assert client.get(ANEW).status_code == (200 if allowed else 403)
    assert client.post(ANEW, {"reason": REASON, "agreed": "on"}).status_code == (302 if allowed else 403)
    assert Draw.objects.exists() is allowed


def test_who_is_not_logged_in_is_asked_to(client: Client, world: World) -> None:
    assert client.get(ANEW).status_code == 302


def test_asking_whether_to_draw_writes_nothing(
    world: World, nothing_is_written: Callable[[], AbstractContextManager[None]]
) -> None:
    client = log_in(make_member(world.centre, Role.CENTRE_LEAD))
    with nothing_is_written():
        client.get(ANEW)
