"""The stack task: put the smaller cube on the larger one, let go.

The moment counts when the small cube lies flat on the large one, near its middle and square to it, the large one still
stands on the table, and the hand touches neither.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape
from accord.devices.sim.task import Moment, Stage, Task
from accord.devices.sim.tasks.blocks import block_parts, square_turn, standing, tilt

SMALL, LARGE = 0.018, 0.025
"""Half of the cubes' edges [m]."""
SMALL_SIZE, LARGE_SIZE = "small-size", "large-size"
"""The factors by which the cubes are larger than they are drawn."""
BESIDE, TURNED = 0.010, np.radians(20.0)
"""How far the small cube may be off the middle of the large one, and how far turned against it [m, rad]."""


def stack_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    return block_parts("small", SMALL) | block_parts("large", LARGE)


def place_cubes(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """Both cubes on the table."""
    return {"small": standing(values, "small", SMALL), "large": standing(values, "large", LARGE)}


def halves(values: Mapping[str, float]) -> tuple[float, float]:
    """Half of the edges of the small and of the large cube, as this reset drew them [m]."""
    return SMALL * values.get(SMALL_SIZE, 1.0), LARGE * values.get(LARGE_SIZE, 1.0)


def is_stacked(moment: Moment) -> bool:
    """Whether the small cube lies on the large one, square to it, and both are let go."""
    small, large = moment.objects["small"], moment.objects["large"]
    half, base = halves(moment.values)
    on_it = abs(small[2] - large[2] - half - base) < 0.003 and tilt(small) < 0.08
    stands = abs(large[2] - base) < 0.003 and tilt(large) < 0.08
    return bool(on_it and stands and _over(moment, BESIDE) and not moment.touched & {"small", "large"})


def _over(moment: Moment, within_m: float) -> bool:
    """Whether the small cube is over the large one's middle, and square to it."""
    small, large = moment.objects["small"], moment.objects["large"]
    beside = float(np.hypot(*(small[:2] - large[:2])))
    return beside < within_m and _off_square(small, large) < TURNED


def _off_square(small: Vector, large: Vector) -> float:
    """How far one cube is turned against the other, of the four turns that look alike the least [rad]."""
    turn = square_turn(small) - square_turn(large)
    return float(abs(turn - np.pi / 2 * np.round(turn / (np.pi / 2))))


def _reached(moment: Moment) -> bool:
    return float(np.linalg.norm(moment.hand - moment.objects["small"][:3])) < 0.04


def _grasped(moment: Moment) -> bool:
    """Both fingers are at it: as far apart as it is wide, at most corner to corner, and it is between them."""
    half = halves(moment.values)[0]
    near = float(np.linalg.norm(moment.hand - moment.objects["small"][:3])) < 1.3 * half
    return "small" in moment.touched and near and 1.7 * half < moment.openings[0] < 2.9 * half


def _lifted(moment: Moment) -> bool:
    return bool(moment.objects["small"][2] > halves(moment.values)[0] + 0.02) and _grasped(moment)


def _aligned(moment: Moment) -> bool:
    half, base = halves(moment.values)
    return bool(moment.objects["small"][2] > 2.0 * base + 0.5 * half) and _over(moment, BESIDE)


STACK = Task(
    name="stack",
    instruction="Put the smaller cube on the larger one, square to it.",
    time_limit_s=45.0,
    scene="stack.xml",
    parts=stack_parts,
    objects=("small", "large"),
    place=place_cubes,
    stages=(
        Stage("reached", _reached),
        Stage("grasped", _grasped),
        Stage("lifted", _lifted),
        Stage("aligned", _aligned),
        Stage("done", is_stacked),
    ),
    own_factors=(
        Factor("small-x", "Where the small cube stands, away from the arm", "m", (0.38, 0.60), (0.34, 0.64)),
        Factor("small-y", "Where the small cube stands, to the left", "m", (0.07, 0.24), (0.06, 0.30)),
        Factor("small-turn", "How the small cube is turned", "deg", (-45, 45), (-180, 180)),
        Factor("large-x", "Where the large cube stands, away from the arm", "m", (0.38, 0.60), (0.34, 0.64)),
        Factor("large-y", "Where the large cube stands, to the left", "m", (-0.24, -0.07), (-0.30, -0.06)),
        Factor("large-turn", "How the large cube is turned", "deg", (-45, 45), (-180, 180)),
        Factor(SMALL_SIZE, "Size of the small cube", "1", (1.0, 1.0), (0.8, 1.1), Kind.SIZE, ("small",)),
        Factor(LARGE_SIZE, "Size of the large cube", "1", (1.0, 1.0), (0.85, 1.15), Kind.SIZE, ("large",)),
        Factor("small-hue", "Colour of the small cube", "1", (0.10, 0.10), (0.0, 1.0), Kind.HUE, ("small",)),
        Factor("large-hue", "Colour of the large cube", "1", (0.56, 0.56), (0.0, 1.0), Kind.HUE, ("large",)),
    ),
    arms=("panda", "ur5e"),
)
