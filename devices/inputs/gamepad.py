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

SDL's state is that of the whole process, so a pad lives in a process of its own. On Linux the device file of a pad that
somebody reads is locked, so that each device takes one of its own; elsewhere each of several has to be told which.
"""

import ctypes
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
from accord.devices.inputs import pads as linux
from accord.devices.inputs.device_lock import claim
from accord.devices.inputs.patience import CLOSED, Search
from accord.devices.tempo import Tempo

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
"""SDL tells the battery in steps, of a pad that has no cable; each stands for the most that it can be [1]."""
_SURROUNDINGS: Final = {
    "SDL_VIDEODRIVER": "dummy",  # events need a video driver, not a display
    "SDL_JOYSTICK_ALLOW_BACKGROUND_EVENTS": "1",  # there is no window that could have the focus
    "SDL_NO_SIGNAL_HANDLERS": "1",
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
}


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
        serial: of the pad that is wanted: its serial number or port, as Linux tells them. Or SDL's GUID, which is that
            of its kind; ``GUID#2`` is the second of one kind. Empty for the first that nobody else reads.
        sysfs: where Linux lists input devices.
        dev: where device files are.
    """

    name: str = "gamepad"
    channels: tuple[str, ...] = CHANNELS

    def __init__(self, serial: str = "", sysfs: Path = linux.SYSFS, dev: Path = linux.DEV) -> None:
        self._wanted, self._sysfs, self._dev = serial, sysfs, dev
        self._pygame: Any = None
        self._pad: Any = None
        self._serial = serial
        self._others: frozenset[int] | None = None
        """Instances of the pads that were there when ours was lost; None before that."""
        self._detail = CLOSED
        self._opened = False
        self._search = Search()
        self._claim: int | None = None
        """What its device file is locked with."""
        self._raw: Vector = np.zeros(len(CHANNELS))
        self._buttons = 0
        self._last_report_ns = 0
        self._reports = 0
        self._tempo = Tempo()

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._detail = True, "Looking for it."
            self._search.begin()

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
        if self._pad is None and self._search.due(t_ns):
            try:
                self._pygame = self._pygame or _started()
                self._pad = self._found()
                self._detail = ""
            except NotConnectedError as error:
                self._detail = str(error)
        return self._pad is not None

    def _found(self) -> Any:
        """The pad that is wanted. After one was lost, none that was there all the while: somebody may hold it."""
        pads = _listed(self._pygame, self._plugged())
        taken = []
        for pad in pads:
            if not pad.playable or pad.instance in (self._others or ()) or not self._fits(pad):
                continue
            try:
                self._claim = claim(pad.node) if pad.node is not None else None
            except BlockingIOError:
                taken.append(pad)
                continue
            self._serial = pad.serial
            return import_module("pygame._sdl2.controller").Controller(pad.index)
        if taken:
            raise _taken(self._wanted, taken)
        raise _absent(self._wanted, pads) if pads else self._none()

    def _plugged(self) -> tuple[linux.LinuxPad, ...]:
        return linux.listed(self._sysfs, self._dev)

    def _fits(self, pad: "_Pad") -> bool:
        # One that comes back may be another one of its kind by now: SDL counts them as they come.
        same_kind = self._others is not None and pad.guid == self._wanted.partition("#")[0]
        return self._wanted in ("", *pad.names) or same_kind

    def _none(self) -> NotConnectedError:
        for pad in self._plugged():
            if pad.node.exists() and not os.access(pad.node, os.R_OK):
                remedy = "log in at its desk, or run `sudo usermod -aG input $USER` and log in again"
                return NotConnectedError(f"to read the gamepad at {pad.node}", "no permission", remedy)
        wanted = f"the gamepad {self._wanted}" if self._wanted else "a gamepad"
        return NotConnectedError(wanted, "none plugged in", "plug it in or switch it on")

    def _lose(self, why: str) -> None:
        if self._pad is not None:
            self._pad.quit()
            self._others = frozenset(pad.instance for pad in _listed(self._pygame))
        if self._claim is not None:
            os.close(self._claim)
        self._pad, self._claim, self._detail = None, None, why
        self._search.begin()
        self._raw, self._buttons = np.zeros(len(CHANNELS)), 0
        self._tempo.clear()

    def health(self) -> Health:
        """How it is doing; see `Input`. Its reports are the changes that it told."""
        there = self._pad is not None
        charge = _CHARGES.get(self._pad.as_joystick().get_power_level()) if there else None
        return Health(
            self._pad.name if there else "Gamepad", there, self._detail, self._last_report_ns, self._reports, 0,
            self._tempo.rate_hz, self._tempo.jitter_ms, charge, self._serial,
            "" if charge is None else self._on_radio(),
        )  # fmt: skip

    def _on_radio(self) -> str:
        """What is to be known of a pad that lives on its battery: no silence tells that its link was lost."""
        found = "it on radio, where a lost link is told only after some seconds"
        return str(NotConnectedError(f"{self._pad.name} on a cable", found, "use one where the robot could do harm"))

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        self._lose(CLOSED)
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
    names: frozenset[str]
    """All that `Gamepad` takes for it."""
    playable: bool
    """Whether SDL knows its layout."""
    node: Path | None
    """Its device file, where that is known."""


def _listed(pygame: Any, plugged: tuple[linux.LinuxPad, ...] = ()) -> list[_Pad]:
    """Everything that SDL sees, in the order in which it was plugged in.

    Args:
        pygame: the module.
        plugged: what Linux says about them.
    """
    controller = import_module("pygame._sdl2.controller")
    pygame.event.clear()
    pads: list[_Pad] = []
    for index in range(pygame.joystick.get_count()):
        stick = pygame.joystick.Joystick(index)
        guid = stick.get_guid()
        earlier = sum(pad.guid == guid for pad in pads)
        counted = f"{guid}#{earlier + 1}" if earlier else guid
        path = _path(pygame, index) if plugged else None
        known = next((one for one in plugged if path in one.nodes), None)
        serial = linux.serial(known, plugged) if known is not None else ""
        names = frozenset(filter(None, (serial, counted, *((known.number, known.port) if known is not None else ()))))
        node, playable = known.node if known is not None else None, controller.is_controller(index)
        instance, name = stick.get_instance_id(), stick.get_name()
        pads.append(_Pad(index, instance, name, guid, serial or counted, names, playable, node))
    return pads


def _path(pygame: Any, index: int) -> Path | None:
    """The device file through which SDL reads a pad; None where it does not say. pygame hides it, its SDL does not."""
    try:
        told = ctypes.CDLL(pygame.joystick.__file__).SDL_JoystickPathForIndex
    except (OSError, AttributeError):  # of SDL before 2.24
        return None
    told.argtypes, told.restype = [ctypes.c_int], ctypes.c_char_p
    path = told(index)
    return Path(os.fsdecode(path)) if path else None


def _taken(wanted: str, pads: list[_Pad]) -> NotConnectedError:
    """There are fewer pads than devices."""
    found = ", ".join(f"{pad.name} ({pad.serial})" for pad in pads)
    if wanted:
        return NotConnectedError(f"the gamepad {wanted} for this hand", f"{found}, which another device reads",
                                 "close the other one, or choose another gamepad")  # fmt: skip
    remedy = "plug in one more, or remove one of the devices"
    return NotConnectedError("a gamepad of its own for this device", f"only {found}, which another one reads", remedy)


def _absent(wanted: str, pads: list[_Pad]) -> NotConnectedError:
    """Why none of these pads will do."""
    unknown = next((pad for pad in pads if not pad.playable), None)
    if unknown is not None and wanted in ("", *unknown.names):
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
