"""Bringing imagined people into the database as confirmed, waiting entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from impfzentrum.models import (
    Campaign,
    Centre,
    County,
    PriorityCriterion,
    StandbyEntry,
    Vaccine,
    VaccineRule,
)
from impfzentrum.models.sealed import blind_index, hash_token
from impfzentrum.models.standby import index_name
from impfzentrum.procedures.drawing import order_in_force
from impfzentrum.reference.loading import DATA
from impfzentrum.reference.places import read_residents
from impfzentrum.seeding.people import Person, Product, Reason, Setting, imagine_people
from impfzentrum.seeding.travel import Home, Point
from impfzentrum.states import EntryState

CONSENT_VERSION = "demo"
CONFIRMED_AFTER = timedelta(minutes=4)
BATCH = 500
WEEKS_WITHOUT_END = 6
"""So much longer than the shortest interval people wait where the rule sets no longest."""


class ListNotEmpty(Exception):
    """Somebody is on the list already; a second population would mix with the first."""


class SettingIncomplete(Exception):
    """Reference data are missing that people need to live by."""


def seed_population(campaign: Campaign, *, people: int, seed: int, now: datetime) -> Counter[int]:
    """Put `people` synthetic persons on the empty list of a county and draw lots; how many there are in each group.

    Raises ListNotEmpty when anybody is on the list, SettingIncomplete without postcodes, centres or rules in force.
    """
    with transaction.atomic():
        Campaign.objects.select_for_update().get(pk=campaign.pk)  # two seedings at once would both see an empty list
        if campaign.entries.exists():
            raise ListNotEmpty
        imagined = imagine_people(people, seed, read_setting(campaign, now))
        groups: Counter[int] = Counter()
        for batch in iter(lambda: list(islice(imagined, BATCH)), []):
            _plant(campaign, batch, now)
            groups.update(person.group for person in batch)
        for centre in campaign.county.centres.all():
            order_in_force(centre, now=now)
    return groups


def read_setting(campaign: Campaign, now: datetime) -> Setting:
    """The county's map and the rules of the campaign. Raises SettingIncomplete."""
    county, day = campaign.county, campaign.rules_on(now)
    homes = _read_homes(county)
    places = {home.name: home for home in homes}
    sites = tuple(
        Point(centre.slug, places[centre.postcode].latitude, places[centre.postcode].longitude)
        for centre in county.centres.order_by("slug")
        if centre.postcode in places
    )
    reasons = campaign.criteria(day).order_by("group", "code")
    rules = campaign.vaccine_rules(day).select_related("vaccine").order_by("vaccine__name")
    setting = Setting(
        county=county.slug,
        today=timezone.localdate(now),
        homes=homes,
        sites=sites,
        reasons=tuple(Reason(reason.code, reason.group, reason.age_from) for reason in reasons),
        products=tuple(_make_product(rule) for rule in rules),
    )
    _refuse_gaps(setting)
    return setting


def _make_product(rule: VaccineRule) -> Product:
    shortest = rule.interval_min_weeks or 0
    longest = rule.interval_max_weeks or shortest + WEEKS_WITHOUT_END
    return Product(rule.vaccine.name, rule.age_min, rule.age_max, rule.vaccine.series, shortest, longest)


def _read_homes(county: County) -> tuple[Home, ...]:
    residents = read_residents(DATA)
    return tuple(
        Home(place.code, place.latitude, place.longitude, residents[county.ags, place.code])
        for place in county.postcodes.order_by("code")
        if (county.ags, place.code) in residents
    )


def _refuse_gaps(setting: Setting) -> None:
    for kind, found in {
        "Postleitzahlen": setting.homes,
        "Impfzentren in einer bekannten Postleitzahl": setting.sites,
        "Kriterien in Kraft": setting.reasons,
        "Impfregeln in Kraft": setting.products,
    }.items():
        if not found:
            raise SettingIncomplete(f"{kind} für {setting.county}")


def _plant(campaign: Campaign, people: Sequence[Person], now: datetime) -> None:
    centres = {centre.slug: centre for centre in campaign.county.centres.all()}
    criteria = {one.code: one for one in campaign.criteria(campaign.rules_on(now))}
    vaccines = {vaccine.name: vaccine for vaccine in Vaccine.objects.all()}
    entries = [
        _make_entry(campaign, person, centres[person.site], criteria[person.criterion], vaccines, now)
        for person in people
    ]
    StandbyEntry.objects.bulk_create(entries)
    accepting = StandbyEntry.vaccines.through
    accepting._default_manager.bulk_create(
        accepting(standbyentry=entry, vaccine=vaccines[name])
        for entry, person in zip(entries, people, strict=True)
        for name in person.vaccines
    )


def _make_entry(
    campaign: Campaign,
    person: Person,
    centre: Centre,
    criterion: PriorityCriterion,
    vaccines: dict[str, Vaccine],
    now: datetime,
) -> StandbyEntry:
    signed_up = now - person.waiting
    confirmed = signed_up + CONFIRMED_AFTER
    entry = StandbyEntry(
        public_id=person.public_id,
        campaign=campaign,
        centre=centre,
        state=EntryState.WAITING,
        state_since=confirmed,
        created_at=signed_up,
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        postcode=person.postcode,
        mobile=person.mobile,
        mobile_index=blind_index("mobile", person.mobile),
        mobile_confirmed_at=confirmed if person.mobile else None,
        email=person.email,
        email_index=blind_index("email", person.email.lower()),
        email_confirmed_at=confirmed if person.email else None,
        phone=person.phone,
        phone_confirmed_at=confirmed if person.phone else None,
        language=person.language,
        criterion=criterion,
        priority_group=person.group,
        dose_wanted=person.dose_wanted,
        last_vaccine=vaccines[person.last_vaccine] if person.last_vaccine else None,
        last_dose_on=person.last_dose_on,
        travel_minutes=person.travel_minutes,
        availability=person.availability,
        morning_mail=person.morning_mail,
        consented_at=signed_up,
        consent_version=CONSENT_VERSION,
    )
    entry.token_hash = hash_token(entry.token)  # bulk_create does not call save()
    entry.name_index = index_name(entry.given_name, entry.family_name, entry.birth_date)
    return entry
