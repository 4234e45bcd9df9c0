"""The parts that scenes are put together from: every mesh that an MJCF file in `accord.assets` may name.

Outer sizes of the arm follow the collision capsules and the drawings in the Franka Emika Robot's product manual (2021);
they are for the eye only, contact uses the primitives in the MJCF.
"""

from math import pi, sqrt

from accord.devices.sim.shapes import Shape, drum, lathe, rounded_box, sweep

SQUARE = sqrt(2.0)
"""A four-sided lathe measures its radius to the corners; half a side times this is that radius."""


def _square(profile: list[tuple[float, float]]) -> Shape:
    """Turn (half side, height) to a thing of four sides."""
    return lathe([(SQUARE * half, z) for half, z in profile], sides=4, turn=pi / 4)


def parts() -> dict[str, Shape]:
    """Every mesh by the name that a scene uses."""
    return {**_arm(), **_hand(), **_square_nut()}


def _arm() -> dict[str, Shape]:
    return {
        "foot": rounded_box((0.105, 0.082, 0.022), 0.018),
        "pillar": lathe([(0.078, 0.02), (0.074, 0.035), (0.066, 0.07), (0.063, 0.11), (0.063, 0.136), (0.06, 0.139)]),
        "shoulder_column": sweep([(0, 0, -0.186), (0, 0, -0.12), (0, 0, -0.02)], [0.060, 0.0605, 0.060]),
        "joint_drum": drum(0.063, 0.066, 0.020),
        "joint_cap": drum(0.054, 0.006, 0.004),
        "seam": drum(0.0575, 0.006, 0.002),
        "upper_arm": sweep([(0, 0, 0), (0, -0.08, 0), (0, -0.19, 0)], [0.058, 0.059, 0.0605]),
        "elbow_low": sweep(
            [(0, 0, -0.115), (0, 0, -0.085), (0.025, 0, -0.045), (0.0825, 0, 0)], [0.060, 0.060, 0.058, 0.050]
        ),
        "elbow_drum": drum(0.058, 0.062, 0.020),
        "elbow_high": sweep(
            [(0, 0, 0), (-0.055, 0.035, 0), (-0.0825, 0.075, 0), (-0.0825, 0.112, 0)], [0.050, 0.057, 0.060, 0.060]
        ),
        "forearm": sweep(
            [(0, 0, -0.262), (0, 0, -0.21), (0, 0.012, -0.13), (0, 0.004, -0.04), (0, 0, 0)],
            [0.060, 0.0605, 0.052, 0.046, 0.042],
        ),
        "wrist_drum": drum(0.050, 0.056, 0.018),
        "wrist_cap": drum(0.042, 0.005, 0.003),
        "wrist": sweep([(0, 0, 0), (0.045, 0.002, 0), (0.088, 0.006, 0)], [0.044, 0.045, 0.046]),
        "wrist_end": drum(0.050, 0.052, 0.018),
        "flange_column": lathe([(0.043, 0.045), (0.045, 0.055), (0.045, 0.090), (0.041, 0.097), (0.0, 0.097)]),
        "flange": lathe([(0.0315, 0.09), (0.0315, 0.106), (0.03, 0.107), (0.0, 0.107)]),
    }


def _hand() -> dict[str, Shape]:
    return {
        "palm": rounded_box((0.024, 0.102, 0.024), 0.014),
        "palm_rail": rounded_box((0.014, 0.092, 0.006), 0.003, steps=1),
        "eye": rounded_box((0.012, 0.034, 0.011), 0.005, steps=2),
        "palm_base": lathe([(0.036, 0.0), (0.036, 0.010), (0.030, 0.020), (0.0, 0.020)], sides=24),
        "finger_block": rounded_box((0.0105, 0.0085, 0.014), 0.003, steps=2),
        "finger_blade": rounded_box((0.0095, 0.0062, 0.020), 0.0035, steps=2),
    }


def _square_nut() -> dict[str, Shape]:
    opening, edge, half = 0.0235, 0.042, 0.012
    ring = [(opening, -half + 0.002), (opening, half - 0.002), (opening + 0.002, half), (edge - 0.004, half)]
    ring += [(edge, half - 0.004), (edge, -half + 0.004), (edge - 0.004, -half), (opening + 0.002, -half)]
    return {
        "nut_ring": _square([*reversed(ring), ring[-1]]),
        "nut_handle": rounded_box((0.0415, 0.011, 0.010), 0.004, steps=2),
        "peg_shaft": _square([(0.0195, 0.0), (0.0195, 0.090), (0.0130, 0.100)]),
        "peg_tip": _square([(0.0195, 0.088), (0.0195, 0.090), (0.0130, 0.100)]),
        "peg_foot": _square([(0.040, 0.0), (0.040, 0.002), (0.037, 0.004)]),
        "table_top": rounded_box((0.52, 0.72, 0.020), 0.008, steps=2),
        "mat": rounded_box((0.24, 0.36, 0.001), 0.0006, steps=1),
    }
