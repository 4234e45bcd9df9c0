"""GlobalKeys: keys and foot pedals that count wherever the keyboard focus is. Buttons only. The only door to pynput.

A foot pedal shows itself as a keyboard and types what it was set to, best a key that no keyboard has (F13 to F24). Only
the keys that are named count: of any other not even the fact that it was pressed is kept. No key is kept from anybody.

Under X11 this listens through the RECORD extension. Wayland shows a program only what is typed into its own windows,
also a program that goes through Xwayland: a key that came up elsewhere would stay down here. So it is off there, and
says so.
"""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.key_names import MODIFIERS, key_names, keysyms
from accord.devices.inputs.patience import CLOSED, Search
from accord.devices.tempo import Tempo

SEEN_NS: Final = 60_000_000
"""For so long at least a key counts as down: the window looks 30 times a second, and a tap can be shorter [ns]."""
STOPS_WITHIN_S: Final = 1.0
"""How long a listener may take to end; it is left to itself then [s]."""

Tell = Callable[[str, bool], None]
"""Told of every key event: the key's name, and whether it went down."""


class GlobalKeys:
    """Some keys, whatever has the focus. Satisfies `accord.devices.input.Input` and `Waits`.

    Bit i of the buttons is the key that is named as number i. A key whose name is a letter, digit or sign is let go of
    when Shift or another modifier moves, because what it types when it comes up has another name then.

    Args:
        keys: names, with commas or spaces between them.
        environment: of this process.

    Raises:
        DeviceError: a name is no key's, twice there, or there is none.
    """

    name: str = "keys anywhere"

    def __init__(self, keys: str, environment: Mapping[str, str] = os.environ) -> None:
        self.keys = key_names(keys)
        self.channels: tuple[str, ...] = self.keys
        self._environment = environment
        self._listener: _Listener | None = None
        self._events: deque[tuple[str, bool]] = deque()
        self._news = threading.Event()
        self._down: set[str] = set()
        self._pressed_ns: dict[str, int] = {}
        self._detail, self._opened = CLOSED, False
        self._search = Search()
        self._last_report_ns = self._reports = 0
        self._tempo = Tempo()

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._detail = True, "Beginning to listen."
            self._search.begin()

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while nothing listens; see `Input`."""
        if not self._opened or not self._listens(t_ns):
            return None
        self._take(t_ns)
        held = [name in self._down for name in self.keys]
        tapped = {name for name, pressed_ns in self._pressed_ns.items() if t_ns - pressed_ns < SEEN_NS}
        buttons = sum(1 << bit for bit, name in enumerate(self.keys) if held[bit] or name in tapped)
        return InputState(buttons=buttons, t_ns=self._last_report_ns, raw=np.array(held, dtype=np.float64))

    def _listens(self, t_ns: int) -> bool:
        if self._listener is not None and not self._listener.alive:
            self._lose(self._listener.why)
        if self._listener is None and self._search.due(t_ns):
            try:
                self._listener = _listen(self.keys, self._hear, self._environment)
            except NotConnectedError as error:
                self._lose(str(error))
            else:
                self._detail = ""
        return self._listener is not None

    def _hear(self, name: str, down: bool) -> None:
        """In the listener's thread."""
        self._events.append((name, down))
        self._news.set()

    def _take(self, t_ns: int) -> None:
        """Drain what waits."""
        self._news.clear()
        while self._events:
            name, down = self._events.popleft()
            self._reports, self._last_report_ns = self._reports + 1, t_ns
            self._tempo.heard(t_ns)
            if down:
                self._down.add(name)
                self._pressed_ns[name] = t_ns
            else:
                self._down.discard(name)

    def wait(self, timeout_s: float) -> None:
        """Return as soon as one of the keys moved; see `Waits`."""
        self._news.wait(timeout_s)

    def _lose(self, why: str) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()
        self._events.clear()
        self._down.clear()
        self._pressed_ns.clear()
        self._tempo.clear()
        self._detail = why

    def health(self) -> Health:
        """How it is doing; see `Input`. There is nothing to refuse: what is no key of ours is not looked at."""
        counted = (self._last_report_ns, self._reports, 0)
        tempo = (self._tempo.rate_hz, self._tempo.jitter_ms)
        detail = self._detail or ("" if self._listener is None else self._listener.doubt)
        return Health(f"{self.name}: {', '.join(self.keys)}", self._listener is not None, detail, *counted, *tempo)

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        self._lose(CLOSED)


def inputs(config: Path, keys: str, does: str = "") -> tuple[GlobalKeys]:
    """The device, for `accord.devices.inputs.kinds`.

    Args:
        config: not needed.
        keys: see `GlobalKeys`.
        does: what each key asks of the window, with commas between; read by `accord.app.pedals`, only counted here.

    Raises:
        DeviceError: there are more wishes than keys, or a key is none.
    """
    device, wishes = GlobalKeys(keys), len(does.split(","))
    if wishes > len(device.keys):
        raise DeviceError(f"a wish for each of {len(device.keys)} keys", f"{wishes} wishes", "name more keys")
    return (device,)


class _Listener:
    """A listener of pynput's, in a thread of ours: whatever ends it is no more than its end."""

    def __init__(self, keyboard: Any, keys: tuple[str, ...], tell: Tell) -> None:
        """Begin.

        Args:
            keyboard: the module ``pynput.keyboard``.
            keys: the names that count.
            tell: told of these keys only, and only when one goes down or comes up, not while it repeats.
        """
        self._keys, self._tell, self._down = keys, tell, set[str]()
        self._names = _names(keyboard, keys)
        self._modifiers = {getattr(keyboard.Key, name) for name in MODIFIERS if hasattr(keyboard.Key, name)}
        self._listener = keyboard.Listener(on_press=self._press, on_release=self._release)
        self._thread = threading.Thread(target=self._run, name="global keys", daemon=True)
        self.why = str(NotConnectedError("keys without focus", "that nothing listens any more", "it is begun anew"))
        self._thread.start()

    def _run(self) -> None:
        try:
            self._listener.run()
        except Exception as error:  # noqa: BLE001 - every platform fails in its own way, and each is the end
            found = f"the end of the display ({type(error).__name__})"
            self.why = str(NotConnectedError("keys without focus", found, "log in again, or wait for it"))

    @property
    def alive(self) -> bool:
        """Whether it listens."""
        return self._thread.is_alive()

    @property
    def doubt(self) -> str:
        """Why it may hear nothing: macOS shows keys only to programs that the person allowed to see them."""
        if getattr(self._listener, "IS_TRUSTED", True):
            return ""
        remedy = "allow Accord under System Settings, Privacy & Security, Input Monitoring"
        return str(NotConnectedError("leave to see keys without focus", "none", remedy))

    def _name(self, key: Any) -> str | None:
        """The name that counts, or None: of any other key nothing is kept."""
        found = self._names.get(key)
        char = getattr(key, "char", None)
        if found is None and char is not None and char.lower() in self._keys:
            return str(char.lower())
        return found or self._names.get(getattr(key, "vk", None))

    def _press(self, key: Any) -> None:
        self._let_go_of_signs(key)
        name = self._name(key)
        if name is not None and name not in self._down:
            self._down.add(name)
            self._tell(name, True)

    def _release(self, key: Any) -> None:
        self._let_go_of_signs(key)
        name = self._name(key)
        if name in self._down:
            self._let_go(name)

    def _let_go_of_signs(self, key: Any) -> None:
        if key in self._modifiers:
            for name in [name for name in self._down if len(name) == 1]:
                self._let_go(name)

    def _let_go(self, name: str) -> None:
        self._down.discard(name)
        self._tell(name, False)

    def stop(self) -> None:
        """End it. pynput waits for an answer of the display here, which may never come, so not in this thread."""
        self._tell = _tell_nobody
        ending = threading.Thread(target=self._stop, daemon=True)
        ending.start()
        ending.join(STOPS_WITHIN_S)

    def _stop(self) -> None:
        try:
            if self.alive:
                self._listener.stop()
        except Exception:  # noqa: BLE001 - the display went before we did
            pass


def _tell_nobody(name: str, down: bool) -> None:
    """What comes after the end."""


def _names(keyboard: Any, keys: tuple[str, ...]) -> dict[object, str]:
    """What pynput calls these keys here → our name: its own constants, and codes where it has no name."""
    named: dict[object, str] = {}
    for name in keys:
        if hasattr(keyboard.Key, name):
            named[getattr(keyboard.Key, name)] = name
        if keyboard.Key.__module__.endswith("_xorg"):
            named |= dict.fromkeys(keysyms(name), name)
    known = set(named.values()) | {name for name in keys if len(name) == 1}
    missing = [name for name in keys if name not in known]
    if missing:
        raise NotConnectedError("keys that this system has", ", ".join(missing), "choose others")
    return named


def _listen(keys: tuple[str, ...], tell: Tell, environment: Mapping[str, str]) -> _Listener:
    """Begin to listen.

    Raises:
        NotConnectedError: nothing can listen here; it says why.
    """
    if sys.platform not in ("darwin", "win32"):
        _demand_x(environment)
    try:
        # Its import asks the display, and fails without one; so it is imported when the device is opened.
        from pynput import keyboard  # type: ignore[import-untyped]  # noqa: PLC0415
    except ModuleNotFoundError as error:
        remedy = "run `pip install 'accord[hotkeys]'`"
        raise NotConnectedError("pynput for keys without focus", "it is not installed", remedy) from error
    except ImportError as error:
        raise _no_x(f"none that answers at {environment.get('DISPLAY')}", "start Accord inside a desktop") from error
    return _Listener(keyboard, keys, tell)


def _demand_x(environment: Mapping[str, str]) -> None:
    if environment.get("WAYLAND_DISPLAY") or environment.get("XDG_SESSION_TYPE") == "wayland":
        raise _no_x("Wayland", "log in with an X11 session, because Wayland shows no program the keys of others")
    if not environment.get("DISPLAY"):
        raise _no_x("none", "start Accord inside a desktop")


def _no_x(found: str, remedy: str) -> NotConnectedError:
    return NotConnectedError("an X display for keys without focus", found, remedy)
