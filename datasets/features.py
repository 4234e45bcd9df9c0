"""Features: which fields of a step a base policy sees or predicts, and how they become one vector."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import PolicyError
from accord.datasets.from_hand import OBSERVED, RELATIVE, is_from_hand, made_of, shape_of, values_of

ACTION = ("sent/twist", "sent/gripper")
"""What a policy predicts: the command after every limit, (6,) [m/s, rad/s] and an opening [1]; with two hands both
twists first, then both openings."""
FINGERS = "sent/fingers"
"""What it predicts besides where the robot's hands have fingers: their joints, (m,) or (2, m) [rad]."""


_HAND, _BENT = "observation/hand_position", "observation/finger_position"
_BEND_FLOORS = {FINGERS: 0.25, _BENT: 0.1}
"""Least scales of finger joints: a seventh and a twentieth of how far they bend. Scripts and keys never spread a
finger; by the scale of a velocity, three degrees of it would outweigh everything else that a glove does [rad]."""
_OTHER = "use a policy fitted to such steps"


@dataclass(frozen=True, slots=True)
class Features:
    """Named fields of a step with their shapes, joined to one vector in this order.

    Some are not fields of a step but made of two, such as ``relative/…_position``, see `accord.datasets.from_hand`.

    A quaternion (a field of shape (4,) named ``…quaternion``, wxyz; (2, 4) holds two) becomes the first two columns of
    its rotation matrix: q and −q are one rotation, and two recordings may begin with different signs (Zhou et al.,
    "On the Continuity of Rotation Representations in Neural Networks", CVPR 2019).
    """

    names: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    """Shape of one step's value, field by field."""

    @classmethod
    def of(cls, names: Iterable[str], dtype: np.dtype[Any]) -> "Features":
        """The named fields of steps with this dtype.

        Raises:
            PolicyError: if a field is missing or none is named.
        """
        chosen = tuple(names)
        if not chosen:
            raise PolicyError("a field to learn from", "none", "name the observation fields")
        return cls(chosen, tuple(_shape(name, dtype, "name fields that the episodes have") for name in chosen))

    @property
    def size(self) -> int:
        """Length of the vector."""
        return sum(self.sizes)

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many numbers of the vector come from each field."""
        return tuple(
            6 * prod(shape[:-1]) if _is_rotation(name, shape) else prod(shape)
            for name, shape in zip(self.names, self.shapes, strict=True)
        )

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a step that the vector is made of."""
        return tuple(dict.fromkeys(field for name in self.names for field in _made_of(name)))

    def columns(self, name: str) -> slice:
        """Where the numbers of one of the fields stand in the vector."""
        at = self.names.index(name)
        first = sum(self.sizes[:at])
        return slice(first, first + self.sizes[at])

    def floors(self, least: float) -> NDArray[np.float64]:
        """(size,) the least scale of each number, see `accord.datasets.normalisation` [in its own unit].

        Args:
            least: of a field that is none of a finger's.
        """
        each = (_BEND_FLOORS.get(name, least) for name in self.names)
        return np.concatenate([np.full(size, floor) for size, floor in zip(self.sizes, each, strict=True)])

    def check(self, dtype: np.dtype[Any]) -> None:
        """Refuse steps that lack a field or hold another shape.

        Raises:
            PolicyError: names the field.
        """
        for name, shape in zip(self.names, self.shapes, strict=True):
            if (found := _shape(name, dtype)) != shape:
                raise PolicyError(f"{name} of shape {shape}", f"{found}", _OTHER)

    def vectors(self, records: NDArray[np.void] | np.void) -> NDArray[np.float64]:
        """(N, size) of steps; one step gives (1, size).

        Raises:
            PolicyError: if a field is missing, or of another shape, or a number is not finite.
        """
        steps: NDArray[Any] = np.atleast_1d(np.asarray(records))
        self.check(steps.dtype)
        parts = [_columns(name, values_of(name, steps) if is_from_hand(name) else steps[name]) for name in self.names]
        joined = np.concatenate(parts, axis=1, dtype=np.float64)
        if not np.isfinite(joined).all():
            raise PolicyError("finite numbers in every step", f"none in {self._not_finite(parts)}", "drop these steps")
        return joined

    def _not_finite(self, parts: list[NDArray[Any]]) -> str:
        named = zip(self.names, parts, strict=True)
        return ", ".join(name for name, part in named if not np.isfinite(part).all())


def observed(dtype: np.dtype[Any]) -> tuple[str, ...]:
    """The observation fields that a policy sees unless told otherwise.

    Velocities are left out: they tell what was just commanded, so a policy that sees them predicts "as before" and
    agrees with any strategy. Joints are left out where the hand's pose is known: an arm with a spare joint can hold
    the same pose in other ways, which would look unfamiliar. The same choice as robomimic's low-dimensional default.
    """
    names = [name for name in dtype.names or () if name.startswith("observation/") and not name.endswith("t_ns")]
    names = [name for name in names if "velocity" not in name]
    if "observation/hand_position" in names:
        names = [name for name in names if "joint" not in name]
    return tuple(names)


def usual(dtype: np.dtype[Any]) -> tuple[str, ...]:
    """What a policy is fitted to unless told otherwise: `observed`, and every object as seen from the hand."""
    names = observed(dtype)
    if _HAND not in names:
        return names
    places = [name for name in names if name.endswith("_position") and name not in (_HAND, _BENT)]
    places = [name for name in places if dtype[name].shape == (3,)]
    return (*names, *(RELATIVE + name.removeprefix(OBSERVED) for name in places))


def _made_of(name: str) -> tuple[str, ...]:
    return made_of(name) if is_from_hand(name) else (name,)


def _is_rotation(name: str, shape: tuple[int, ...]) -> bool:
    return name.endswith("quaternion") and shape[-1:] == (4,)


def _shape(name: str, dtype: np.dtype[Any], remedy: str = _OTHER) -> tuple[int, ...]:
    if is_from_hand(name):
        return shape_of(name, lambda field: _shape(field, dtype, remedy))
    if name not in (dtype.names or ()):
        kind = name.partition("/")[0]
        found = ", ".join(known for known in dtype.names or () if known.startswith(kind)) or "no such field"
        raise PolicyError(f"steps with {name}", found, remedy)
    return dtype[name].shape


def _columns(name: str, values: NDArray[Any]) -> NDArray[Any]:
    if _is_rotation(name, values.shape[1:]):
        values = _first_two_columns(values)
    return values.reshape(len(values), prod(values.shape[1:]))


def _first_two_columns(quaternions: NDArray[Any]) -> NDArray[Any]:
    """(…, 6) first and second column of the rotation matrices of (…, 4) unit quaternions, wxyz."""
    w, x, y, z = np.moveaxis(quaternions, -1, 0)
    rows = (
        1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y),
        2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x),
    )  # fmt: skip
    return np.stack(rows, axis=-1)
