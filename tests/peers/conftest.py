"""Fixtures: a site that Kannel can call, and Kannel with one of two centres behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper
from pytest_django.live_server_helper import LiveServer

from tests.conftest import World
from tests.gateways.loopback import configure
from tests.peers.kannel import FAKE_CENTRE, OUR_NUMBER, FakePhone, Kannel, smpp_centre, wait_for
from tests.peers.smpp import SmppCentre

StartKannel = Callable[[str], Kannel]


@pytest.fixture
def world(committed_world: World) -> World:
    """On the day of the campaign by its rules, at the hour of the real clock: callbacks know no other."""
    committed_world.campaign.rules_as_of = date(2021, 4, 24)
    committed_world.campaign.save()
    committed_world.county.sms_sender = OUR_NUMBER
    committed_world.county.save()
    return committed_world


@pytest.fixture
def start_kannel(tmp_path: Path, live_server: LiveServer, settings: SettingsWrapper) -> Iterator[StartKannel]:
    started: list[Kannel] = []

    def start(centre: str) -> Kannel:
        kannel = Kannel(tmp_path, live_server.url, centre)
        configure(settings, "http://127.0.0.1", "kannel")
        settings.SMS_GATEWAYS["kannel"] |= {"url": kannel.url, "callback_url": live_server.url, "seconds": "5"}
        started.append(kannel)
        kannel.start()
        return kannel

    yield start
    for kannel in started:
        kannel.stop()


@pytest.fixture
def kannel(start_kannel: StartKannel) -> Kannel:
    """Kannel with its own fake centre."""
    return start_kannel(FAKE_CENTRE)


@pytest.fixture
def phone(kannel: Kannel, tmp_path: Path) -> Iterator[FakePhone]:
    phone = FakePhone(kannel, tmp_path)
    yield phone
    phone.switch_off()


@pytest.fixture
def centre(start_kannel: StartKannel) -> Iterator[SmppCentre]:
    """Kannel with an SMPP centre that reports what the test wants."""
    centre = SmppCentre()
    start_kannel(smpp_centre(centre.port))
    wait_for(lambda: centre.connected, "Kannel to bind")
    yield centre
    centre.stop()
