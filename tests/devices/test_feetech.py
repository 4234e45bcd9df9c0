"""Feetech's protocol: our servos against Feetech's SDK, whole and unmodified; and our bus through it."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
import scservo_sdk as sdk  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st
from leader_stub import LeaderStub, patiently

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.feetech import FeetechBus
from accord.devices.inputs.servo_bus import UnansweredError
from accord.devices.stubs import feetech_bus as theirs

IDS = [1, 2, 3, 4, 5, 6]
TICKS = (2048, 2060, 2035, 2048, 100, 3200)
"""Of an SO-101 in its reference pose."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeaderStub]:
    with LeaderStub("so101", tmp_path_factory.mktemp("so101")) as stub:
        yield stub


@pytest.fixture
def stub(process: LeaderStub) -> LeaderStub:
    process.mend()
    return process


@pytest.fixture
def port(stub: LeaderStub) -> Iterator[Any]:
    """The SDK's own port."""
    port = sdk.PortHandler(stub.port)
    assert port.setBaudRate(1_000_000)
    yield port
    port.closePort()


@pytest.fixture
def bus(stub: LeaderStub) -> Iterator[FeetechBus]:
    bus = FeetechBus()
    bus.open(stub.port, 1_000_000)
    yield bus
    bus.close()


def test_the_sdk_finds_and_reads_them(port: Any) -> None:
    packets = sdk.PacketHandler(0)
    assert [packets.ping(port, id_) for id_ in IDS] == [(777, sdk.COMM_SUCCESS, 0)] * 6
    group = sdk.GroupSyncRead(port, packets, 56, 2)
    for id_ in IDS:
        assert group.addParam(id_)
    assert group.txRxPacket() == sdk.COMM_SUCCESS
    assert tuple(group.getData(id_, 56, 2) for id_ in IDS) == TICKS


def test_the_sdk_writes_one_and_all(port: Any, stub: LeaderStub) -> None:
    packets = sdk.PacketHandler(0)
    assert packets.write1ByteTxRx(port, 3, 40, 0) == (sdk.COMM_SUCCESS, 0)
    group = sdk.GroupSyncWrite(port, packets, 40, 1)
    for id_ in IDS:
        assert group.addParam(id_, [0])
    assert group.txPacket() == sdk.COMM_SUCCESS
    assert packets.read1ByteTxRx(port, 6, 40) == (0, sdk.COMM_SUCCESS, 0)
    assert len(stub.say("torque").split()) == 2  # nobody


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_no_bytes_upset_the_servos(chunks: list[bytes]) -> None:
    bus, servos, received = theirs.FeetechBus(), [theirs.servo(1, 777)], bytearray()
    for chunk in chunks:
        received += theirs.HEADER + chunk
        while bus.take(received, servos) is not None:
            pass
    assert len(servos[0].table) == 87


def test_it_reads_what_they_are_and_where_they_stand(bus: FeetechBus, stub: LeaderStub) -> None:
    assert [patiently(partial(bus.model, id_)) for id_ in IDS] == [777] * 6
    assert patiently(lambda: bus.positions(IDS)) == TICKS
    assert patiently(lambda: bus.positions([6, 1])) == (3200, 2048)
    stub.move([0.0, 0.0, 0.0, 0.0, -0.5, 1.0])
    assert patiently(lambda: bus.position(5)) == (100 - 326) % 4096  # these begin a turn anew


def test_a_sign_is_a_bit_of_its_own(bus: FeetechBus) -> None:
    servo = theirs.servo(1, 777)
    servo.ticks = -5
    asked = bytes((1, 4, theirs.READ, 56, 2))
    request = theirs.FeetechBus().take(bytearray(theirs.HEADER + asked + bytes((theirs.checksum(asked),))), [servo])
    assert request is not None
    assert request.pieces[0].data[5:7] == b"\x05\x80"


def test_a_silent_servo_is_silent_and_the_next_read_is_good(bus: FeetechBus, stub: LeaderStub) -> None:
    stub.say("silent 3")
    with pytest.raises(UnansweredError):
        bus.positions(IDS)
    with pytest.raises(UnansweredError) as error:
        bus.model(3)
    assert not error.value.garbled
    assert patiently(lambda: bus.positions([1, 2, 4])) == (2048, 2060, 2048)


def test_an_answer_to_another_question_is_none(bus: FeetechBus, stub: LeaderStub) -> None:
    stub.say("late 0.045")
    for order in ([1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3], [2, 3, 1]):
        with pytest.raises(UnansweredError):
            bus.positions(order)


def test_a_pulled_plug_is_told(bus: FeetechBus, stub: LeaderStub) -> None:
    stub.say("unplug")
    with pytest.raises(NotConnectedError, match="unplugged"):
        bus.positions(IDS)
