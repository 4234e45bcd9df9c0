"""The process around a device that must not be read by the loop: opens it, reads it, publishes what it says.

Whatever the device does, only this process waits for it, fails with it, or is killed by it.
"""

import math
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from pathlib import Path
from threading import Thread
from typing import Final

from accord.datasets.errors import AccordError
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import Input, InputState, Waits
from accord.devices.inputs.kind import Value
from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.stateblock import StateWriter
from accord.recorders.requests import Quit
from accord.recorders.worker import Inbox, guarded, hurry

POLL_HZ: Final = 500.0
"""How often a device that cannot be waited on is read [Hz]."""
BEAT_S: Final = 0.02
"""How long a device is waited for before its process gives a sign of life all the same [s]."""


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """What the process needs to know."""

    device: str
    """As the person calls it."""
    kind: str
    options: Mapping[str, Value]
    config: Path
    """Folder of calibrations."""
    blocks: tuple[str, ...]
    """Shared memory to be made: one for each hand of the device."""
    pause_s: float = 1.0
    """How long a process whose driver failed says why before it ends, to be started again [s]."""


def run(plan: DevicePlan, connection: Connection) -> None:
    """The whole life of a device's process."""
    _end_with_the_window()
    window = _Window(plan, connection)

    def work() -> None:
        hurry(nice=-5)
        _read_until_quit(plan, window)

    def say(trace: str) -> None:
        window.say_until_quit(f"Its process failed: {trace.strip().splitlines()[-1]}", plan.pause_s)

    try:
        guarded(work, say)
    finally:
        window.close()


def _end_with_the_window() -> None:
    """See to it that a driver that hangs does not keep this process, and with it a port, once the window is gone."""
    parent = parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    Thread(target=watch, daemon=True, name="end with the window").start()


class _Window:
    """Who asked for the device: what it is told, and whether it wants the process to end."""

    def __init__(self, plan: DevicePlan, connection: Connection) -> None:
        self._device, self._inbox = plan.device, Inbox(connection)
        self.writers = tuple(StateWriter(name) for name in plan.blocks)
        self._quit = False

    def wants_an_end(self, timeout_s: float = 0.0) -> bool:
        self._quit = self._quit or any(isinstance(request, Quit) for request in self._inbox.waiting(timeout_s))
        return self._quit

    def say_until_quit(self, sentence: str, longest_s: float = math.inf) -> None:
        """Say why nothing is read, until the process is asked to end, or for so long."""
        until_s, health = time.monotonic() + longest_s, Health(self._device, False, sentence, 0, 0, 0)
        while not self._quit and time.monotonic() < until_s:
            for writer in self.writers:
                writer.publish(None, health, time.monotonic_ns())
            self.wants_an_end(BEAT_S)

    def close(self) -> None:
        for writer in self.writers:
            writer.close()


def _read_until_quit(plan: DevicePlan, window: _Window) -> None:
    with ExitStack() as opened:
        try:
            inputs = kind_named(plan.kind).make(plan.options, plan.config)
            for device in inputs:
                opened.callback(device.close)
                device.open()
        except AccordError as error:  # what cannot be made is not tried again and again: its options have to change
            opened.close()
            window.say_until_quit(str(error))
            return
        for device, writer in zip(inputs, window.writers, strict=True):
            writer.name_channels(device.channels)
        while not window.wants_an_end():
            t_ns = time.monotonic_ns()
            for device, writer in zip(inputs, window.writers, strict=True):
                state, health = device.read(t_ns), device.health()
                writer.publish(*_of_this_clock(state, health, time.monotonic_ns()), t_ns)
            _wait(inputs[0])


def _of_this_clock(state: InputState | None, health: Health, now_ns: int) -> tuple[InputState | None, Health]:
    """What a device says, but nothing from a time to come: by another clock no state would ever be stale."""
    if state is None or state.t_ns <= now_ns:
        return state, health
    wanted, found = "a state of now or before, by time.monotonic_ns()", f"one {(state.t_ns - now_ns) / 1e9:.3g} s later"
    remedy = f"let the driver of {health.name} use that clock"
    return None, replace(health, detail=str(DeviceError(wanted, found, remedy)))


def _wait(device: Input) -> None:
    if isinstance(device, Waits):
        device.wait(BEAT_S)
    else:
        time.sleep(1.0 / POLL_HZ)
