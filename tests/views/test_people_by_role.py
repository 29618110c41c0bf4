"""Which staff pages show a name, a birth date, a reason or a contact, and to whom: every role opens every page."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings

from impfzentrum.models import PriorityCriterion, StandbyEntry
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.views.cells import address_of
from tests.views.matrix import Scope, row_of
from tests.views.routes import list_routes
from tests.views.scene import Person, Place, set_scene

pytestmark = pytest.mark.usefixtures("saturday_noon")

SIGNS = {
    "name": ("Zwaxolind", "Quarnbeisel"),
    "birth date": ("14.07.1931", "14.7.1931", "1931-07-14"),
    "reason": ("Grundmarke",),
    "contact": ("171390770", "171 390770", "quarnbeisel@example.org"),
}
NAMED_PAGES = frozenset(
    {
        "cancelling:cancel",
        "centre:decide_hand_pick",
        "daylist:list",
        "daylist:print",
        "daylist:download",
        "daylist:check_in",
        "daylist:person",
    }
)
"""A second person decides about somebody by name, who calls says who they are, the team of the day checks who comes."""

TODAY = frozenset({"centre:today", "own_place"})
"""Who has accepted today, by name alone; the own place leads there."""

MAY_SHOW = {"name": NAMED_PAGES | TODAY, "birth date": NAMED_PAGES, "reason": NAMED_PAGES, "contact": NAMED_PAGES}
NEVER = (Role.COUNTY_AUDITOR, Role.OPERATOR)
"""They read numbers."""


def mark_people() -> None:
    for entry in StandbyEntry.objects.all():
        entry.given_name, entry.family_name = "Zwaxolind", "Quarnbeisel"
        entry.birth_date, entry.email = date(1931, 7, 14), "quarnbeisel@example.org"
        entry.mobile = entry.mobile and "+49171390770"
        entry.phone = entry.phone and "+49171390770"
        entry.save()
    PriorityCriterion.objects.update(text="Grundmarke", plain_de="Grundmarke", plain_en="Grundmarke")


def look(person: Person, place: Place) -> dict[str, set[str]]:
    """What is shown on which page that this person may open."""
    shown: dict[str, set[str]] = {sign: set() for sign in SIGNS}
    for route in list_routes(settings.ROOT_URLCONF):
        row = row_of(route.name, route.namespaces)
        if row is None or row.scope not in (Scope.CENTRE, Scope.COUNTY, Scope.LOGGED_IN) or person.role not in row.get:
            continue
        response = person.client.get(address_of(route, row, place), follow=True)
        body = b"".join(response) if getattr(response, "streaming", False) else response.content
        text = body.decode("utf-8", "replace")
        found = {sign for sign, words in SIGNS.items() if any(word in text for word in words)}
        if "name" not in found:
            found.discard("reason")  # a form with all reasons to choose from tells of nobody
        for sign in found:
            shown[sign].add(route.name)
    return shown


def test_people_are_shown_to_those_who_need_them_only(world: World) -> None:
    scene = set_scene(world)
    mark_people()
    seen_at_all = set()
    for person in scene.people:
        if person.role is None:
            continue
        for sign, pages in look(person, scene.places[0]).items():
            assert pages <= (frozenset() if person.role in NEVER else MAY_SHOW[sign]), (person.name, sign, pages)
            seen_at_all |= {sign} if pages else set()
    assert {"name", "birth date"} <= seen_at_all, "somebody must be there to be seen, or this finds nothing"
