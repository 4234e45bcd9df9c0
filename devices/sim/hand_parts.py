"""What hands look like: every mesh that an MJCF file in `accord.assets` under ``hands/`` may name.

Sizes of the gripper follow the Franka Hand's drawings; they are for the eye only, contact uses the primitives in the
MJCF.
"""

from accord.devices.sim.finger_parts import finger_parts
from accord.devices.sim.shapes import Shape, lathe, rounded_box, sweep


def hand_parts() -> dict[str, Shape]:
    """Every mesh of every hand by name."""
    return {
        "palm": rounded_box((0.024, 0.102, 0.024), 0.014),
        "palm_rail": rounded_box((0.014, 0.092, 0.006), 0.003, steps=1),
        "eye": rounded_box((0.012, 0.034, 0.011), 0.005, steps=2),
        "palm_base": lathe([(0.036, 0.0), (0.036, 0.010), (0.030, 0.020), (0.0, 0.020)], sides=24),
        "finger_block": rounded_box((0.0105, 0.0085, 0.014), 0.003, steps=2),
        "finger_blade": rounded_box((0.0095, 0.0062, 0.020), 0.0035, steps=2),
        # In a finger's frame: from the carriage in a soft bow to the tip, whose inner face is y = 0.
        "tongs_arm": sweep(
            [(0, 0.015, 0.016), (0, 0.0185, 0.040), (0, 0.0150, 0.066), (0, 0.0052, 0.096)],
            [0.006, 0.0055, 0.005, 0.0035],
        ),
        "tongs_tip": rounded_box((0.0068, 0.0025, 0.0128), 0.0018, steps=2),
        "pusher_stick": lathe([(0.018, 0.020), (0.0115, 0.040), (0.0115, 0.112), (0.0, 0.112)]),
        "pusher_tip": lathe([(0.0, 0.150), (0.008, 0.150), (0.012, 0.146), (0.012, 0.112), (0.0, 0.112)][::-1]),
        **finger_parts(),
    }
