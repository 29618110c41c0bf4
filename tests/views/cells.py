"""A cell of the matrix: one person at one address of one place with one method, what should come and what came."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.urls import reverse

from impfzentrum.access import COUNTY_ROLES
from impfzentrum.vocabulary import Role
from tests.views.matrix import Roles, Row, Scope
from tests.views.routes import Route
from tests.views.scene import GENERAL, Person, Place, Scene

LOGINS = ("/intern/anmelden/?next=", "/intern/anmelden/", "/verwaltung/login/?next=", "/verwaltung/")
"""Where strangers are led; the admin's index asks them itself (its logout leads there)."""


class Answer(Enum):
    IN = "let in"
    LOGIN = "to the login"
    FORBIDDEN = "403"
    MISSING = "404"
    METHOD = "405"
    BAD = "400"
    AWAY = "to the own second step"


def address_of(route: Route, row: Row, place: Place) -> str:
    """The address of a route at a place. An unnamed one is written out from its pattern."""
    values = GENERAL | dict(place.values)
    filled = {one: values[row.fill.get(one, one)] for one in route.keywords}
    if not re.search(r"[<(^$]", route.name):
        return reverse(route.name, kwargs=filled)
    return "/" + re.sub(r"\(\?P<(\w+)>[^)]*\)\$?", lambda found: filled[found[1]], route.pattern)


def places_for(row: Row, scene: Scene) -> list[Place]:
    """A page of a centre is tried at all three places, a county's in both counties, any other once."""
    if row.scope == Scope.CENTRE:
        return scene.places
    return [scene.places[0], scene.places[2]] if row.scope == Scope.COUNTY else scene.places[:1]


BLIND = (Scope.PUBLIC, Scope.TOKEN, Scope.SECRET, Scope.ADMIN)
"""These look at nobody's role (the admin only at whether somebody is a superuser): a few people are enough."""


def people_for(row: Row, scene: Scene) -> list[Person]:
    if row.scope == Scope.ADMIN:  # what a superuser sees there says test_admin.py
        return [one for one in scene.people if one.name in {"anonymous", "without a role", Role.COUNTY_ADMIN}]
    if row.scope in BLIND:
        return [one for one in scene.people if not one.known or one.superuser or one.role == Role.COUNTY_ADMIN]
    return scene.people


def expect(row: Row, person: Person, place: Place, method: str) -> set[Answer]:
    """What may come back. A method that an address does not have is 405, before or after who asks is looked at."""
    offered = row.get if method == "GET" else row.post
    match row.scope:
        case Scope.PUBLIC:
            return {Answer.IN} if offered else {Answer.METHOD}
        case Scope.TOKEN:
            return {Answer.MISSING, Answer.METHOD}
        case Scope.SECRET:
            return {Answer.FORBIDDEN, Answer.MISSING, Answer.METHOD, Answer.BAD}
        case Scope.HALFWAY:
            return {Answer.LOGIN} | ({Answer.AWAY} if person.known else set())
        case Scope.ADMIN:
            return {Answer.FORBIDDEN} if person.known else {Answer.LOGIN}
        case _ if offered:
            return _judge(row, offered, person, place)
        case _:
            return {Answer.METHOD} | _judge(row, row.get | row.post, person, place) - {Answer.IN}


def _judge(row: Row, offered: Roles, person: Person, place: Place) -> set[Answer]:
    if not person.known:
        return {Answer.LOGIN}
    own = place.same_county and (place.same_centre or row.scope != Scope.CENTRE or person.role in COUNTY_ROLES)
    if person.role in offered:
        return {Answer.IN if (own and not row.of_one) or row.scope == Scope.LOGGED_IN else Answer.MISSING}
    # Who may look but not change hears either first, at a place that is not theirs.
    return {Answer.FORBIDDEN, Answer.MISSING} if person.role in row.get and not own else {Answer.FORBIDDEN}


def ask(person: Person, method: str, address: str) -> tuple[Answer, list[str]]:
    """Ask, undo whatever it did, and say what came back and what was written (sessions apart)."""
    person.client.cookies.clear()
    if person.cookie:
        person.client.cookies["sessionid"] = person.cookie
    written: list[str] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            written.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note), transaction.atomic():
        response = person.client.generic(method, address)
        transaction.set_rollback(True)
    return _read(response), written


REFUSALS = {
    400: Answer.BAD,
    401: Answer.FORBIDDEN,
    403: Answer.FORBIDDEN,
    404: Answer.MISSING,
    405: Answer.METHOD,
    410: Answer.MISSING,
}


def _read(response: HttpResponseBase) -> Answer:
    if response.status_code == 302 and response.headers["Location"].startswith(LOGINS):
        return Answer.LOGIN
    if response.status_code == 302 and response.headers["Location"] == "/intern/zweiter-schritt/":
        return Answer.AWAY
    return REFUSALS.get(response.status_code, Answer.IN)


@dataclass
class Tried:
    """How many cells were tried, and those that were not as they should be."""

    cells: int = 0
    faults: list[str] = field(default_factory=list)


def try_cells(route: Route, row: Row, scene: Scene) -> Iterator[str | None]:
    """One item a cell: None where all is as the row says, else a sentence."""
    for place in places_for(row, scene):
        address = address_of(route, row, place)
        for person in people_for(row, scene):
            for method in ("GET", "POST"):
                expected = expect(row, person, place, method)
                got, written = ask(person, method, address)
                if got == Answer.AWAY and row.scope != Scope.HALFWAY:
                    got = Answer.IN
                cell = f"{method} {route.name} at {place.name} as {person.name}"
                if got not in expected:
                    yield f"{cell}: {got.value} instead of {' or '.join(sorted(one.value for one in expected))}"
                elif written and (method == "GET" or got != Answer.IN):
                    yield f"{cell}: {got.value}, and yet it wrote {written[0][:80]}"
                else:
                    yield None
