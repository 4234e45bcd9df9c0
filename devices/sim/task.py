"""Task: a scene, how it is reset and randomised, and when it counts as a success. Knows nothing of the simulator."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from accord.devices.command import Vector

RATES_HZ = (20.0, 100.0)
"""Lowest and highest control rate of a simulated workcell [Hz]."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a person is asked to do, and how the scene tells that it is done."""

    name: str
    """As on the command line and in a file: ``square-nut``."""
    instruction: str
    """What to do, in one sentence for people and language-conditioned policies."""
    time_limit_s: float
    """An episode that takes longer is a failure [s]."""
    cameras: tuple[str, ...]
    """Names of the views."""
    scene: str
    """Name of the MJCF file in `accord.assets`."""
    objects: tuple[str, ...]
    """Names of the things that move; bodies of the scene, each with a free joint of its own name."""
    place: Callable[[np.random.Generator], Mapping[str, Vector]]
    """Draws where everything stands at the start: object → (7,) position [m] and wxyz quaternion."""
    done: Callable[[Mapping[str, Vector], frozenset[str]], bool]
    """Whether this moment counts, from object → (7,) pose and the objects that the hand touches."""
