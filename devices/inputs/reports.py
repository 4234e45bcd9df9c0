"""What a SpaceMouse says: 3Dconnexion's HID reports as bytes, decoded without any device.

Two frames meet here. Both are right-handed.

* The device's own, in which reports are written: x to the right, y towards the person, z down, and turns about these
  axes. (3Dconnexion's forum, topic 36564: X and Y are those of a 2D mouse, Rx twists about X "like a motorcycle
  throttle"; the signs are those that spacenavd's default `axmap` and `axinv` undo.)
* Accord's device frame, which `InputState` speaks: **x forward** (away from the person), **y left**, **z up**; roll,
  pitch and yaw turn about them by the right-hand rule. So positive roll leans right, positive pitch leans forward,
  positive yaw twists counter-clockwise seen from above.

From one to the other is (x, y, z) → (−y, −x, −z). That is a proper rotation, so turns take the same matrix. It is
what ROS' `spacenav` node and spacenavd do together (REP 103 axes).
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from accord.devices.command import Vector

FULL_SCALE: Final = 350
"""Deflection that counts as 1; logical maximum in the HID report descriptor of the SpaceMouse Wireless (c62e), as
recorded on andunhh.github.io/spacemouse/SpaceMouseWireless.html."""
_FURTHEST: Final = 2 * FULL_SCALE
"""No cap gets further [1/350]."""
_FEW: Final = 2
"""So many buttons are the lowest bits of a report."""
LONGEST_REPORT: Final = 13
"""Bytes of the longest motion report: its id and six 16-bit numbers. Windows pads every report up to the longest."""

TRANSLATION, ROTATION, BUTTONS, BATTERY = 1, 2, 3, 0x17
"""Report ids. The battery report comes from wireless models and says nothing about the hand."""
LED: Final = 4
"""Id of the output report that switches the light under the cap: one byte, 1 is on."""

_ACCORD_FROM_DEVICE = np.array([[0.0, -1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])


@dataclass(frozen=True, slots=True)
class Model:
    """A kind of SpaceMouse."""

    vendor: int
    """USB vendor id: 0x256f is 3Dconnexion, 0x046d Logitech, who sold the older ones."""
    product: int
    """USB product id."""
    name: str
    """What a person calls it."""
    buttons: int | None
    """How many buttons it has; None where that is not known, or depends on what talks to the receiver."""
    combined: bool
    """True: report 1 has all six axes. False: report 1 has the translation and report 2 the rotation."""


# Ids, layouts and numbers of buttons are facts taken from pyspacemouse 2.1's devices.toml. The SpaceMouse Enterprise
# has more buttons than the 22 listed there.
MODELS: Final = (
    Model(0x256F, 0xC633, "SpaceMouse Enterprise", None, combined=True),
    Model(0x256F, 0xC638, "SpaceMouse Pro Wireless Bluetooth", 15, combined=True),
    Model(0x256F, 0xC632, "SpaceMouse Pro Wireless", 15, combined=True),
    Model(0x256F, 0xC62E, "SpaceMouse Wireless", 2, combined=True),
    Model(0x256F, 0xC63A, "SpaceMouse Wireless (new)", 2, combined=True),
    Model(0x256F, 0xC652, "3Dconnexion Universal Receiver", None, combined=True),
    Model(0x256F, 0xC635, "SpaceMouse Compact", 2, combined=False),
    Model(0x256F, 0xC641, "SpaceMouse USB", 0, combined=False),
    Model(0x046D, 0xC62B, "SpaceMouse Pro", 15, combined=False),
    Model(0x046D, 0xC629, "SpacePilot Pro", 21, combined=False),
    Model(0x046D, 0xC627, "SpaceExplorer", 15, combined=False),
    Model(0x046D, 0xC626, "SpaceNavigator", 2, combined=False),
    Model(0x046D, 0xC625, "SpacePilot", 21, combined=False),
)
"""Every model that Accord knows."""


def model_of(vendor: int, product: int) -> Model | None:
    """The model with these USB ids, or None for anything else (3Dconnexion sells plain mice too)."""
    return next((model for model in MODELS if (model.vendor, model.product) == (vendor, product)), None)


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a report of buttons says: nothing about the cap, whose last deflection it does not make any younger."""

    buttons: int
    """Bit i is set while button i is down."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a battery report says."""

    level: float
    """0 empty, 1 full [1]."""


class Refusal(StrEnum):
    """Why a report was not believed."""

    EMPTY = "empty"
    FOREIGN = "of an unknown kind"
    TRUNCATED = "truncated"
    OVERSIZED = "oversized"
    IMPOSSIBLE = "beyond what the device can do"


@dataclass(frozen=True, slots=True)
class Puck:
    """Where the cap of the SpaceMouse is, in the raw numbers and the frame of its reports."""

    translation: tuple[int, int, int] = (0, 0, 0)
    """x right, y towards the person, z down [1/350 of full deflection]."""
    rotation: tuple[int, int, int] = (0, 0, 0)
    """About the same axes, right-handed [1/350 of full deflection]."""
    buttons: int = 0
    """Bit i is set while button i is down."""

    def raw(self) -> Vector:
        """(6,) translation and rotation as they came; `CHANNELS` names them."""
        return np.array([*self.translation, *self.rotation], dtype=np.float64)

    def axes(self) -> Vector:
        """(6,) deflection in Accord's device frame, each in [-1, 1]."""
        raw = np.array([self.translation, self.rotation]) / FULL_SCALE  # (2, 3)
        turned: Vector = np.clip(raw @ _ACCORD_FROM_DEVICE.T, -1.0, 1.0).reshape(6)
        turned += 0.0  # no -0.0
        return turned


CHANNELS: Final = tuple(
    f"{axis} [1/{FULL_SCALE}]" for axis in ("right", "near", "down", "about right", "about near", "about down")
)
"""What the numbers of `Puck.raw` are."""

Heard = Puck | Pressed | Charge | Refusal
"""What comes out of one report."""


def decode(report: bytes, puck: Puck, model: Model) -> Heard:
    """The puck after this report.

    Args:
        report: one HID report, its id first.
        puck: what was known before; axes that the report does not speak of stay.
        model: decides which lengths are whole.

    Returns:
        The new puck; the buttons or the charge, where the report says nothing about the cap; or why it is refused.
    """
    if not report:
        return Refusal.EMPTY
    kind, payload = report[0], report[1:]
    if kind == TRANSLATION:
        return _translation(payload, puck, model)
    if kind == ROTATION and not model.combined:
        return _sized(payload, 6) or _within(Puck(puck.translation, _triple(payload), puck.buttons))
    if kind == BUTTONS:
        return _buttons(payload, model)
    return _battery(payload) if kind == BATTERY else Refusal.FOREIGN


def _translation(payload: bytes, puck: Puck, model: Model) -> Puck | Refusal:
    # All six axes at once cannot be mistaken for anything else, so that is believed from every model.
    if model.combined or len(payload) == 12:
        return _sized(payload, 12) or _within(Puck(_triple(payload), _triple(payload[6:]), puck.buttons))
    return _sized(payload, 6) or _within(Puck(_triple(payload), puck.rotation, puck.buttons))


def _within(puck: Puck) -> Puck | Refusal:
    """Rubbish with the id of a report must not drive at full speed."""
    return puck if max(map(abs, (*puck.translation, *puck.rotation))) <= _FURTHEST else Refusal.IMPOSSIBLE


def _buttons(payload: bytes, model: Model) -> Pressed | Refusal:
    # How many bytes a model sends goes with its buttons, and Windows pads with zeros, which add no buttons.
    if len(payload) >= LONGEST_REPORT:
        return Refusal.OVERSIZED
    if not payload:
        return Refusal.TRUNCATED
    buttons = int.from_bytes(payload, "little")
    # The bits of a model with many buttons have gaps; one with few counts them through.
    few = model.buttons is not None and model.buttons <= _FEW
    return Refusal.IMPOSSIBLE if few and buttons >> (model.buttons or 0) else Pressed(buttons)


def _battery(payload: bytes) -> Charge | Refusal:
    # Its first byte is the charge in per cent; what follows differs between models.
    return Charge(min(payload[0], 100) / 100) if payload else Refusal.TRUNCATED


def _sized(payload: bytes, size: int) -> Refusal | None:
    if len(payload) == size:
        return None
    return Refusal.TRUNCATED if len(payload) < size else Refusal.OVERSIZED


def _triple(payload: bytes) -> tuple[int, int, int]:
    x, y, z = (int.from_bytes(payload[i : i + 2], "little", signed=True) for i in (0, 2, 4))
    return x, y, z
