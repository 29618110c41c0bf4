"""Seeding a demo: real rows that pass their own checks, once, and never in production."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.http import HttpRequest
from django.test import override_settings
from django.utils import timezone

from impfzentrum.management.demo_logins import DEMO_LOGINS
from impfzentrum.models import Booking, Centre, County, Draw, Membership, OpenedVials, Place, Postcode, StandbyEntry
from impfzentrum.models.sealed import blind_index, hash_token
from impfzentrum.rules.draw import draw_ticket
from impfzentrum.states import EntryState
from impfzentrum.vocabulary import Role

pytestmark = pytest.mark.usefixtures("loaded")

Seed = Callable[..., str]


@pytest.fixture
def seed() -> Seed:
    def run(**options: object) -> str:
        out = StringIO()
        call_command("seed_demo", stdout=out, **{"people": 200, "seed": 3} | options)
        return out.getvalue()

    return run


def describe(entry: StandbyEntry) -> tuple[object, ...]:
    return (
        *(entry.public_id, entry.given_name, entry.family_name, entry.birth_date, entry.postcode),
        *(entry.mobile, entry.email, entry.language, entry.priority_group, entry.dose_wanted, entry.last_dose_on),
        *(entry.travel_minutes, entry.centre_id, entry.criterion_id, entry.last_vaccine_id),
        *entry.vaccines.order_by("name").values_list("name", flat=True),
    )


def test_everybody_waits_and_passes_every_check(seed: Seed) -> None:
    assert "Waldeck-Frankenberg: 200 erfundene Menschen warten (Gruppe 1: " in seed()
    real = set(Postcode.objects.filter(county__ags="06635").values_list("code", flat=True))
    entries = list(StandbyEntry.objects.select_related("criterion", "centre", "campaign"))
    assert len(entries) == 200
    for entry in entries:
        entry.full_clean()
        assert entry.state == EntryState.WAITING
        assert entry.postcode in real
        assert entry.criterion is not None
        assert entry.criterion.group == entry.priority_group
        assert entry.token_hash == hash_token(entry.token)
        assert entry.mobile_index == blind_index("mobile", entry.mobile)
        assert entry.email_index == blind_index("email", entry.email)
        assert entry.channels
        assert entry.vaccines.exists()
        assert entry.created_at < entry.state_since


def all_are_placed_in(draw: Draw) -> bool:
    """Everybody has the ticket of this draw for each vaccine that they may have; every vaccine's rules exclude some."""
    placed = Place.objects.filter(draw=draw).select_related("entry")
    assert {place.entry.centre_id for place in placed} == {draw.centre_id}
    for place in placed:
        assert place.ticket == draw_ticket(bytes(draw.seed), place.entry.public_id)
    return len({place.entry_id for place in placed}) > StandbyEntry.objects.count() * 0.9


def test_lots_are_drawn(seed: Seed) -> None:
    seed()
    draw = Draw.objects.get(centre__slug="korbach")
    assert draw.people == 200
    assert all_are_placed_in(draw)


def test_a_vial_is_open_at_the_centre_that_has_staff(seed: Seed) -> None:
    seed()
    assert [(one.centre.slug, one.vaccine.name) for one in OpenedVials.objects.all()] == [("korbach", "Comirnaty")]


def test_who_comes_after_the_draw_of_the_day_joins_it(seed: Seed) -> None:
    seed()
    StandbyEntry.objects.all().delete()
    seed(seed=4)
    draw = Draw.objects.get(centre__slug="korbach")
    assert all_are_placed_in(draw)


def test_the_same_seed_gives_the_same_rows(seed: Seed) -> None:
    seed()
    first = [describe(entry) for entry in StandbyEntry.objects.order_by("public_id")]
    StandbyEntry.objects.all().delete()
    seed()
    assert [describe(entry) for entry in StandbyEntry.objects.order_by("public_id")] == first


def test_a_second_time_is_refused(seed: Seed) -> None:
    seed()
    with pytest.raises(CommandError, match="steht schon jemand"):
        seed()
    assert "steht schon jemand" in seed(if_empty=True)
    assert StandbyEntry.objects.count() == 200


def test_other_counties_have_their_own_people(seed: Seed) -> None:
    seed(people=20)
    seed(people=60, county="heidekreis")
    sites = Centre.objects.filter(county__slug="heidekreis", entries__isnull=False).distinct()
    assert sites.count() == 3
    assert StandbyEntry.objects.filter(campaign__county__slug="heidekreis").count() == 60


def test_the_logins_work_and_are_left_alone_later(seed: Seed) -> None:
    seed(people=1)
    for _, username, password in DEMO_LOGINS:
        assert authenticate(HttpRequest(), username=username, password=password) is not None
    soltau = Membership.objects.get(user__username="soltau")
    assert soltau.role == Role.CENTRE_STAFF
    assert list(soltau.centres.values_list("slug", flat=True)) == ["soltau"]
    waldeck = Membership.objects.get(user__username="waldeck")
    assert (waldeck.role, waldeck.county.ags, waldeck.centres.count()) == (Role.COUNTY_ADMIN, "06635", 0)
    assert Membership.objects.get(user__username="versand").role == Role.OPERATOR
    user = User.objects.get(username="korbach")
    user.set_password("changed")
    user.save()
    seed(if_empty=True)
    assert authenticate(HttpRequest(), username="korbach", password="changed") is not None


def test_production_is_refused(seed: Seed) -> None:
    with override_settings(POSTFACH_DIR=None), pytest.raises(CommandError, match="Nur für die Vorführung"):
        seed()
    assert not User.objects.exists()
    assert not StandbyEntry.objects.exists()


def test_without_reference_data_it_says_what_to_do(seed: Seed) -> None:
    with pytest.raises(CommandError, match="load_reference"):
        seed(county="nirgendwo")
    Postcode.objects.all().delete()
    with pytest.raises(CommandError, match=r"Postleitzahlen.*load_reference"):
        seed()
    User.objects.all().delete()
    County.objects.filter(ags="03358").update(ags="03999")
    with pytest.raises(CommandError, match="Landkreis 03358 für soltau"):
        seed()


@pytest.mark.parametrize("people", ["0", "-5", "viele", "200001"])
def test_impossible_numbers_of_people_are_refused(people: str) -> None:
    with pytest.raises(CommandError, match="muss eine Zahl von 1 bis 200000 sein"):
        call_command("seed_demo", f"--people={people}")


def test_a_day_of_booked_appointments_with_some_that_fall_out(seed: Seed) -> None:
    seed()
    day = Booking.objects.filter(centre__slug="korbach")
    assert day.count() > 50
    assert day.filter(state="cancelled").exists()
    assert {timezone.localdate(one.at) for one in day} == {timezone.localdate()}
    assert all(one.name for one in day)
