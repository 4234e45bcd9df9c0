"""What drives now, as the page Devices sees it: the loop reads such a device by itself, and tells in every step."""

import numpy as np

from accord.app.snapshot import Snapshot
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.sources.held import devices_of


def driving(snapshot: Snapshot) -> tuple[str, ...]:
    """Names of the devices that drive, the left one first; none where a script or nobody does."""
    return devices_of(snapshot.source)


def reading_of(snapshot: Snapshot, channels: tuple[str, ...], hand: int) -> Reading:
    """What a device that the loop reads says.

    Args:
        snapshot: of the session.
        channels: what the raw numbers of its kind are.
        hand: which of the two that drive; 0 where there is one.
    """
    loop, step = snapshot.loop, snapshot.newest
    if step is None or loop.source != snapshot.source:
        return Reading(None, Health("", False, "Starting.", 0, 0, 0), 0)

    def of(name: str) -> np.ndarray:
        value = np.asarray(step[name])
        both = step["input/buttons"].ndim == 1
        return np.asarray(value[hand]) if both else value

    heard_ns, raw = int(of("input/t_ns")), of("input/raw").astype(np.float64)
    health = Health(
        loop.input_name, loop.input_connected, loop.input_detail, heard_ns, loop.input_reports, loop.input_refused,
        loop.input_rate_hz, loop.input_jitter_ms,
    )  # fmt: skip
    state = InputState(of("input/axes"), int(of("input/buttons")), heard_ns, raw=raw[: len(channels)])
    return Reading(state if loop.input_connected else None, health, int(step["t_ns"]), channels)
