"""The parts of the UR5e-like arm: every mesh that `assets/arms/ur5e.xml` names.

Outer sizes follow the drawings of Universal Robots' UR5e user manual; they are for the eye only, contact uses the
primitives in the MJCF. Shapes that lie along a tube start at the axis of the joint before it.
"""

from accord.devices.sim.shapes import Shape, drum, lathe

_UPPER, _FOREARM = 0.425, 0.3922
"""Lengths of the two tubes from joint axis to joint axis (-a2 and -a3 of the published table) [m]."""


def ur5e_parts() -> dict[str, Shape]:
    """Every mesh by the name that the arm's file uses."""
    return {**_shoulder(), **_tubes(), **_wrists()}


def _shoulder() -> dict[str, Shape]:
    foot = [(0.0745, 0.0), (0.0745, 0.010), (0.073, 0.0125), (0.067, 0.0145), (0.0645, 0.018), (0.063, 0.026)]
    return {
        "ur_foot": lathe([*foot, (0.063, 0.083), (0.061, 0.086)], sides=32),
        "ur_plug": lathe([(0.013, 0.0), (0.013, 0.014), (0.0115, 0.016), (0.0085, 0.016), (0.008, 0.022)], sides=16),
        "ur_column": lathe([(0.060, 0.094), (0.0625, 0.0965), (0.0625, 0.165)], sides=32),
        "ur_shoulder": drum(0.0630, 0.0670, 0.014, sides=32),
        "ur_shoulder_seam": drum(0.0585, 0.006, 0.001, sides=32),
        "ur_shoulder_lid": _lid(0.0535),
        "ur_elbow": drum(0.0555, 0.0610, 0.013, sides=32),
        "ur_elbow_seam": drum(0.0515, 0.006, 0.001, sides=32),
        "ur_elbow_lid": _lid(0.0465),
    }


def _tubes() -> dict[str, Shape]:
    return {
        "ur_upper_tube": _tube(0.0440, 0.070, _UPPER - 0.066),
        "ur_upper_neck": _neck(0.0545, 0.0485, 0.078),
        "ur_upper_end": _neck(0.0500, 0.0485, 0.074),
        "ur_forearm_tube": _tube(0.0370, 0.066, _FOREARM - 0.052),
        "ur_forearm_neck": _neck(0.0480, 0.0412, 0.074),
        "ur_forearm_end": _neck(0.0412, 0.0405, 0.060),
        "ur_upper_band": drum(0.0462, 0.0025, 0.001, sides=32),
        "ur_forearm_band": drum(0.0390, 0.0025, 0.001, sides=32),
    }


def _wrists() -> dict[str, Shape]:
    flange = [(0.0390, 0.0560), (0.0405, 0.0575), (0.0405, 0.0770), (0.0375, 0.0815)]
    return {
        "ur_wrist": drum(0.0440, 0.0480, 0.011, sides=28),
        "ur_wrist_seam": drum(0.0405, 0.006, 0.001, sides=28),
        "ur_wrist_lid": _lid(0.0365),
        "ur_wrist_1_stub": lathe([(0.0420, 0.0610), (0.0435, 0.0625), (0.0435, 0.1333)], sides=28),
        "ur_wrist_2_stub": lathe([(0.0420, 0.0560), (0.0435, 0.0575), (0.0435, 0.0997)], sides=28),
        "ur_wrist_3": lathe(flange, sides=28),
        "ur_flange": lathe([(0.0315, 0.0800), (0.0315, 0.0985), (0.0305, 0.0996)], sides=28),
    }


def _lid(radius: float) -> Shape:
    """A cap that bulges a little, from the plane z = 0 upwards."""
    return lathe([(radius, -0.004), (radius, 0.002), (radius - 0.0015, 0.0042), (radius * 0.7, 0.0056)], sides=32)


def _tube(radius: float, start: float, end: float) -> Shape:
    return lathe([(radius, start), (radius, end)], sides=32)


def _neck(wide: float, narrow: float, end: float) -> Shape:
    """What holds a tube's end: from the joint's axis to `end`, narrowing, with a soft rim."""
    return lathe([(wide, 0.0), (wide, end - 0.022), (narrow, end - 0.002), (narrow - 0.002, end)], sides=32)
