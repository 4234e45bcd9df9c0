"""The real spacenavd, fed by an emulated Magellan over a pseudo-terminal."""

import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import InputContract
from peers.magellan import Magellan
from peers.spacenavd import PATIENCE_S, Daemon

from accord.devices.errors import NotConnectedError
from accord.devices.input import Input, InputState
from accord.devices.inputs.hidraw import HidrawDoor
from accord.devices.inputs.spacemouse import SpaceMouse, inputs
from accord.devices.inputs.spacenavd import OFFER, SpacenavdDoor, SpacenavdWire, socket_path
from accord.devices.inputs.wire import FirstOf

X, Y, Z, ROLL, PITCH, YAW = range(6)
MOTION, PRESS, RELEASE, DEVICE = range(4)


def until(holds: Callable[[], bool], why: Callable[[], object] = lambda: "") -> None:
    end_s = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end_s, why()
        time.sleep(0.002)


@pytest.fixture(scope="module")
def magellan() -> Iterator[Magellan]:
    magellan = Magellan()
    yield magellan
    magellan.close()


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory, magellan: Magellan) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path_factory.mktemp("spacenavd"), magellan.path)
    yield daemon
    daemon.kill()


@pytest.fixture(scope="module")
def one(daemon: Daemon) -> Iterator[SpaceMouse]:
    one = SpaceMouse(door=SpacenavdDoor(daemon.socket))
    one.open()
    yield one
    one.close()


@pytest.fixture
def device(one: SpaceMouse, magellan: Magellan) -> SpaceMouse:
    """Connected and at rest, no button pressed."""
    magellan.press()
    until_rest(one, magellan)
    return one


def now(device: SpaceMouse) -> InputState | None:
    return device.read(time.monotonic_ns())


def until_rest(device: SpaceMouse, magellan: Magellan) -> None:
    def rests() -> bool:
        magellan.push()
        return (state := now(device)) is not None and state.at_rest

    until(rests, device.health)


def pushed(device: SpaceMouse, magellan: Magellan, *axes: int) -> InputState:
    """Hold the cap there, as unsteadily as a hand does, until the device says so."""
    seen: list[InputState] = []

    def arrives() -> bool:
        for wobble in (0, 1):
            magellan.push(*(axis + wobble * int(np.sign(axis)) for axis in axes))
        state = now(device)
        if state is not None and not state.at_rest:
            seen.append(state)
        return bool(seen)

    until(arrives, device.health)
    return seen[0]


# The Magellan's own axes are x right, y up, z towards the person.
@pytest.mark.parametrize(
    ("push", "axis", "sign"),
    [
        ((0, 0, -200), X, +1),  # away from the person
        ((0, 0, 200), X, -1),
        ((200,), Y, -1),  # to the right
        ((0, 200), Z, +1),  # lifted
        ((0, 0, 0, 0, 0, -200), ROLL, +1),  # about the axis that points away: leaned right
        ((0, 0, 0, -200), PITCH, +1),  # about the axis that points left: leaned forward
        ((0, 0, 0, 0, 200), YAW, +1),  # about the axis that points up
    ],
)
def test_a_push_arrives_at_its_axis_with_its_sign(
    device: SpaceMouse, magellan: Magellan, push: tuple[int, ...], axis: int, sign: int
) -> None:
    state = pushed(device, magellan, *push)
    assert state.axes[axis] == pytest.approx(sign * 200 / 350, abs=0.02)
    assert np.count_nonzero(state.axes) == np.count_nonzero(state.raw) == 1


def test_its_health_says_that_spacenavd_is_in_between(device: SpaceMouse, magellan: Magellan) -> None:
    pushed(device, magellan, 200)
    health = device.health()
    assert health.name == "SpaceMouse through spacenavd"
    assert health.connected
    assert health.detail == ""
    assert health.reports > 0
    assert health.refused == 0


def test_buttons_arrive_as_bits(device: SpaceMouse, magellan: Magellan) -> None:
    masks: list[int] = []

    def seen(mask: int) -> Callable[[], bool]:
        def arrives() -> bool:
            state = now(device)
            masks.append(state.buttons if state is not None else -1)
            return masks[-1] == mask

        return arrives

    magellan.press(0)
    until(seen(0b1))
    magellan.press(0, 2)
    until(seen(0b101))
    magellan.press()
    until(seen(0))


def test_a_cap_held_quite_still_counts_as_lost_since_spacenavd_says_nothing(
    device: SpaceMouse, magellan: Magellan
) -> None:
    begin_ns = pushed(device, magellan, 0, 0, -200).t_ns
    until(lambda: now(device) is None)
    assert time.monotonic_ns() - begin_ns >= 100_000_000
    detail = device.health().detail
    assert "fell silent" in detail
    assert "spacenavd is silent while a cap is held quite still" in detail
    assert "70-accord-spacemouse.rules" in detail
    until_rest(device, magellan)


def test_rubbish_of_the_device_stays_in_spacenavd(device: SpaceMouse, magellan: Magellan) -> None:
    magellan.say(b"dnonsense\rk\r\x00\xff\xfe\r")
    assert pushed(device, magellan, 0, 200).axes[Z] > 0.5
    assert device.health().refused == 0


def test_killed_in_motion_it_is_lost_at_the_next_look_and_comes_back(
    daemon: Daemon, device: SpaceMouse, magellan: Magellan
) -> None:
    pushed(device, magellan, 0, 0, -200)
    daemon.kill()
    assert now(device) is None
    assert not device.health().connected
    assert device.health().detail.startswith("Wanted records from spacenavd, found that it ended:")
    until(lambda: now(device) is None and "start it" in device.health().detail, device.health)
    daemon.start()
    until_rest(device, magellan)
    assert pushed(device, magellan, 0, 0, -200).axes[X] > 0.5


def test_a_daemon_without_a_device_is_not_taken_for_one(tmp_path: Path) -> None:
    daemon = Daemon(tmp_path, None)
    device = SpaceMouse(door=SpacenavdDoor(daemon.socket))
    device.open()
    until(lambda: now(device) is None and "found that it has none" in device.health().detail, device.health)
    assert not device.health().connected
    device.close()
    daemon.kill()


def test_what_can_be_read_itself_is_not_read_through_spacenavd(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "sys").mkdir()
    device = SpaceMouse(door=FirstOf(HidrawDoor(tmp_path / "sys", tmp_path), SpacenavdDoor(daemon.socket)))
    device.open()
    until(lambda: now(device) is not None, device.health)
    assert device.health().name == "SpaceMouse through spacenavd"
    device.close()
    folder = tmp_path / "sys" / "hidraw0" / "device"
    folder.mkdir(parents=True)
    folder.joinpath("uevent").write_text("HID_ID=0003:0000256F:0000C635\nHID_NAME=Compact\n")
    os.mkfifo(tmp_path / "hidraw0")
    device.open()
    until(lambda: now(device) is not None, device.health)
    assert device.health().name == "Compact"
    device.close()


# ---- what the daemon at hand cannot be made to do


def record(*numbers: int) -> bytes:
    return struct.pack("8i", *numbers, *[0] * (8 - len(numbers)))


def answer(asked: bytes, there: bool) -> bytes:
    """What a daemon says to the question how many axes its device has."""
    return asked[4:8] + struct.pack("7i", 6, 0, 0, 0, 0, 0, 0 if there else -1)


class Protocol:
    """The daemon's end of the protocol, without a daemon: time is made up here."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._server: socket.socket | None = None
        self._clients: list[socket.socket] = []
        self._away = 0
        self.device: Input = SpaceMouse(door=SpacenavdDoor(path))

    def plug(self) -> None:
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self._path))
        self._server.listen()
        self._server.setblocking(False)

    def unplug(self) -> None:
        assert self._server is not None
        for end in (self._server, *self._clients):
            end.close()
        self._clients.clear()
        self._path.unlink()
        self._server = None

    def _tell(self, *reports: bytes) -> None:
        assert self._server is not None
        with suppress(BlockingIOError):
            client, _ = self._server.accept()
            self._clients.append(client)
            asked = client.recv(64)
            client.sendall(asked[:4] + answer(asked, there=True))
        for client in self._clients:
            with suppress(OSError):  # one that was closed
                client.sendall(b"".join(reports))

    def deflect(self, t_ns: int) -> None:
        self._away += 1
        self._tell(record(MOTION, 0, 0, 300 + self._away % 2))

    def let_go(self, t_ns: int) -> None:
        self._tell(*[record(MOTION)] if self._away else [])
        self._away = 0

    def close(self) -> None:
        self.device.close()
        if self._server is not None:
            self.unplug()


class TestSpaceMouseThroughSpacenavdIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, tmp_path: Path) -> Iterator[Protocol]:
        rig = Protocol(tmp_path / "spnav.sock")
        yield rig
        rig.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, SpacenavdWire]]:
    theirs, ours = socket.socketpair(socket.AF_UNIX)
    ours.setblocking(False)
    theirs.settimeout(5)
    wire = SpacenavdWire(ours)
    yield theirs, wire
    wire.close()
    theirs.close()


def test_what_is_said_between_daemon_and_client_is_no_report(pair: tuple[socket.socket, SpacenavdWire]) -> None:
    theirs, wire = pair
    wire.ask()
    asked = theirs.recv(64)
    assert asked[:4] == struct.pack("I", OFFER)
    assert np.all(np.isnan(np.frombuffer(asked, np.float32)))  # so that no daemon takes it for a sensitivity
    motion = record(MOTION, 1, 2, 3, 4, 5, 6, 16)
    theirs.send(motion + struct.pack("I", OFFER) + motion[:7])
    assert wire.waiting() == [motion]
    assert wire.present is None
    theirs.send(motion[7:] + answer(asked, there=True))
    assert wire.waiting() == [motion]
    assert wire.present


def test_when_the_daemon_says_that_devices_changed_it_is_asked_again(
    pair: tuple[socket.socket, SpacenavdWire],
) -> None:
    theirs, wire = pair
    wire.ask()
    asked = theirs.recv(64)
    theirs.send(asked[:4] + answer(asked, there=True) + record(DEVICE))
    assert wire.waiting() == []
    assert theirs.recv(64) == asked[4:]
    theirs.send(answer(asked, there=False))
    with pytest.raises(NotConnectedError, match="it was unplugged"):
        wire.waiting()


def test_an_older_daemon_that_does_not_answer_is_believed_to_have_one(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "sock"))
        server.listen()
        device = SpaceMouse(door=SpacenavdDoor(tmp_path / "sock"))
        device.open()
        assert now(device) is None
        assert "no answer yet" in device.health().detail
        until(lambda: now(device) is not None, device.health)
        device.close()


def test_a_flood_is_drained_and_the_newest_counts(pair: tuple[socket.socket, SpacenavdWire]) -> None:
    theirs, wire = pair
    theirs.sendall(b"".join(record(MOTION, turn) for turn in range(500)))
    records = wire.waiting()
    assert len(records) == 500
    assert wire.waiting() == []
    assert struct.unpack_from("2i", records[-1]) == (MOTION, 499)


def test_without_a_daemon_the_sentence_says_how_to_start_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPNAV_SOCKET", str(tmp_path / "none"))
    assert socket_path() == tmp_path / "none"
    with pytest.raises(NotConnectedError, match="systemctl start spacenavd"):
        SpacenavdDoor().find()
    (device,) = inputs()
    device.open()
    now(device)
    assert "spacenavd" not in device.health().detail  # nobody has to install it
    device.close()
