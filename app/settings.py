"""What a session is started with."""

import socket
from dataclasses import dataclass, field
from pathlib import Path

from accord.app.errors import AppError
from accord.devices.mapping import Mapping
from accord.devices.sim.arms.catalogue import MENAGERIE, arm
from accord.devices.sim.factor import Variation, check_variation
from accord.devices.sim.task import RATES_HZ
from accord.devices.sim.tasks import catalogue
from accord.recorders.disk import BEGIN_WITH, STOP_AT


@dataclass(frozen=True, slots=True)
class Settings:
    """What a session is started with; none of it changes while it runs."""

    library: Path
    task: str = "square-nut"
    arm: str = ""
    """Which arm; empty for the task's usual one."""
    rate_hz: float = 50.0
    """Of the loop [Hz]."""
    camera_hz: float = 30.0
    """Of every view [Hz]."""
    width: int = 320
    """Of every view [px]."""
    height: int = 240
    """[px]"""
    time_scale: float = 1.0
    """How much faster than real time the workcell runs; other than 1 only for scripted operators."""
    mapping: Mapping | None = None
    """How the person drives, whatever the device's profile is; None for the profile's own."""
    variation: Variation = field(default_factory=dict)
    """Which factors of the scene are fixed, or vary otherwise than usual, at first."""
    station: str = ""
    begin_with: int = BEGIN_WITH
    """Free disk that an episode needs to begin [B]."""
    stop_at: int = STOP_AT
    """Free disk at which an episode is ended [B]."""

    def __post_init__(self) -> None:
        task = catalogue.task(self.task)
        check_variation(task.factors, self.variation)
        if self.arm and not self.arm.startswith(MENAGERIE):  # asking the menagerie may take long
            arm(self.arm)
        if not RATES_HZ[0] <= self.rate_hz <= RATES_HZ[1]:
            wanted = f"a control rate of {RATES_HZ[0]:g} to {RATES_HZ[1]:g} Hz"
            raise AppError(wanted, f"{self.rate_hz:g} Hz", "choose a rate in this range")
        if not 1.0 <= self.camera_hz <= 120.0:
            raise AppError("views at 1 to 120 Hz", f"{self.camera_hz:g} Hz", "choose a rate in this range")
        if not (32 <= self.width <= 1920 and 32 <= self.height <= 1920):
            found = f"{self.width}×{self.height}"
            raise AppError("views of 32 to 1920 pixels a side", found, "choose a size in this range")
        if not 0.1 <= self.time_scale <= 20.0:
            raise AppError("a speed of 0.1 to 20 times real time", f"{self.time_scale:g}", "choose one in this range")

    @property
    def station_name(self) -> str:
        """What the episodes say about where they were recorded."""
        return self.station or socket.gethostname()


LARGEST_SEED = 10**15
"""A scene's state holds its seed as a number that is exact up to here and beyond."""


def check_seed(seed: int) -> None:
    """Refuse what no random generator takes, or no state of a scene can hold.

    Raises:
        AppError: if it is negative or has more than 15 digits.
    """
    if not 0 <= seed < LARGEST_SEED:
        raise AppError("a seed of 0 or more, below 10^15", f"{seed}", "choose another")
