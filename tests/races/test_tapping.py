"""Five taps on one button of staff at the same moment: one does the work, the others go where it led."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from functools import partial

import pytest
from django.http import HttpResponse
from django.test import Client

from impfzentrum import once
from impfzentrum.models import Draw, FormKey
from tests.conftest import World, run_together
from tests.views.staff import log_in

pytestmark = pytest.mark.race

TAPS = 5


def tap(client: Client, key: str) -> HttpResponse:
    """Without a stand, drawing anew has no other guard: whoever asks twice gets two draws."""
    values = {"reason": "Neu gemischt, weil die Liste neu ist.", "agreed": "on", "form_key": key}
    return client.post("/zentrum/korbach/auslosen/", values)  # type: ignore[return-value]


def clients(world: World) -> list[Client]:
    world.staff.membership.role = "centre_lead"
    world.staff.membership.save()
    return [log_in(world.staff) for _ in range(TAPS)]


def count_draws() -> int:
    return Draw.objects.filter(round__gt=1).count()


def test_five_taps_draw_once(committed_world: World) -> None:
    key = str(uuid.uuid4())
    outcomes = run_together([partial(tap, client, key) for client in clients(committed_world)])
    assert Counter(outcome.headers["Location"] for outcome in outcomes) == {"/zentrum/korbach/": TAPS}
    assert count_draws() == 1
    assert FormKey.objects.count() == 1


def test_without_the_claim_five_taps_would_draw_five_times(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = threading.Barrier(TAPS)

    def claim_nothing(digest: str, **_: object) -> tuple[FormKey, bool]:
        together.wait(timeout=30)
        return FormKey(digest=digest), True

    monkeypatch.setattr(once, "claim_form", claim_nothing)
    key = str(uuid.uuid4())
    run_together([partial(tap, client, key) for client in clients(committed_world)])
    assert count_draws() == TAPS
