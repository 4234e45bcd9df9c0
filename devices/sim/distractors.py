"""Distractors: things of the room that belong to no task, put where they are in nobody's way."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from accord.devices.command import Vector

_X, _Y = (0.30, 0.72), (-0.36, 0.36)
"""Where they may stand [m]."""
_APART = 0.12
"""How far from everything else, middle to middle [m]."""
_HALF_HEIGHT = 0.036
"""Of each, as in ``scenes/room.xml`` [m]."""


def place_distractors(
    names: Sequence[str],
    count: int,
    objects: Mapping[str, Vector],
    keep_clear: Iterable[tuple[float, float, float]],
    wide: Mapping[str, float],
    rng: np.random.Generator,
) -> dict[str, Vector]:
    """Name → (7,) pose, z over the table's top, of the first `count`; the others stay where they are.

    Args:
        names: of all of them.
        count: how many are wanted. Where no place is left, fewer are put.
        objects: (7,) poses of what belongs to the task.
        keep_clear: circles x, y, radius that stay free [m].
        wide: how far objects reach from their middle, those that reach far [m].
        rng: decides where.
    """
    half = _APART / 2
    taken = [(float(pose[0]), float(pose[1]), half + max(half, wide.get(o, 0.0))) for o, pose in objects.items()]
    taken += [(x, y, radius + half) for x, y, radius in keep_clear]
    placed = {}
    for name in names[:count]:
        for _ in range(200):
            x, y, yaw = rng.uniform(*_X), rng.uniform(*_Y), rng.uniform(-np.pi, np.pi)
            if all(np.hypot(x - tx, y - ty) > radius for tx, ty, radius in taken):
                placed[name] = np.array([x, y, _HALF_HEIGHT, np.cos(yaw / 2), 0.0, 0.0, np.sin(yaw / 2)])
                taken.append((x, y, _APART))
                break
    return placed
