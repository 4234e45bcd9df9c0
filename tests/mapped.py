"""What the tests of the mapping page share: a device, a robot and a session at one moment."""

from typing import Any, cast

import numpy as np
from snapshots import picture, ready, steps

from accord.app.errors import AppError
from accord.app.snapshot import Snapshot
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_moment import Moment
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.mapping import Mapping
from accord.devices.rotation import IDENTITY
from accord.devices.sources.held import Held
from accord.recorders.status import LoopStatus

AXES = np.array([0.5, -0.3, 0.0, 0.05, 0.0, 0.9])
HEALTH = Health("SpaceMouse Compact", True, "", 1, 3, 0)
CHANNELS = tuple(f"{name} [1/350]" for name in ("x", "y", "z", "roll", "pitch", "yaw"))


def step(**fields: object) -> np.void:
    values: dict[str, Any] = {"observation__hand_quaternion": IDENTITY, "observation__gripper_width": 0.04} | fields
    return cast(np.void, steps(1, **values)[0])


def moment(state: InputState | None, **changes: Any) -> Moment:
    values = {"name": "mouse", "state": state, "health": HEALTH, "channels": CHANNELS, "newest": step()} | changes
    return Moment(**values)


def shown(editor: MappingEditor, now: Moment) -> None:
    """Three moments: figures are shown at every third."""
    for _ in range(3):
        editor.display(now)


class Driving:
    """What a session is asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Mapping]] = []
        self.refuses = ""
        self.held = (Held("keyboard", "keyboard", Mapping()),)

    def remap(self, hand: int, mapping: Mapping) -> None:
        if self.refuses:
            raise AppError("to change how a device drives", self.refuses, "end it first")
        self.asked.append((hand, mapping))


def driven(source: str, **fields: object) -> Snapshot:
    loop = LoopStatus(source=source, input_connected=True, input_name=source)
    newest = step(input__t_ns=1, **fields)
    views = ("front", "side")
    return ready(source=source, loop=loop, newest=newest, views=views, pictures={view: picture(90) for view in views})
