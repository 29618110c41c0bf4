"""Where people live and how long they need: straight lines on the globe."""

from __future__ import annotations

import math
from dataclasses import dataclass

from impfzentrum.rules import travel

SPEED_KMH = 45
PARKING_MINUTES = 5
ROUNDED_TO = 5


@dataclass(frozen=True, slots=True)
class Point:
    """A named place on the map; degrees."""

    name: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Home(Point):
    """A postcode and about how many people live there."""

    residents: int


def travel_minutes(home: Point, site: Point) -> int:
    """Minutes door to door: straight line at 45 km/h and five minutes to park, rounded up to five."""
    minutes = distance_km(home, site) / SPEED_KMH * 60 + PARKING_MINUTES
    return math.ceil(minutes / ROUNDED_TO) * ROUNDED_TO


def distance_km(one: Point, other: Point) -> float:
    """Kilometres along the great circle."""
    return travel.distance_km((one.latitude, one.longitude), (other.latitude, other.longitude))
