"""A device in another process, as the loop sees it: a real block, a made-up clock."""

import os
from collections.abc import Iterator

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, CarriedContract, InputContract

from accord.devices.health import Health
from accord.devices.input import Input, InputState
from accord.devices.inputs.published import Published
from accord.devices.inputs.stateblock import StateWriter
from accord.devices.limits import expires_ns


class Process:
    """What a device's process would say, and the loop's end of it."""

    def __init__(self) -> None:
        self._name = f"accord-test-{os.getpid()}-{os.urandom(4).hex()}"
        self.device: Input = Published("stick", self._name)
        self.writer: StateWriter | None = None
        self._reports = self._refused = 0

    def plug(self) -> None:
        """The process begins."""
        self.writer = StateWriter(self._name)

    def unplug(self) -> None:
        """It ends as processes should."""
        if self.writer is not None:
            self.writer.close()
        self.writer = None

    def publish(self, state: InputState | None, t_ns: int) -> None:
        assert self.writer is not None
        self._reports += state is not None
        counted = (t_ns, self._reports, self._refused)
        health = Health("Stick", state is not None, "" if state else "It is gone.", *counted, rate_hz=100.0)
        self.writer.publish(state, health, t_ns)


class Pushed(Process):
    def deflect(self, t_ns: int) -> None:
        self.publish(InputState(np.eye(6)[0], t_ns=t_ns), t_ns)

    def let_go(self, t_ns: int) -> None:
        self.publish(InputState(t_ns=t_ns), t_ns)


class Carried(Process):
    def say(self, way: float, t_ns: int) -> None:
        pose = np.array([way, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
        self.publish(InputState(t_ns=t_ns, pose=pose, raw=pose[:1]), t_ns)
        self.device.channels = ("x [m]",)  # the desk reads them from the block

    def fall_silent(self) -> None: ...

    def rubbish(self, t_ns: int) -> None:
        self._refused += 1
        self.say(0.0, t_ns)


@pytest.fixture
def pushed() -> Iterator[Pushed]:
    rig = Pushed()
    yield rig
    rig.device.close()
    rig.unplug()


@pytest.fixture
def carried() -> Iterator[Carried]:
    rig = Carried()
    yield rig
    rig.device.close()
    rig.unplug()


class TestPublishedIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, pushed: Pushed) -> Pushed:
        return pushed

    test_health_counts_reports_and_says_when_the_last_one_came = None  # type: ignore[assignment]


class TestPublishedIsACarriedInput(CarriedContract):
    @pytest.fixture
    def rig(self, carried: Carried) -> Carried:
        return carried


def opened(rig: Pushed) -> Pushed:
    rig.plug()
    rig.device.open()
    rig.let_go(START_NS)
    assert rig.device.read(START_NS) is not None
    return rig


def test_at_rest_an_old_word_is_as_good_as_a_new_one_while_the_process_lives(pushed: Pushed) -> None:
    opened(pushed)
    for later_ms in range(20, 1000, 20):
        pushed.publish(InputState(t_ns=START_NS), START_NS + later_ms * MS)
        assert pushed.device.read(START_NS + later_ms * MS) is not None


def test_deflected_an_old_word_is_stale_however_alive_the_process_is(pushed: Pushed) -> None:
    opened(pushed)
    old = InputState(np.eye(6)[1], t_ns=START_NS)
    pushed.publish(old, START_NS + 100 * MS)
    assert pushed.device.read(START_NS + 100 * MS) is not None
    pushed.publish(old, START_NS + 101 * MS)
    assert pushed.device.read(START_NS + 101 * MS) is None


def test_a_process_that_hangs_holds_even_a_device_at_rest_and_says_so(pushed: Pushed) -> None:
    opened(pushed)
    assert pushed.device.read(START_NS + 100 * MS) is not None
    assert pushed.device.read(START_NS + 101 * MS) is None
    health = pushed.device.health()
    assert not health.connected
    assert health.detail == "Wanted a word from the process of stick every 100 ms, found silence: it is started again."
    assert health.reports == 1
    pushed.let_go(START_NS + 150 * MS)
    assert pushed.device.read(START_NS + 150 * MS) is not None
    assert pushed.device.health().detail == ""


def test_a_device_that_its_process_lost_is_none_with_what_the_process_says(pushed: Pushed) -> None:
    opened(pushed)
    pushed.publish(None, START_NS + 20 * MS)
    assert pushed.device.read(START_NS + 20 * MS) is None
    assert pushed.device.health().detail == "It is gone."


def test_a_process_that_was_started_again_has_a_new_block_of_the_same_name(pushed: Pushed) -> None:
    opened(pushed)
    left_behind = pushed.writer  # killed: its memory stays where it was
    pushed.plug()
    pushed.let_go(START_NS + 500 * MS)
    assert pushed.device.read(START_NS + 500 * MS) is not None
    assert left_behind is not None
    left_behind._block._open = False  # nobody is there any more who could take it away


def test_a_block_that_is_not_there_is_looked_for_twice_a_second(pushed: Pushed) -> None:
    pushed.device.open()
    assert pushed.device.read(START_NS) is None
    assert "found none yet" in pushed.device.health().detail
    pushed.plug()
    pushed.let_go(START_NS + 490 * MS)
    assert pushed.device.read(START_NS + 490 * MS) is None
    assert pushed.device.read(START_NS + 500 * MS) is not None


def test_a_loop_may_believe_it_for_less_long_for_what_it_sends_acts_for_a_period_more(pushed: Pushed) -> None:
    pushed.device = Published("stick", pushed._name, expires_ns(50.0))
    opened(pushed)
    assert pushed.device.read(START_NS + 70 * MS) is not None
    assert pushed.device.read(START_NS + 81 * MS) is None
    assert "every 70 ms" in pushed.device.health().detail
