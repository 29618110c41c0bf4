"""Two people act at once: the later one hears who was quicker, what they did and when, and nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client

from impfzentrum.models import Draw
from impfzentrum.procedures.changing import add_doses, stamp_doses
from impfzentrum.procedures.drawing import redraw
from impfzentrum.procedures.halting import resume_sending, stop_sending
from impfzentrum.procedures.hand_picking import propose_hand_pick, refuse_hand_pick
from impfzentrum.procedures.releasing import stop_release
from impfzentrum.procedures.retiming import Times, change_times
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import order
from tests.views.citizens import text_of
from tests.views.staff import log_in, make_member

LIVE = "/zentrum/korbach/freigabe/1/"
COUNTY = "/betrieb/waldeck-frankenberg/"
AT = NOON + timedelta(minutes=44)
LEAD = "Petra Amend (Leitung Impfzentrum)"


@pytest.fixture
def lead(world: World) -> User:
    return make_member(world.centre, Role.CENTRE_LEAD, username="Petra Amend")


@pytest.fixture
def client(world: World) -> Client:
    with time_machine.travel(AT, tick=False):
        return log_in(world.staff)


@pytest.fixture(autouse=True)
def a_quarter_to_one() -> Iterator[None]:
    with time_machine.travel(AT + timedelta(minutes=1), tick=False):
        yield


def post(client: Client, address: str, **values: object) -> str:
    return text_of(client.post(address, values, follow=True))


def test_doses_for_a_release_that_a_colleague_ended(world: World, client: Client, lead: User) -> None:
    release = world.release(doses=6)
    stand = stamp_doses(release)
    stop_release(release, by=lead, now=AT)
    page = post(client, f"{LIVE}dosen-dazu/", doses=3, stand=stand)
    assert f"Diese Freigabe läuft nicht mehr. {LEAD}, 12:44 Uhr: Freigabe beendet, 6 Dosen zurückgenommen." in page
    assert release.doses.count() == 6


@pytest.mark.parametrize("page", ["dosen-dazu/", "dosen-zurueck/", "uhrzeit/", "beenden/"])
def test_a_form_that_is_opened_too_late(world: World, client: Client, lead: User, page: str) -> None:
    stop_release(world.release(doses=6), by=lead, now=AT)
    assert f"{LEAD}, 12:44 Uhr: Freigabe beendet" in text_of(client.get(LIVE + page, follow=True))


def test_ending_what_a_colleague_ended(world: World, client: Client, lead: User) -> None:
    stop_release(world.release(), by=lead, now=AT)
    assert f"{LEAD}, 12:44 Uhr: Freigabe beendet" in post(client, f"{LIVE}beenden/")


def test_doses_that_a_colleague_changed(world: World, client: Client, lead: User) -> None:
    release = world.release(doses=6)
    stand = stamp_doses(release)
    add_doses(release, 3, stand=stand, by=lead, now=AT)
    page = post(client, f"{LIVE}dosen-dazu/", doses=3, stand=stand)
    assert f"jetzt sind es 9. Bitte prüfen Sie, ob das stimmt. {LEAD}, 12:44 Uhr: 3 Dosen dazu." in page


def test_times_that_a_colleague_changed(world: World, client: Client, lead: User) -> None:
    release = world.release()
    old = Times.of(release)
    new = Times(old.use_by + timedelta(hours=1), old.arrive_from, old.arrive_until)
    change_times(release, new, stand=old.stamp(), by=lead, now=AT)
    page = post(client, f"{LIVE}uhrzeit/", use_by="18:30", stand=old.stamp())
    assert f"{LEAD}, 12:44 Uhr: Zeiten geändert" in page


def test_a_proposal_that_a_colleague_decided(world: World, client: Client, lead: User) -> None:
    third = make_member(world.centre, Role.CENTRE_LEAD, username="Dritte Person")
    pick = propose_hand_pick(order(world.release(), world.entry()), by=third, now=AT)
    refuse_hand_pick(pick, by=lead, now=AT)
    page = post(client, f"{LIVE}von-hand/{pick.public_id}/", decision="consent")
    assert f"{LEAD}, 12:44 Uhr: Vergabe von Hand abgelehnt" in page


def test_lots_that_a_colleague_drew_anew(world: World, lead: User) -> None:
    other = log_in(make_member(world.centre, Role.COUNTY_ADMIN, username="Amt"))
    stand = other.get("/zentrum/korbach/auslosen/").context["form"]["stand"].value()
    redraw(world.centre, reason="Die Reihenfolge wurde bekannt.", by=lead, now=AT, stand=stand)
    values = {"reason": "Die Reihenfolge wurde bekannt.", "agreed": "on", "stand": stand}
    assert f"{LEAD} hat um 12:44 Uhr schon neu gelost." in post(other, "/zentrum/korbach/auslosen/", **values)
    assert Draw.objects.filter(requested_by__isnull=False).count() == 1
    again = other.post("/zentrum/korbach/auslosen/", values | {"stand": stand + 1})
    assert again.status_code == 302, "who knows of it may do it again"
    assert Draw.objects.filter(requested_by__isnull=False).count() == 2


def test_sending_that_a_colleague_stopped_and_resumed(world: World, lead: User) -> None:
    admin = log_in(make_member(world.centre, Role.COUNTY_ADMIN, username="Amt"))
    stop_sending(world.county, reason="Falscher Text", by=lead, now=AT)
    page = post(admin, f"{COUNTY}anhalten/", reason="Auch ich")
    assert f"Der Versand war schon angehalten. {LEAD} hat ihn um 12:44 Uhr angehalten: Falscher Text" in page
    resume_sending(world.county, by=lead, now=AT)
    assert f"Der Versand lief schon. {LEAD} hat ihn um 12:44 Uhr fortgesetzt." in post(admin, f"{COUNTY}fortsetzen/")
