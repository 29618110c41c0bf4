"""The share of people who do not come: the prior first, then what the centre saw."""

from __future__ import annotations

import pytest

from impfzentrum.rules.no_shows import NoShows


def test_without_experience_it_is_the_prior() -> None:
    assert NoShows(0, 0).share == pytest.approx(0.05)
    assert not NoShows(19, 5).known


@pytest.mark.parametrize(("seen", "missed", "share"), [(40, 2, 0.05), (40, 10, 0.15), (4000, 800, 0.1985)])
def test_experience_leads_as_it_grows(seen: int, missed: int, share: float) -> None:
    assert NoShows(seen, missed).share == pytest.approx(share, abs=0.0005)


def test_whole_people_are_expected() -> None:
    assert NoShows(400, 80).expect(10) == 2
    assert NoShows(400, 0).expect(10) == 0
