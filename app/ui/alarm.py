"""Alarm: a short sound when the robot stops because it or the device fell silent, for eyes that are elsewhere."""

import threading
from contextlib import suppress
from typing import Final

import numpy as np
from PySide6.QtWidgets import QApplication

from accord.app.errors import AppError
from accord.app.snapshot import Snapshot
from accord.app.ui.sound import RATE_HZ, Loudspeaker, Samples
from accord.devices.limits import Hold

_TONES: Final = ((880.0, 0.12), (587.0, 0.2))
"""Downwards, a fifth: pitch [Hz] and how long [s]."""
_LOUD: Final = 0.3
_LOST: Final = (Hold.INPUT_LOST, Hold.STALE_COMMAND, Hold.STALE_OBSERVATION)


class Alarm:
    """Follows the snapshots."""

    def __init__(self) -> None:
        self._drove = False
        """Whether somebody drove at the last step that was seen."""
        self.rung = 0
        """How often it rang."""

    def display(self, snapshot: Snapshot) -> None:
        """Ring once when whoever drove, or the robot, is lost: be it for one step, which no status would tell."""
        if not len(snapshot.steps):
            return
        holds = snapshot.steps["hold"]
        drove = np.concatenate(([self._drove], holds == Hold.NONE))
        if np.any(drove[:-1] & np.isin(holds, _LOST)):
            self.ring()
        self._drove = bool(drove[-1])

    def ring(self) -> None:
        """Sound it; without a loudspeaker of its own, the system's bell."""
        self.rung += 1
        QApplication.beep()
        threading.Thread(target=_play, name="alarm", daemon=True).start()


def _play() -> None:
    with suppress(AppError):  # the bell has to do
        speaker = Loudspeaker()
        try:
            speaker.write(_samples())
            speaker.drain()
        finally:
            speaker.close()


def _samples() -> Samples:
    parts = []
    for pitch_hz, length_s in _TONES:
        t_s = np.arange(round(length_s * RATE_HZ)) / RATE_HZ
        parts.append(_LOUD * np.sin(2 * np.pi * pitch_hz * t_s) * np.exp(-t_s * 3.0 / length_s))
    return (np.concatenate(parts) * 32_767).astype(np.int16)
