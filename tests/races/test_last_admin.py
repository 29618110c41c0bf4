"""Two administrators close each other's account at once: one of them stays. One invitation link opens one password."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial

import pytest
from django.contrib.auth.models import User

from impfzentrum.account_refusals import LastAdmin, LinkOver
from impfzentrum.models import Membership
from impfzentrum.models.account import LinkPurpose
from impfzentrum.procedures import staffing
from impfzentrum.procedures.account_links import make_link, set_password
from impfzentrum.vocabulary import Role
from tests.conftest import World, run_together
from tests.factories import NOON
from tests.views.staff import make_member

pytestmark = pytest.mark.race


@pytest.fixture
def two(committed_world: World) -> list[User]:
    names = ("first", "second")
    return [make_member(committed_world.centre, Role.COUNTY_ADMIN, username=name) for name in names]


@pytest.fixture
def meet() -> Callable[[], None]:
    """Both have counted the administrators before either closes one. Who holds the lock goes on after a second."""
    barrier = threading.Barrier(2)

    def wait() -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)

    return wait


def close_each_other(two: list[User]) -> Counter[str]:
    first, second = two
    calls = [
        partial(staffing.close_account, first.membership, by=second, now=NOON),
        partial(staffing.close_account, second.membership, by=first, now=NOON),
    ]
    return Counter(type(outcome).__name__ for outcome in run_together(calls))


def left() -> int:
    return Membership.objects.filter(role=Role.COUNTY_ADMIN, user__is_active=True).count()


def slow_down(monkeypatch: pytest.MonkeyPatch, meet: Callable[[], None]) -> None:
    keep = staffing._keep_somebody

    def slowly(membership: Membership, *, by: User, leaves: bool) -> None:
        keep(membership, by=by, leaves=leaves)
        meet()

    monkeypatch.setattr(staffing, "_keep_somebody", slowly)


def test_one_of_two_stays(two: list[User], monkeypatch: pytest.MonkeyPatch, meet: Callable[[], None]) -> None:
    slow_down(monkeypatch, meet)
    assert close_each_other(two) == {"NoneType": 1, LastAdmin.__name__: 1}
    assert left() == 1


def test_without_the_lock_nobody_would_be_left(
    two: list[User], monkeypatch: pytest.MonkeyPatch, meet: Callable[[], None]
) -> None:
    slow_down(monkeypatch, meet)
    monkeypatch.setattr(staffing, "_lock", lambda held: Membership.objects.select_related("user").get(pk=held.pk))
    assert close_each_other(two) == {"NoneType": 2}
    assert left() == 0


def test_one_link_sets_one_password(committed_world: World) -> None:
    link = make_link(committed_world.staff, LinkPurpose.PASSWORD, now=NOON)
    outcomes = run_together([partial(set_password, link, f"Passwort Nummer {n}", now=NOON) for n in range(4)])
    assert Counter(type(outcome) for outcome in outcomes) == {User: 1, LinkOver: 3}
