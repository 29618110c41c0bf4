"""What the races share."""

from __future__ import annotations

import pytest

from tests.conftest import World, build_world
from tests.gateways.programmable import gateway

__all__ = ["gateway"]


@pytest.fixture
def unguarded_world(transactional_db: None) -> World:
    """A world whose invariants a negative control is about to break: nothing is checked afterwards."""
    return build_world()
