"""Where a person's own things are kept: devices, profiles, calibrations."""

import os
import sys
from pathlib import Path
from typing import Final

VARIABLE: Final = "ACCORD_CONFIG"
"""Environment variable that names another folder."""


def config_folder() -> Path:
    """The folder; it need not be there yet (XDG Base Directory Specification 0.8, and the like of other systems)."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Accord"
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "Accord"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "accord"
