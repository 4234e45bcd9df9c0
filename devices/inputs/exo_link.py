"""ExoLink: the one wire of an exoskeleton, which both of its arms are read from."""

from collections.abc import Mapping
from typing import Final

from accord.devices.errors import DeviceError
from accord.devices.inputs.device_clock import DeviceClock
from accord.devices.inputs.exo_packet import VERSION, Decoder, Device, Hello, Packet, Section, Words
from accord.devices.inputs.exo_wire import ExoWire, Opener
from accord.devices.inputs.patience import CLOSED, Search
from accord.devices.tempo import Tempo

SILENCE_NS: Final = 1_000_000_000
"""A device that is silent for so long counts as not connected [ns]."""
_HELLO_NS: Final = 2_500_000_000
"""So long its HELLO may take, which comes once a second [ns]."""
_CLOCK_NS: Final = 5_000_000_000
"""What comes after a longer silence did not wait on the way so long [ns]."""
_RUBBISH: Final = 512
"""Bytes without a packet that are no accident: two packets and more."""

_CALLED: Final[Mapping[int, str]] = {Device.EXOSKELETON: "an exoskeleton", Device.COCKPIT: "a cockpit"}


class ExoLink:
    """What a device has said. Whoever reads it takes first, which costs nothing where nothing waits.

    Args:
        open_wire: opens its wire.
        device: what it has to be.
        joints: how many each arm has to have.
    """

    def __init__(self, open_wire: Opener, device: Device, joints: int) -> None:
        self._open_wire, self._device, self._joints = open_wire, device, joints
        self._users: set[str] = set()
        self._wire: ExoWire | None = None
        self._decoder = Decoder()
        self._clock = DeviceClock()
        self._sender = ""
        self._search = Search()
        self._since_ns: int | None = None
        self._foreign_bytes = 0
        self._other: Packet | None = None
        self.tempo = Tempo()
        self.hello: Hello | None = None
        """What the device says about itself; None until it has."""
        self.newest: dict[Section, tuple[Words, int]] = {}
        """The numbers of each section, and when they were measured (CLOCK_MONOTONIC) [ns]."""
        self.stamp = (0, 0)
        """Sequence number and device time [µs] of the newest packet."""
        self.reports = self.heard_ns = 0
        self.detail = CLOSED
        """What is wrong, or empty."""
        self.notice = ""
        """What is wrong though it works, or empty."""

    @property
    def refused(self) -> int:
        """How often bytes were thrown away, or packets came too late to count."""
        return self._decoder.refused + self._decoder.late

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return self._decoder.lost

    @property
    def connected(self) -> bool:
        """Whether the device was there when it was last looked at, and the right one."""
        return self._wire is not None and not self.detail

    def opened(self, user: str) -> bool:
        """Whether this one has opened it."""
        return user in self._users

    def open(self, user: str) -> None:
        """Begin to listen for this one."""
        if not self._users:
            self.detail = "Looking for it."
            self._search.begin()
            self._plug_in()
        self._users.add(user)

    def close(self, user: str) -> None:
        """Stop listening once nobody else does."""
        self._users.discard(user)
        if not self._users:
            self._lose(CLOSED)

    def wait(self, timeout_s: float) -> bool:
        """Return as soon as something waits, after `timeout_s` at the latest; False at once where there is no wire."""
        if self._wire is None:
            return False
        self._wire.wait(timeout_s)
        return True

    def take(self, t_ns: int) -> None:
        """Take everything that waits, and find out what is wrong.

        Args:
            t_ns: now (CLOCK_MONOTONIC) [ns].
        """
        wire = self._connect(t_ns)
        if wire is None:
            return
        try:
            pieces = wire.waiting(t_ns)
        except DeviceError as error:
            self._lose(str(error))
            return
        if wire.sender != self._sender:
            self._sender = wire.sender
            self._forget()
            self._since_ns = t_ns
        for piece in pieces:
            self._understand(piece, wire.datagrams, t_ns)
        self.notice, self.detail = wire.notice, self._wrong(wire, t_ns)

    def _connect(self, t_ns: int) -> ExoWire | None:
        if self._wire is None and self._users and self._search.due(t_ns):
            self._plug_in()
        if self._wire is not None and self._since_ns is None:
            self._since_ns = t_ns
        return self._wire

    def _plug_in(self) -> None:
        try:
            self._wire = self._open_wire()
        except DeviceError as error:
            self.detail = str(error)
            return
        self._forget()

    def _understand(self, piece: bytes, whole: bool, t_ns: int) -> None:
        packets = self._decoder.feed(piece)
        if whole:
            self._decoder.end()
        self._foreign_bytes = 0 if packets else self._foreign_bytes + len(piece)
        for packet in packets:
            self._believe(packet, t_ns)

    def _believe(self, packet: Packet, t_ns: int) -> None:
        if packet.device != self._device or packet.joints != self._joints:
            self._other, self.heard_ns = packet, t_ns
            return
        if isinstance(packet.content, Hello):
            if self.hello is not None and self.hello.serial != packet.content.serial:
                self._forget()
            if self.hello != packet.content:
                self.hello = packet.content
        if t_ns - self.heard_ns > _CLOCK_NS:
            self._clock.forget()
        measured_ns = self._clock.measured(packet.time_us, t_ns)
        if not isinstance(packet.content, Hello):
            self.newest.update({section: (words, measured_ns) for section, words in packet.content.items()})
            self.tempo.heard(t_ns)
        self._other, self.heard_ns, self.stamp = None, t_ns, (packet.sequence, packet.time_us)
        self.reports += 1

    def _wrong(self, wire: ExoWire, t_ns: int) -> str:
        """What keeps the device from being used, as a sentence; empty if nothing does."""
        if self._decoder.version != VERSION:
            remedy = "update the older of the device's firmware and Accord"
            return _told(f"version {VERSION} of the exoskeleton protocol", f"version {self._decoder.version}", remedy)
        if self._foreign_bytes > _RUBBISH:
            found = f"{self._foreign_bytes} bytes without one"
            remedy = "check the baud rate, and whether another device is on this wire"
            return _told(f"packets of the exoskeleton protocol from {wire.name}", found, remedy)
        if t_ns - max(self.heard_ns, self._since_ns or t_ns) > SILENCE_NS:
            remedy = "switch the device on, and check that it sends there"
            return _told(f"packets from {wire.name}", "silence", remedy)
        if self._other is not None:
            return self._otherness(self._other, wire)
        return self._unannounced(wire, t_ns)

    def _otherness(self, packet: Packet, wire: ExoWire) -> str:
        if packet.device != self._device:
            found = f"those of {_CALLED.get(packet.device, f'an unknown device, number {packet.device}')}"
            remedy = "choose the kind of device that it is, or another port"
            return _told(f"packets of {_CALLED[self._device]} from {wire.name}", found, remedy)
        found, remedy = f"{packet.joints} of the device at {wire.name}", "wire up all joints, or set its firmware"
        return _told(f"{self._joints} joints per arm", found, remedy)

    def _unannounced(self, wire: ExoWire, t_ns: int) -> str:
        if self.hello is not None:
            return ""
        if t_ns - (self._since_ns or t_ns) < _HELLO_NS:
            return "Listening for what it is."
        remedy = "have its firmware send one, or restart it"
        return _told(f"a HELLO once a second from {wire.name}", "only measurements", remedy)

    def _forget(self) -> None:
        """Whatever comes next may come from another device."""
        self._decoder.restart()
        self._clock.forget()
        self.tempo.clear()
        self.hello, self._other, self._foreign_bytes, self._since_ns = None, None, 0, None
        self.newest.clear()

    def _lose(self, why: str) -> None:
        if self._wire is not None:
            self._wire.close()
        self._forget()
        self._wire, self.detail, self.notice = None, why, ""


def _told(wanted: str, found: str, remedy: str) -> str:
    return str(DeviceError(wanted, found, remedy))
