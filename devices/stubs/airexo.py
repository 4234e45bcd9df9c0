"""An exoskeleton like AirExo-2: two arms of seven joints with absolute encoders, and a gripper's trigger in each hand.

AirExo-2 (Fang et al., arXiv:2503.03081) is worn in place of the robot's own arms and read joint by joint. This one has
a foot switch besides, to hold and to go on with.
"""

from typing import Final

from accord.devices.inputs.exo_packet import Device, Section
from accord.devices.stubs.exo_stub import Build, Channel, arm_channels

AIREXO: Final = Build(
    Device.EXOSKELETON, "AirExo stub", "AIREXO-STUB-1", 16384,
    (
        *arm_channels("left"), Channel("left trigger", 0.0, 1.0, 1.0),
        *arm_channels("right"), Channel("right trigger", 0.0, 1.0, 1.0),
        Channel("pedal 1", 0.0, 1.0, 0.0, whole=True), Channel("battery", 0.0, 1.0, 0.9),
    ),
    (
        Section.LEFT_ARM, Section.RIGHT_ARM, Section.LEFT_TRIGGER, Section.RIGHT_TRIGGER,
        Section.PEDALS, Section.BATTERY,
    ),
    # As encoders are mounted: their zeros lie anywhere, some on the seam between the last count and the first, and
    # those of the right arm look the other way.
    ((8192, 100, 16300, 4000, 12000, 0, 9000), (8000, 16200, 50, 4100, 11900, 16383, 9100)),
    (0b0000000, 0b1111111),
)  # fmt: skip
"""What it is made of."""
