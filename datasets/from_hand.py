"""From the hand: inputs that no step holds, made of where a thing is and where the hand is.

- ``relative/nut_position``: where the nut is as seen from the hand, in the base frame. A reach depends on that, and it
  is hard to learn from two places that vary by decimetres where the difference matters by millimetres.
- ``close/nut_position``: the same with far away squeezed together, asinh(d / 1 cm) of each number: a millimetre near
  the hand counts ten times what it counts a decimetre away. For tasks with several things, each of which is far from
  the hand most of the time, so that the scale of all steps together hides the last centimetre.
- ``relative/nut_quaternion``: how the nut is turned as seen from the hand, wxyz in the hand's frame.

With two hands, of shape (2, …), a thing is seen from each.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import PolicyError

OBSERVED, RELATIVE, CLOSE = "observation/", "relative/", "close/"
HAND = "observation/hand"
_POSITION, _QUATERNION = "_position", "_quaternion"
_CLOSE_M = 0.01
"""Up to about here `CLOSE` is a length in this unit, beyond it a logarithm [m]."""
Shape = tuple[int, ...]


def is_from_hand(name: str) -> bool:
    """Whether an input of this name is made here."""
    return name.startswith((RELATIVE, CLOSE))


def made_of(name: str) -> tuple[str, str]:
    """The fields of a step that it is made of: of the thing, and of the hand."""
    thing = OBSERVED + name.removeprefix(RELATIVE).removeprefix(CLOSE)
    return thing, HAND + (_QUATERNION if name.endswith(_QUATERNION) else _POSITION)


def shape_of(name: str, field: Callable[[str], Shape]) -> Shape:
    """The shape of its value in one step.

    Args:
        name: of the input.
        field: gives the shape of a step's field.

    Raises:
        PolicyError: if that is neither a thing's position nor, for ``relative/…_quaternion``, its rotation.
    """
    thing, hand = made_of(name)
    found, seen_from = field(thing), field(hand)
    turns = name.startswith(RELATIVE) and name.endswith(_QUATERNION) and thing != hand
    if found != ((4,) if turns else (3,)):
        raise PolicyError(f"a position (3,) or a thing's rotation for {name}", f"{found}", "name a place")
    return seen_from


def values_of(name: str, steps: NDArray[Any]) -> NDArray[np.float64]:
    """(N, *shape) of steps."""
    thing, hand = (np.asarray(steps[field], np.float64) for field in made_of(name))
    if thing.ndim < hand.ndim:
        thing = thing[:, None]  # two hands, two places
    if name.endswith(_QUATERNION):
        return _turned_from(hand, thing)
    seen: NDArray[np.float64] = thing - hand
    return np.arcsinh(seen / _CLOSE_M) if name.startswith(CLOSE) else seen


def _turned_from(hand: NDArray[np.float64], thing: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 4) hand⁻¹ · thing, a Hamilton product of unit quaternions (…, 4), wxyz."""
    w, x, y, z = np.moveaxis(hand, -1, 0)
    a, b, c, d = np.moveaxis(thing, -1, 0)
    parts = (
        w * a + x * b + y * c + z * d,
        w * b - x * a - y * d + z * c,
        w * c + x * d - y * a - z * b,
        w * d - x * c + y * b - z * a,
    )
    return np.stack(parts, axis=-1)
