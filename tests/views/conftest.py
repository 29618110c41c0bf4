"""What the tests of the pages stand on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from impfzentrum.models import Campaign
from impfzentrum.reference.loading import load_reference
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.picking import SECOND
from tests.views.staff import log_in, make_member


@pytest.fixture
def saturday_noon() -> Iterator[time_machine.Traveller]:
    """The clock stands still at NOON until it is moved."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def colleague(world: World) -> Client:
    """A second member of staff at the centre, logged in."""
    return log_in(make_member(world.centre, Role.CENTRE_STAFF, username=SECOND))


@pytest.fixture
def campaign(db: None) -> Campaign:
    """The campaign of the model county, with the reference data."""
    load_reference()
    return Campaign.objects.get(county__slug="waldeck-frankenberg")
