"""One process of a session, seen from the process that started it."""

import os
import signal
import time
from multiprocessing.connection import Connection

import pytest

from accord.app.child import Child

LARGE = bytes(1 << 20)
"""More than a pipe holds, as a scene with its meshes is."""


def echo(plan: bytes, connection: Connection) -> None:
    raise SystemExit(len(plan) % 251 if connection.recv() == "go" else 1)


def ended(child: Child) -> str:
    deadline = time.monotonic() + 30.0
    while not child.death():
        assert time.monotonic() < deadline, "it never ended"
        time.sleep(0.01)
    return child.death()


def sleep(plan: float, connection: Connection) -> None:
    connection.send("asleep")
    time.sleep(plan)


def test_a_child_that_even_the_system_cannot_end_at_once_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child("stuck", sleep, 3600.0)
    assert child._requests.poll(30.0)
    process = child.process
    monkeypatch.setattr(process, "kill", lambda: None)  # as a driver of the system that does not return
    began_s = time.monotonic()
    child.stop(0.0)
    assert time.monotonic() - began_s < 5.0
    assert process.is_alive()
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join(30.0)
    assert process.exitcode == -signal.SIGKILL


def test_a_child_gets_its_plan_and_then_what_it_is_asked() -> None:
    child = Child("echo", echo, LARGE)
    child.ask("go")  # type: ignore[arg-type]
    assert ended(child) == f"the echo process ended with code {len(LARGE) % 251}"
    child.stop()


def test_a_child_that_dies_before_it_reads_its_plan_does_not_hold_its_parent_up(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import dies_early

    child = Child("doomed", dies_early.life, LARGE)
    assert ended(child) == "the doomed process ended with code 1"
    assert "as if a library were missing" in capfd.readouterr().err
    child.stop()
