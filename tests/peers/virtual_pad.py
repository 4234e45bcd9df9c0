"""Gamepads that SDL itself emulates, in the very library that pygame loaded: what they say takes SDL's whole way.

`SDL_JoystickAttachVirtualEx` and its like are SDL 2.24's (SDL_joystick.h). SDL knows the layout of such a pad as it
knows that of a real one: axes and buttons in the order of SDL_GameControllerAxis and SDL_GameControllerButton.
"""

import ctypes
import sys
from pathlib import Path
from typing import Final

import pygame

JOYSTICK, GAMECONTROLLER = 0, 1
"""SDL_JoystickType."""
LEFT_X, LEFT_Y, RIGHT_X, RIGHT_Y, LEFT_TRIGGER, RIGHT_TRIGGER = range(6)
SDL_MINIMUM: Final = -32768


class _Description(ctypes.Structure):
    """SDL_VirtualJoystickDesc, version 1."""

    _fields_ = (
        ("version", ctypes.c_uint16),
        ("type", ctypes.c_uint16),
        ("naxes", ctypes.c_uint16),
        ("nbuttons", ctypes.c_uint16),
        ("nhats", ctypes.c_uint16),
        ("vendor_id", ctypes.c_uint16),
        ("product_id", ctypes.c_uint16),
        ("padding", ctypes.c_uint16),
        ("button_mask", ctypes.c_uint32),
        ("axis_mask", ctypes.c_uint32),
        ("name", ctypes.c_char_p),
        ("userdata", ctypes.c_void_p),
        ("callbacks", ctypes.c_void_p * 6),
    )


def sdl() -> ctypes.CDLL:
    """The SDL that pygame uses: loading it by its path again gives the same one."""
    if sys.platform == "linux":
        mapped = {line.split()[-1] for line in Path("/proc/self/maps").read_text().splitlines() if "libSDL2-2" in line}
        (path,) = mapped
    else:
        (found,) = Path(pygame.__file__).parents[1].glob("pygame*/**/*SDL2-2*")
        path = str(found)
    library = ctypes.CDLL(path)
    library.SDL_JoystickOpen.restype = library.SDL_JoystickFromInstanceID.restype = ctypes.c_void_p
    library.SDL_JoystickSetVirtualAxis.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int16]
    library.SDL_JoystickSetVirtualButton.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_uint8]
    library.SDL_JoystickClose.argtypes = [ctypes.c_void_p]
    library.SDL_JoystickGetDeviceInstanceID.restype = ctypes.c_int32
    return library


class VirtualPad:
    """One pad. SDL has to be ready, which `Gamepad` sees to at its first `read`."""

    def __init__(self, name: str = "Virtual Pad", product: int = 0x028E, kind: int = GAMECONTROLLER) -> None:
        self._sdl = sdl()
        self._name = name.encode()  # SDL does not copy the description
        description = _Description(1, kind, 6, 15, vendor_id=0x045E, product_id=product, name=self._name)
        index = self._sdl.SDL_JoystickAttachVirtualEx(ctypes.byref(description))
        assert index >= 0, pygame.get_error()
        self._instance = self._sdl.SDL_JoystickGetDeviceInstanceID(index)
        self._handle: int | None = self._sdl.SDL_JoystickOpen(index)

    def move(self, axis: int, value: int) -> None:
        assert self._sdl.SDL_JoystickSetVirtualAxis(self._handle, axis, value) == 0, pygame.get_error()

    def press(self, button: int, down: bool = True) -> None:
        assert self._sdl.SDL_JoystickSetVirtualButton(self._handle, button, down) == 0, pygame.get_error()

    def unplug(self) -> None:
        """Pull the plug; twice is allowed."""
        if self._handle is None:
            return
        count = self._sdl.SDL_NumJoysticks()
        (index,) = [i for i in range(count) if self._sdl.SDL_JoystickGetDeviceInstanceID(i) == self._instance]
        assert self._sdl.SDL_JoystickDetachVirtual(index) == 0, pygame.get_error()
        self._sdl.SDL_JoystickClose(self._handle)
        self._handle = None
