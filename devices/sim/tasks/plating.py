"""The plating task: move three pieces of food with tongs from a bowl, each to its own mark on a plate.

The moment counts when every piece lies still on the plate, within 2 cm of the mark of its colour, and the tongs touch
none. The marks are 5 cm apart, so a piece within 2 cm is at its own mark and no other's; 2 cm is a little less than a
piece.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, drum, lathe, rounded_box
from accord.devices.sim.task import Moment, Stage, Task

BOWL, PLATE = (0.46, 0.17), (0.48, -0.13)
"""Usual middles of the two, x and y in the base frame, as in assets/scenes/plating.xml [m]."""
BOWL_FLOOR, PLATE_FLOOR = 0.004, 0.005
"""Where pieces lie in them, over the table [m]."""
RIM = 0.050
"""Height of the bowl's rim over the table [m]."""
MARKS: Mapping[str, tuple[float, float]] = {"carrot": (0.0, 0.05), "cheese": (0.0, 0.0), "cucumber": (0.0, -0.05)}
"""Piece → its mark, from the middle of the plate, left to right as the arm sees them [m]."""
HALF_HEIGHT: Mapping[str, float] = {"carrot": 0.010, "cheese": 0.011, "cucumber": 0.011}
"""Half of each piece's height [m]."""
SIZE = "piece-size"
"""The factor by which all pieces are larger than they are drawn."""
STILL = 0.01
"""A piece that is slower than this lies still [m/s]."""
NEAR = 0.020
"""How far from its mark a piece may lie [m]."""


def plating_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    bowl = [(0.045, 0.0), (0.072, 0.002), (0.103, 0.046), (0.1045, 0.049), (0.102, RIM), (0.099, 0.047), (0.069, 0.006)]
    plate = [(0.060, 0.0), (0.078, 0.003), (0.104, 0.013), (0.105, 0.0145), (0.1035, 0.015), (0.080, 0.0065)]
    return {
        "bowl": lathe([*bowl, (0.062, BOWL_FLOOR), (0.0, BOWL_FLOOR)], sides=48),
        "plate": lathe([*plate, (0.073, PLATE_FLOOR), (0.0, PLATE_FLOOR)], sides=48),
        "mark": lathe([(0.016, 0.0), (0.016, 0.0003), (0.0, 0.0003)], sides=32),
        "disc": drum(0.012, HALF_HEIGHT["carrot"], 0.0015),
        "dice": rounded_box((0.011, 0.011, HALF_HEIGHT["cheese"]), 0.0015, steps=2),
    }


def place_pieces(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The pieces around the middle of the bowl's floor, in any order, each a little beside its place and turned."""
    bowl = np.array([BOWL[0] + values["bowl-x"], BOWL[1] + values["bowl-y"]])
    around = np.radians(values["pieces-turn"]) + 2.0 * np.pi / 3.0 * rng.permutation(len(MARKS))
    poses = {}
    for name, angle in zip(MARKS, around, strict=True):
        beside = values["pieces-apart"] * np.array([np.cos(angle), np.sin(angle)]) + rng.uniform(-0.003, 0.003, 2)
        turn = rng.uniform(-np.pi / 4, np.pi / 4) / 2
        z = BOWL_FLOOR + HALF_HEIGHT[name] * values[SIZE]
        poses[name] = np.array([*(bowl + beside), z, np.cos(turn), 0.0, 0.0, np.sin(turn)])
    return poses


def mark(objects: Mapping[str, Vector], name: str) -> Vector:
    """(2,) where a piece's mark is, in the base frame [m].

    Args:
        objects: (7,) poses; that of ``plate`` counts.
        name: of the piece.
    """
    return objects["plate"][:2] + MARKS[name]


def lies_at_mark(objects: Mapping[str, Vector], name: str, size: float, within_m: float = NEAR) -> bool:
    """Whether a piece lies on the plate, at its mark.

    Args:
        objects: (7,) poses of the plate and the pieces, over the table.
        name: of the piece.
        size: of all pieces.
        within_m: how far it may be from the middle of its mark [m].
    """
    pose = objects[name]
    # On an edge, on the rim or on another piece it would be higher by a third of its height or more.
    low = float(pose[2]) < PLATE_FLOOR + HALF_HEIGHT[name] * size + 0.0035
    return low and float(np.linalg.norm(pose[:2] - mark(objects, name))) < within_m


def _served(moment: Moment) -> int:
    """How many pieces lie at their marks, let go and at rest."""
    size = moment.values.get(SIZE, 1.0)
    left = [name for name in MARKS if name not in moment.touched and moment.speeds.get(name, 0.0) < STILL]
    return sum(lies_at_mark(moment.objects, name, size) for name in left)


def _touched(moment: Moment) -> list[str]:
    return [name for name in MARKS if name in moment.touched]


def _reached(moment: Moment) -> bool:
    return any(float(np.linalg.norm(moment.hand - moment.objects[name][:3])) < 0.04 for name in MARKS)


def _grasped(moment: Moment) -> bool:
    return bool(_touched(moment)) and 0.015 < moment.openings[0] < 0.035


def _lifted(moment: Moment) -> bool:
    return any(moment.objects[name][2] > RIM for name in _touched(moment))


def _aligned(moment: Moment) -> bool:
    objects = moment.objects
    return any(np.linalg.norm(objects[name][:2] - mark(objects, name)) < NEAR for name in _touched(moment))


PLATING = Task(
    name="plating",
    instruction="Move the pieces of food with the tongs from the bowl to the marks of their colours on the plate.",
    time_limit_s=120.0,
    scene="plating.xml",
    parts=plating_parts,
    objects=tuple(MARKS),
    furniture=("bowl", "plate"),
    place=place_pieces,
    stages=(
        Stage("reached", _reached),
        Stage("grasped", _grasped),
        Stage("lifted", _lifted),
        Stage("aligned", _aligned),
        Stage("first", lambda moment: _served(moment) >= 1),
        Stage("second", lambda moment: _served(moment) >= 2),
        Stage("done", lambda moment: _served(moment) == len(MARKS)),
    ),
    own_factors=(
        Factor(
            "bowl-x",
            "Where the bowl stands, against its usual place, away from the arm",
            "m",
            (-0.03, 0.03),
            (-0.04, 0.04),
            Kind.BODY_X,
            ("bowl",),
        ),
        Factor("bowl-y", "The same, to the left", "m", (-0.03, 0.03), (-0.04, 0.04), Kind.BODY_Y, ("bowl",)),
        Factor(
            "plate-x",
            "Where the plate stands, against its usual place, away from the arm",
            "m",
            (-0.03, 0.03),
            (-0.04, 0.04),
            Kind.BODY_X,
            ("plate",),
        ),
        Factor("plate-y", "The same, to the left", "m", (-0.03, 0.03), (-0.04, 0.04), Kind.BODY_Y, ("plate",)),
        Factor("pieces-turn", "How the pieces lie around the middle of the bowl", "deg", (-180, 180), (-180, 180)),
        Factor("pieces-apart", "How far each lies from the middle of the bowl", "m", (0.030, 0.036), (0.028, 0.038)),
        Factor(SIZE, "Size of the pieces", "1", (1.0, 1.0), (0.9, 1.15), Kind.SIZE, tuple(MARKS)),
        Factor(
            "carrot-hue", "Colour of the disc", "1", (0.073, 0.073), (0.0, 1.0), Kind.HUE, ("carrot", "carrot_mark")
        ),
        Factor(
            "cheese-hue",
            "Colour of the yellow cube",
            "1",
            (0.126, 0.126),
            (0.0, 1.0),
            Kind.HUE,
            ("cheese", "cheese_mark"),
        ),
        Factor(
            "cucumber-hue",
            "Colour of the green cube",
            "1",
            (0.275, 0.275),
            (0.0, 1.0),
            Kind.HUE,
            ("cucumber", "cucumber_mark"),
        ),
    ),
    hand="tongs",
    arms=("panda", "ur5e"),
    keep_clear=((*BOWL, 0.12), (*PLATE, 0.12)),
)
