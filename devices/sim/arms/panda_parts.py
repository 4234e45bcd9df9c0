"""What the Panda-like arm looks like: every mesh of ``arms/panda.xml``.

Outer sizes follow the collision capsules and the drawings in the Franka Emika Robot's product manual (2021);
they are for the eye only, contact uses the primitives in the MJCF.
"""

from accord.devices.sim.shapes import Shape, drum, lathe, rounded_box, sweep


def panda_parts() -> dict[str, Shape]:
    """Every mesh by the name that the arm uses."""
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
