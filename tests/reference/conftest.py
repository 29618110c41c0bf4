"""The reference data, loaded, and a copy of its files to spoil."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from impfzentrum.reference.loading import DATA
from tests.reference_rows import put_reference


@pytest.fixture
def loaded(db: None) -> None:
    put_reference()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the files."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


Edit = Callable[[str, int, str, str], None]


@pytest.fixture
def edit(folder: Path) -> Edit:
    """Change one cell of the copy: file, line from 1 with the header, column, new content."""

    def change(file: str, line: int, column: str, content: str) -> None:
        path = folder / file
        rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
        rows[line - 1][rows[0].index(column)] = content
        with path.open("w", encoding="utf-8", newline="") as lines:
            csv.writer(lines).writerows(rows)

    return change
