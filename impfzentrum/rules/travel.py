"""How long the way takes when nobody has timed it: straight lines on the globe, driven slowly."""

from __future__ import annotations

import math

EARTH_RADIUS_KM = 6371.0

SPEED_KMH = 45
"""Assumed for the straight line; a country road is faster and longer."""

START_AND_PARKING = 10
"""Minutes, assumed: from the chair into the car, and from the car park to the door."""

ROUNDED_TO = 5

Position = tuple[float, float]
"""Latitude and longitude in degrees."""


def estimate_minutes(home: Position, site: Position) -> int:
    """Minutes door to door, rounded up to five. An estimate to be corrected by the person, never a fact."""
    minutes = distance_km(home, site) / SPEED_KMH * 60 + START_AND_PARKING
    return math.ceil(minutes / ROUNDED_TO) * ROUNDED_TO


def distance_km(one: Position, other: Position) -> float:
    """Kilometres along the great circle (haversine)."""
    north_one, north_other = math.radians(one[0]), math.radians(other[0])
    east = math.radians(other[1] - one[1])
    chord = (
        math.sin((north_other - north_one) / 2) ** 2
        + math.cos(north_one) * math.cos(north_other) * math.sin(east / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(chord))
