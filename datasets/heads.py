"""Head: what the numbers at the end of a base policy mean: one command each, or several with their chances.

K is the number of members, N of steps, H of commands said at once (a chunk), A of a command's dimensions, C of modes.
Everything is normalised. A head knows no torch: `accord.datasets.fit` has the losses that belong to it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from accord.datasets import compatibility
from accord.datasets.compatibility import Numbers
from accord.datasets.errors import PolicyError

HEADS = ("mean", "mixture")
"""``mean``: the squared error to one command. ``mixture``: a mixture density (Bishop, "Mixture Density Networks",
1994), for a base set that itself does a thing in several ways."""
MOST_MODES, MOST_COMMANDS = 16, 1000
"""Of a mixture, and of a chunk: more is a slip of the finger, or a file made to fill the memory."""
LOG_SPREAD = (-3.0, 1.0)
"""Between which the logarithm of a mode's spread is kept: a mode may not shrink to a single step."""

Raw = NDArray[np.floating]
"""(K, N, width) what a network says."""


@dataclass(frozen=True, slots=True)
class MeanHead:
    """The chunk itself, row after row."""

    actions: int
    """A."""
    chunk: int = 1
    """H."""

    @property
    def width(self) -> int:
        """How many outputs the network has."""
        return self.actions * self.chunk

    def first(self, raw: Raw) -> Numbers:
        """(K, N, A) every member's expected next command."""
        return np.asarray(raw[:, :, : self.actions], np.float64)

    def error(self, raw: Raw, actions: Numbers) -> Numbers:
        """(N,) how far the next command is from what was done, see `accord.datasets.compatibility.error`."""
        return compatibility.error(self.first(raw), actions)

    def commands(self, raw: Raw) -> Numbers:
        """(N, H, A) the chunk to be driven: the members' mean."""
        chunks = np.asarray(raw, np.float64).mean(axis=0)
        return np.reshape(chunks, (len(chunks), self.chunk, self.actions))


@dataclass(frozen=True, slots=True)
class MixtureHead:
    """For every mode a weight (a logit), the logarithm of its spread, and a chunk."""

    actions: int
    """A."""
    chunk: int = 1
    """H."""
    modes: int = 3
    """C."""

    @property
    def width(self) -> int:
        """How many outputs the network has."""
        return self.modes * (2 + self.actions * self.chunk)

    def parts(self, raw: Raw) -> tuple[Numbers, Numbers, Numbers]:
        """Logarithms of the weights (K, N, C) and of the spreads (K, N, C), and the chunks (K, N, C, H·A)."""
        values, modes = np.asarray(raw, np.float64), self.modes
        logits, spreads = values[..., :modes], np.clip(values[..., modes : 2 * modes], *LOG_SPREAD)
        chunks = values[..., 2 * modes :].reshape(*values.shape[:-1], modes, self.actions * self.chunk)
        return logits - _log_sum(logits), spreads, chunks

    def first(self, raw: Raw) -> Numbers:
        """(K, N, A) every member's expected next command."""
        weights, _, chunks = self.parts(raw)
        return np.asarray(np.einsum("knc,knca->kna", np.exp(weights), chunks[..., : self.actions]))

    def error(self, raw: Raw, actions: Numbers) -> Numbers:
        """(N,) the squared error to each mode, weighted by how likely the step was of that mode.

        With one mode it is the squared error; where the base set does a thing in two ways, a step that follows either
        has a small one, and the mean of both, which nobody does, has not.
        """
        if not np.isfinite(actions).all():
            raise PolicyError("finite actions", "some that are not", "drop these steps")
        weights, spreads, chunks = self.parts(raw)
        squares = np.square(chunks[..., : self.actions] - actions[None, :, None]).mean(axis=-1)
        chances = weights - self.actions * (spreads + 0.5 * squares / np.exp(2 * spreads))
        of_mode = np.exp(chances - _log_sum(chances))
        return np.asarray((of_mode * squares).sum(axis=-1).mean(axis=0))

    def commands(self, raw: Raw) -> Numbers:
        """(N, H, A) the likeliest mode of all members' modes: a mean of two ways is neither."""
        weights, spreads, chunks = self.parts(raw)
        members, steps = chunks.shape[:2]
        every = np.moveaxis(chunks, 1, 0).reshape(steps, members * self.modes, -1)
        weight, spread = (np.moveaxis(part, 1, 0).reshape(steps, -1) for part in (weights, spreads))
        square = np.square(every[:, :, None] - every[:, None]).mean(axis=-1)  # (N, from, to)
        size = self.actions * self.chunk
        density = weight[:, None] - size * (spread[:, None] + 0.5 * square / np.exp(2 * spread[:, None]))
        best = _log_sum(density)[..., 0].argmax(axis=-1)
        chosen: Numbers = every[np.arange(steps), best]
        return chosen.reshape(steps, self.chunk, self.actions)


Head = MeanHead | MixtureHead


def head_named(name: str, actions: int, chunk: int, modes: int) -> Head:
    """The head of this name.

    Raises:
        PolicyError: if there is none, or its sizes cannot be.
    """
    if name not in HEADS or min(actions, chunk, modes) < 1 or chunk > MOST_COMMANDS or modes > MOST_MODES:
        found = f"{name!r} for {actions} numbers, {chunk} commands, {modes} modes"
        wanted = f"a head {' or '.join(HEADS)} of up to {MOST_COMMANDS} commands and {MOST_MODES} modes"
        raise PolicyError(wanted, found, "choose another")
    return MeanHead(actions, chunk) if name == "mean" else MixtureHead(actions, chunk, modes)


def _log_sum(values: Numbers) -> Numbers:
    """Logarithm of the sum of exponentials over the last axis, which is kept."""
    most = values.max(axis=-1, keepdims=True)
    return np.asarray(most + np.log(np.exp(values - most).sum(axis=-1, keepdims=True)))
