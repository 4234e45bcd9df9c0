"""Sound: clicks that come the more often, and the higher, the more a step conflicts. Agreement is silence.

The wheels of Qt that Accord needs come without QtMultimedia, so the tones go to ALSA itself, by ctypes; where there is
no libasound or no loudspeaker, opening says so and nothing else changes. Signatures: alsa-lib, ``pcm.h``.
"""

import ctypes
import threading
import time
from contextlib import suppress
from ctypes.util import find_library
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError

RATE_HZ: Final = 24_000
"""Of the samples; ALSA changes it to what the device wants [Hz]."""
MOST_HZ: Final = 15.0
"""Clicks a second at full conflict: more run together to a tone [Hz]."""
QUIET: Final = 0.15
"""Up to this disagreement nothing clicks: the noise of a steady hand [1]."""
_CLICK_S, _LOUD = 0.012, 0.25
_PITCH_HZ: Final = (500.0, 1400.0)
"""At the least and at full conflict [Hz]."""
_AHEAD_S: Final = 0.06
"""How far the device is fed ahead: what is heard is that old [s]."""
_BLOCK_S: Final = 0.02
_PLAYBACK, _S16_LE, _INTERLEAVED = 0, 2, 3
"""SND_PCM_STREAM_PLAYBACK, SND_PCM_FORMAT_S16_LE, SND_PCM_ACCESS_RW_INTERLEAVED."""
_SAY = ctypes.CFUNCTYPE(None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
_SILENT: Final = _SAY(lambda *_: None)
"""ALSA would write its own view of an error to the terminal. Kept for good: ALSA calls whatever it was given last."""

Samples = NDArray[np.int16]


class Clicks:
    """Makes the samples. Knows no device and no clock."""

    def __init__(self) -> None:
        self._phase = 0.0  # of the way to the next click
        self._tail = np.zeros(0)

    def block(self, disagreement: float, count: int) -> Samples:
        """(count,) the next samples.

        Args:
            disagreement: 1 − M now, in [0, 1]; NaN for nothing scored.
            count: how many samples.
        """
        sound = np.zeros(max(count, len(self._tail)))
        sound[: len(self._tail)] = self._tail
        level = (disagreement - QUIET) / (1.0 - QUIET)
        if level > 0.0:  # NaN is not
            level = min(level, 1.0)
            sound = self._add_clicks(sound, level, count)
        else:
            self._phase = 1.0  # the first step that conflicts clicks at once
        self._tail = sound[count:]
        return (np.clip(sound[:count], -1.0, 1.0) * 32_767).astype(np.int16)

    def _add_clicks(self, sound: NDArray[np.float64], level: float, count: int) -> NDArray[np.float64]:
        per_sample = level * MOST_HZ / RATE_HZ
        click = _click(level)
        sound = np.pad(sound, (0, max(0, count + len(click) - len(sound))))
        at = max(0, int(np.ceil((1.0 - self._phase) / per_sample)))
        last = -self._phase / per_sample
        while at < count:
            sound[at : at + len(click)] += click
            last = float(at)
            at += max(1, round(1.0 / per_sample))
        self._phase = (count - last) * per_sample
        return sound


def _click(level: float) -> NDArray[np.float64]:
    t_s = np.arange(round(_CLICK_S * RATE_HZ)) / RATE_HZ
    pitch_hz = _PITCH_HZ[0] + level * (_PITCH_HZ[1] - _PITCH_HZ[0])
    return np.asarray(_LOUD * np.sin(2 * np.pi * pitch_hz * t_s) * np.exp(-t_s * 5.0 / _CLICK_S))


class Sound:
    """Plays the clicks from a thread of its own until it is closed."""

    def __init__(self) -> None:
        """Open the device.

        Raises:
            AppError: if there is none.
        """
        self.disagreement = float("nan")
        """1 − M now; what is heard follows it within a tenth of a second."""
        self._device = Loudspeaker()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play, name="sound", daemon=True)
        self._thread.start()

    def _play(self) -> None:
        clicks, began_s, written = Clicks(), time.monotonic(), 0
        with suppress(AppError):  # the device was unplugged: the rest is silence
            while not self._over.wait(_BLOCK_S / 2):
                # By the clock, not by the device: one that takes everything at once must not be flooded.
                wanted = int((time.monotonic() - began_s + _AHEAD_S) * RATE_HZ)
                count = min(wanted - written, RATE_HZ // 5)
                if count > 0:
                    self._device.write(clicks.block(self.disagreement, count))
                    written = wanted

    def close(self) -> None:
        """Be silent, and let go of the device; closing twice is allowed."""
        self._over.set()
        self._thread.join()
        self._device.close()


class Loudspeaker:
    """ALSA's default device."""

    def __init__(self) -> None:
        name = find_library("asound")
        if name is None:
            raise AppError("sound", "no libasound on this machine", "install libasound2, or go without")
        self._alsa: Any = ctypes.CDLL(name)
        self._alsa.snd_lib_error_set_handler(_SILENT)
        self._alsa.snd_strerror.restype = ctypes.c_char_p
        self._alsa.snd_pcm_writei.restype = ctypes.c_long
        self._alsa.snd_pcm_writei.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong]
        self._pcm = ctypes.c_void_p()
        self._check(self._alsa.snd_pcm_open(ctypes.byref(self._pcm), b"default", _PLAYBACK, 0))
        latency_us = ctypes.c_uint(round(_AHEAD_S * 1e6))
        told = self._alsa.snd_pcm_set_params(self._pcm, _S16_LE, _INTERLEAVED, 1, RATE_HZ, 1, latency_us)
        if told < 0:
            self.close()
            self._check(told)

    def write(self, samples: Samples) -> None:
        """Play samples; one that came too late is followed by the next.

        Raises:
            AppError: if the device is gone.
        """
        told = self._alsa.snd_pcm_writei(self._pcm, samples.ctypes.data, len(samples))
        if told < 0:
            self._check(self._alsa.snd_pcm_recover(self._pcm, int(told), 1))

    def _check(self, told: int) -> None:
        if told < 0:
            found = f"none that opens ({self._alsa.snd_strerror(told).decode(errors='replace')})"
            raise AppError("a sound device", found, "plug one in, or go without sound")

    def drain(self) -> None:
        """Wait until all is heard."""
        self._alsa.snd_pcm_drain(self._pcm)

    def close(self) -> None:
        """Let go of it."""
        if self._pcm:
            self._alsa.snd_pcm_close(self._pcm)
            self._pcm = ctypes.c_void_p()
