import os
import socket
import tty
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from peers.stub_process import free_udp_port

from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.inputs.exo_link import ExoLink
from accord.devices.inputs.exo_packet import VERSION, Device, Packet, Section, crc, encode
from accord.devices.inputs.exo_wire import LOOPBACK, SerialWire, UdpWire, opener
from accord.devices.inputs.serial_port import open_serial, ports, serial_of

MS = 1_000_000
BAUD = 1_000_000


class Pty:
    """A pseudo-terminal whose far end is the test."""

    def __init__(self) -> None:
        self.far, self.near = os.openpty()
        tty.setraw(self.near)
        self.path = os.ttyname(self.near)
        self._whole = True

    def unplug(self) -> None:
        if self._whole:
            self._whole = False
            os.close(self.far)
            os.close(self.near)


@pytest.fixture
def pty() -> Iterator[Pty]:
    one = Pty()
    yield one
    one.unplug()


def packet(number: int, version: int = VERSION) -> bytes:
    """One that is whole, of an exoskeleton."""
    data = bytearray(encode(Packet(Device.EXOSKELETON, 7, number, 0, {Section.LEFT_ARM: np.zeros(7)})))
    data[2] = version
    data[-2:] = crc(data[2:-2]).to_bytes(2, "little")
    return bytes(data)


@pytest.fixture
def udp() -> Iterator[UdpWire]:
    wire = UdpWire(free_udp_port())
    yield wire
    wire.close()


def sender(wire: UdpWire) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    address, port = wire.name.removeprefix("UDP ").split(":")
    one.connect((address, int(port)))
    return one


# A serial port --------------------------------------------------------------------------------------------------


def test_bytes_go_both_ways_over_a_serial_port(pty: Pty) -> None:
    port = open_serial(pty.path, BAUD)
    assert port.waiting() == b""
    os.write(pty.far, b"there")
    port.wait(10.0)
    assert port.waiting() == b"there"
    assert port.write(b"back") == 4
    assert os.read(pty.far, 10) == b"back"
    port.close()
    port.close()


def test_a_pulled_plug_is_not_connected_however_it_shows(pty: Pty) -> None:
    port = open_serial(pty.path, BAUD)
    pty.unplug()
    for use in (port.waiting, lambda: port.write(b"x")):
        with pytest.raises(NotConnectedError, match="found that it was unplugged: plug it in again"):
            use()
    port.wait(0.01)
    port.close()
    with pytest.raises(NotConnectedError, match="found it closed"):
        port.waiting()


def test_a_port_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(
        NotConnectedError, match=r"Wanted a device at .*ttyUSB9, found no such port: plug it in, or name"
    ):
        open_serial(str(tmp_path / "ttyUSB9"), BAUD)


def test_a_port_that_is_held_is_told(pty: Pty) -> None:
    port = open_serial(pty.path, BAUD)
    with pytest.raises(NotConnectedError, match="found that another program holds it: close that program"):
        open_serial(pty.path, BAUD)
    port.close()
    open_serial(pty.path, BAUD).close()


def test_a_port_without_permission_is_told(pty: Pty, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(NotConnectedError, match="found no permission: add yourself to the group dialout"):
        open_serial(pty.path, BAUD)


@pytest.mark.parametrize("path", ["/dev/null", "."])
def test_what_is_no_serial_port_is_told(path: str) -> None:
    with pytest.raises(DeviceError, match=r"Wanted a serial port at .*, found something else"):
        open_serial(path, BAUD)


@pytest.mark.parametrize("baud", [-1, 0])
def test_a_speed_that_cannot_be_is_told(pty: Pty, baud: int) -> None:
    with pytest.raises(DeviceError, match=f"at {baud} baud, found that no port can do that: give the device's own"):
        open_serial(pty.path, baud)


def test_ports_are_listed_and_one_without_a_serial_number_goes_by_its_path(pty: Pty) -> None:
    assert all(port.device and isinstance(port.text, str) for port in ports())
    assert serial_of(pty.path) == pty.path


# Wires ----------------------------------------------------------------------------------------------------------


def test_a_serial_wire_gives_what_waits_in_one_piece(pty: Pty) -> None:
    wire = SerialWire(pty.path, BAUD)
    assert wire.waiting(0) == []
    os.write(pty.far, b"ab")
    wire.wait(10.0)
    assert wire.waiting(0) == [b"ab"]
    assert not wire.datagrams
    wire.close()


def test_udp_gives_each_datagram_by_itself(udp: UdpWire) -> None:
    with sender(udp) as one:
        assert udp.waiting(0) == []
        one.send(b"first")
        one.send(b"second")
        udp.wait(10.0)
        assert udp.waiting(0) == [b"first", b"second"]
    assert udp.datagrams


def test_udp_listens_to_one_sender_until_it_has_been_silent_for_a_second(udp: UdpWire) -> None:
    mine, theirs, again = (packet(number) for number in range(3))
    with sender(udp) as one, sender(udp) as other:
        one.send(mine)
        assert udp.waiting(0) == [mine]
        other.send(theirs)
        assert udp.waiting(1000 * MS) == []
        here, there = (f"{end.getsockname()[0]}:{end.getsockname()[1]}" for end in (one, other))
        assert udp.notice == (
            f"Wanted one sender at {udp.name}, found {here} and {there}: switch one off; the first one is heard."
        )
        other.send(theirs)
        assert udp.waiting(1001 * MS) == [theirs]
        assert udp.sender == there
        one.send(mine)
        assert udp.waiting(1002 * MS) == []
        other.send(again)
        assert udp.waiting(2500 * MS) == [again]
        assert udp.notice == ""


@pytest.mark.parametrize("rubbish", [b"x", b"", packet(0)[:-1], bytes(2048), packet(0, version=2)])
def test_who_sends_no_packets_keeps_nobody_out(udp: UdpWire, rubbish: bytes) -> None:
    """Every 0.5 s, before the device was switched on and from then on."""
    with sender(udp) as stranger, sender(udp) as device:
        heard = []
        for number in range(500):
            if number % 50 == 0:
                stranger.send(rubbish)
            if number >= 100:
                device.send(packet(number))
            heard += udp.waiting(number * 10 * MS)
        assert heard == [rubbish, rubbish, rubbish, *(packet(number) for number in range(100, 500))]
        assert udp.sender == f"{device.getsockname()[0]}:{device.getsockname()[1]}"


def test_a_sender_that_says_no_more_packets_is_given_up_after_a_second(udp: UdpWire) -> None:
    with sender(udp) as one, sender(udp) as other:
        one.send(packet(0))
        udp.waiting(0)
        for number in range(1, 11):
            one.send(b"x")
            assert udp.waiting(number * 100 * MS) == [b"x"], "what is wrong with it is told"
        other.send(packet(0))
        assert udp.waiting(1001 * MS) == [packet(0)]
        one.send(packet(1))
        assert udp.waiting(1002 * MS) == []


def test_a_device_that_is_heard_after_rubbish_begins_anew(udp: UdpWire) -> None:
    """Neither what a stranger said nor its numbers are held against it."""
    link = ExoLink(lambda: udp, Device.EXOSKELETON, 7)
    link.open("left")
    with sender(udp) as stranger, sender(udp) as device:
        for _ in range(6):
            stranger.send(bytes(100))
        link.take(MS)
        assert "found 600 bytes without one" in link.detail
        stranger.send(b"x")
        device.send(packet(7))
        link.take(2 * MS)
        assert link.detail == "Listening for what it is."
        stranger.send(b"x")
        device.send(packet(8))
        link.take(3 * MS)
        assert (link.reports, link.lost) == (2, 0)
        assert "Wanted one sender" in link.notice


def test_udp_is_on_the_loopback_unless_asked_otherwise(udp: UdpWire) -> None:
    assert udp.name.startswith(f"UDP {LOOPBACK}:")
    everywhere = opener("", 0, free_udp_port(), "0.0.0.0")()
    assert everywhere.name.startswith("UDP 0.0.0.0:")
    everywhere.close()


def test_a_udp_port_that_is_taken_is_told(udp: UdpWire) -> None:
    port = int(udp.name.rpartition(":")[2])
    with pytest.raises(
        NotConnectedError, match=f"Wanted to listen at UDP 127.0.0.1:{port}, found Address already in use"
    ):
        UdpWire(port)


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(NotConnectedError, match=r"Wanted to listen at UDP 192\.0\.2\.1:\d+, found Cannot assign"):
        UdpWire(free_udp_port(), "192.0.2.1")


@pytest.mark.parametrize("address", ["", "300.1.1.1", "localhost", "::1"])
def test_what_is_no_address_is_told_and_never_looked_up(address: str) -> None:
    with pytest.raises(DeviceError, match="Wanted an IPv4 address of this machine, found"):
        opener("", BAUD, 47801, address)


@pytest.mark.parametrize(("port", "udp", "found"), [("", 0, "neither"), ("/dev/ttyACM0", 47801, "both")])
def test_one_wire_has_to_be_named(port: str, udp: int, found: str) -> None:
    with pytest.raises(DeviceError, match=f"a serial port or a UDP port of the exoskeleton, found {found}: give one"):
        opener(port, BAUD, udp)


@pytest.mark.parametrize("udp", [-1, 65536])
def test_a_udp_port_that_cannot_be_is_told(udp: int) -> None:
    with pytest.raises(DeviceError, match="Wanted a UDP port from 1 to 65535"):
        opener("", BAUD, udp)


def test_a_closed_wire_can_be_waited_on_and_closed_again() -> None:
    wire = UdpWire(free_udp_port())
    wire.close()
    wire.close()
    wire.wait(0.01)
    with pytest.raises(NotConnectedError):
        wire.waiting(0)
