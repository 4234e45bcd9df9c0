"""Used: what a base policy remembers of an episode that it was fitted to, so that a later change can be told."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode import Episode
from accord.datasets.trim import Cuts, Trim

_APART = ("physics/", "score/")
"""The physics state tells nothing more, and is most of the bytes; a live score belongs to some other policy."""


@dataclass(frozen=True, slots=True)
class Used:
    """An episode as it was when a policy was fitted to it."""

    digest: str
    """SHA-256 of all its steps."""
    trim: Trim | None = None
    """What stayed of it then."""
    cuts: Cuts = ()
    """What a selection left out between."""

    @classmethod
    def of(cls, episode: Episode, trim: Trim | None = None, cuts: Cuts = ()) -> "Used":
        """What to remember of an episode."""
        digest = hashlib.sha256()
        for field in sorted(episode.info.schema, key=lambda field: field.name):
            if not field.name.startswith(_APART):
                values: NDArray[np.generic] = np.ascontiguousarray(episode.field(field.name))
                digest.update(f"{field.name} {values.dtype.str} {values.shape}".encode() + values.tobytes())
        return cls(digest.hexdigest(), trim, cuts)
