"""What the loaded data say on the days that matter."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from impfzentrum.models import Campaign, Centre, County, Postcode, PriorityCriterion, RuleSet, Vaccine, in_force
from impfzentrum.vocabulary import Theme

pytestmark = pytest.mark.usefixtures("loaded")

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def rule_set() -> RuleSet:
    return RuleSet.objects.get(slug="coronaimpfv-2021")


def test_there_are_45_criteria_in_four_groups() -> None:
    assert PriorityCriterion.objects.count() == 45
    assert Counter(PriorityCriterion.objects.values_list("group", flat=True)) == {1: 5, 2: 22, 3: 17, 4: 1}


@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2021, 2, 7), 0),
        (date(2021, 2, 8), 41),  # without kita_grundschule, jugendhilfe_schule, erkr_neuromuskulaer, ausland
        (date(2021, 2, 24), 43),
        (date(2021, 4, 24), 45),
        (date(2021, 6, 6), 45),
        (date(2021, 6, 7), 1),
    ],
)
def test_criteria_in_force(day: date, count: int) -> None:
    assert in_force(rule_set().criteria, day).count() == count


def test_after_the_order_only_the_rest_is_in_force() -> None:
    assert in_force(rule_set().criteria, date(2021, 6, 7)).get().code == "uebrige"


@pytest.mark.parametrize(
    ("vaccine", "day", "ages"),
    [
        ("Comirnaty", date(2021, 4, 24), (16, None)),
        ("Comirnaty", date(2021, 6, 7), (12, None)),
        ("Spikevax", date(2021, 4, 24), (18, None)),
        ("Spikevax", date(2021, 11, 18), (30, None)),
        ("Vaxzevria", date(2021, 3, 3), (18, 64)),
        ("Vaxzevria", date(2021, 3, 30), (18, None)),
        ("Vaxzevria", date(2021, 3, 31), (60, None)),
        ("Vaxzevria", date(2021, 12, 1), None),
        ("Janssen", date(2021, 4, 24), None),
        ("Janssen", date(2021, 5, 10), (60, None)),
        ("Nuvaxovid", date(2021, 4, 24), None),
    ],
)
def test_vaccine_rules_in_force(vaccine: str, day: date, ages: tuple[int, int | None] | None) -> None:
    rules = in_force(rule_set().vaccine_rules, day).filter(vaccine__name=vaccine)
    assert [(rule.age_min, rule.age_max) for rule in rules] == ([] if ages is None else [ages])


def test_each_vaccine_has_a_maker() -> None:
    assert set(Vaccine.objects.values_list("maker", flat=True)) == {
        *("BioNTech", "Moderna", "AstraZeneca", "Johnson & Johnson", "Novavax")
    }


@pytest.mark.parametrize(
    ("day", "groups", "ranked"),
    [
        (date(2021, 3, 1), {1}, True),
        (date(2021, 4, 24), {1, 2}, True),
        (date(2021, 5, 1), {1, 2, 3}, True),
        (date(2021, 6, 7), {1, 2, 3, 4}, False),
    ],
)
def test_open_groups(day: date, groups: set[int], ranked: bool) -> None:
    campaign = Campaign.objects.get(county__slug="waldeck-frankenberg")
    campaign.rules_as_of = day
    order = campaign.group_order(NOW)
    assert (set(order.open), order.ranked) == (groups, ranked)


def test_the_demo_campaigns_are_pinned() -> None:
    assert set(Campaign.objects.values_list("state", "rules_as_of")) == {("running", date(2021, 4, 24))}


def test_both_counties_with_their_sites() -> None:
    assert dict(County.objects.values_list("ags", "name")) == {
        "06635": "Landkreis Waldeck-Frankenberg",
        "03358": "Heidekreis",
    }
    assert set(Centre.objects.values_list("slug", "county__slug")) == {
        ("korbach", "waldeck-frankenberg"),
        *((site, "heidekreis") for site in ("soltau", "walsrode", "schneverdingen")),
    }
    for centre in Centre.objects.all():
        assert Postcode.objects.filter(county=centre.county, code=centre.postcode).exists()


def test_postcodes_lie_near_their_centre() -> None:
    assert Postcode.objects.count() == 21 + 12
    for postcode in Postcode.objects.filter(county__slug="waldeck-frankenberg"):
        assert 50.9 < postcode.latitude < 51.6
        assert 8.4 < postcode.longitude < 9.3


def test_criteria_speak_plainly() -> None:
    for criterion in PriorityCriterion.objects.all():
        assert 10 <= len(criterion.plain_de) <= 110
        assert 10 <= len(criterion.plain_en) <= 110
        assert criterion.code == "uebrige" or criterion.plain_de.startswith(("Ich ", "Mir "))


def test_age_criteria_name_their_age() -> None:
    ages = dict(PriorityCriterion.objects.filter(theme=Theme.AGE).values_list("code", "age_from"))
    assert ages == {"alter_80": 80, "alter_70": 70, "alter_60": 60}
    assert not PriorityCriterion.objects.exclude(theme=Theme.AGE).filter(age_from__isnull=False).exists()
