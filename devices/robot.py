"""Robot: something that is observed and commanded, simulated or real."""

from collections.abc import Mapping
from typing import Protocol

from accord.datasets.schema import Field
from accord.devices.command import Command, Observation, Vector
from accord.devices.fingers import Fingers
from accord.devices.limits import Limits


class Robot(Protocol):
    """Something that is observed and commanded, once each per turn of the loop."""

    name: str
    rate_hz: float
    """How often it wants a command [Hz]."""
    observation_fields: tuple[Field, ...]
    """What `Observation` holds for this robot, as fields named ``observation/…`` (without ``observation/t_ns``)."""

    limits: Limits
    """What is applied to every command before it is sent to this robot."""
    fingers: Fingers | None
    """The finger joints of its hands; None for grippers."""

    def reset(self, seed: int, variation: Mapping[str, tuple[float, float]] = {}) -> None:
        """Go to the start of an episode.

        Args:
            seed: a simulated scene is randomised by it alone.
            variation: factor of a simulated scene → the range to draw it from; who is not named varies as usual.

        Raises:
            DeviceError: if there is no such factor or range; nothing has changed then.
        """
        ...

    def observe(self, t_ns: int) -> Observation:
        """What it is now."""
        ...

    def apply(self, command: Command) -> None:
        """Follow the command for one period of `rate_hz`. A simulated robot steps its physics here."""
        ...

    @property
    def stage(self) -> int:
        """How many stages of the task were reached since the reset; 0 where nothing tells."""
        ...

    def succeeded(self) -> bool:
        """Whether the scene has counted the task as done; False where nothing tells."""
        ...

    def close(self) -> None:
        """Stop and let go; closing twice is allowed."""
        ...


class ArmChain(Protocol):
    """One arm of a robot, as a chain from joint angles to the hand."""

    lower: Vector
    """(n,) ends of the joints' ranges [rad]."""
    upper: Vector
    """(n,) [rad]"""

    def hand(self, joints: Vector) -> tuple[Vector, Vector]:
        """Position (3,) [m] and wxyz quaternion (4,) of the hand in the base frame at these angles (n,) [rad]."""
        ...

    def skeleton(self, joints: Vector) -> Vector:
        """(n + 1, 3) where the joints and the hand are in the base frame at these angles (n,) [m]."""
        ...


class Simulated(Protocol):
    """What a simulated robot can do besides: its whole state is known and can be set."""

    state_size: int
    """Length of the physics state."""
    model_xml: str
    """The compiled scene as self-contained MJCF, enough to make the same model again."""
    simulator: str
    """Name and version of the simulator, e.g. ``mujoco 3.17.0``."""

    def state(self) -> Vector:
        """(state_size,) all that is needed to go on bit for bit from here."""
        ...

    def set_state(self, state: Vector) -> None:
        """Go to a recorded state."""
        ...
