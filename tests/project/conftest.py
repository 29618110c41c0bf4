"""A site of its own for tests of the set-up."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.project.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Not started yet; whatever it left is gone after the test."""
    site = Site(tmp_path / "run")
    yield site
    site.throw_away()
