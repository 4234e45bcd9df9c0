"""The ball task: a hand with fingers takes a ball, lifts it by 10 cm, holds it still.

The end is a ball that is held: letting go would drop it. Fingers may hold it in many ways, all five of them or a thumb
and one finger; so what counts in the air is that the ball is in the hand and stays there.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.limits import Bounds
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, lathe, sweep
from accord.devices.sim.task import Moment, Stage, Task

RADIUS = 0.0335
"""Of the ball [m]."""
HEIGHT = 0.10
"""How far from the table the ball's lower side has to be [m]."""
SIZE = "ball-size"
"""The factor by which the ball is larger than it is drawn."""
STILL = 0.05
"""How fast the ball may move to count as held still [m/s]."""
LOWEST = 0.025
"""Of the hand over the table: straight fingers reach 22.5 mm lower [m]."""
NEAR = 0.045
"""How far the middle of a held ball may be from the point between the finger tips [m]."""


def ball_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    up = np.linspace(-np.pi / 2, np.pi / 2, 17)
    t = np.linspace(0.0, 2.0 * np.pi, 49)
    # A closed curve on the unit sphere that parts it into two equal halves of the well-known shape.
    curve = np.column_stack((0.75 * np.cos(t) + 0.25 * np.cos(3 * t), 0.75 * np.sin(t) - 0.25 * np.sin(3 * t),
                             np.sqrt(0.75) * np.sin(2 * t)))  # fmt: skip
    seam = [(float(x), float(y), float(z)) for x, y, z in (RADIUS - 0.0006) * curve]
    return {
        "ball": lathe([(RADIUS * float(np.cos(a)), RADIUS * float(np.sin(a))) for a in up], sides=32),
        "ball_seam": sweep(seam, [0.0013] * len(seam), sides=6, steps=1),
    }


def place_ball(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The ball on the table, turned anyhow."""
    turn = rng.normal(0.0, 1.0, 4)
    at = values["ball-x"], values["ball-y"], RADIUS * values[SIZE]
    return {"ball": np.array([*at, *turn / np.linalg.norm(turn)])}


def _radius(moment: Moment) -> float:
    return RADIUS * moment.values.get(SIZE, 1.0)


def _height(moment: Moment) -> float:
    return float(moment.objects["ball"][2]) - _radius(moment)


def _far(moment: Moment) -> float:
    return float(np.linalg.norm(moment.hand - moment.objects["ball"][:3]))


def _in_hand(moment: Moment) -> bool:
    return "ball" in moment.touched and _far(moment) < NEAR


def _grasped(moment: Moment) -> bool:
    """Thumb and index finger are at it, one on each side; or it hangs in the hand, whichever fingers hold it."""
    wide = 1.2 * _radius(moment) < moment.openings[0] < 2.0 * _radius(moment)
    return _in_hand(moment) and (wide or _height(moment) > 0.005)


def ball_is_lifted(moment: Moment) -> bool:
    """Whether the ball is high enough over the table, in the hand, and still."""
    return _height(moment) >= HEIGHT and _in_hand(moment) and moment.speeds.get("ball", 0.0) < STILL


BALL = Task(
    name="ball",
    instruction="Take the ball in the fingers, lift it 10 cm off the table and hold it still.",
    time_limit_s=30.0,
    scene="ball.xml",
    parts=ball_parts,
    objects=("ball",),
    place=place_ball,
    stages=(
        Stage("reached", lambda moment: _far(moment) < NEAR),
        Stage("grasped", _grasped),
        Stage("lifted", lambda moment: _height(moment) > 0.02 and _in_hand(moment)),
        Stage("done", ball_is_lifted),
    ),
    own_factors=(
        Factor("ball-x", "Where the ball lies, away from the arm", "m", (0.38, 0.60), (0.36, 0.64)),
        Factor("ball-y", "Where the ball lies, to the left", "m", (-0.24, 0.24), (-0.30, 0.30)),
        Factor(SIZE, "Size of the ball", "1", (1.0, 1.0), (0.8, 1.2), Kind.SIZE, ("ball",)),
        Factor("ball-hue", "Colour of the ball", "1", (0.188, 0.188), (0.0, 1.0), Kind.HUE, ("ball",)),
    ),
    hand="five_fingers",
    arms=("panda", "ur5e"),
    bounds=Bounds(lower=(0.25, -0.42, LOWEST)),
)
