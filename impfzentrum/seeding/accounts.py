"""Opening the demo's accounts."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from impfzentrum.management.demo_logins import DemoAccount
from impfzentrum.models import Centre, County, Membership


class PlaceUnknown(Exception):
    """An account belongs to a county or centre that is not there."""


def open_accounts(accounts: Iterable[DemoAccount]) -> int:
    """Open those that do not exist yet; how many. A name that exists keeps its password and role.

    Raises PlaceUnknown.
    """
    taken = set(User.objects.values_list("username", flat=True))
    new = [account for account in accounts if account.username not in taken]
    with transaction.atomic():
        for account in new:
            _open(account)
    return len(new)


def _open(account: DemoAccount) -> None:
    county = County.objects.filter(ags=account.county_ags).first()
    if county is None:
        raise PlaceUnknown(f"Landkreis {account.county_ags} für {account.username}")
    centres = list(Centre.objects.filter(county=county, slug=account.centre)) if account.centre else []
    if account.centre and not centres:
        raise PlaceUnknown(f"Impfzentrum {account.centre} für {account.username}")
    user = User.objects.create_user(account.username, password=account.password)
    membership = Membership.objects.create(user=user, county=county, role=account.role)
    membership.centres.set(centres)
