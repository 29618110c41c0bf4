"""Where people live and how long they need: straight lines on the globe."""

from __future__ import annotations

import math
from dataclasses import dataclass

EARTH_RADIUS_KM = 6371.0
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
    """Kilometres along the great circle (haversine)."""
    north_one, north_other = math.radians(one.latitude), math.radians(other.latitude)
    east = math.radians(other.longitude - one.longitude)
    chord = (
        math.sin((north_other - north_one) / 2) ** 2
        + math.cos(north_one) * math.cos(north_other) * math.sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))
