"""The real spacenavd, with a socket in a folder of the test."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

PATIENCE_S = 20.0


class Daemon:
    """spacenavd, started.

    Where the socket is cannot be chosen: some builds make it in ``/run``, so it gets a mount namespace of its own where
    that is allowed; that of Debian 12 makes it in ``run`` below where it was started.

    Args:
        folder: of its own.
        device: the serial line of its device; None for none.
    """

    def __init__(self, folder: Path, device: str | None) -> None:
        found = shutil.which("spacenavd", path=f"{os.environ['PATH']}:/usr/sbin")
        assert found, "Wanted spacenavd, found none: run `sh assets/system-libraries.sh tests`."
        self._binary, self._folder = found, folder
        self.socket = folder / "run" / "spnav.sock"
        self.socket.parent.mkdir(parents=True)
        (folder / "spnavrc").write_text(f"serial = {device}\n" if device else "")
        self.start()

    def start(self) -> None:
        words = [self._binary, "-d", "-c", "spnavrc", "-l", "log"]  # -d keeps it in the foreground
        space = ["unshare", "-rm"]
        if subprocess.run([*space, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            words = [*space, "sh", "-c", 'mount --bind run "$(readlink -f /run)" && exec "$@"', "sh", *words]
        surroundings = {**os.environ, "DISPLAY": ":12345"}  # or it would watch for an X server, and talk to it
        self._process = subprocess.Popen(words, cwd=self._folder, env=surroundings, stdin=subprocess.DEVNULL)
        end_s = time.monotonic() + PATIENCE_S
        while self._process.poll() is None and not self._listens():
            assert time.monotonic() < end_s, self._said()
            time.sleep(0.002)
        assert self._process.poll() is None, self._said()

    def _said(self) -> str:
        log = self._folder / "log"
        return f"Wanted spacenavd to listen, found: {log.read_text() if log.exists() else 'no log'}"

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            return client.connect_ex(str(self.socket)) == 0

    def kill(self) -> None:
        """It is gone at once, as when it crashes; twice is allowed."""
        self._process.kill()
        self._process.wait()
