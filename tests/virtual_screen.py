"""A display without a monitor, and hands on its keyboard and mouse: what several tests of real keys share."""

import os
import shutil
import signal
import subprocess
import sys
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
    """An X server of its own."""

    def __init__(self) -> None:
        need_tools()
        read, write = os.pipe()
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
        self.server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as told:
            self.display = f":{told.readline().strip()}"
        self.environment = os.environ | {"DISPLAY": self.display, "QT_QPA_PLATFORM": "xcb", "LC_ALL": "C.UTF-8"}
        for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
            self.environment.pop(name, None)

    def hand(self, *words: str) -> str:
        """What xdotool answers; empty where it found nothing."""
        done = subprocess.run(["xdotool", *words], env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

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
