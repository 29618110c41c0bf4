"""All settings of a county on one screen: how each stands, and who changed it last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from impfzentrum.models import Campaign, Centre, County, SettingVersion
from impfzentrum.procedures.listing import ListView, view_list
from impfzentrum.states import CampaignState
from impfzentrum.vocabulary import SettingKind


@dataclass(frozen=True, slots=True)
class Overview:
    """`last`: the latest change of each of the county's own settings, by kind. `plans`: there is a campaign to plan."""

    listed: ListView
    centres: list[tuple[Centre, SettingVersion | None]]
    campaigns: list[tuple[Campaign, SettingVersion | None]]
    open_groups: list[int]
    ranked: bool
    plans: bool
    last: dict[str, SettingVersion | None]
    latest: list[SettingVersion]


LATEST = 10
"""So many changes of whatever setting are shown on the overview."""


def overlook_settings(county: County, *, now: datetime) -> Overview:
    """How the settings of a county stand; the number of queries does not grow with centres and changes."""
    listed = view_list(county, now=now)
    versions = SettingVersion.objects.filter(county=county).select_related("set_by")
    newest = {
        (one.kind, one.subject): one
        for one in versions.order_by("kind", "subject", "-number").distinct("kind", "subject")
    }
    order = listed.campaign.group_order(now) if listed.campaign is not None else None
    campaigns = list(county.campaigns.order_by("pk"))
    return Overview(
        listed=listed,
        plans=any(one.state != CampaignState.CLOSED for one in campaigns),
        centres=[(one, newest.get((SettingKind.CENTRE, one.pk))) for one in county.centres.all()],
        campaigns=[(one, newest.get((SettingKind.CAMPAIGN, one.pk))) for one in campaigns],
        open_groups=sorted(order.open) if order is not None else [],
        ranked=order is not None and order.ranked,
        last={str(kind): newest.get((kind, county.pk)) for kind in SettingKind},
        latest=list(versions.order_by("-set_at", "-pk")[:LATEST]),
    )
