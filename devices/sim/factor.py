"""Factor: one named thing about a scene that a reset may vary, such as where the nut lies or how bright it is.

Every reset draws one number for every factor, whether it is fixed or not, so that fixing one never changes what the
same seed gives the others.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from accord.devices.errors import DeviceError

Variation = Mapping[str, tuple[float, float]]
"""Factor → the range to draw from, in the factor's unit; equal ends fix it. Who is not named varies as usual."""


JITTER, DISTRACTORS, HEIGHT = "camera-jitter", "distractors", "table-height"
"""Factors of the room that somebody has to know by name."""


class Kind(StrEnum):
    """What a factor changes about the model of a scene; `accord.devices.sim.appearance` does it."""

    POSE = "pose"
    """Nothing: the task itself places its objects by it."""
    SIZE = "size"
    """Of bodies: every length is multiplied by it, masses follow."""
    BODY_X = "body-x"
    """Of bodies that stand: how far they are shifted along x."""
    BODY_Y = "body-y"
    """The same along y."""
    BODY_TURN = "body-turn"
    """Of bodies that stand: how far they are turned about the vertical [deg]."""
    HUE = "hue"
    """Of materials, 0 to 1 around the colour wheel."""
    LIGHT = "light"
    """Brightness of every light is multiplied by it."""
    CAMERAS = "cameras"
    """How far each fixed camera is off its place: a standard deviation."""
    DISTRACTORS = "distractors"
    """How many things lie about that do not belong to the task."""
    HEIGHT = "height"
    """Of the table and all that stands on it."""


@dataclass(frozen=True, slots=True)
class Factor:
    """One thing about a scene that a reset may vary."""

    name: str
    """As on the command line and in a file: ``nut-x``."""
    text: str
    """What it is, for people."""
    unit: str
    """``m``, ``deg``, or ``1`` for a plain number."""
    usual: tuple[float, float]
    """The range that is drawn from when nobody asks for another; equal ends: usually fixed."""
    possible: tuple[float, float]
    """What may be asked for at most."""
    kind: Kind = Kind.POSE
    targets: tuple[str, ...] = ()
    """The bodies or materials that it changes."""
    whole: bool = False
    """Whether it counts something: then a whole number is drawn."""


def room_factors() -> tuple[Factor, ...]:
    """The factors of the room; every task has them after its own."""
    return (
        Factor("light", "Brightness of the room", "1", (1.0, 1.0), (0.3, 1.6), Kind.LIGHT),
        Factor(JITTER, "How far fixed cameras are off their place", "m", (0.0, 0.0), (0.0, 0.05), Kind.CAMERAS),
        Factor(DISTRACTORS, "Things that do not belong to the task", "1", (0, 0), (0, 3), Kind.DISTRACTORS, whole=True),
        Factor(HEIGHT, "The table, against its usual height", "m", (0.0, 0.0), (-0.04, 0.06), Kind.HEIGHT),
    )  # fmt: skip


def check_variation(factors: Sequence[Factor], variation: Variation) -> None:
    """Refuse what cannot be drawn.

    Raises:
        DeviceError: if a factor is unknown, or its range is upside down, not finite or beyond what is possible.
    """
    known = {factor.name: factor for factor in factors}
    for name, (low, high) in variation.items():
        if name not in known:
            raise DeviceError(f"one of the factors {', '.join(known)}", repr(name), "name one of these")
        _check_range(known[name], low, high)


def _check_range(factor: Factor, low: float, high: float) -> None:
    least, most = factor.possible
    wanted = f"a {factor.name} from {least:g} to {most:g} {factor.unit if factor.unit != '1' else ''}".rstrip()
    found = f"{low:g}" if low == high else f"{low:g}..{high:g}"
    if not (np.isfinite(low) and np.isfinite(high) and least <= low and high <= most):
        raise DeviceError(wanted, found, "choose a range within")
    if low > high:
        raise DeviceError("a range that begins with its smaller end", f"{factor.name} {found}", "swap the ends")
    if factor.whole and (low != round(low) or high != round(high)):
        raise DeviceError(f"a whole number of {factor.name}", found, "leave out the fraction")


def draw(factors: Iterable[Factor], seed: int, variation: Variation = {}) -> dict[str, float]:  # noqa: B006 - never changed
    """One value per factor, from the seed alone.

    Args:
        factors: in the order of the task.
        seed: of the reset.
        variation: what is fixed or varied otherwise than usual; see `check_variation`.
    """
    rng = np.random.default_rng([seed, 1])
    values = {}
    for factor in factors:
        low, high = variation.get(factor.name, factor.usual)
        share = float(rng.uniform())
        # A whole number takes its upper end as often as any other.
        values[factor.name] = float(int(low + share * (high - low + 1))) if factor.whole else low + share * (high - low)
    return values
