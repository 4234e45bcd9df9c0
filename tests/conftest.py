"""Nobody's own devices, profiles and calibrations are read or written by a test."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="session")
def _config_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCORD_CONFIG", str(tmp_path_factory.mktemp("config")))
        yield
