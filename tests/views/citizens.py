"""What the tests of the citizens' pages share: real reference data, a complete sign-up, and what a page says."""

from __future__ import annotations

import re
from html import unescape
from typing import Any, Protocol

from impfzentrum.models import Campaign, Vaccine


class Answer(Protocol):
    """What these functions need of an answer; Django's test client has types of its own."""

    content: bytes


SIGN_UP = "/waldeck-frankenberg/anmelden/"


def fill_in(campaign: Campaign, **changed: Any) -> dict[str, Any]:
    """The sign-up of a 40 year old who works in a day nursery; `changed` replaces or (with None) leaves out fields."""
    typed = {
        "given_name": "Erika",
        "family_name": "Muster",
        "birth_date": "9.3.1981",
        "postcode": "34497",
        "mobile": "0171 392 0001",
        "email": "",
        "criterion": str(campaign.rule_set.criteria.get(code="kita_grundschule").pk),
        "vaccines": [str(Vaccine.objects.get(name="Comirnaty").pk)],
        "dose_wanted": "1",
        "last_vaccine": "",
        "last_dose_on": "",
        "travel_minutes": "25",
        "any_time": "always",
        "consent_data": "on",
        "consent_contact": "on",
        "website": "",
    }
    return {name: value for name, value in {**typed, **changed}.items() if value is not None}


def text_of(response: Answer) -> str:
    """The words of a page, without markup and line breaks."""
    body = re.sub(r"<head>.*?</head>", " ", response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def error_beside(response: Answer, field: str) -> str:
    """The sentence that stands with this field; empty where none does."""
    found = re.search(rf'<div id="id_{field}_error">(.*?)</div>', response.content.decode(), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[1])).split()) if found else ""
