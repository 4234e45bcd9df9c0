"""StateBlock: what a device that lives in its own process says, as one record in shared memory."""

from typing import Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.fingers import CHANNELS
from accord.devices.health import Health
from accord.devices.input import RAW_CHANNELS, InputState
from accord.devices.inputs.block import BlockReader, BlockWriter, Record

MOST_JOINTS: Final = 16
"""Of one leader."""
_TEXT_BYTES: Final = 400
_CHANNELS_BYTES: Final = 3000
_NAME_BYTES: Final = 80

STATE: Final = np.dtype(
    [
        ("beat_ns", "i8"), ("alive", "?"),
        ("axes", "f8", 6), ("buttons", "u8"), ("t_ns", "i8"), ("pose", "f8", 7), ("joints", "f8", MOST_JOINTS),
        ("joint_count", "u1"), ("gripper", "f8"), ("fingers", "f8", len(CHANNELS)),
        ("raw", "f8", RAW_CHANNELS), ("raw_count", "u1"),
        ("connected", "?"), ("last_report_ns", "i8"), ("reports", "i8"), ("refused", "i8"), ("rate_hz", "f8"),
        ("jitter_ms", "f8"), ("battery", "f8"),
        ("channels", f"S{_CHANNELS_BYTES}"),
        ("name", f"S{_NAME_BYTES}"), ("serial", f"S{_NAME_BYTES}"),
        ("detail", f"S{_TEXT_BYTES}"), ("notice", f"S{_TEXT_BYTES}"),
    ]
)  # fmt: skip
"""NaN stands for what is None."""


class StateWriter:
    """The device's process's end."""

    def __init__(self, name: str | None = None) -> None:
        """Makes the block; see `BlockWriter`."""
        self._block, self._record = BlockWriter(STATE, name), np.zeros((), STATE)
        self.name = self._block.name

    def publish(self, state: InputState | None, health: Health, t_ns: int) -> None:
        """Say how the device is.

        Args:
            state: None while it is unplugged or stale.
            health: what it says about itself.
            t_ns: now (CLOCK_MONOTONIC), a sign of life of the process [ns].
        """
        record, said = self._record, state or InputState()
        joints = np.zeros(0) if said.joints is None else said.joints[:MOST_JOINTS]
        record["beat_ns"], record["alive"] = t_ns, state is not None
        record["axes"], record["buttons"], record["t_ns"] = said.axes, said.buttons, said.t_ns
        record["pose"] = np.nan if said.pose is None else said.pose
        record["joints"][: len(joints)], record["joint_count"] = joints, len(joints)
        record["gripper"] = np.nan if said.gripper is None else said.gripper
        record["fingers"] = np.nan if said.fingers is None else said.fingers
        record["raw"][: len(said.raw)], record["raw_count"] = said.raw[:RAW_CHANNELS], min(len(said.raw), RAW_CHANNELS)
        for name in ("connected", "last_report_ns", "reports", "refused", "rate_hz", "jitter_ms"):
            record[name] = getattr(health, name)
        record["battery"] = np.nan if health.battery is None else health.battery
        record["name"], record["serial"] = health.name.encode(), health.serial.encode()
        record["detail"], record["notice"] = health.detail.encode(), health.notice.encode()
        self._block.write(record)

    def name_channels(self, channels: tuple[str, ...]) -> None:
        """Say what the raw numbers are, with everything that is published from now on."""
        self._record["channels"] = "|".join(channels).encode()

    def close(self) -> None:
        """Take the block away. Closing twice is allowed."""
        self._block.close()


class StateReader:
    """The loop's and the window's end."""

    def __init__(self, name: str) -> None:
        """Attaches to the block; see `BlockReader`."""
        self._block = BlockReader(name, STATE)

    def latest(self) -> tuple[InputState | None, Health, int] | None:
        """State, health, and when the process said so [ns]; None before its first word."""
        record = self._block.latest()
        if record is None:
            return None
        return _state(record) if record["alive"] else None, _health(record), int(record["beat_ns"])

    def channels(self) -> tuple[str, ...]:
        """What the raw numbers are."""
        record = self._block.latest()
        return () if record is None else tuple(filter(None, _text(record["channels"].item()).split("|")))

    def close(self) -> None:
        """Let go of the block; closing twice is allowed."""
        self._block.close()


def _state(record: Record) -> InputState:
    joints, gripper = int(record["joint_count"]), float(record["gripper"])
    return InputState(
        axes=record["axes"].copy(),
        buttons=int(record["buttons"]),
        t_ns=int(record["t_ns"]),
        pose=None if np.isnan(record["pose"][0]) else record["pose"].copy(),
        joints=record["joints"][:joints].copy() if joints else None,
        gripper=None if np.isnan(gripper) else gripper,
        fingers=None if np.isnan(record["fingers"]).all() else record["fingers"].copy(),
        raw=_raw(record),
    )


def _raw(record: Record) -> Vector:
    raw: Vector = record["raw"][: int(record["raw_count"])].copy()
    return raw


def _health(record: Record) -> Health:
    battery = float(record["battery"])
    return Health(
        name=_text(record["name"].item()), connected=bool(record["connected"]), detail=_text(record["detail"].item()),
        last_report_ns=int(record["last_report_ns"]), reports=int(record["reports"]), refused=int(record["refused"]),
        rate_hz=float(record["rate_hz"]), jitter_ms=float(record["jitter_ms"]),
        battery=None if np.isnan(battery) else battery, serial=_text(record["serial"].item()),
        notice=_text(record["notice"].item()),
    )  # fmt: skip


def _text(found: object) -> str:
    return found.decode(errors="ignore") if isinstance(found, bytes) else ""
