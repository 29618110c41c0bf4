"""Inviting people, changing what they may do, and closing their accounts; the links of the mails."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from impfzentrum.models import AccountLink, AuditEvent, Membership
from impfzentrum.procedures.account_links import send_account_links
from impfzentrum.vocabulary import Role
from tests.conftest import World
from tests.views.second_steps import equip
from tests.views.staff import log_in, make_member, make_neighbour, make_stranger

pytestmark = pytest.mark.usefixtures("saturday_noon")

PAGE = "/kreis/waldeck-frankenberg/konten/"
GOOD = "Sieben Zwerge wandern 8"


@pytest.fixture
def admin(world: World) -> User:
    return make_member(world.centre, Role.COUNTY_ADMIN, named=False)


@pytest.fixture
def office(admin: User) -> Client:
    return log_in(admin)


def invite(office: Client, world: World, **values: object) -> HttpResponse:
    typed = {
        "given_name": "Änne",
        "family_name": "Muster",
        "email": "Aenne.Muster@example.org",
        "role": "centre_staff",
        "centres": [world.centre.pk],
        "form_key": str(uuid.uuid4()),
    }
    return office.post(f"{PAGE}einladen/", typed | values)  # type: ignore[return-value]


def mailed_link() -> str:
    """The link of the newest mail, after a worker has sent what waits."""
    send_account_links(now=timezone.now())
    found = re.search(r"http://testserver(/intern/\S+)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def set_password(client: Client, link: str, password: str = GOOD, again: str = "") -> HttpResponse:
    values = {"new_password1": password, "new_password2": again or password}
    return client.post(link, values)  # type: ignore[return-value]


def actions() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_from_the_invitation_to_the_own_centre(world: World, office: Client, client: Client, admin: User) -> None:
    assert invite(office, world).headers["Location"] == PAGE
    assert "eingeladen" in office.get(PAGE).content.decode()
    link = mailed_link()
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (["aenne.muster@example.org"], "Ihre Einladung zur Nachrückerliste")
    assert "Guten Tag Änne Muster," in letter.body
    assert "27. April" in letter.body, "72 hours later"

    assert client.get(link).status_code == 200
    assert set_password(client, link).headers["Location"] == "/intern/"
    assert client.get("/intern/").headers["Location"] == "/zentrum/korbach/"
    assert Client().get(link).status_code == 410
    assert set_password(Client(), link).status_code == 410
    other = Client()
    other.post("/intern/anmelden/", {"username": "AENNE.MUSTER@example.org", "password": GOOD})
    assert other.get("/zentrum/korbach/").status_code == 200
    assert actions() == ["account_invited", "invitation_accepted", "logged_in", "logged_in"]
    event = AuditEvent.objects.get(action="account_invited")
    assert (event.actor, event.detail) == (admin, {"role": "centre_staff", "centres": ["korbach"]})
    assert not re.search("muster|example", str(list(AuditEvent.objects.values("subject", "detail"))), re.IGNORECASE)


def test_where_the_second_step_is_demanded_it_follows_at_once(
    world: World, office: Client, client: Client, settings: Settings
) -> None:
    invite(office, world)
    settings.SECOND_FACTOR = "required"
    assert set_password(client, mailed_link()).headers["Location"] == "/intern/zweiter-schritt/einrichten/"
    assert client.get("/zentrum/korbach/").status_code == 302


def test_the_link_is_not_in_the_database_and_ends(
    world: World, office: Client, client: Client, saturday_noon: time_machine.Traveller
) -> None:
    invite(office, world)
    link = mailed_link()
    token = link.rstrip("/").rpartition("/")[2]
    assert len(token) == 22
    assert token not in str(AccountLink.objects.values())
    saturday_noon.shift(timedelta(hours=72))
    assert client.get(link).status_code == 410
    assert "Einladung abgelaufen" in office.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("kurz1", "Dieses Passwort ist zu kurz. Es muss mindestens 10 Zeichen enthalten."),
        ("1234567890123", "Dieses Passwort ist komplett numerisch."),
        ("qwertzuiop", "Dieses Passwort ist zu üblich."),
        ("aenne.muster@example", "Das Passwort ist zu ähnlich zu "),
    ],
)
def test_weak_passwords_are_refused_in_german(
    world: World, office: Client, client: Client, password: str, sentence: str
) -> None:
    invite(office, world)
    response = set_password(client, mailed_link(), password)
    assert response.status_code == 422
    if password != "qwertzuiop":
        assert sentence in response.content.decode().replace("&quot;", '"')


def test_two_different_passwords(world: World, office: Client, client: Client) -> None:
    invite(office, world)
    page = set_password(client, mailed_link(), GOOD, "Acht Zwerge wandern 7").content.decode()
    assert "Die beiden Passwörter sind nicht gleich." in page


def test_a_double_tap_invites_once(world: World, office: Client) -> None:
    key = str(uuid.uuid4())
    assert [invite(office, world, form_key=key).status_code for _ in range(2)] == [302, 302]
    assert AccountLink.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"email": "keine"}, "Das ist keine vollständige E-Mail-Adresse."),
        ({"centres": []}, "Bitte wählen Sie mindestens ein Impfzentrum."),
        ({"role": "chef"}, "Wählen Sie eine gültige Auswahl"),
        ({"given_name": ""}, "Bitte geben Sie den Vornamen ein."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    world: World, office: Client, values: dict[str, object], sentence: str
) -> None:
    response = invite(office, world, **values)
    assert response.status_code == 422
    if "role" not in values:
        assert sentence in response.content.decode()
    assert 'value="Muster"' in response.content.decode()
    assert not AccountLink.objects.exists()


def test_an_address_has_one_account(world: World, office: Client) -> None:
    invite(office, world)
    response = invite(office, world, email="AENNE.muster@example.org")
    assert response.status_code == 422
    assert "schon ein Konto" in response.content.decode()


def test_centres_of_another_county_cannot_be_chosen(world: World, office: Client) -> None:
    stranger, _release = make_stranger()
    assert invite(office, world, centres=[stranger.pk]).status_code == 422


def account_page(user: User) -> str:
    return f"{PAGE}{user.membership.pk}/"


def test_role_and_centres_change_with_the_next_click(world: World, office: Client) -> None:
    neighbour, staff = make_neighbour(world), log_in(world.staff)
    values = {"action": "save", "role": "centre_lead", "centres": [neighbour.pk]}
    assert office.post(account_page(world.staff), values).status_code == 302
    assert staff.get("/zentrum/korbach/").status_code == 404
    assert staff.get("/zentrum/bad-wildungen/auslosen/").status_code == 200
    assert AuditEvent.objects.get(action="account_changed").detail == {
        "before": {"role": "centre_staff", "centres": ["korbach"]},
        "after": {"role": "centre_lead", "centres": ["bad-wildungen"]},
    }
    office.post(account_page(world.staff), values)
    assert actions().count("account_changed") == 1, "nothing changed, nothing to record"


def test_closing_ends_sessions_and_links_and_opening_brings_back(world: World, office: Client) -> None:
    staff = log_in(world.staff)
    assert office.post(account_page(world.staff), {"action": "close"}).status_code == 302
    assert staff.get("/zentrum/korbach/").status_code == 302
    assert office.post(account_page(world.staff), {"action": "open"}).status_code == 302
    assert log_in(world.staff).get("/zentrum/korbach/").status_code == 200
    assert actions() == ["account_closed", "account_opened"]


@pytest.mark.parametrize("values", [{"action": "close"}, {"action": "save", "role": "county_auditor"}])
def test_the_last_administrator_stays(world: World, office: Client, admin: User, values: dict[str, str]) -> None:
    response = office.post(account_page(admin), values)
    assert response.status_code == 409
    assert "das letzte Konto, das den Landkreis verwalten darf" in response.content.decode()
    second = make_member(world.centre, Role.COUNTY_ADMIN, username="second")
    assert "Das eigene Konto kann nur" in office.post(account_page(admin), values).content.decode()
    assert log_in(second).post(account_page(admin), values).status_code == 302
    assert Membership.objects.filter(role=Role.COUNTY_ADMIN, user__is_active=True).count() == 1


def test_a_colleague_resets_the_second_step_but_not_ones_own(world: World, office: Client, admin: User) -> None:
    equip(world.staff)
    equip(admin)
    assert "eingerichtet" in office.get(PAGE).content.decode()
    assert office.post(account_page(world.staff), {"action": "reset_factor"}).status_code == 302
    assert office.post(account_page(admin), {"action": "reset_factor"}).status_code == 409
    assert actions()[-1] == "second_factor_reset"


def test_a_new_invitation_ends_the_old_link(world: World, office: Client, client: Client) -> None:
    invite(office, world)
    first = mailed_link()
    user = User.objects.get(email="aenne.muster@example.org")
    assert office.post(account_page(user), {"action": "invite_again"}).status_code == 302
    assert client.get(first).status_code == 410
    assert client.get(mailed_link()).status_code == 200


def test_accounts_of_another_county_do_not_exist(world: World, office: Client) -> None:
    stranger, _release = make_stranger()
    theirs = Membership.objects.get(county=stranger.county)
    assert office.get(f"{PAGE}{theirs.pk}/").status_code == 404
    assert office.post(f"{PAGE}{theirs.pk}/", {"action": "close"}).status_code == 404
    assert User.objects.get(pk=theirs.user_id).is_active


@pytest.mark.parametrize("more", [0, 2])
def test_the_list_takes_the_same_queries_however_long(
    world: World, office: Client, django_assert_num_queries: DjangoAssertNumQueries, more: int
) -> None:
    for number in range(more):
        make_member(world.centre, Role.CENTRE_LEAD, username=f"lead-{number}")
    with django_assert_num_queries(7):
        office.get(PAGE)


# --- forgotten password


def test_the_same_answer_for_known_and_unknown(world: World, client: Client) -> None:
    world.staff.email = "staff@example.org"
    world.staff.save()
    answers = []
    for address in ("Staff@example.org", "niemand@example.org"):
        response = client.post("/intern/passwort/", {"email": address})
        answers.append((response.status_code, response.headers["Location"]))
    assert answers[0] == answers[1] == (303, "/intern/passwort/unterwegs/")
    assert AccountLink.objects.count() == 1
    assert set_password(client, mailed_link()).headers["Location"] == "/intern/"
    assert actions() == ["password_link_asked", "password_set", "logged_in"]


def test_a_new_password_ends_old_sessions_and_asks_for_the_code(world: World, client: Client) -> None:
    world.staff.email = "staff@example.org"
    world.staff.save()
    equip(world.staff)
    old = log_in(world.staff)
    client.post("/intern/passwort/", {"email": "staff@example.org"})
    assert set_password(client, mailed_link()).headers["Location"] == "/intern/anmelden/code/"
    assert old.get("/zentrum/korbach/").status_code == 302


def test_asking_again_and_again_is_limited_for_anybody(world: World, client: Client) -> None:
    for address in ("staff@example.org", "niemand@example.org"):
        codes = [client.post("/intern/passwort/", {"email": address}).status_code for _ in range(5)]
        assert codes == [303, 303, 303, 303, 429]


# --- sending


def test_a_mail_goes_out_once_and_a_broken_server_costs_a_minute(
    world: World, office: Client, monkeypatch: pytest.MonkeyPatch, saturday_noon: time_machine.Traveller
) -> None:
    from impfzentrum.gateways.letters import GatewayUnreachable
    from impfzentrum.procedures import account_links

    def refuse(_letter: object) -> None:
        raise GatewayUnreachable("SMTP 451")

    invite(office, world)
    with monkeypatch.context() as broken:
        broken.setattr(account_links, "send_email", refuse)
        assert send_account_links(now=timezone.now()) == 0
    assert send_account_links(now=timezone.now()) == 0, "another worker leaves it alone while the lease runs"
    saturday_noon.shift(61)
    assert [send_account_links(now=timezone.now()) for _ in range(2)] == [1, 0]


def test_a_refused_address_shows_on_the_page(world: World, office: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from impfzentrum.gateways.letters import AddressDead
    from impfzentrum.procedures import account_links

    def refuse(_letter: object) -> None:
        raise AddressDead("recipient refused, 5.1.1")

    invite(office, world)
    monkeypatch.setattr(account_links, "send_email", refuse)
    send_account_links(now=timezone.now())
    assert "Einladung kam nicht an" in office.get(PAGE).content.decode()
