"""A cockpit like HOMIE's: two arms, a glove of fifteen Hall sensors on each hand, pedals, and an IMU on the torso.

HOMIE (Ben et al., arXiv:2502.13013) drives a humanoid's arms joint by joint, its hands by the gloves and its gait by
the pedals.
"""

from typing import Final

from accord.devices.fingers import CHANNELS
from accord.devices.inputs.exo_packet import Device, Section
from accord.devices.stubs.exo_stub import Build, Channel, arm_channels


def _glove(side: str) -> tuple[Channel, ...]:
    return tuple(Channel(f"{side} glove {name}", 0.0, 1.0, 0.0) for name in CHANNELS)


COCKPIT: Final = Build(
    Device.COCKPIT, "Cockpit stub", "COCKPIT-STUB-1", 4096,
    (
        *arm_channels("left"), *_glove("left"), *arm_channels("right"), *_glove("right"),
        *(Channel(f"pedal {number}", 0.0, 1.0, 0.0, whole=True) for number in (1, 2, 3)),
        *(Channel(f"torso {turn}", -0.8, 0.8, 0.0, "rad") for turn in ("roll", "pitch", "yaw")),
        Channel("battery", 0.0, 1.0, 0.8),
    ),
    (
        Section.LEFT_ARM, Section.RIGHT_ARM, Section.LEFT_GLOVE, Section.RIGHT_GLOVE,
        Section.PEDALS, Section.IMU, Section.BATTERY,
    ),
    # Servos used as encoders, mounted in the middle of their range.
    ((2048,) * 7, (2048,) * 7),
    (0b0101010, 0b0101010),
)  # fmt: skip
"""What it is made of."""
