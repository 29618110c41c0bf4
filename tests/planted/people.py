"""Fifty synthetic people whose every word is unmistakable, and what it looks like when one of them leaks."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

from django.utils import timezone

from impfzentrum.models import StandbyEntry
from impfzentrum.models.sealed import blind_index
from tests.conftest import World

PEOPLE = 50
POSTCODE = "34999"

MARKER = re.compile(
    r"zwaxolind|quarnbeisel|klopfzeichen"  # names, addresses, their own words
    r"|171 ?390 ?77\d\d|6990009177"  # numbers, with and without blanks
    r"|1931-\d\d-\d\d|\d{1,2}\.\d{1,2}\.1931",  # birth dates, as programs and as people write them
    re.IGNORECASE,
)
ENCODED = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")


def mobile_of(number: int) -> str:
    return f"+4917139077{number:02}"


def birth_date_of(number: int) -> date:
    return date(1931, 1 + number % 12, 1 + number // 2)


def plant(world: World, number: int, **values: Any) -> StandbyEntry:
    """A person who waits; the last ten have only an e-mail address or a telephone."""
    name = f"Quarnbeisel{number:02}x"
    now = timezone.now()
    fields: dict[str, Any] = {
        "given_name": f"Zwaxolind{number:02}x",
        "family_name": name,
        "birth_date": birth_date_of(number),
        "postcode": POSTCODE,
        "mobile": mobile_of(number),
        "email": f"{name.lower()}@example.org",
        "email_confirmed_at": now,
        "call_hint": f"Klopfzeichen{number:02}x",
        "created_at": now,
        "state_since": now,
        **values,
    }
    if fields.get("phone"):
        fields |= {"phone_confirmed_at": now, "email": "", "email_confirmed_at": None, "mobile": ""}
    return world.entry(**{**fields, "mobile_index": blind_index("mobile", fields["mobile"])})


def find_leaks(text: str) -> set[str]:
    """Every marker in a text: as it stands, percent-encoded, or inside what looks like base64 (Celery's bodies)."""
    found = set(MARKER.findall(text)) | set(MARKER.findall(unquote(text)))
    for chunk in ENCODED.findall(text):
        found.update(MARKER.findall(_decode(chunk)))
    return found


def _decode(chunk: str) -> str:
    try:
        return base64.b64decode(chunk + "=" * (-len(chunk) % 4), altchars=b"-_", validate=False).decode("latin-1")
    except (ValueError, binascii.Error):
        return ""


def find_cells(dump: str) -> Iterator[tuple[str, str]]:
    """(table, column) of every cell of a plain dump that holds a marker or the planted postcode."""
    table, columns = "", []
    for line in dump.splitlines():
        if opened := re.match(r"COPY public\.\"?(\w+)\"? \((.*)\) FROM stdin;", line):
            table, columns = opened[1], [name.strip('" ') for name in opened[2].split(",")]
        elif line == "\\.":
            table = ""
        elif table:
            for column, cell in zip(columns, line.split("\t"), strict=True):
                if cell == POSTCODE or find_leaks(cell):
                    yield table, column
        elif find_leaks(line):
            yield "", line
