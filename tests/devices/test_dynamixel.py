"""Dynamixel's protocol 2.0: our servos against Robotis's SDK, whole and unmodified; and our bus through it."""

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import dynamixel_sdk as sdk  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leader_stub import LeaderStub, patiently

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.dynamixel import DynamixelBus
from accord.devices.inputs.servo_bus import UnansweredError
from accord.devices.stubs import dynamixel_bus as theirs

IDS = [1, 2, 3, 4, 5, 6, 7, 8]
TICKS = (3072, 2048, 1024, 3072, 2048, 2048, 0, 2219)
"""Of a GELLO in its reference pose."""


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeaderStub]:
    with LeaderStub("gello", tmp_path_factory.mktemp("gello"), "--baud", "1000000") as stub:
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
def bus(stub: LeaderStub) -> Iterator[DynamixelBus]:
    bus = DynamixelBus()
    bus.open(stub.port, 1_000_000)
    yield bus
    bus.close()


# The servos against the unmodified SDK -----------------------------------------------------------------------------


def test_the_sdk_finds_them_all(port: Any) -> None:
    found, result = sdk.PacketHandler(2.0).broadcastPing(port)
    assert result == sdk.COMM_SUCCESS
    assert found == {id_: [1200, 50] for id_ in IDS}


@pytest.mark.parametrize("fast", [True, False])
def test_the_sdk_reads_them_all_at_once(port: Any, fast: bool) -> None:
    group = sdk.GroupSyncRead(port, sdk.PacketHandler(2.0), 132, 4)
    for id_ in IDS:
        assert group.addParam(id_)
    result = group.fastSyncRead() if fast else group.txRxPacket()
    assert result == sdk.COMM_SUCCESS
    assert tuple(group.getData(id_, 132, 4) for id_ in IDS) == TICKS


@pytest.mark.parametrize("fast", [True, False])
def test_a_silent_servo_costs_the_sdk_all_of_them(stub: LeaderStub, port: Any, fast: bool) -> None:
    stub.say("silent 1")
    group = sdk.GroupSyncRead(port, sdk.PacketHandler(2.0), 132, 4)
    for id_ in IDS:
        assert group.addParam(id_)
    start_s = time.monotonic()
    result = group.fastSyncRead() if fast else group.txRxPacket()
    assert result != sdk.COMM_SUCCESS
    assert time.monotonic() - start_s > 0.034


def test_the_sdk_writes_one_and_all(port: Any, stub: LeaderStub) -> None:
    packets = sdk.PacketHandler(2.0)
    assert packets.write1ByteTxRx(port, 3, 64, 0) == (sdk.COMM_SUCCESS, 0)
    assert packets.read1ByteTxRx(port, 3, 64) == (0, sdk.COMM_SUCCESS, 0)
    group = sdk.GroupSyncWrite(port, packets, 64, 1)
    for id_ in IDS:
        assert group.addParam(id_, [0])
    assert group.txPacket() == sdk.COMM_SUCCESS
    assert packets.read1ByteTxRx(port, 8, 64) == (0, sdk.COMM_SUCCESS, 0)  # the bus has done the one before
    assert len(stub.say("torque").split()) == 2  # nobody


def test_the_sdk_is_told_what_is_wrong(port: Any) -> None:
    packets = sdk.PacketHandler(2.0)
    assert packets.readTxRx(port, 1, 200, 4)[2] == theirs.BAD_RANGE
    assert packets.write4ByteTxRx(port, 1, 132, 0)[1] == theirs.NO_ACCESS
    assert packets.write1ByteTxRx(port, 1, 64, 1)[1] == 0
    assert packets.write1ByteTxRx(port, 1, 7, 9)[1] == theirs.NO_ACCESS  # EEPROM, while it holds
    assert packets.reboot(port, 1)[1] == theirs.BAD_INSTRUCTION


def test_a_wrong_checksum_is_told() -> None:
    servo = theirs.servo(1, 1200)
    packet = bytearray(theirs.HEADER + bytes((0, 1, 3, 0, theirs.PING)) + b"\0\0")
    request = theirs.DynamixelBus().take(packet, [servo])
    assert request is not None
    assert request.pieces[0].data == theirs.status(1, theirs.BAD_CRC)


def test_the_sdk_unstuffs_a_header_within_a_position() -> None:
    """-131073 is FF FF FD FF as bytes: a header, behind which the wire has one more FD."""
    servo = theirs.servo(5, 1200)
    servo.ticks = -131073
    assert servo.ticks.to_bytes(4, "little", signed=True)[:3] == theirs.HEADER
    body = bytes((theirs.READ,)) + (132).to_bytes(2, "little") + (4).to_bytes(2, "little")
    request = theirs.HEADER + bytes((0, 5, 7, 0)) + body
    request += theirs.crc16(request).to_bytes(2, "little")
    asked = theirs.DynamixelBus().take(bytearray(request), [servo])
    assert asked is not None
    (piece,) = asked.pieces
    assert len(piece.data) == 16  # one more than a position has
    unstuffed = sdk.PacketHandler(2.0).removeStuffing(list(piece.data))
    assert bytes(unstuffed[9:13]) == servo.ticks.to_bytes(4, "little", signed=True)


@given(st.binary(max_size=200))
def test_our_checksum_is_the_sdks(data: bytes) -> None:
    assert theirs.crc16(data) == sdk.PacketHandler(2.0).updateCRC(0, data, len(data))


@given(st.binary(max_size=60).map(lambda data: data + theirs.HEADER), st.binary(max_size=60))
def test_what_is_stuffed_comes_out_again(begin: bytes, end: bytes) -> None:
    assert theirs.unstuffed(theirs.stuffed(begin + end)) == begin + end


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_no_bytes_upset_the_servos(chunks: list[bytes]) -> None:
    bus, servos, received = theirs.DynamixelBus(), [theirs.servo(1, 1200)], bytearray()
    for chunk in chunks:
        received += theirs.HEADER + chunk
        while bus.take(received, servos) is not None:
            pass
    assert servos[0].id == 1


# Our bus -----------------------------------------------------------------------------------------------------------


def test_it_reads_what_they_are_and_where_they_stand(bus: DynamixelBus, stub: LeaderStub) -> None:
    assert [patiently(partial(bus.model, id_)) for id_ in IDS] == [1200] * 8
    assert patiently(lambda: bus.positions(IDS)) == TICKS
    assert patiently(lambda: bus.positions([8, 1, 2])) == (2219, 3072, 2048)
    assert patiently(lambda: bus.position(4)) == 3072
    stub.move([0.0, 0.0, 0.0, -2.0, 0.0, 1.5, -0.5, 1.0])
    assert patiently(lambda: bus.position(7)) == -326  # counted on below zero


def test_it_takes_as_long_as_the_wire(bus: DynamixelBus, stub: LeaderStub, tmp_path: Path) -> None:
    with LeaderStub("gello", tmp_path) as slow:
        bus.open(slow.port, 57_600)
        start_s = time.monotonic()
        assert patiently(lambda: bus.positions(IDS)) == TICKS
        assert time.monotonic() - start_s > (22 + 72) * 10 / 57_600


def test_a_silent_servo_is_silent_and_the_next_read_is_good(bus: DynamixelBus, stub: LeaderStub) -> None:
    stub.say("silent 3")
    for _ in range(2):  # the fast way, then the plain one
        with pytest.raises(UnansweredError):
            bus.positions(IDS)
    with pytest.raises(UnansweredError) as error:
        bus.model(3)
    assert not error.value.garbled
    assert patiently(lambda: bus.positions([1, 2, 4])) == (3072, 2048, 3072)
    stub.say("whole")
    assert patiently(lambda: bus.positions(IDS)) == TICKS


def test_an_answer_to_another_question_is_none(bus: DynamixelBus, stub: LeaderStub) -> None:
    stub.say("late 0.045")
    for order in ([1, 2, 3], [2, 3, 1], [3, 1, 2], [1, 2, 3], [2, 3, 1]):
        with pytest.raises(UnansweredError):
            bus.positions(order)


def test_old_firmware_is_asked_the_plain_way_for_good(tmp_path: Path) -> None:
    with LeaderStub("koch", tmp_path, "--old") as stub:
        bus = DynamixelBus()
        bus.open(stub.port, 1_000_000)
        failed = in_a_row = 0
        while in_a_row < 6:  # the fast way fails every other time, until it is given up
            try:
                assert bus.positions([1, 6]) == (2048, 2600)
                in_a_row += 1
            except UnansweredError:
                failed, in_a_row = failed + 1, 0
                assert failed < 50
        assert failed >= 3
        bus.close()


def test_a_pulled_plug_is_told(bus: DynamixelBus, stub: LeaderStub) -> None:
    stub.say("unplug")
    with pytest.raises(NotConnectedError, match="unplugged"):
        bus.positions(IDS)
    bus.close()
    bus.close()
