"""What everybody may know: counted once an hour, small cells withheld, no seed before its day is over."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from impfzentrum.models import AuditEvent, Draw, PublicFigures
from impfzentrum.procedures.transparency import open_book, refresh_public_figures, show_figures
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.reports.month import plant_month


def switch_on(world: World) -> None:
    show_figures(world.county, show=True, by=world.staff, now=NOON)


def test_figures_are_those_of_the_county(world: World) -> None:
    plant_month(world)
    world.entries(12, priority_group=1)
    world.entries(40, priority_group=2)
    switch_on(world)
    book = open_book(world.county, now=NOON)
    assert book.figures is not None
    assert (book.figures.released, book.figures.saved) == (10, 8)
    assert (book.fill_rate, book.fill_rate_lately) == (80, 80)
    assert book.figures.waiting == [[1, 12], [2, 40]]


def test_small_groups_are_withheld_and_with_them_what_betrays_them(world: World) -> None:
    world.entries(3, priority_group=1)
    world.entries(40, priority_group=2)
    world.entries(9, priority_group=4)
    switch_on(world)
    assert PublicFigures.objects.get().waiting == [[1, None], [2, 40], [4, None]]


def test_too_few_people_are_no_figure(world: World) -> None:
    world.entries(4)
    switch_on(world)
    assert PublicFigures.objects.get().waiting is None


def test_the_seed_of_today_stays_secret(world: World) -> None:
    world.release(now=NOON - timedelta(days=1))
    world.release()
    [(centre, draws)] = open_book(world.county, now=NOON).draws
    assert centre == world.centre
    assert [one.day for one in draws] == [(NOON - timedelta(days=1)).date()]
    [yesterday] = draws
    assert bytes.fromhex(yesterday.seed) == bytes(Draw.objects.get(day=yesterday.day).seed)


def test_it_counts_once_an_hour_and_only_where_it_is_shown(world: World) -> None:
    assert not refresh_public_figures(world.county, now=NOON)
    switch_on(world)
    assert not refresh_public_figures(world.county, now=NOON + timedelta(minutes=59))
    assert refresh_public_figures(world.county, now=NOON + timedelta(minutes=61))


def test_switching_twice_is_noted_once(world: World) -> None:
    for show in (True, True, False, False):
        show_figures(world.county, show=show, by=world.staff, now=NOON)
    assert list(AuditEvent.objects.order_by("pk").values_list("action", flat=True)) == [
        "figures_shown", "figures_hidden"
    ]  # fmt: skip


def test_the_page_takes_two_queries(world: World) -> None:
    switch_on(world)
    with CaptureQueriesContext(connection) as queries:
        open_book(world.county, now=NOON)
    assert len(queries) == 2
