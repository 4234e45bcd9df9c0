"""Gloves: fifteen bends of a person's fingers, of which ten open and close a gripper.

A glove has three channels per finger, thumb first (`CHANNELS`): *spread* from the middle finger, *base* bend at the
knuckle, *outer* bend at the joint after it. All of them are recorded as they came; no hand of fingers is moved by them.
"""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike

FINGERS: Final = ("thumb", "index", "middle", "ring", "little")
CHANNELS: Final = tuple(f"{finger} {bend}" for finger in FINGERS for bend in ("spread", "base", "outer"))
"""What the channels of a glove are."""
BENDS: Final = np.array([not name.endswith("spread") for name in CHANNELS])
"""(15,) which channels close the hand."""


def mean_bend(raw: ArrayLike) -> float:
    """How far the fingers are bent, in the channels' own unit, from the ten channels that close the hand.

    Args:
        raw: (15,) channels.
    """
    return float(np.mean(np.asarray(raw, dtype=np.float64)[BENDS]))
