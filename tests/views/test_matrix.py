"""The matrix: every role × every address of the site × own centre, other centre, other county × GET and POST.

The rows stand in `matrix.py`; an address without a row fails, and so does a row without an address.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.test import override_settings
from django.urls import include, path

from impfzentrum.access import CENTRE_ROLES
from impfzentrum.models import Centre
from tests.conftest import World
from tests.views.cells import Tried, try_cells
from tests.views.matrix import ROWS, Row, at_centre, row_of
from tests.views.routes import list_routes
from tests.views.scene import set_scene

pytestmark = pytest.mark.usefixtures("saturday_noon")

LEAST_CELLS = 3_500
"""So many there are at least: the table must not grow thin unnoticed."""


def try_all(world: World, urlconf: str, rows: Mapping[str, Row] = ROWS, *, only: str = "") -> Tried:
    scene, tried = set_scene(world), Tried()
    for route in list_routes(urlconf):
        row = row_of(route.name, route.namespaces, rows)
        if row is None:
            tried.faults.append(f"{route.name} ({route.pattern}) has no row in tests/views/matrix.py")
            continue
        if only and route.name != only:
            continue
        for fault in try_cells(route, row, scene):
            tried.cells += 1
            if fault:
                tried.faults.append(fault)
    return tried


def test_every_cell(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    tried = try_all(world, settings.ROOT_URLCONF)
    with capsys.disabled():
        print(f"\nmatrix: {tried.cells} cells, {len(tried.faults)} faults")
    assert not tried.faults, "\n".join(tried.faults[:40])
    assert tried.cells >= LEAST_CELLS


def test_every_row_has_an_address() -> None:
    names = {route.name for route in list_routes(settings.ROOT_URLCONF)} | {"admin:*"}
    assert set(ROWS) <= names, f"rows of pages that are gone: {set(ROWS) - names}"


# --- planted: a page of a centre that asks only whether somebody is logged in


def leak(request: HttpRequest, centre: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return HttpResponse(status=403)
    return HttpResponse(get_object_or_404(Centre, slug=centre).name)


urlpatterns = [path("zentrum/<slug:centre>/leck/", leak, name="leak"), path("", include(settings.ROOT_URLCONF))]


@override_settings(ROOT_URLCONF=__name__)
def test_a_planted_leak_is_seen(world: World) -> None:
    tried = try_all(world, __name__, {**ROWS, "leak": at_centre(CENTRE_ROLES)}, only="leak")
    faults = "\n".join(tried.faults)
    assert "GET leak at other centre as centre_staff: let in instead of 404" in faults
    assert "GET leak at other county as county_admin: let in instead of 404" in faults
    assert "GET leak at own centre as operator: let in instead of 403" in faults
    assert "GET leak at own centre as centre_staff" not in faults


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_without_a_row_is_seen(world: World) -> None:
    tried = try_all(world, __name__, only="leak")
    assert tried.faults == ["leak (zentrum/<slug:centre>/leck/) has no row in tests/views/matrix.py"]
