"""Which steps count: the one rule that fitting, scoring and the live score share."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

_NOBODY = 0
"""accord.devices.source.ControlMode.NOBODY, known here by its recorded value."""
_NOT_HELD = 0
"""accord.devices.limits.Hold: 0 is the only value at which the robot did what it was told."""


def counted(records: NDArray[np.void] | np.void) -> NDArray[np.bool_]:
    """(N,) True where somebody drove and the robot was not held; the command of any other step is nobody's choice.

    Args:
        records: (N,) steps, or one step for a (1,) answer. Steps without ``mode`` or ``hold``, as imported ones are,
            all count.
    """
    steps: NDArray[Any] = np.atleast_1d(np.asarray(records))
    mask = np.ones(len(steps), np.bool_)
    names = steps.dtype.names or ()
    if "mode" in names:
        mask &= steps["mode"] != _NOBODY
    if "hold" in names:
        mask &= steps["hold"] == _NOT_HELD
    return mask
