"""What a county starts with: itself, its centres, its campaign. Once there, all of it is the county's own business."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from django.db.models import Model

from impfzentrum.models import Campaign, Centre, County, PriorityOrder
from impfzentrum.reference.places import find_county
from impfzentrum.reference.reading import Row, read_rows, refuse_overlaps
from impfzentrum.reference.rules import find_rule_set
from impfzentrum.reference.storing import Tally, Wanted, refuse_repeated, save_wanted, want_all

M = TypeVar("M", bound=Model)

CENTRES = ("county", "slug", "name", "street", "postcode", "town", "directions", "opens_at", "closes_at")
CAMPAIGNS = ("county", "rule_set", "name", "state", "rules_as_of")
ORDERS = ("rule_set", "group", "valid_from", "valid_until", "evidence")


def start_counties(folder: Path) -> Tally:
    """Counties whose official key is not there yet."""
    rows = read_rows(folder, "counties.csv", ("ags", "name", "slug"))
    wanted = want_all(
        rows, lambda row: County(ags=row.required("ags"), name=row.required("name"), slug=row.required("slug"))
    )
    known = set(County.objects.values_list("ags", flat=True))
    return _save_new(wanted, [want for want in wanted if want.instance.ags not in known], ["ags"])


def start_centres(folder: Path) -> Tally:
    """The centres of counties that have none. A county that renamed or closed one does not get it back."""
    wanted = want_all(read_rows(folder, "centres.csv", CENTRES), _make_centre)
    settled = set(Centre.objects.values_list("county_id", flat=True))
    return _save_new(wanted, [want for want in wanted if want.instance.county_id not in settled], ["slug"])


def _make_centre(row: Row) -> Centre:
    return Centre(
        county=find_county(row),
        slug=row.required("slug"),
        name=row.required("name"),
        street=row.required("street"),
        postcode=row.required("postcode"),
        town=row.required("town"),
        directions=row.text("directions"),
        opens_at=row.clock("opens_at"),
        closes_at=row.clock("closes_at"),
    )


def start_campaigns(folder: Path) -> Tally:
    """The campaign, with the days on which its groups open, of counties that have none."""
    wanted = want_all(read_rows(folder, "campaigns.csv", CAMPAIGNS), _make_campaign)
    settled = set(Campaign.objects.values_list("county_id", flat=True))
    new = [want for want in wanted if want.instance.county_id not in settled]
    tally = _save_new(wanted, new, ["county_id", "name"])
    orders = _read_orders(folder)
    for want in new:
        _save_orders(want.instance, orders)
    return tally


def _make_campaign(row: Row) -> Campaign:
    return Campaign(
        county=find_county(row),
        rule_set=find_rule_set(row),
        name=row.required("name"),
        state=row.required("state"),
        rules_as_of=row.day_or_none("rules_as_of"),
    )


def _read_orders(folder: Path) -> list[Row]:
    rows = read_rows(folder, "orders.csv", ORDERS)
    refuse_overlaps(rows, "rule_set", "group")
    for row in rows:
        find_rule_set(row)
        if row.text("evidence") not in ("F", "K"):
            raise row.refuse("evidence muss F oder K sein")
    return rows


def _save_orders(campaign: Campaign, rows: Sequence[Row]) -> None:
    for row in rows:
        if row.text("rule_set") == campaign.rule_set.slug:
            order = PriorityOrder(
                campaign=campaign,
                group=row.number_or_none("group"),
                valid_from=row.day("valid_from"),
                valid_until=row.day_or_none("valid_until"),
            )
            save_wanted(Wanted(row, order))


def _save_new(wanted: Sequence[Wanted[M]], new: Sequence[Wanted[M]], key: Sequence[str]) -> Tally:
    refuse_repeated(wanted, key)
    for want in new:
        save_wanted(want)
    return Tally(added=len(new), unchanged=len(wanted) - len(new))
