"""What a person types into the sign-up, for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from impfzentrum.models import ContactProof
from impfzentrum.procedures.registering import SignUp, register_person
from tests.conftest import World
from tests.factories import NOON

MOBILE = "+491713920099"
EMAIL = "Somebody@Example.org"


def sign_up(world: World, **values: Any) -> SignUp:
    """Somebody of 71 with mobile and e-mail who chose no criterion."""
    typed: dict[str, Any] = {
        "campaign": world.campaign,
        "centre": world.centre,
        "given_name": "Erika",
        "family_name": "Mustermann",
        "birth_date": date(1950, 1, 4),
        "postcode": "34497",
        "mobile": MOBILE,
        "email": EMAIL,
        "criterion": None,
        "vaccines": [world.vaccine],
        "dose_wanted": 1,
        "last_vaccine": None,
        "last_dose_on": None,
        "travel_minutes": 20,
        "language": "de",
        "consent_version": "2021-04",
    }
    return SignUp(**{**typed, **values})


def register(world: World, **values: Any) -> ContactProof:
    return register_person(sign_up(world, **values), now=NOON)


def wrong_code(proof: ContactProof) -> str:
    return f"{(int(proof.code) + 1) % 1_000_000:06d}"
