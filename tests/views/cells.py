"""A cell of the matrix: one person at one address of one place with one method, what should come and what came."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from impfzentrum.access import COUNTY_ROLES
from impfzentrum.models import Centre, County, Feedback, Release, Rhythm, RuleSet, SettingVersion
from impfzentrum.procedures.answering import accept_offer
from impfzentrum.procedures.living import SILENT_AFTER, note_life
from impfzentrum.procedures.opening_vials import note_vials
from impfzentrum.procedures.reports.jobs import order_export
from impfzentrum.procedures.reports.mails import schedule_reports
from impfzentrum.procedures.reports.report import Scope as Asked
from impfzentrum.procedures.setting_up import Setting
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.vocabulary import Role, SettingKind
from tests import factories
from tests.conftest import World
from tests.procedures.calling import ask_by_phone, the_call
from tests.procedures.picking import propose
from tests.views.booked import fill_bookings
from tests.views.matrix import Roles, Row, Scope
from tests.views.routes import Route
from tests.views.staff import make_member, make_neighbour, make_stranger

TOKEN = "A" * 22

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


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks: nobody known, somebody without a role, one of the roles at the model centre, or the superuser."""

    name: str
    role: Role | None
    client: Client
    cookie: str
    superuser: bool = False

    @property
    def known(self) -> bool:
        return bool(self.cookie)


@dataclass(frozen=True, slots=True)
class Place:
    """Own centre, another of the same county, or one of another county, with things to ask for in it."""

    name: str
    values: Mapping[str, str]
    same_county: bool
    same_centre: bool


@dataclass
class Scene:
    people: list[Person] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)


def set_scene(world: World) -> Scene:
    """People of every role at the model centre; three places, each with a running release, a call and a proposal."""
    users: list[tuple[str, Role | None, User | None]] = [("anonymous", None, None)]
    users.append(("without a role", None, User.objects.create_user("no-role")))
    users += [(role.value, role, make_member(world.centre, role)) for role in Role]
    users.append(("superuser", None, User.objects.create_superuser("root")))
    for queue in SILENT_AFTER:
        note_life(queue, now=timezone.now())
    scene = Scene(people=[_enter(*one) for one in users])
    neighbour = make_neighbour(world)
    stranger, _release = make_stranger()
    own = _fill(world)
    elsewhere = _fill(replace(world, centre=neighbour))
    scene.places = [
        _furnish("own centre", world.centre, own, same_county=True, same_centre=True),
        _furnish("other centre", neighbour, elsewhere, same_county=True, same_centre=False),
        _furnish("other county", stranger, own | {"release": "1"}, same_county=False, same_centre=False),
    ]
    return scene


def _fill(world: World) -> dict[str, str]:
    """A running release at this centre with somebody to call and a dose proposed by hand."""
    accepted = _accept(world)
    offer = ask_by_phone(world, release=world.release(doses=3))
    pick = propose(world, offer.release, world.entry())
    reference = the_call(offer).reference
    now = factories.NOON
    opened = note_vials(world.centre, world.campaign, world.vaccine, 1, now, by=world.staff, now=now)
    return {
        "release": str(offer.release.number),
        "accepted": str(accepted.number),
        "call": str(reference),
        "hand_pick": str(pick.public_id),
        "vials": str(opened.public_id),
        **fill_bookings(world),
    }


def _accept(world: World) -> Release:
    """A release whose only dose somebody has accepted."""
    world.entry()
    release = world.release()
    [offer] = factories.ask(release)
    accept_offer(offer, now=factories.NOON)
    return release


def _enter(name: str, role: Role | None, user: User | None) -> Person:
    client = Client(raise_request_exception=True)
    if user is not None:
        client.force_login(user)
    cookie = client.cookies["sessionid"].value if user is not None else ""
    return Person(name, role, client, cookie, superuser=bool(user and user.is_superuser))


def _furnish(name: str, centre: Centre, own: Mapping[str, str], *, same_county: bool, same_centre: bool) -> Place:
    said = Feedback.objects.create(
        county=centre.county, page="status", rating=4, language="de", given_at=factories.NOON
    )
    scope = Asked(centre.county, None, factories.NOON.date(), factories.NOON.date())
    by = make_member(centre, Role.COUNTY_ADMIN, username=f"reader-{centre.slug}")
    job = order_export(scope, SheetFormat.CSV, by=by, now=factories.NOON)
    mails = schedule_reports(centre.county, by, Rhythm.WEEKLY, by=by, now=factories.NOON)
    County.objects.update(shows_figures=True)
    values = {
        "centre": centre.slug,
        "county": centre.county.slug,
        "feedback": str(said.pk),
        "export": str(job.public_id),
        "schedule": str(mails.public_id),
        "account": str(centre.county.memberships.earliest("pk").pk),
        **own,
        **_set_up(centre),
    }
    return Place(name, values, same_county=same_county, same_centre=same_centre)


def _set_up(centre: Centre) -> dict[str, str]:
    """Settings of a county and a centre with a version each, a vaccine and a criterion of its rules."""
    by, rules = make_member(centre, Role.COUNTY_ADMIN, username=f"set-up-{centre.slug}"), RuleSet.objects.get()
    for kind, subject in ((SettingKind.LIST, centre.county_id), (SettingKind.CENTRE, centre.pk)):
        values = Setting(kind, centre.county, centre if kind == SettingKind.CENTRE else centre.county).read()
        SettingVersion.objects.get_or_create(
            county=centre.county,
            kind=kind,
            subject=subject,
            number=1,
            defaults={
                "form_key": uuid.uuid4(),
                "before": values,
                "after": values,
                "set_by": by,
                "set_at": factories.NOON,
            },
        )
    vaccine, criterion = rules.vaccine_rules.values_list("vaccine", flat=True)[0], rules.criteria.all()[0].pk
    return {"centre_id": str(centre.pk), "vaccine_id": str(vaccine), "criterion_id": str(criterion)}


GENERAL = {
    "first": "1",
    "of_the_list": "liste",
    "of_a_centre": "zentrum",
    "channel": "sms",
    "report": "dosen",
    "table": "0",
    "ending": "csv",
    "occasion": "offer",
    "language": "de",
    "token": TOKEN,
    "secret": TOKEN,
    "slug": "kontakt",
    "reference": str(uuid.UUID(int=7)),
    "number": "1",
    "app_label": "impfzentrum",
    "content_type_id": "1",
    "object_id": "1",
    "url": "gibt-es-nicht",
    "file_format": "csv",
}
"""What fills a keyword that a place does not."""


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
