"""The imagined population is repeatable and looks like one."""

import hashlib
from collections import Counter
from datetime import date, timedelta

import phonenumbers
import pytest

from impfzentrum.reference.loading import DATA
from impfzentrum.reference.reading import read_rows
from impfzentrum.reference.rules import CRITERIA
from impfzentrum.rules.availability import ALWAYS, Part, bit_of
from impfzentrum.rules.eligibility import age_on
from impfzentrum.seeding.contacts import FREE_FOR_FICTION, LANDLINES_FOR_FICTION, email_for
from impfzentrum.seeding.odds import CALLED_FROM, CRITERION_ODDS, RETIRED_FROM
from impfzentrum.seeding.people import Person, Product, Reason, Setting, imagine_people
from impfzentrum.seeding.travel import Home, Point, distance_km, travel_minutes

TODAY = date(2026, 11, 21)
KORBACH = Home("34497", 51.2662, 8.8426, 23600)
ROSENTHAL = Home("35119", 50.98, 8.831, 2100)


def read_reasons() -> tuple[Reason, ...]:
    rows = read_rows(DATA, "criteria.csv", CRITERIA)
    return tuple(Reason(row.text("code"), row.number("group"), row.number_or_none("age_from")) for row in rows)


SETTING = Setting(
    county="waldeck-frankenberg",
    today=TODAY,
    homes=(KORBACH, ROSENTHAL),
    sites=(Point("korbach", KORBACH.latitude, KORBACH.longitude),),
    reasons=read_reasons(),
    products=(
        Product("Comirnaty", 16, None, 2, 3, 6),
        Product("Spikevax", 18, None, 2, 4, 6),
        Product("Vaxzevria", 60, None, 2, 4, 12),
    ),
)


def digest(people: list[Person]) -> str:
    return hashlib.sha256(repr(people).encode()).hexdigest()


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return list(imagine_people(2000, 7, SETTING))


def share(people: list[Person], group: int) -> float:
    return sum(person.group == group for person in people) / len(people)


def test_the_same_seed_gives_the_same_people(people: list[Person]) -> None:
    assert digest(people) == digest(list(imagine_people(2000, 7, SETTING)))
    assert digest(people) != digest(list(imagine_people(2000, 8, SETTING)))


def test_fewer_people_are_the_first_of_more(people: list[Person]) -> None:
    assert list(imagine_people(50, 7, SETTING)) == people[:50]


def test_groups_are_plausible(people: list[Person]) -> None:
    assert 0.03 < share(people, 1) < 0.20
    assert 0.30 < share(people, 2) < 0.60
    assert 0.20 < share(people, 3) < 0.50
    assert 0.03 < share(people, 4) < 0.25


def test_ages_are_plausible(people: list[Person]) -> None:
    ages = [age_on(person.birth_date, TODAY) for person in people]
    assert min(ages) >= 16
    assert 75 < max(ages) < 100
    assert 40 < sum(ages) / len(ages) < 60


def test_the_group_follows_from_criterion_and_age(people: list[Person]) -> None:
    groups = {reason.code: reason.group for reason in SETTING.reasons}
    ages = {reason.code: reason.age_from for reason in SETTING.reasons}
    for person in people:
        age = age_on(person.birth_date, TODAY)
        assert person.group == groups[person.criterion]
        assert age >= (ages[person.criterion] or 0)
        assert person.group <= (1 if age >= 80 else 2 if age >= 70 else 3 if age >= 60 else 4)


def test_everybody_can_be_reached_and_no_real_number_is_used(people: list[Person]) -> None:
    ways = Counter((bool(person.mobile), bool(person.email)) for person in people)
    assert set(ways) == {(True, True), (True, False), (False, True), (False, False)}
    assert ways[True, True] > ways[True, False] > ways[False, True] > 100
    assert all(bool(person.phone) == (not person.mobile and not person.email) for person in people)
    called = [person for person in people if person.phone]
    assert len(called) > 50
    assert all(age_on(person.birth_date, TODAY) >= CALLED_FROM for person in called)
    assert {person.phone for person in called} <= set(LANDLINES_FOR_FICTION)
    assert {person.mobile for person in people} <= {"", *FREE_FOR_FICTION}
    emails = [person.email for person in people if person.email]
    assert len(set(emails)) == len(emails)
    assert all(email.isascii() and email.endswith("@example.org") for email in emails)


def test_the_landlines_are_a_thousand_valid_numbers() -> None:
    kinds = {phonenumbers.number_type(phonenumbers.parse(number)) for number in LANDLINES_FOR_FICTION}
    assert (len(set(LANDLINES_FOR_FICTION)), kinds) == (1000, {phonenumbers.PhoneNumberType.FIXED_LINE})


def test_the_numbers_are_210_valid_mobiles() -> None:
    assert len(set(FREE_FOR_FICTION)) == 210
    for number in FREE_FOR_FICTION:
        parsed = phonenumbers.parse(number)
        assert phonenumbers.is_valid_number(parsed)
        assert phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE


@pytest.mark.parametrize(
    ("given", "family", "address"),
    [
        ("Jürgen", "Weiß", "juergen.weiss.3@example.org"),
        ("İbrahim", "Yıldız", "ibrahim.yildiz.3@example.org"),
        ("Łukasz", "Król", "lukasz.krol.3@example.org"),
        ("Zoé", "Göbel", "zoe.goebel.3@example.org"),
    ],
)
def test_addresses_are_spelled_in_ascii(given: str, family: str, address: str) -> None:
    assert email_for(given, family, 3) == address


def test_vaccines_fit_the_age(people: list[Person]) -> None:
    products = {product.name: product for product in SETTING.products}
    for person in people:
        assert person.vaccines
        assert all(products[name].fits(age_on(person.birth_date, TODAY)) for name in person.vaccines)
    wishes = Counter(person.vaccines for person in people)
    assert wishes["Comirnaty",] > 200
    assert wishes["Comirnaty", "Spikevax", "Vaxzevria"] > 100


def test_hours_are_plausible(people: list[Person]) -> None:
    any_time = [person for person in people if person.availability == ALWAYS]
    assert 0.6 < len(any_time) / len(people) < 0.85
    assert all(0 < person.availability <= ALWAYS for person in people)
    limited = [person for person in people if person.availability != ALWAYS]
    assert all(age_on(person.birth_date, TODAY) < RETIRED_FROM for person in limited)
    evening = sum(bool(person.availability & bit_of(2, Part.EVENING)) for person in limited)
    assert evening > len(limited) / 2
    mornings = [person for person in people if person.morning_mail]
    assert len(mornings) > 20
    assert all(person.email and person.availability != ALWAYS for person in mornings)


def test_second_doses_are_due(people: list[Person]) -> None:
    products = {product.name: product for product in SETTING.products}
    second = [person for person in people if person.dose_wanted == 2]
    assert 0.04 < len(second) / len(people) < 0.13
    for person in second:
        assert person.last_dose_on is not None
        last = products[person.last_vaccine]
        assert last.interval_min <= (TODAY - person.last_dose_on) / timedelta(weeks=1) <= last.interval_max
        assert person.vaccines == (person.last_vaccine,)
    assert all(person.last_dose_on is None and not person.last_vaccine for person in people if person not in second)


def test_travel() -> None:
    assert distance_km(KORBACH, KORBACH) == 0
    assert 31 < distance_km(KORBACH, ROSENTHAL) < 33
    assert travel_minutes(KORBACH, KORBACH) == 5
    assert travel_minutes(ROSENTHAL, KORBACH) == 50


def test_everybody_goes_to_the_nearest_site() -> None:
    near = Point("rosenthal", ROSENTHAL.latitude, ROSENTHAL.longitude)
    setting = Setting(*("somewhere", TODAY, SETTING.homes, (SETTING.sites[0], near), SETTING.reasons, SETTING.products))
    sites = {(person.postcode, person.site) for person in imagine_people(200, 1, setting)}
    assert sites == {("34497", "korbach"), ("35119", "rosenthal")}


def test_where_no_order_is_left_everybody_is_in_the_last_group() -> None:
    rest = tuple(reason for reason in SETTING.reasons if reason.code == "uebrige")
    setting = Setting("somewhere", TODAY, SETTING.homes, SETTING.sites, rest, SETTING.products)
    assert {person.criterion for person in imagine_people(300, 1, setting)} == {"uebrige"}


def test_every_criterion_has_odds() -> None:
    assert sorted(odds.code for odds in CRITERION_ODDS) == sorted(reason.code for reason in SETTING.reasons)


def test_both_generations_and_all_origins_have_names(people: list[Person]) -> None:
    letters = set("".join(person.given_name + person.family_name for person in people))
    assert set("äöüßşığłńś") <= letters
    assert len({(person.given_name, person.family_name) for person in people}) > 1000
