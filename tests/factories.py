"""Rows for tests, made the way the application makes them. Synthetic people with numbers for fiction only."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User

from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    Membership,
    Offer,
    Place,
    PriorityCriterion,
    PriorityOrder,
    Release,
    RuleSet,
    StandbyEntry,
    Vaccine,
    VaccineRule,
)
from impfzentrum.models.sealed import blind_index
from impfzentrum.procedures.capping import end_rests
from impfzentrum.procedures.delivering import deliver_messages
from impfzentrum.procedures.drawing import ensure_draw, order_in_force
from impfzentrum.procedures.matching import match_release
from impfzentrum.procedures.releasing import ReleaseOrder, release_doses
from impfzentrum.rules.draw import draw_ticket
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Role

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2021, 4, 24, 12, 0, tzinfo=BERLIN)
"""Groups 1 and 2 are open on this Saturday."""

SEED = bytes(range(32))
CRITERIA = [(1, "alter_80", 80), (2, "alter_70", 70), (2, "kita_grundschule", None), (4, "uebrige", None)]
_numbers = itertools.count(1)


def make_county(slug: str = "waldeck-frankenberg", ags: str = "06635", **values: Any) -> County:
    """A county that holds each dose for one person; tests of widening say `widens=True`."""
    defaults = {"name": "Landkreis Waldeck-Frankenberg", "widens": False}
    return County.objects.create(slug=slug, ags=ags, **{**defaults, **values})


def make_centre(county: County, slug: str = "korbach", **values: Any) -> Centre:
    defaults = {
        "name": "Impfzentrum Korbach",
        "street": "Südring 2",
        "postcode": "34497",
        "town": "Korbach",
        "opens_at": time(8),
        "closes_at": time(20),
    }
    return Centre.objects.create(county=county, slug=slug, **{**defaults, **values})


def make_campaign(county: County, **values: Any) -> Campaign:
    """A running campaign with criteria of all four groups, of which 1 and 2 are open."""
    rules, new = RuleSet.objects.get_or_create(slug="coronaimpfv-2021", defaults={"name": "CoronaImpfV"})
    if new:
        for group, code, age in [
            (1, "alter_80", 80),
            (2, "alter_70", 70),
            (2, "kita_grundschule", None),
            (4, "uebrige", None),
        ]:
            PriorityCriterion.objects.create(
                rule_set=rules,
                code=code,
                group=group,
                paragraph=f"§ {group + 1}",
                text=code,
                plain_de=code,
                plain_en=code,
                theme="age" if age else "work",
                proof="ausweis" if age else "einrichtung",
                age_from=age,
                valid_from=date(2021, 2, 8),
            )
    campaign = Campaign.objects.create(
        county=county, rule_set=rules, name="Corona-Schutzimpfung", **{"state": "running", **values}
    )
    for group in (1, 2):
        PriorityOrder.objects.create(campaign=campaign, group=group, valid_from=date(2021, 2, 8))
    return campaign


def make_vaccine(campaign: Campaign, name: str = "Comirnaty", **rule: Any) -> Vaccine:
    vaccine = Vaccine.objects.create(
        name=name, maker="BioNTech", approved_on=date(2020, 12, 21), doses_per_vial=6, series=2
    )
    defaults = {"age_min": 16, "interval_min_weeks": 6, "usable_hours": 6, "valid_from": date(2021, 3, 8)}
    VaccineRule.objects.create(rule_set=campaign.rule_set, vaccine=vaccine, evidence="F", **{**defaults, **rule})
    return vaccine


def make_entry(centre: Centre, campaign: Campaign, vaccine: Vaccine, **values: Any) -> StandbyEntry:
    """Somebody of 71 who waits with a confirmed mobile, 20 minutes away."""
    number = next(_numbers)
    mobile = values.pop("mobile", f"+4917139{number:06d}")
    email = values.pop("email", "")
    group = values.setdefault("priority_group", 2)
    defaults: dict[str, Any] = {
        "state": "waiting",
        "state_since": NOON,
        "created_at": NOON,
        "given_name": "Erika",
        "family_name": f"Muster{number}",
        "birth_date": date(1950, 1, 4),
        "postcode": "34497",
        "mobile": mobile,
        "mobile_index": blind_index("mobile", mobile),
        "mobile_confirmed_at": NOON if mobile else None,
        "email": email,
        "email_index": blind_index("email", email),
        "email_confirmed_at": NOON if email else None,
        "criterion": campaign.rule_set.criteria.filter(group=group).first(),
        "travel_minutes": 20,
        "consented_at": NOON,
        "consent_version": "1",
    }
    entry = StandbyEntry(centre=centre, campaign=campaign, **{**defaults, **values})
    entry.save()
    entry.vaccines.add(vaccine)
    return entry


def make_staff(centre: Centre, username: str = "staff", role: Role = Role.CENTRE_STAFF) -> User:
    user = User.objects.create_user(username, password="demo-password")
    member = Membership.objects.create(user=user, county=centre.county, role=role)
    member.centres.add(centre)
    return user


def make_release(
    centre: Centre,
    campaign: Campaign,
    vaccine: Vaccine,
    by: User,
    *,
    doses: int = 1,
    now: datetime = NOON,
    **values: Any,
) -> Release:
    """A release of the application: six hours, arrival from half an hour on until a quarter before the end."""
    ensure_draw(centre, now=now, seed=SEED)
    use_by = values.pop("use_by", now + timedelta(hours=6))
    defaults: dict[str, Any] = {
        "arrive_from": now + timedelta(minutes=30),
        "arrive_until": use_by - timedelta(minutes=15),
        "reason": "vial",
        "note": "",
        "form_key": uuid.uuid4(),
    }
    order = ReleaseOrder(
        centre=centre, campaign=campaign, vaccine=vaccine, doses=doses, use_by=use_by, **{**defaults, **values}
    )
    return release_doses(order, by=by, now=now)


def ask(release: Release, *, now: datetime = NOON) -> list[Offer]:
    """What the sweep does, match and deliver: the open offers of this release."""
    end_rests(now=now)
    match_release(release.pk, now=now)
    deliver_messages(clock=lambda: now)
    return list(release.offers.filter(state="open").select_related("entry", "release").order_by("pk"))


def give_ticket(entry: StandbyEntry, ticket: int, *, now: datetime = NOON) -> StandbyEntry:
    """Put somebody at a chosen place of today's order."""
    order_in_force(entry.centre, now=now)
    Place.objects.filter(entry=entry).update(ticket=ticket)
    return entry


def ticket_of(entry: StandbyEntry) -> int:
    """The ticket of a person in the draw of the tests."""
    return draw_ticket(SEED, entry.public_id)


def open_race(release: Release, entry: StandbyEntry, *, now: datetime = NOON) -> Offer:
    """An open offer without a held dose: several people are asked, first yes wins."""
    entry.move_for_sure(EntryState.WAITING, EntryState.OFFERED, now=now)
    return Offer.objects.create(
        release=release,
        entry=entry,
        state="open",
        state_since=now,
        created_at=now,
        handed_over_at=now,
        answer_by=now + timedelta(minutes=15),
        priority_group=entry.priority_group,
        ticket=ticket_of(entry),
        travel_minutes=entry.travel_minutes,
    )
