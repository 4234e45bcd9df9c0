"""A network hand does what every carried device does, also from a process of its own."""

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from contracts.inputs import MS, START_NS, CarriedContract
from phone import AHEAD_MS, TOKEN, Phone, move
from websockets.exceptions import ConnectionClosed

from accord.devices.input import Input
from accord.devices.inputs.block import BlockWriter
from accord.devices.inputs.network_hand import NetworkHand
from accord.devices.inputs.published import Published
from accord.devices.inputs.stateblock import STATE
from accord.recorders.device_process import DevicePlan, run


class Rig:
    """For the contract: a phone whose clock, and ours, are made up."""

    def __init__(self) -> None:
        self._now_ns = START_NS
        self.hand = NetworkHand(port=0, token=TOKEN, clock=lambda: self._now_ns)
        self.device: Input = self.hand
        self._plugged = False
        self._phone: Phone | None = None

    def plug(self) -> None:
        self._plugged = True

    def unplug(self) -> None:
        self._plugged = False
        if self._phone is not None:
            self._phone.vanish()
            self._phone.close()
            self._until(lambda: not self.device.health().connected)
        self._phone = None

    def say(self, way: float, t_ns: int) -> None:
        self._tell(json.dumps(move(position=[0.1, 0.2, -0.3 - way], time_ms=t_ns / 1e6 + AHEAD_MS)), t_ns)

    def fall_silent(self) -> None:
        """It says nothing unless it is told to."""

    def rubbish(self, t_ns: int) -> None:
        self._tell('{"position": "here"}', t_ns)

    def _tell(self, message: str, t_ns: int) -> None:
        assert self._plugged
        self._now_ns = t_ns
        if self._phone is None:
            self._phone = Phone(int(self.device.health().serial.rpartition(":")[2]))
            self._until(lambda: self.device.health().connected)
        before = self._heard()
        self._phone.say(message)
        self._until(lambda: self._heard() > before)

    def _heard(self) -> int:
        health = self.device.health()
        return health.reports + health.refused

    def _until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20.0
        while not holds():
            assert time.monotonic() < deadline, self.device.health()
            self.hand.wait(0.002)

    def close(self) -> None:
        if self._phone is not None:
            self._phone.close()
        self.device.close()


class TestNetworkHandIsACarriedInput(CarriedContract):
    @pytest.fixture
    def rig(self) -> Iterator[Rig]:
        made = Rig()
        yield made
        made.close()


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[BaseProcess, str]]:
    """A device's process, and the block that it publishes to."""
    block, spawn = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}", multiprocessing.get_context("spawn")
    plan = DevicePlan("left hand", "network-hand", {"port": 0, "token": TOKEN}, tmp_path, (block,))
    ours, theirs = spawn.Pipe()
    made = spawn.Process(target=run, args=(plan, theirs), daemon=True)
    made.start()
    yield made, block
    made.kill()
    made.join()
    for end in (ours, theirs):
        end.close()
    BlockWriter(STATE, block).close()  # takes away what a killed process leaves


def drive(seen: Published) -> Phone:
    """Move until the loop's end sees it; a busy computer may send a phone away, which connects anew then."""
    phone: Phone | None = None
    deadline = time.monotonic() + 60.0
    while seen.read(time.monotonic_ns()) is None:
        assert time.monotonic() < deadline, seen.health()
        port = seen.health().serial.rpartition(":")[2]
        time.sleep(0.01)  # 100 moves a second
        try:
            if phone is None and port:
                phone = Phone(int(port))
            elif phone is not None:
                phone.move()
        except (OSError, ConnectionClosed):
            phone = None
    assert phone is not None
    return phone


def test_in_a_process_of_its_own_the_loop_sees_it_move_and_its_end_within_100_ms(
    process: tuple[BaseProcess, str],
) -> None:
    worker, block = process
    seen = Published("left hand", block)
    seen.open()
    phone = drive(seen)
    state = seen.read(seen.health().last_report_ns)
    assert state is not None
    assert state.pose == pytest.approx([0.3, -0.1, 0.2, 1, 0, 0, 0])
    worker.kill()
    worker.join()
    assert seen.read(time.monotonic_ns() + 101 * MS) is None
    assert seen.health().detail.startswith("Wanted a word from the process of left hand every 100 ms, found silence")
    phone.close()
    seen.close()
