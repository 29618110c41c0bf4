"""What the tests of the pages of hand-picks type and see."""

from __future__ import annotations

import uuid

from django.test import Client
from django.urls import reverse

from impfzentrum.models import HandPick, StandbyEntry
from tests.procedures.picking import NOTE

TODAY, LIVE = "/zentrum/korbach/", "/zentrum/korbach/freigabe/1/"
PICK = f"{LIVE}von-hand/"
BORN = "4.1.1950"


def see(client: Client, page: str) -> str:
    return client.get(page).content.decode()


def search(client: Client, birth_date: str = BORN, letters: str = "") -> str:
    return client.post(PICK, {"birth_date": birth_date, "letters": letters, "action": "search"}).content.decode()


def proposal(entry: StandbyEntry, **typed: str) -> dict[str, str]:
    values = {
        "action": "propose",
        "birth_date": BORN,
        "letters": "",
        "person": str(entry.public_id),
        "reason": "on_site",
        "note": NOTE,
        "agreed": "on",
        "form_key": str(uuid.uuid4()),
    }
    return values | typed


def decision_page(pick: HandPick) -> str:
    return reverse("centre:decide_hand_pick", args=["korbach", pick.release.number, pick.public_id])
