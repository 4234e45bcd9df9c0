"""A whole place of work around one wire: desk, device's process, loop, cameras and recorder, all of them real."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
from wires.arm import ArmWire
from wires.daemon import SpacenavdWire
from wires.exo import ExoWire
from wires.hid import SpaceMouseWire
from wires.keys import KeysWire
from wires.pad import PadWire
from wires.phone import PhoneWire
from wires.wire import Wire, profiled

from accord.app.desk import Desk
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.app.unattended import check_alive
from accord.devices.limits import Hold
from accord.devices.sim.arms.catalogue import arm
from accord.devices.sim.tasks import catalogue

LEADERS = ("gello", "koch", "so101")
WIRES = ("keyboard", "spacemouse", "spacenavd", "gamepad", "phone", *LEADERS, "exoskeleton", "cockpit")
"""Every device that has a wire."""
PATIENCE_S = 60.0
LOST = (Hold.INPUT_LOST, Hold.STALE_COMMAND, Hold.WINDOW_SILENT, Hold.NO_SOURCE)
"""Reasons to hold at which nobody knows whether the device is there."""
_TICK_S = 1 / 60


def made(name: str, folder: Path) -> Wire:
    """The wire of this name, for a desk that keeps its calibrations in that folder."""
    if name in LEADERS:
        return ArmWire(name, folder, arm(catalogue.task(ArmWire.task).arms[0]).home)
    makers: dict[str, Callable[[], Wire]] = {
        "keyboard": KeysWire, "spacemouse": SpaceMouseWire, "spacenavd": SpacenavdWire, "gamepad": PadWire,
        "phone": PhoneWire,
    }  # fmt: skip
    return makers[name]() if name in makers else ExoWire(name, folder)


class Place:
    """A session that is driven over one wire.

    Args:
        wire: of the device.
        session: that has started.
    """

    def __init__(self, wire: Wire, session: Session) -> None:
        self.wire, self.session = wire, session
        self._next = 0
        self.steps: list[np.void] = []
        """Those since `forget`."""

    @property
    def pid(self) -> int | None:
        """Of the device's process; None for one that the loop reads."""
        one = self.session.desk._processes.get(self.wire.setup.name)
        return None if one is None or one._child is None else one._child.process.pid

    @property
    def hears(self) -> bool:
        """Whether the device was there at the newest step."""
        return bool(self.steps) and self.steps[-1]["hold"] not in LOST

    def tick(self) -> Snapshot:
        """One turn of the window."""
        now = self.session.tick()
        check_alive(now)
        batch = self.session._running.steps.since(self._next)
        self._next = batch.next_item
        self.steps.extend(batch.items)
        return now

    def forget(self) -> None:
        self.tick()
        self.steps.clear()

    def until(self, holds: Callable[[Snapshot], bool], aim: str) -> Snapshot:
        """Tick until something holds."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not holds(now := self.tick()):
            if time.monotonic() > deadline_s:
                raise AssertionError(f"never {aim}: {now.loop.hold_text} {now.loop.input_detail}")
            time.sleep(_TICK_S)
        return now

    def wait(self, seconds: float) -> None:
        """Tick for so long by the clock of the steps."""
        end_ns = time.monotonic_ns() + int(1e9 * seconds)
        self.until(lambda _: bool(self.steps) and int(self.steps[-1]["t_ns"]) >= end_ns, "so late")

    def engage(self) -> None:
        """Let go, take it, and see it drive."""
        for _ in range(50):  # on a machine that does a lot else
            self.wire.release()
            self.wait(0.15)
            self.wire.take()
            with suppress(AssertionError):
                self._until_driven()
                return
        raise AssertionError(f"it never drives: {self.tick().loop}")

    def _until_driven(self) -> None:
        deadline_s = time.monotonic() + 1.5
        self.forget()
        while len(self.steps) < 4 or not all(step["sent/twist"].any() for step in self.steps[-4:]):
            assert time.monotonic() < deadline_s
            self.tick()
            time.sleep(_TICK_S)


@contextmanager
def opened(name: str, folder: Path, width: int = 64, height: int = 48, task: str = "") -> Iterator[Place]:
    """A place where the device of this name drives."""
    config = folder / "desk"
    desk = Desk(config)
    wire = made(name, desk.calibrations)
    try:
        desk.put(profiled(wire.setup, wire.mapping, config))
        settings = Settings(folder / "library", task=task or wire.task, width=width, height=height)
        session = Session(settings, operator="script-wire", seed=1, desk=desk)
        try:
            session.use_source(wire.setup.name)
            session.start()
            if isinstance(wire, KeysWire):
                wire.block = session.keys
            place = Place(wire, session)
            place.until(lambda now: now.state is State.READY, "ready")
            yield place
        finally:
            session.close()
    finally:
        desk.close()
        wire.close()
