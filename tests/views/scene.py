"""The people and places of the matrix: every role, the own centre, another one, and one of another county."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

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
from tests.views.staff import make_member, make_neighbour, make_stranger

TOKEN = "A" * 22


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
