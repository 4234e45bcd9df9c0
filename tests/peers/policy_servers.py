"""Policy servers as processes, for tests."""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("policy_server.py")


class PolicyServer:
    """One server on loopback, see `policy_server.py`."""

    def __init__(self, python: Path, *words: str) -> None:
        self.process = subprocess.Popen([str(python), str(PROGRAM), *words], stdout=subprocess.PIPE, text=True)
        self.address = f"ws://127.0.0.1:{self.heard()['port']}"

    def heard(self) -> dict[str, Any]:
        """The next line that it prints."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the server has ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@pytest.fixture
def serve(openpi: Path) -> Iterator[Callable[..., PolicyServer]]:
    """Starts servers, and ends them after the test."""
    servers: list[PolicyServer] = []

    def start(*words: str) -> PolicyServer:
        servers.append(PolicyServer(openpi, *words))
        return servers[-1]

    yield start
    for server in servers:
        server.kill()
