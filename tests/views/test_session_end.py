"""A session ends half an hour after the last click, and after a shift. A page that asks by itself does not click."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from tests.conftest import World
from tests.views.staff import log_in

TODAY = "/zentrum/korbach/"
IDLE = "/intern/anmelden/?next=/zentrum/korbach/&ende=ruhe"
POLL = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{TODAY}"}


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    settings.SESSION_IDLE, settings.SESSION_LONGEST = timedelta(minutes=30), timedelta(hours=12)


@pytest.fixture
def staff(world: World, saturday_noon: time_machine.Traveller) -> Client:
    return log_in(world.staff)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def test_clicks_keep_it_alive_and_rest_ends_it(staff: Client, saturday_noon: time_machine.Traveller) -> None:
    for _ in range(4):
        saturday_noon.shift(minutes(29))
        assert staff.get(TODAY).status_code == 200
    saturday_noon.shift(minutes(31))
    assert staff.get(TODAY).headers["Location"] == IDLE
    page = staff.get(IDLE).content.decode()
    assert "weil 30 Minuten lang nichts geschah" in page
    assert staff.get(TODAY).status_code == 302


def test_a_poll_is_no_click(staff: Client, saturday_noon: time_machine.Traveller) -> None:
    staff.get(TODAY)
    for _ in range(3):
        saturday_noon.shift(minutes(10))
        assert staff.get(TODAY, headers=POLL).status_code == 200
    saturday_noon.shift(minutes(1))
    response = staff.get(TODAY, headers=POLL)
    assert response.headers["HX-Redirect"] == IDLE, "the whole page goes to the login, and says why"


def test_a_post_by_htmx_is_a_click(staff: Client, saturday_noon: time_machine.Traveller) -> None:
    for _ in range(3):
        saturday_noon.shift(minutes(29))
        assert staff.post(f"{TODAY}freigeben/", {"action": "check"}, headers=POLL).status_code == 422


def test_after_a_shift_it_ends_whatever_happens(staff: Client, saturday_noon: time_machine.Traveller) -> None:
    for _ in range(12 * 60 // 25):
        saturday_noon.shift(minutes(25))
        assert staff.get(TODAY).status_code == 200
    saturday_noon.shift(minutes(25))
    assert staff.get(TODAY).headers["Location"].endswith("&ende=lange")


def test_the_mark_of_another_session_does_not_count(
    world: World, staff: Client, saturday_noon: time_machine.Traveller
) -> None:
    saturday_noon.shift(minutes(25))
    staff.get(TODAY)
    other = log_in(world.staff)
    saturday_noon.shift(minutes(20))
    other.get(TODAY)
    mark = other.cookies["seen"].value
    saturday_noon.shift(minutes(20))
    staff.cookies["seen"] = mark
    assert staff.get(TODAY).status_code == 302


def test_a_session_that_does_not_know_its_beginning_is_over(staff: Client) -> None:
    session = staff.session
    del session["began_at"]
    session.save()
    assert staff.get(TODAY).status_code == 302


def test_logging_out_takes_the_mark_along(staff: Client) -> None:
    staff.get(TODAY)
    assert staff.cookies["seen"]["httponly"]
    staff.post("/intern/abmelden/")
    assert staff.cookies["seen"].value == ""
    assert "ende=" not in staff.get(TODAY).headers["Location"]


def test_citizens_get_no_mark(world: World, client: Client) -> None:
    client.get("/waldeck-frankenberg/")
    assert "seen" not in client.cookies
