"""Nobody's own devices, profiles and calibrations are read or written by a test, and no made-up example is timed."""

from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("accord", deadline=None)
settings.load_profile("accord")


@pytest.fixture(autouse=True, scope="session")
def _config_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ACCORD_CONFIG", str(tmp_path_factory.mktemp("config")))
        yield
