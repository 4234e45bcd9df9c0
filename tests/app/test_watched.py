"""When a device's process is started again: by the clock that it is told, with a child that does what a test wants."""

from pathlib import Path
from typing import Any

import pytest

from accord.app import watched
from accord.app.watched import Watched
from accord.devices.health import Health
from accord.devices.inputs.stateblock import StateWriter
from accord.devices.setup import Setup
from accord.recorders.device_process import DevicePlan

S = 1_000_000_000
TICK = S // 30
WELL = Health("mouse", True, "", 0, 0, 0)


class Child:
    """A process that is started, and may have died."""

    how = ""
    """How each one dies at once; empty for one that lives."""
    plans: list[DevicePlan]

    def __init__(self, name: str, run: object, plan: DevicePlan) -> None:
        self.plans.append(plan)

    def death(self) -> str:
        return self.how

    def ask(self, request: object) -> None: ...

    def stop(self, patience_s: float) -> None: ...


@pytest.fixture
def child(monkeypatch: pytest.MonkeyPatch) -> type[Child]:
    made = type("Child", (Child,), {"plans": []})
    monkeypatch.setattr(watched, "Child", made)
    return made


def watch(block: str = "accord-none") -> Watched:
    made = Watched(Setup("mouse", "spacemouse"), (block,), Path())
    made.start(0)
    return made


def starts(one: Watched, child: Any, from_ns: int, to_ns: int) -> list[float]:
    """When the process is started again, while it is looked after [s]."""
    found = []
    for t_ns in range(from_ns, to_ns, TICK):
        before = len(child.plans)
        one.mend(t_ns)
        found += [t_ns / S] * (len(child.plans) - before)
    return found


def test_one_that_always_dies_is_started_again_less_and_less_often(child: type[Child]) -> None:
    one, child.how = watch(), "the process ended with code 1"
    found = starts(one, child, 0, 125 * S)
    assert found == pytest.approx([1, 3, 7, 15, 31, 61, 91, 121], abs=0.4)
    assert [plan.pause_s for plan in child.plans[:7]] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    (reading,) = one.readings()
    assert reading.health.detail == (
        "Wanted the process of mouse, found that the process ended with code 1: it is started again."
    )


def test_one_that_ran_well_is_started_again_at_once(child: type[Child]) -> None:
    one, child.how = watch(), "the process was killed by SIGKILL"
    assert len(starts(one, child, 0, 16 * S)) == 4
    child.how = ""
    block = StateWriter()
    one.blocks = (block.name,)
    for second in range(16, 100):
        block.publish(None, WELL, second * S)
        assert not starts(one, child, second * S, (second + 1) * S)
    child.how = "the process was killed by SIGKILL"
    assert len(starts(one, child, 100 * S, 100 * S + 2 * TICK)) == 1
    assert child.plans[-1].pause_s == 1.0
    one.close()
    block.close()


def test_one_that_starts_slowly_has_twenty_seconds_for_its_first_word(child: type[Child]) -> None:
    one = watch()
    assert one.readings()[0].health.detail == "Starting."
    assert starts(one, child, 0, 30 * S) == pytest.approx([20], abs=0.1)


def test_what_the_one_before_said_is_not_taken_for_its_first_word(child: type[Child]) -> None:
    block = StateWriter()
    block.publish(None, WELL, S)
    one = watch(block.name)
    one.start(2 * S)
    assert starts(one, child, 2 * S, 21 * S) == []
    block.publish(None, WELL, 10 * S)
    assert starts(one, child, 11 * S, 15 * S) == pytest.approx([13], abs=0.1), "it was heard, and hangs since"
    one.close()
    block.close()
