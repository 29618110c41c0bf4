"""Imagining people: pure chance from a seed, no database, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from uuid import UUID

from impfzentrum.rules.availability import ALWAYS, bit_of
from impfzentrum.rules.eligibility import age_on, group_for, latest_birth_date
from impfzentrum.seeding.contacts import FREE_FOR_FICTION, LANDLINES_FOR_FICTION, email_for
from impfzentrum.seeding.names import pick_name, pick_origin
from impfzentrum.seeding.odds import (
    ACCEPTED,
    AGE_WEIGHTS,
    CALLED_FROM,
    CALLED_SHARE,
    CRITERION_ODDS,
    HOURS,
    MORNING_MAIL_SHARE,
    ONLY_EMAIL_SHARE,
    ONLY_SMS_SHARE,
    OTHER_LANGUAGE_SHARE,
    RETIRED_FROM,
    SECOND_DOSE_SHARE,
)
from impfzentrum.seeding.travel import Home, Point, distance_km, travel_minutes

WAITING_MINUTES = (60, 30 * 24 * 60)


@dataclass(frozen=True, slots=True)
class Reason:
    """A criterion in force."""

    code: str
    group: int
    age_from: int | None


@dataclass(frozen=True, slots=True)
class Product:
    """A vaccine with its rule in force; ages in completed years, intervals in weeks, both ends included."""

    name: str
    age_min: int
    age_max: int | None
    series: int
    interval_min: int
    interval_max: int

    def fits(self, age: int) -> bool:
        return self.age_min <= age and (self.age_max is None or age <= self.age_max)


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when the people live, and which rules hold."""

    county: str
    today: date
    homes: tuple[Home, ...]
    sites: tuple[Point, ...]
    reasons: tuple[Reason, ...]
    products: tuple[Product, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list. `waiting` is the time since sign-up.

    Who has a `phone` is called and has neither mobile nor e-mail; everybody else has one of them at least.
    """

    public_id: UUID
    given_name: str
    family_name: str
    birth_date: date
    postcode: str
    site: str
    travel_minutes: int
    mobile: str
    email: str
    phone: str
    language: str
    criterion: str
    group: int
    vaccines: tuple[str, ...]
    dose_wanted: int
    last_vaccine: str
    last_dose_on: date | None
    waiting: timedelta
    availability: int
    morning_mail: bool


def imagine_people(count: int, seed: int, setting: Setting) -> Iterator[Person]:
    """`count` people; the same seed and setting give the same people, and fewer of them are the first of more."""
    chance = Random(f"{seed}/{setting.county}")  # noqa: S311 repeatable on purpose, and no secret hangs on it
    hours = Random(f"{seed}/{setting.county}/hours")  # noqa: S311 apart, so that hours change nothing else of people
    calls = Random(f"{seed}/{setting.county}/calls")  # noqa: S311
    numbers = chance.sample(FREE_FOR_FICTION, len(FREE_FOR_FICTION))
    for number in range(count):
        person = _imagine(chance, hours, number, numbers[number % len(numbers)], setting)
        yield _without_mobile(calls, person, setting.today)


def _imagine(chance: Random, hours: Random, number: int, free_mobile: str, setting: Setting) -> Person:
    age = _pick_age(chance)
    origin = pick_origin(chance)
    given_name, family_name = pick_name(chance, origin=origin, age=age)
    home = chance.choices(setting.homes, [home.residents for home in setting.homes])[0]
    site = min(setting.sites, key=lambda site: distance_km(home, site))
    reason = _pick_reason(chance, age, setting.reasons)
    mobile, email = _pick_contacts(chance, free_mobile, email_for(given_name, family_name, number))
    vaccines, last_vaccine = _pick_vaccines(chance, age, setting.products)
    last = next((product for product in setting.products if product.name == last_vaccine), setting.products[0])
    days_since = chance.randint(last.interval_min * 7, last.interval_max * 7)
    availability = _pick_hours(hours, age)
    return Person(
        public_id=UUID(int=chance.getrandbits(128), version=4),
        given_name=given_name,
        family_name=family_name,
        birth_date=latest_birth_date(on=setting.today, age=age) - timedelta(days=chance.randrange(365)),
        postcode=home.name,
        site=site.name,
        travel_minutes=travel_minutes(home, site),
        mobile=mobile,
        email=email,
        phone="",
        language=_pick_language(chance, origin),
        criterion=reason.code,
        group=reason.group,
        vaccines=vaccines,
        dose_wanted=2 if last_vaccine else 1,
        last_vaccine=last_vaccine,
        last_dose_on=setting.today - timedelta(days=days_since) if last_vaccine else None,
        waiting=timedelta(minutes=chance.randint(*WAITING_MINUTES)),
        availability=availability,
        morning_mail=bool(email) and availability != ALWAYS and hours.random() < MORNING_MAIL_SHARE,
    )


def _without_mobile(calls: Random, person: Person, today: date) -> Person:
    """Some of the oldest have a landline and nothing else."""
    phone, drawn = calls.choice(LANDLINES_FOR_FICTION), calls.random()
    if age_on(person.birth_date, today) < CALLED_FROM or drawn >= CALLED_SHARE:
        return person
    return replace(person, phone=phone, mobile="", email="", morning_mail=False)


def _pick_language(chance: Random, origin: str) -> str:
    """German for most; of those from elsewhere some want their own language, or English where we do not speak it."""
    if origin == "german" or chance.random() >= OTHER_LANGUAGE_SHARE:
        return "de"
    return {"turkish": "tr", "ukrainian": "uk"}.get(origin, "en")


def _pick_age(chance: Random) -> int:
    youngest, oldest, _ = chance.choices(AGE_WEIGHTS, [weight for _, _, weight in AGE_WEIGHTS])[0]
    return chance.randint(youngest, oldest)


def _pick_reason(chance: Random, age: int, reasons: tuple[Reason, ...]) -> Reason:
    """What the person names, or what their age alone gives where that is better, as at sign-up."""
    known = {reason.code: reason for reason in reasons}
    fitting = [odds for odds in CRITERION_ODDS if odds.code in known and odds.fits(age)]
    # After the end of the order only the rest is in force, at any age.
    named = known[chance.choices(fitting, [odds.weight for odds in fitting])[0].code] if fitting else reasons[0]
    ages = {reason.age_from: reason for reason in reasons if reason.age_from is not None}
    group = group_for(
        criterion_group=named.group, age=age, age_groups={from_age: reason.group for from_age, reason in ages.items()}
    )
    return named if named.group == group else next(reason for reason in ages.values() if reason.group == group)


def _pick_contacts(chance: Random, mobile: str, email: str) -> tuple[str, str]:
    drawn = chance.random()
    if drawn < ONLY_SMS_SHARE:
        return mobile, ""
    return ("", email) if drawn < ONLY_SMS_SHARE + ONLY_EMAIL_SHARE else (mobile, email)


def _pick_hours(hours: Random, age: int) -> int:
    """Parts of a week (rules.availability)."""
    picked = hours.choices([spans for spans, _ in HOURS], [weight for _, weight in HOURS])[0]
    if not picked or age >= RETIRED_FROM:
        return ALWAYS
    return sum(bit_of(day, part) for days, parts in picked for day in days for part in parts)


def _pick_vaccines(chance: Random, age: int, products: tuple[Product, ...]) -> tuple[tuple[str, ...], str]:
    """Accepted vaccines, and the last one for who wants a second dose (then only this one is accepted)."""
    fitting = [product for product in products if product.fits(age)]
    wish = chance.choices([names for names, _ in ACCEPTED], [weight for _, weight in ACCEPTED])[0]
    accepted = [product for product in fitting if not wish or product.name in wish] or fitting
    in_series = [product.name for product in accepted if product.series > 1]
    if chance.random() < SECOND_DOSE_SHARE and in_series:
        last = chance.choice(in_series)
        return (last,), last
    return tuple(product.name for product in accepted), ""
