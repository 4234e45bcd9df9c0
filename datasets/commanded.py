"""Which fields of a step are the command: the one rule that fitting and exporting share."""

from typing import Any

import numpy as np

from accord.datasets.errors import PolicyError
from accord.datasets.features import ACTION, FINGERS

_SENT = "sent/"
_NONE = ("t_ns", "posture")
"""When it was sent, and what goes along with a twist: neither is a command by itself."""


def commanded(dtype: np.dtype[Any]) -> tuple[str, ...]:
    """The fields that say what the robot was told: Accord's own where they are there, else whatever was sent.

    Raises:
        PolicyError: if steps of this dtype hold no command.
    """
    names = dtype.names or ()
    if all(name in names for name in ACTION):
        return (*ACTION, FINGERS) if FINGERS in names else ACTION
    sent = tuple(name for name in names if name.startswith(_SENT) and not name.endswith(_NONE))
    if not sent:
        raise PolicyError(f"a command in {_SENT}…", "none", "leave these episodes out")
    return sent
