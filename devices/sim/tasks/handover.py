"""The handover task: the left hand picks up a bar, the right hand takes it in the middle and lays it into the tray.

Neither hand may go further than 3 cm past the middle of the table (`Bounds.crossing`), so neither can do it alone: the
bar lies out of the right hand's reach, and the tray out of the left one's. The moment counts when the bar lies flat on
the tray's floor, wholly inside its rim, and both hands have let go.
"""

from collections.abc import Mapping

import numpy as np

from accord.devices.command import Vector
from accord.devices.limits import Bounds
from accord.devices.rotation import to_matrix
from accord.devices.sim.factor import Factor, Kind
from accord.devices.sim.shapes import Shape, rounded_box
from accord.devices.sim.task import Moment, Mount, Stage, Task

BAR_HALF = (0.012, 0.120, 0.012)
"""Half the bar's lengths, on its own axes [m]."""
GRIP = 0.085
"""Where an end is held, from the bar's middle; its soft ends reach from 0.055 to 0.120 [m]."""
TRAY = (0.46, -0.25)
"""Middle of the tray, as in assets/scenes/handover.xml [m]."""
TRAY_HALF = (0.065, 0.150)
"""Half of the tray's floor within its rim [m]."""
TRAY_FLOOR = 0.002
"""Of the tray's floor over the table [m]."""
SIZE = "bar-size"
"""The factor by which the bar is larger than it is drawn."""
LEFT, RIGHT = 0, 1
"""Numbers of the hands."""


def handover_parts() -> dict[str, Shape]:
    """Every mesh of the scene."""
    x, y = TRAY_HALF
    return {
        "bar_rod": rounded_box((0.0095, 0.062, 0.0095), 0.003, steps=2),
        "bar_collar": rounded_box((0.0112, 0.003, 0.0112), 0.0015, steps=1),
        "bar_end": rounded_box((0.012, 0.0325, 0.012), 0.004, steps=3),
        "tray_floor": rounded_box((x + 0.006, y + 0.006, 0.001), 0.0008, steps=1),
        "tray_long": rounded_box((0.003, y + 0.006, 0.006), 0.0025, steps=2),
        "tray_short": rounded_box((x + 0.006, 0.003, 0.006), 0.0025, steps=2),
        "tray_mark": rounded_box((0.016, 0.124, 0.0005), 0.0004, steps=1),
    }


def place_bar(values: Mapping[str, float], rng: np.random.Generator) -> Mapping[str, Vector]:
    """The bar flat on the table, on the left."""
    turn = np.radians(values["bar-turn"]) / 2
    height = BAR_HALF[2] * values[SIZE]
    return {"bar": np.array([values["bar-x"], values["bar-y"], height, np.cos(turn), 0.0, 0.0, np.sin(turn)])}


def bar_is_in_tray(moment: Moment) -> bool:
    """Whether the bar lies flat on the floor of the tray, inside its rim, and is let go."""
    bar, size = moment.objects["bar"], moment.values.get(SIZE, 1.0)
    axes = to_matrix(bar[3:])
    low = bar[2] < TRAY_FLOOR + BAR_HALF[2] * size + 0.003
    # Any of its long faces may be the lower one: only its length has to be level.
    level = abs(axes[2, 1]) < 0.05
    reach = np.abs(axes[:2]) @ np.array(BAR_HALF) * size
    inside = bool(np.all(np.abs(bar[:2] - TRAY) + reach < TRAY_HALF))
    return bool(low and level and inside and "bar" not in moment.touched)


def _reached(moment: Moment) -> bool:
    bar = moment.objects["bar"]
    end = bar[:3] + to_matrix(bar[3:])[:, 1] * GRIP * moment.values.get(SIZE, 1.0)
    return float(np.linalg.norm(moment.hands[LEFT] - end)) < 0.05


def _holds(moment: Moment, hand: int) -> bool:
    wide = 2.0 * BAR_HALF[0] * moment.values.get(SIZE, 1.0)
    return "bar" in moment.touched_by[hand] and abs(moment.openings[hand] - wide) < 0.006


def _passed(moment: Moment) -> bool:
    return bool(_holds(moment, RIGHT) and "bar" not in moment.touched_by[LEFT] and moment.objects["bar"][2] > 0.03)


HANDOVER = Task(
    name="handover",
    instruction="Pick up the bar with the left hand, hand it over to the right hand and lay it into the tray.",
    time_limit_s=90.0,
    scene="handover.xml",
    parts=handover_parts,
    objects=("bar",),
    place=place_bar,
    stages=(
        Stage("reached", _reached),
        Stage("grasped", lambda moment: _holds(moment, LEFT)),
        Stage("lifted", lambda moment: bool(moment.objects["bar"][2] > 0.05) and _holds(moment, LEFT)),
        Stage("passed", _passed),
        Stage("done", bar_is_in_tray),
    ),
    own_factors=(
        Factor("bar-x", "Where the bar lies, away from the arms", "m", (0.40, 0.52), (0.36, 0.56)),
        Factor("bar-y", "Where the bar lies, to the left", "m", (0.21, 0.27), (0.20, 0.29)),
        Factor("bar-turn", "How the bar is turned; 0 with its ends to the left and right", "deg", (-30, 30), (-45, 45)),
        Factor(SIZE, "Size of the bar", "1", (1.0, 1.0), (0.85, 1.15), Kind.SIZE, ("bar",)),
        Factor("left-hue", "Colour of the bar's left end", "1", (0.035, 0.035), (0.0, 1.0), Kind.HUE, ("bar_left",)),
        Factor("right-hue", "Colour of the bar's right end", "1", (0.5, 0.5), (0.0, 1.0), Kind.HUE, ("bar_right",)),
    ),
    cameras=("above", "front", "left_wrist", "right_wrist"),
    arms=("panda", "ur5e"),
    mounts=(Mount("left_", (0.0, 0.3, 0.0)), Mount("right_", (0.0, -0.3, 0.0))),
    bounds=Bounds(crossing=0.03),
    wide={"bar": BAR_HALF[1] * 1.15},
    keep_clear=((TRAY[0], TRAY[1] - 0.08, 0.12), (TRAY[0], TRAY[1] + 0.08, 0.12)),
)
