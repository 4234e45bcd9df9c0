"""One base for all tests of lessons: making it takes longer than most of them."""

from pathlib import Path

import pytest
from lessons import copied, make_base


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lessons") / "library"
    make_base(folder)
    return folder


@pytest.fixture
def base(template: Path, tmp_path: Path) -> Path:
    return copied(template, tmp_path / "library")
