"""A display without a monitor, and hands on its keyboard and mouse: what several tests of real keys share."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import resource_tracker

import pytest

TOOLS = ("Xvfb", "xdotool", "setxkbmap")


def need_tools() -> None:
    """Fails where CI lacks a tool, skips where a developer does."""
    missing = " and ".join(tool for tool in TOOLS if shutil.which(tool) is None)
    if missing and os.environ.get("CI"):
        pytest.fail(f"CI lacks {missing}: real keys would go untested")
    if missing:
        pytest.skip(f"{missing} not installed: apt install xvfb xdotool x11-xkb-utils")


def forget_block(name: str) -> None:
    """Tell this process's tracker that a block which it read is another one's, so that it says nothing at the end."""
    if sys.version_info < (3, 13):
        resource_tracker.unregister(f"/{name}", "shared_memory")


class VirtualScreen:
    """An X server of its own.

    Args:
        width: of the screen [px].
        height: of the screen [px].
    """

    def __init__(self, width: int = 800, height: int = 600) -> None:
        need_tools()
        self._corner = str(width - 10), str(height - 10)
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"]
        self.server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE", "ACCORD_LIBRARY"):
            self.environment.pop(name, None)

    def hand(self, *words: str) -> str:
        """What xdotool answers; empty where it found nothing."""
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def press(self, *keys: str) -> None:
        """Keys one after the other."""
        self.hand("key", *keys)

    def press_until(self, holds: Callable[[], bool], what: str, *keys: str) -> None:
        """Press keys that do nothing while the window is not ready for them; again if nothing came of it for long."""
        deadline = time.monotonic() + 60.0
        while not holds():
            assert time.monotonic() < deadline, f"pressed {keys} for {what}, in vain"
            self.press(*keys)
            again = time.monotonic() + 3.0
            while not holds() and time.monotonic() < again:
                time.sleep(0.02)

    def focus(self, window: str) -> None:
        """There is no window manager that would do it. Keys follow the focus only where no mouse is above a window."""
        self.hand("mousemove", *self._corner, "windowfocus", window)

    def root(self) -> str:
        """The window behind all others."""
        return self.hand("search", "--maxdepth", "0", ".*").splitlines()[0]

    def use_layout(self, name: str) -> None:
        """Another layout of the keyboard, e.g. ``fr``."""
        subprocess.run(["setxkbmap", name], env=self.environment, check=True, capture_output=True)

    def kill(self) -> None:
        """The server is gone at once, as when it crashes."""
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def close(self) -> None:
        if self.server.poll() is None:
            self.server.terminate()
        self.server.wait()
