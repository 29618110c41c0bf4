"""What the tests of staff pages share: who is logged in, and a second county to stay out of."""

from __future__ import annotations

import re

from django.contrib.auth.models import User
from django.test import Client

from impfzentrum.models import Centre, Membership, Release
from impfzentrum.vocabulary import Role
from tests import factories
from tests.conftest import World

ROLES = list(Role)


def log_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def make_member(centre: Centre, role: Role, *, username: str = "", named: bool = True) -> User:
    """A user with this role in the centre's county; `named` puts them into the centre itself."""
    user = User.objects.create_user(username or f"{role}-{centre.slug}", password="demo-password")
    member = Membership.objects.create(user=user, county=centre.county, role=role)
    if named:
        member.centres.add(centre)
    return user


def make_neighbour(world: World) -> Centre:
    """A second centre of the same county."""
    return factories.make_centre(world.county, slug="bad-wildungen", name="Impfzentrum Bad Wildungen")


def make_stranger() -> tuple[Centre, Release]:
    """A centre of another county with a release of its own."""
    county = factories.make_county(slug="heidekreis", ags="03358", name="Heidekreis")
    centre = factories.make_centre(county, slug="soltau", name="Impfzentrum Soltau")
    campaign = factories.make_campaign(county)
    vaccine = factories.make_vaccine(campaign, name="Vaxzevria", valid_from=factories.NOON.date())
    by = make_member(centre, Role.CENTRE_STAFF)
    return centre, factories.make_release(centre, campaign, vaccine, by, doses=2)


def find_version(page: str) -> str:
    """The version that a self-updating page sends along with its next poll."""
    found = re.search(r'"stand": "(\w+)"', page)
    assert found, "the page does not update itself"
    return found[1]
