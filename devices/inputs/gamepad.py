"""Gamepads through SDL's game controllers (pygame-ce); the only module that loads ``pygame``.

SDL knows the layout of some 2000 pads, so a stick is the left stick on all of them. The sticks do what they do in Isaac
Lab's `Se3Gamepad`:

* left stick: forward and back, left and right;
* right stick: up and down, and turns about the vertical (yaw);
* direction pad: up and down pitch, left and right roll, at half deflection;
* right trigger: how far the gripper is closed, for a mapping that wants it in proportion.

The buttons are bits in SDL's order (`BUTTONS`), and a trigger pulled beyond half is one, too.

A pad says only what changes: a stick that is held is as silent as one at rest. So SDL is asked at every `read` where
the sticks are now, and what it says is as fresh as the asking. A pad is lost when SDL says so: a pulled cable at once,
a radio link when its driver gives it up, which takes half a second for some and several for others. Who drives a robot
that can do harm uses a cable.

SDL's state is that of the whole process, so a pad lives in a process of its own.
"""

import os
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.tempo import Tempo

SEARCH_NS: Final = 500_000_000
"""An absent pad is looked for twice a second [ns]."""
FULL_SCALE: Final = 32767
"""Of a stick to the right or towards the person, and of a trigger; the other way a stick reaches −32768."""
REST: Final = 0.08
"""Deflection below which a stick counts as let go: few come back to exactly zero; new ones to within 0.03 [1]."""
DIRECTION: Final = 0.5
"""Deflection that a direction of the pad counts for [1]."""
PULLED: Final = 0.5
"""From here on a trigger is a button, too [1]."""

BUTTONS: Final = (
    "A", "B", "X", "Y", "back", "guide", "start", "left stick", "right stick", "left shoulder", "right shoulder",
    "up", "down", "left", "right", "misc", "paddle 1", "paddle 2", "paddle 3", "paddle 4", "touchpad",
    "left trigger", "right trigger",
)  # fmt: skip
"""Which bit is what: SDL_GameControllerButton of SDL 2, and the triggers."""
CHANNELS: Final = tuple(
    f"{axis} [1/{FULL_SCALE}]"
    for axis in ("left right", "left near", "right right", "right near", "left trigger", "right trigger")
)
"""What the numbers of `InputState.raw` are: SDL_GameControllerAxis of SDL 2."""

_OF_SDL: Final = 21
"""How many of `BUTTONS` SDL tells."""
_UP, _DOWN, _LEFT, _RIGHT = (1 << BUTTONS.index(name) for name in ("up", "down", "left", "right"))
_CHARGES: Final = {"empty": 0.05, "low": 0.2, "medium": 0.7, "full": 1.0}
"""SDL tells the battery in steps; each stands for the most that it can be [1]."""
_SURROUNDINGS: Final = {
    "SDL_VIDEODRIVER": "dummy",  # events need a video driver, not a display
    "SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS": "1",  # there is no window that could have the focus
    "SDL_NO_SIGNAL_HANDLERS": "1",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
}
_CLOSED: Final = "not opened"


def inputs(serial: str = "", config: Path | None = None) -> tuple["Gamepad"]:
    """The gamepad that a person asked for, not opened.

    Args:
        serial: as `Gamepad` takes it.
        config: not needed; every kind of device is made with it.
    """
    return (Gamepad(serial),)


class Gamepad:
    """A gamepad. Satisfies `accord.devices.input.Input`.

    Args:
        serial: SDL's GUID of the pad that is wanted, which is that of its kind; ``GUID#2`` is the second of one kind.
            Empty for any.
        sysfs: where Linux lists input devices.
        dev: where their device files are.
    """

    name: str = "gamepad"
    channels: tuple[str, ...] = CHANNELS

    def __init__(
        self, serial: str = "", sysfs: Path = Path("/sys/class/input"), dev: Path = Path("/dev/input")
    ) -> None:
        self._wanted, self._sysfs, self._dev = serial, sysfs, dev
        self._pygame: Any = None
        self._pad: Any = None
        self._serial = serial
        self._others: frozenset[int] | None = None
        """Instances of the pads that were there when ours was lost; None before that."""
        self._detail = _CLOSED
        self._opened = False
        self._search_ns: int | None = None
        self._raw: Vector = np.zeros(len(CHANNELS))
        self._buttons = 0
        self._last_report_ns = 0
        self._reports = 0
        self._tempo = Tempo()

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._search_ns, self._detail = True, None, "Looking for it."

    def read(self, t_ns: int) -> InputState | None:
        """Where the sticks are now, or None while the pad is not there; see `Input`."""
        if not self._opened or not self._connected(t_ns):
            return None
        self._pygame.event.clear()  # also lets SDL take in what came
        if not self._pad.attached():
            found = "that it was unplugged or is out of reach"
            self._lose(str(NotConnectedError(f"{self._pad.name} to answer", found, "plug it in or switch it on")))
            return None
        self._take(t_ns)
        gripper = 1.0 - float(self._raw[-1]) / FULL_SCALE
        return InputState(_axes(self._raw, self._buttons), self._buttons, t_ns, gripper=gripper, raw=self._raw)

    def _take(self, t_ns: int) -> None:
        raw = np.array([self._pad.get_axis(axis) for axis in range(len(CHANNELS))], dtype=np.float64)
        buttons = sum(1 << button for button in range(_OF_SDL) if self._pad.get_button(button))
        for trigger, pulled in enumerate(raw[4:] > PULLED * FULL_SCALE):
            buttons |= int(pulled) << _OF_SDL + trigger
        if buttons != self._buttons or not np.array_equal(raw, self._raw):
            self._raw, self._buttons = raw, buttons
            self._last_report_ns, self._reports = t_ns, self._reports + 1
            self._tempo.heard(t_ns)

    def _connected(self, t_ns: int) -> bool:
        if self._pad is None and (self._search_ns is None or t_ns >= self._search_ns):
            self._search_ns = t_ns + SEARCH_NS
            try:
                self._pygame = self._pygame or _started()
                self._pad = self._found()
                self._detail = ""
            except NotConnectedError as error:
                self._detail = str(error)
        return self._pad is not None

    def _found(self) -> Any:
        """The pad that is wanted. After one was lost, none that was there all the while: somebody may hold it."""
        pads = _listed(self._pygame)
        for pad in pads:
            if pad.playable and pad.instance not in (self._others or ()) and self._fits(pad):
                self._serial = pad.serial
                return import_module("pygame._sdl2.controller").Controller(pad.index)
        raise _absent(self._wanted, pads) if pads else self._none()

    def _fits(self, pad: "_Pad") -> bool:
        # One that comes back may be another one of its kind by now: SDL counts them as they come.
        same_kind = self._others is not None and pad.guid == self._wanted.partition("#")[0]
        return self._wanted in ("", pad.serial) or same_kind

    def _none(self) -> NotConnectedError:
        for stick in sorted(self._sysfs.glob("js*")):
            for event in stick.glob("device/event*"):
                node = self._dev / event.name
                if node.exists() and not os.access(node, os.R_OK):
                    remedy = "log in at its desk, or run `sudo usermod -aG input $USER` and log in again"
                    return NotConnectedError(f"to read the gamepad at {node}", "no permission", remedy)
        return NotConnectedError("a gamepad", "none plugged in", "plug it in or switch it on")

    def _lose(self, why: str) -> None:
        if self._pad is not None:
            self._pad.quit()
            self._others = frozenset(pad.instance for pad in _listed(self._pygame))
        self._pad, self._detail, self._search_ns = None, why, None
        self._raw, self._buttons = np.zeros(len(CHANNELS)), 0
        self._tempo.clear()

    def health(self) -> Health:
        """How it is doing; see `Input`. Its reports are the changes that it told."""
        there = self._pad is not None
        return Health(
            self._pad.name if there else "Gamepad", there, self._detail, self._last_report_ns, self._reports, 0,
            self._tempo.rate_hz, self._tempo.jitter_ms,
            _CHARGES.get(self._pad.as_joystick().get_power_level()) if there else None, self._serial,
        )  # fmt: skip

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        self._lose(_CLOSED)
        self._others = None


@dataclass(frozen=True, slots=True)
class _Pad:
    """A pad or joystick as SDL lists it."""

    index: int
    instance: int
    """Number of this plugging in; never given again."""
    name: str
    guid: str
    """Of its kind."""
    serial: str
    """As `Gamepad` takes it."""
    playable: bool
    """Whether SDL knows its layout."""


def _listed(pygame: Any) -> list[_Pad]:
    """Everything that SDL sees, in the order in which it was plugged in."""
    controller = import_module("pygame._sdl2.controller")
    pygame.event.clear()
    pads: list[_Pad] = []
    for index in range(pygame.joystick.get_count()):
        stick = pygame.joystick.Joystick(index)
        guid = stick.get_guid()
        earlier = sum(pad.guid == guid for pad in pads)
        serial = f"{guid}#{earlier + 1}" if earlier else guid
        playable = controller.is_controller(index)
        pads.append(_Pad(index, stick.get_instance_id(), stick.get_name(), guid, serial, playable))
    return pads


def _absent(wanted: str, pads: list[_Pad]) -> NotConnectedError:
    """Why none of these pads will do."""
    unknown = next((pad for pad in pads if not pad.playable), None)
    if unknown is not None and wanted in ("", unknown.serial):
        remedy = "describe it in the environment variable SDL_GAMECONTROLLERCONFIG, or take another one"
        return NotConnectedError("a gamepad whose layout SDL knows", unknown.name, remedy)
    found = ", ".join(f"{pad.name} ({pad.serial})" for pad in pads)
    return NotConnectedError(f"the gamepad {wanted}".rstrip(), found, "plug it in, or choose one of these")


def _started() -> Any:
    """The module ``pygame`` with SDL ready to read pads."""
    os.environ.update(_SURROUNDINGS)
    try:
        pygame, controller = import_module("pygame"), import_module("pygame._sdl2.controller")
    except ImportError as error:
        raise NotConnectedError("pygame-ce", str(error), "run `pip install 'accord[devices]'`") from error
    try:
        pygame.display.init()
        pygame.joystick.init()
        controller.init()
    except pygame.error as error:
        raise NotConnectedError("SDL to read gamepads", str(error), "look into what it says") from error
    return pygame


def _axes(raw: Vector, buttons: int) -> Vector:
    """(6,) deflection in Accord's device frame, from the axes of SDL, which are x right and y towards the person."""
    right, near, turn, down = np.clip(raw[:4] / FULL_SCALE, -1.0, 1.0)
    roll = DIRECTION * (bool(buttons & _RIGHT) - bool(buttons & _LEFT))
    pitch = DIRECTION * (bool(buttons & _UP) - bool(buttons & _DOWN))
    axes = np.array([-near, -right, -down, roll, pitch, -turn])
    axes[np.abs(axes) < REST] = 0.0
    return axes
