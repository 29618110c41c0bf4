"""What the tests of the second factor do: a phone that shows codes, and the two steps of the login."""

from __future__ import annotations

from base64 import b32decode

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_otp.oath import TOTP

from impfzentrum.models import Authenticator
from impfzentrum.procedures.second_factor import begin_authenticator, confirm_authenticator

LOGIN, CODE, SET_UP = "/intern/anmelden/", "/intern/anmelden/code/", "/intern/zweiter-schritt/einrichten/"
PASSWORD = "demo-password"


def code_of(device: Authenticator) -> str:
    """What the person's app shows now."""
    clock = TOTP(b32decode(device.secret))
    clock.time = timezone.now().timestamp()
    return f"{clock.token():06d}"


def wrong_code(device: Authenticator) -> str:
    return f"{(int(code_of(device)) + 1) % 1_000_000:06d}"


def equip(user: User) -> tuple[Authenticator, list[str]]:
    """An app that is set up, and the recovery codes that go with it."""
    begun = begin_authenticator(user, now=timezone.now())
    return confirm_authenticator(user, code_of(begun), now=timezone.now())


def send_password(client: Client, name: str = "staff", address: str = LOGIN) -> HttpResponse:
    return client.post(address, {"username": name, "password": PASSWORD})  # type: ignore[return-value]


def send_code(client: Client, code: str) -> HttpResponse:
    return client.post(CODE, {"code": code})  # type: ignore[return-value]
