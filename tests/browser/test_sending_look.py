"""Operators stop sending, resume it and try again, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from impfzentrum.models import Release
from impfzentrum.vocabulary import Role
from tests.browser.staff_day import play_trouble
from tests.browser.staff_pages import PAGES, Opener, look_at, open_as, saturday
from tests.conftest import World
from tests.views.staff import make_member

__all__ = ["open_as", "saturday"]
pytestmark = pytest.mark.browser


def test_operators_stop_and_resume_sending_and_try_again(
    saturday: Release, committed_world: World, open_as: Opener
) -> None:
    play_trouble(committed_world)
    operator = make_member(committed_world.centre, Role.OPERATOR, username="Jens Kuhaupt")
    page = open_as(operator, "/intern/", width=375)
    look_at(page, "sending-trouble")
    page.get_by_role("link", name="Versand anhalten …").click()
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_role("link", name="Bitte nennen Sie den Grund.")).to_be_visible()
    look_at(page, "sending-stop-errors")
    page.get_by_label("Grund").fill("Falscher Absender in den Angeboten")
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_role("heading", name="Der Versand ist angehalten")).to_be_visible()
    look_at(page, "sending-stopped")
    look_at(open_as(committed_world.staff, PAGES["release"]), "release-stopped")
    look_at(open_as(committed_world.staff, PAGES["dashboard"]), "dashboard-stopped")
    page.get_by_role("link", name="Versand fortsetzen …").click()
    look_at(page, "sending-resume")
    page.get_by_role("button", name="Versand fortsetzen").click()
    expect(page.get_by_text("Der Versand läuft wieder.")).to_be_visible()
    page.get_by_role("link", name="noch einmal versuchen …").click()
    look_at(page, "sending-retry")
    page.get_by_role("button", name="Noch einmal versuchen").click()
    expect(page.get_by_text("Nachrichten werden noch einmal versucht.")).to_be_visible()


def test_sending_is_stopped_without_script(saturday: Release, committed_world: World, open_as: Opener) -> None:
    admin = make_member(committed_world.centre, Role.COUNTY_ADMIN, username="Petra Amend")
    page = open_as(admin, PAGES["county"], width=320, java_script_enabled=False)
    page.get_by_role("link", name="Versand").click()
    page.get_by_role("link", name="Versand anhalten …").click()
    page.get_by_label("Grund").fill("Probe")
    page.get_by_role("button", name="Versand anhalten").click()
    expect(page.get_by_text("Petra Amend: Probe")).to_be_visible()
