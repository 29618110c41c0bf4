"""Whether a list takes people, and how many are on it. A trigger keeps the size (models/listing.py), nobody counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User

from impfzentrum.errors import ListNotOpen
from impfzentrum.models import Campaign, County, ListSize, StandbyEntry
from impfzentrum.procedures.auditing import record
from impfzentrum.states import CampaignState, EntryState, ListState

HELD_FOR = timedelta(hours=2)
"""So long an unconfirmed sign-up holds one of a capped list's places. Its code or link is good for longer: who
comes back then joins all the same, and the list may have a few more people than its cap for a while."""


@dataclass(frozen=True, slots=True)
class ListView:
    """The list of a county as everybody may see it. `campaign` is None where nothing runs.

    `state` is what people meet: an open list whose cap is reached is CAPPED. `people` and `cap` are told only where
    there is a cap.
    """

    campaign: Campaign | None
    state: ListState
    people: int
    cap: int | None

    @property
    def takes_people(self) -> bool:
        return self.campaign is not None and self.state == ListState.OPEN


def view_list(county: County, *, now: datetime) -> ListView:
    """The state of a county's list. One query, with a cap two, however long the list is."""
    running = county.campaigns.filter(state=CampaignState.RUNNING)
    campaign = running.select_related("county", "rule_set", "list_size").first()
    people = _people_of(campaign)
    if campaign is not None and county.list_cap is not None:
        people -= count_abandoned(campaign, now=now)
    state = ListState(county.list_state)
    if state == ListState.OPEN and county.list_cap is not None and people >= county.list_cap:
        state = ListState.CAPPED
    return ListView(campaign, state, people, county.list_cap)


def _people_of(campaign: Campaign | None) -> int:
    size = getattr(campaign, "list_size", None)
    return size.people if isinstance(size, ListSize) else 0


def record_list_state(county: County, before: Mapping[str, object], *, by: User, now: datetime) -> None:
    """Note how somebody of the county changed its list: state, text and cap as they were and as they are."""
    after = {name: getattr(county, name) for name in before}
    record(county.pk, "list_changed", f"list-{county.pk}", now=now, actor=by, before=dict(before), after=after)


def count_abandoned(campaign: Campaign, *, now: datetime) -> int:
    """Sign-ups that nobody confirmed in time. The index entry_unconfirmed knows them; no page counts the whole list."""
    unconfirmed = StandbyEntry.objects.filter(
        campaign=campaign,
        consented_at__lte=now - HELD_FOR,
        mobile_confirmed_at=None,
        email_confirmed_at=None,
        phone_confirmed_at=None,
        birth_date__isnull=False,
    )
    return unconfirmed.filter(state=EntryState.UNCONFIRMED).count()


def take_place(campaign: Campaign, *, now: datetime) -> None:
    """Make sure that one more person may join; belongs before the entry is written, in its transaction.

    Raises ListNotOpen while the county's list is not open, or when its cap is reached.
    """
    county = County.objects.only("list_state", "list_cap").get(pk=campaign.county_id)
    if county.list_state != ListState.OPEN:
        raise ListNotOpen
    if county.list_cap is None:
        return
    if lock_size(campaign).people - count_abandoned(campaign, now=now) >= county.list_cap:
        raise ListNotOpen


def lock_size(campaign: Campaign) -> ListSize:
    """The size of a list, locked until the commit: of two people who want the last place the second waits, then reads.

    Lists without a cap never come here. The trigger that counts the new entry writes the same row.
    """
    ListSize.objects.get_or_create(campaign=campaign)
    return ListSize.objects.select_for_update(no_key=True).get(campaign=campaign)
