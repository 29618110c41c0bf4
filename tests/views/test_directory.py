"""Login by the county's own directory, against a real OpenID Connect provider that runs in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.auth.models import User
from django.core.exceptions import SuspiciousOperation
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from impfzentrum.directory import DirectoryBackend
from impfzentrum.models import AuditEvent
from tests.conftest import World
from tests.views.second_steps import equip

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the provider's own libraries

TODAY, LOGIN, BACK = "/zentrum/korbach/", "/intern/anmelden/", "/intern/verzeichnis/zurueck/"


@dataclass(frozen=True)
class Provider:
    """The directory: people are put into it, and somebody logs in there."""

    address: str

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.address}/users/{sub}", json=claims, timeout=30).raise_for_status()

    def log_in(self, client: Client, sub: str, *, next: str = TODAY) -> HttpResponse:
        """From our button to the directory, in there, and back."""
        asked = client.get(f"/intern/verzeichnis/?next={next}").headers["Location"]
        answer = requests.post(asked, data={"sub": sub}, allow_redirects=False, timeout=30)
        parts = urlsplit(answer.headers["Location"])
        assert parts.path == BACK
        return client.get(f"{parts.path}?{parts.query}")  # type: ignore[return-value]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    from oidc_provider_mock import run_server_in_thread

    with run_server_in_thread(require_nonce=True) as server:
        yield Provider(f"http://localhost:{server.server_port}")


@pytest.fixture
def directory(provider: Provider, settings: Settings, world: World) -> Provider:
    settings.OIDC_ISSUER = provider.address
    settings.OIDC_OP_AUTHORIZATION_ENDPOINT = f"{provider.address}/oauth2/authorize"
    settings.OIDC_OP_TOKEN_ENDPOINT = f"{provider.address}/oauth2/token"
    settings.OIDC_OP_USER_ENDPOINT = f"{provider.address}/userinfo"
    settings.OIDC_OP_JWKS_ENDPOINT = f"{provider.address}/jwks"
    settings.OIDC_VERIFY_KID = False  # the only key of this provider has no name
    settings.OIDC_RP_CLIENT_ID, settings.OIDC_RP_CLIENT_SECRET = "nachruecker", "geheim"
    world.staff.email = "staff@example.org"
    world.staff.save()
    provider.knows("anna", email="Staff@example.org", email_verified=True)
    return provider


def test_an_invited_person_comes_in_and_to_where_they_wanted(directory: Provider, world: World, client: Client) -> None:
    assert "Mit dem Konto des Landkreises anmelden" in client.get(LOGIN).content.decode()
    assert directory.log_in(client, "anna").headers["Location"] == TODAY
    assert client.get(TODAY).status_code == 200
    event = AuditEvent.objects.get(action="logged_in")
    assert event.subject == f"account:{world.staff.pk}"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "niemand@example.org", "email_verified": True},
        {"email": "staff@example.org", "email_verified": False},
        {"email": "staff@example.org"},
        {"email_verified": True},
        {"email": "root@example.org", "email_verified": True},
    ],
    ids=["not invited", "unchecked", "not said", "no address", "superuser"],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    directory: Provider, world: World, client: Client, claims: dict[str, object]
) -> None:
    User.objects.create_superuser("root", email="root@example.org")
    directory.knows("berta", **claims)
    before = User.objects.count()
    response = directory.log_in(client, "berta")
    assert response.headers["Location"] == LOGIN
    assert "passt zu keinem Konto hier" in client.get(LOGIN).content.decode()
    assert client.get(TODAY).status_code == 302
    assert User.objects.count() == before


def test_a_closed_account_stays_closed(directory: Provider, world: World, client: Client) -> None:
    User.objects.filter(pk=world.staff.pk).update(is_active=False)
    assert directory.log_in(client, "anna").headers["Location"] == LOGIN


def test_our_second_step_is_asked_for(directory: Provider, world: World, client: Client, settings: Settings) -> None:
    settings.SECOND_FACTOR = "required"
    assert directory.log_in(client, "anna").headers["Location"] == "/intern/zweiter-schritt/einrichten/"
    _device, codes = equip(world.staff)
    again = Client()
    assert directory.log_in(again, "anna").headers["Location"] == "/intern/anmelden/code/"
    assert again.get(TODAY).status_code == 302
    assert again.post("/intern/anmelden/code/", {"code": codes[0]}).headers["Location"] == TODAY
    assert again.get(TODAY).status_code == 200


@pytest.mark.parametrize(
    ("claim", "counts"), [({"amr": ["pwd", "mfa"]}, True), ({"amr": ["pwd"]}, False), ({"acr": "hoch"}, True)]
)
def test_the_directorys_own_second_factor_counts_if_the_settings_say_so(
    directory: Provider, world: World, client: Client, settings: Settings, claim: dict[str, object], counts: bool
) -> None:
    settings.SECOND_FACTOR = "required"
    directory.knows("anna", email="staff@example.org", email_verified=True, **claim)
    assert directory.log_in(Client(), "anna").headers["Location"] != TODAY, "not unless it is set"
    settings.DIRECTORY_FACTOR_AMR, settings.DIRECTORY_FACTOR_ACR = ["mfa"], ["hoch"]
    assert (directory.log_in(client, "anna").headers["Location"] == TODAY) is counts
    assert client.get(TODAY).status_code == (200 if counts else 302)


def test_made_up_and_repeated_answers_open_nothing(directory: Provider, world: World, client: Client) -> None:
    assert client.get(f"{BACK}?code=abc&state=def").headers["Location"] == LOGIN
    asked = client.get("/intern/verzeichnis/").headers["Location"]
    state = parse_qs(urlsplit(asked).query)["state"][0]
    assert client.get(f"{BACK}?code=abc&state={state}").headers["Location"] == LOGIN
    assert client.get(f"{BACK}?code=abc&state={state}").headers["Location"] == LOGIN
    assert client.get(TODAY).status_code == 302


@pytest.mark.parametrize("setting", ["OIDC_ISSUER", "OIDC_OP_TOKEN_ENDPOINT"])
def test_a_directory_that_is_not_ours_or_not_there(
    directory: Provider, world: World, client: Client, settings: Settings, setting: str
) -> None:
    setattr(settings, setting, "http://127.0.0.1:9")
    assert directory.log_in(client, "anna").headers["Location"] == LOGIN


def test_a_token_for_another_program_is_refused(directory: Provider, client: Client, settings: Settings) -> None:
    asked = client.get("/intern/verzeichnis/").headers["Location"]
    answer = requests.post(asked, data={"sub": "anna"}, allow_redirects=False, timeout=30).headers["Location"]
    sent, came = parse_qs(urlsplit(asked).query), parse_qs(urlsplit(answer).query)
    values = {"grant_type": "authorization_code", "code": came["code"][0], "redirect_uri": sent["redirect_uri"][0]}
    values |= {"client_id": "nachruecker", "client_secret": "geheim"}
    token = requests.post(settings.OIDC_OP_TOKEN_ENDPOINT, data=values, timeout=30).json()["id_token"]
    nonce = sent["nonce"][0]
    assert DirectoryBackend().verify_token(token, nonce=nonce)["aud"] == ["nachruecker"]
    with pytest.raises(SuspiciousOperation, match="Nonce"):
        DirectoryBackend().verify_token(token, nonce="other")
    settings.OIDC_RP_CLIENT_ID = "anderes-programm"
    with pytest.raises(SuspiciousOperation, match="for somebody else"):
        DirectoryBackend().verify_token(token, nonce=nonce)


def test_off_it_is_not_there(world: World, client: Client) -> None:
    assert client.get("/intern/verzeichnis/").status_code == 404
    assert client.get(BACK).status_code == 404
    assert "Konto des Landkreises" not in client.get(LOGIN).content.decode()
    page = client.post(f"{LOGIN}?code=a&state=b", {"username": "staff", "password": "falsch"})
    assert page.status_code == 200, "a code in the address does not lead the password to the directory"
