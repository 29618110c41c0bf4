"""Which texts people on the list read, and so are told in every language; staff read German and English.

One place says it, by where a text stands: a folder, a file, or `file.py::Name` for one class or function of a file that
serves both. A new text in one of these fails tests/project/test_citizen_languages.py until all catalogues hold it.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages import Catalog

from tests.extracting import PROJECT, extract_msgids

CRITERIA = "impfzentrum/reference/data/criteria.csv"

SOURCES = (
    "templates/403_csrf.html",
    "templates/404.html",
    "templates/base.html",
    "templates/citizen/",
    "templates/entry/",
    "templates/kern/",
    "templates/messages/",
    "templates/offer/",
    "templates/parts/alert.html",
    "templates/parts/feedback.html",
    "templates/parts/footer.html",
    "templates/parts/language.html",
    "templates/parts/link_unknown.html",
    "templates/parts/notices.html",
    "templates/parts/proof.html",
    "templates/parts/rules_note.html",
    "templates/parts/terms.html",
    "templates/parts/unspoken.html",
    "impfzentrum/forms/asking.py",
    "impfzentrum/forms/assistance.py",
    "impfzentrum/forms/availability.py",
    "impfzentrum/forms/centres.py",
    "impfzentrum/forms/choices.py",
    "impfzentrum/forms/coming.py",
    "impfzentrum/forms/consent.py",
    "impfzentrum/forms/contact.py",
    "impfzentrum/forms/correcting.py",
    "impfzentrum/forms/entry.py",
    "impfzentrum/forms/feedback.py",
    "impfzentrum/forms/fields.py",
    "impfzentrum/forms/guided.py",
    "impfzentrum/forms/numbers.py",
    "impfzentrum/forms/proof.py",
    "impfzentrum/forms/reason.py",
    "impfzentrum/forms/vaccination.py",
    "impfzentrum/forms/way.py",
    "impfzentrum/procedures/appointment.py",
    "impfzentrum/procedures/mailing.py",
    "impfzentrum/templatetags/telling.py",
    "impfzentrum/views/correcting.py",
    "impfzentrum/views/entry.py",
    "impfzentrum/views/offer.py",
    "impfzentrum/views/readiness.py",
    "impfzentrum/views/rights.py",
    "impfzentrum/views/sign_up_end.py",
    "impfzentrum/views/unsubscribing.py",
    "impfzentrum/states.py::EntryState",
    *(
        f"impfzentrum/vocabulary.py::{name}"
        for name in ("Channel", "DoseWanted", "EmailOff", "Interpreter", "Need", "Proof", "Theme")
    ),
    *(
        f"impfzentrum/errors.py::{name}"
        for name in (
            *("CodeOver", "CodeWrong", "DosesTaken", "DraftOver", "DraftTooLong", "LinkUnknown", "ListNotOpen"),
            *("NoWayToReach", "NotPossibleNow", "NothingToCancel", "OfferExpired", "OfferNotOpen", "ReadyOver"),
            *("Refusal", "TooFast", "TooLateToCancel", "TooManyCodes", "TooManyCodesToday", "TooManyRequests"),
        )
    ),
)

GERMAN_AND_ENGLISH = (
    "templates/citizen/choosing.html",
    "templates/citizen/draw.html",
    "templates/citizen/draws.html",
    "templates/citizen/figures.html",
    "templates/citizen/told_figure.html",
    "templates/entry/data.html",
    "templates/messages/account/invitation.txt",
    "templates/messages/account/password.txt",
)
"""Inside the folders above, but of pages that exist in German and English only (impfzentrum/languages.py), or of
e-mails about an account: those go to staff, never to people on the list."""


def extract_citizen_texts() -> Catalog:
    """Every text that people on the list read, and the criteria in plain words from the reference data."""
    everything, catalog = extract_msgids(), Catalog()
    for message in everything:
        told = [place for place in message.locations if message.id and _is_for_citizens(*place)]
        if told:
            catalog.add(message.id, locations=told, context=message.context)
    with (PROJECT / CRITERIA).open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            catalog.add(row["plain_de"], locations=[(CRITERIA, number)])
    return catalog


def _is_for_citizens(file: str, line: int) -> bool:
    if file in GERMAN_AND_ENGLISH:
        return False
    if any(file == source or (source.endswith("/") and file.startswith(source)) for source in SOURCES):
        return True
    return any(f"{file}::{name}" in SOURCES for name in _names_at(file, line))


def _names_at(file: str, line: int) -> Iterator[str]:
    """The class or function on the first level of a file that holds this line."""
    return (name for name, first, last in _blocks_of(file) if first <= line <= last)


@cache
def _blocks_of(file: str) -> list[tuple[str, int, int]]:
    path = Path(PROJECT / file)
    if path.suffix != ".py":
        return []
    blocks = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")]
    return [(str(getattr(node, "name")), node.lineno, node.end_lineno or node.lineno) for node in blocks]  # noqa: B009
