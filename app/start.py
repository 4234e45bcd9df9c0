"""What ``make run`` starts: the window, or the demo where there is no screen to open one on."""

import os
import sys

from accord.app.cli import main


def start() -> int:
    """Open the window on the simulated workcell; without a display say so, and run the demo instead."""
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        sys.stderr.write("No display: running accord demo instead of the window.\n")
        return main(["demo"])
    return main(["window"])


if __name__ == "__main__":
    sys.exit(start())
