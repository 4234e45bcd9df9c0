"""CalibrationGuiding: feeds a calibration with what the device says, and keeps what comes of it."""

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from accord.app.desk import Desk
from accord.app.device_words import believed
from accord.app.ui.calibration_panel import CalibrationPanel, Steps
from accord.app.watched import Reading
from accord.datasets.errors import AccordError
from accord.devices.calibrating import Calibrating
from accord.devices.calibration import Calibrations
from accord.devices.inputs.leaders import LEADERS
from accord.devices.setup import Setup

_EXOSKELETONS = ("exoskeleton", "cockpit")
CALIBRATED = (*LEADERS, *_EXOSKELETONS)
"""Kinds that can be calibrated."""
FEED_MS = 20
"""How often the newest reading is looked at: fast enough that no joint turns half round in between [ms]."""


def _steps(kind: str, serial: str, leader_joints: int) -> tuple[Steps, int]:
    """The steps for a device, and how many joints are moved in them: those of an exoskeleton know their ways."""
    if kind in _EXOSKELETONS:
        from accord.devices.inputs.exo_calibrating import ExoCalibrating  # noqa: PLC0415  an optional dependency

        return ExoCalibrating(kind, serial), 0
    return Calibrating(LEADERS[kind], serial, leader_joints), leader_joints


class CalibrationGuiding(QObject):
    """At most one calibration."""

    saved = Signal(str)
    """What was saved, in one sentence."""
    failed = Signal(str)

    def __init__(self, panel: CalibrationPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._panel = panel
        self.held: Steps | None = None
        """The one that goes on now."""
        self._device = ""
        self._calibrations: Calibrations | None = None
        self._reading: Callable[[], Reading | None] = lambda: None
        self._fed_ns = 0
        self._timer = QTimer(self, interval=FEED_MS)
        self._timer.timeout.connect(self.tick)
        panel.next_asked.connect(self.go_on)
        panel.back_asked.connect(self.go_back)

    def begin(self, desk: Desk, setup: Setup, hand: int) -> bool:
        """Begin one; False if the device says nothing that it could begin with.

        Args:
            desk: where the device is watched.
            setup: the device.
            hand: which of its hands.
        """

        def reading() -> Reading | None:
            readings = desk.readings(setup.name)
            return believed(readings[hand], time.monotonic_ns()) if hand < len(readings) else None

        now = reading()
        if now is None or now.state is None or len(now.state.raw) < 2:
            self.failed.emit(f"Wanted readings of {setup.name}, found none: plug it in and wait for it.")
            return False
        self._device, self._reading, self._fed_ns = setup.name, reading, 0
        self._calibrations = Calibrations(desk.calibrations)
        self.held, joints = _steps(setup.kind, now.health.serial, len(now.state.raw) - 1)
        side = (" left", " right")[hand] if len(desk.readings(setup.name)) > 1 else ""
        self._panel.begin(f"{setup.name}{side}", joints)
        self.tick()
        self._timer.start()
        return True

    def cancel(self) -> None:
        """Leave everything as it was."""
        self._timer.stop()
        self.held = None

    def tick(self) -> None:
        """Feed the newest reading, and show how far it is."""
        held = self.held
        if held is None:
            return
        now = self._reading()
        state = None if now is None else now.state
        if state is not None and state.t_ns != self._fed_ns:
            self._fed_ns = state.t_ns
            held.feed(state.raw, state.t_ns)
        silent = "" if state is not None else (now.health.detail if now is not None else "") or "It says nothing."
        if not held.ready and not held.done:
            held.go_on()  # which changes nothing then, but says what is missing
        self._panel.display(held, "" if held.ready else held.problem, silent)

    def go_on(self) -> None:
        """The step is done; after the last one the calibration is kept."""
        held = self.held
        if held is None or self._calibrations is None:
            return
        held.go_on()
        if not held.done:
            self.tick()
            return
        try:
            self._calibrations.save(held.calibration())
        except AccordError as error:
            self.failed.emit(str(error))
        else:
            self.saved.emit(f"{self._device} is calibrated.")

    def go_back(self) -> None:
        """One step back, which is done anew."""
        if self.held is not None:
            self.held.go_back()
            self.tick()
