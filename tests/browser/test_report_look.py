"""The reports and the public page with figures in a real browser: axe at every width, light and dark."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from pytest_django.live_server_helper import LiveServer

from impfzentrum.models import ExportJob
from impfzentrum.procedures.reports.jobs import order_export, write_export
from impfzentrum.procedures.reports.report import Scope
from impfzentrum.procedures.transparency import show_figures
from impfzentrum.sheets.files import SheetFormat
from impfzentrum.vocabulary import Role
from tests.browser.staff_pages import Opener, look_at, open_as
from tests.conftest import World
from tests.factories import NOON
from tests.procedures.reports.month import FIRST, plant_month
from tests.views.staff import make_member

__all__ = ["open_as"]
pytestmark = pytest.mark.browser

REPORTS = "/kreis/waldeck-frankenberg/berichte/"
APRIL = "?start=2021-04-01&end=2021-04-24"
PAGES = {
    "report-index": "",
    "report-doses": f"dosen/{APRIL}",
    "report-attendance": f"erscheinen/{APRIL}&nach=impfzentrum",
    "report-list": "liste/",
    "report-steps": f"abstiege/{APRIL}",
    "report-error": "dosen/?start=2021-04-24&end=2021-04-01",
}


def test_every_page_is_accessible_and_fits(committed_world: World, open_as: Opener, live_server: LiveServer) -> None:
    world = committed_world
    with time_machine.travel(NOON, tick=True):
        plant_month(world)
        for days in range(2, 22, 3):
            world.release(doses=days, now=NOON - timedelta(days=days))
        world.entries(31, priority_group=1)
        world.entries(52, priority_group=2)
        world.entries(3, priority_group=4)
        show_figures(world.county, show=True, by=world.staff, now=NOON)
        admin = make_member(world.centre, Role.COUNTY_ADMIN, username="Petra Amend")
        admin.email = "petra@example.org"
        admin.save()
        job = order_export(Scope(world.county, None, FIRST, NOON.date()), SheetFormat.CSV, by=admin, now=NOON)
        page = open_as(admin, REPORTS)
        for name, path in PAGES.items():
            page.goto(live_server.url + REPORTS + path)
            look_at(page, name)
        page.goto(f"{live_server.url}{REPORTS}ausgabe/{job.public_id}/")
        assert page.locator("progress").count() == 1
        write_export(job.pk, clock=lambda: NOON)
        page.get_by_text("Fertig").wait_for()  # it asks by itself
        look_at(page, "report-export")
        ExportJob.objects.all().delete()
        page.goto(f"{live_server.url}/waldeck-frankenberg/zahlen/")
        look_at(page, "figures")
