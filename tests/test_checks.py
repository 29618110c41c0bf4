"""The system check of the address in links."""

from __future__ import annotations

import pytest
from pytest_django.fixtures import Settings

from impfzentrum.checks import check_offers_fit

LONGEST = 41
"""Letters of an address with https:// that leave a built-in offer in one part."""


@pytest.mark.parametrize(("letters", "fits"), [(20, True), (LONGEST, True), (LONGEST + 1, False), (60, False)])
def test_an_address_fits_or_is_told_by_how_much_not(settings: Settings, letters: int, fits: bool) -> None:
    settings.PUBLIC_URL = "https://" + "x" * (letters - 8)
    found = check_offers_fit()
    if fits:
        assert found == []
        return
    [error] = found
    assert f"{letters - LONGEST} letter" in error.msg
    assert f"at most {LONGEST - 8} letters" in (error.hint or "")


def test_the_short_host_is_what_counts(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://" + "x" * 60
    settings.SHORT_LINK_HOST = "nr.example"
    assert check_offers_fit() == []
    settings.SHORT_LINK_HOST = "x" * (LONGEST - 8 + 1)
    assert len(check_offers_fit()) == 1
