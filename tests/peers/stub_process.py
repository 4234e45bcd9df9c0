"""A stub in a process of its own, which a test moves and breaks by lines."""

import socket
import subprocess
import sys
from types import TracebackType


class StubProcess:
    """``accord stub``, running; the process ends with the block.

    Args:
        words: of the command line; what moves it is left to `say`.
    """

    def __init__(self, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "accord.app.cli", "stub", *words, "--lines"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.place = self._process.stdout.readline().strip().rpartition(" at ")[2]
        """Where it speaks."""

    def say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        """As a power cut does."""
        self._process.kill()
        self._process.wait(10)

    def __enter__(self) -> "StubProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except BrokenPipeError:
                continue


def free_udp_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
