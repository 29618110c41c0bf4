"""Can I come? What a person learns before they type their name: not here, not yet, later, or yes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from impfzentrum.models import Campaign, PriorityCriterion, VaccineRule
from impfzentrum.procedures.registering import best_criterion
from impfzentrum.rules.eligibility import age_on


@dataclass(frozen=True, slots=True)
class Precheck:
    """`elsewhere`: this list is for other people's county. `too_young`: no vaccine on offer is for their age yet;
    `old_enough_on` is the birthday that changes it. `called`: their group is open now.
    """

    elsewhere: bool
    too_young: bool
    old_enough_on: date | None
    youngest: int | None
    group: int
    criterion: PriorityCriterion | None
    called: bool
    ranked: bool

    @property
    def hindered(self) -> bool:
        """They cannot join this list now."""
        return self.elsewhere or self.too_young


def precheck(
    campaign: Campaign,
    *,
    birth_date: date,
    postcode: str,
    chosen: PriorityCriterion | None,
    rules: Collection[VaccineRule],
    now: datetime,
) -> Precheck:
    """What stands in the way of this person today, and which group they are in. `rules`: of the vaccines on offer."""
    county, today = campaign.county, timezone.localdate(now)
    age = age_on(birth_date, today)
    youngest = min((rule.age_min for rule in rules), default=None)
    too_young = youngest is not None and age < youngest
    elsewhere = county.residents_only and not county.postcodes.filter(code=postcode).exists()
    order = campaign.group_order(now)
    criterion = best_criterion(campaign, chosen, birth_date, now=now) if order.ranked else None
    group = criterion.group if criterion else 4
    return Precheck(
        elsewhere=elsewhere,
        too_young=too_young,
        old_enough_on=_birthday(birth_date, youngest) if too_young and youngest is not None else None,
        youngest=youngest,
        group=group,
        criterion=criterion,
        called=group in order.open,
        ranked=order.ranked,
    )


def _birthday(born: date, age: int) -> date:
    """The day on which somebody turns `age`; born on 29 February, it is 1 March in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
