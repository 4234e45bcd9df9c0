"""Robot: something that is observed and commanded, simulated or real."""

from typing import Protocol

from accord.datasets.schema import Field
from accord.devices.command import Command, Observation, Vector


class Robot(Protocol):
    """Something that is observed and commanded, once each per turn of the loop."""

    name: str
    rate_hz: float
    """How often it wants a command [Hz]."""
    observation_fields: tuple[Field, ...]
    """What `Observation` holds for this robot, as fields named ``observation/…`` (without ``observation/t_ns``)."""

    def reset(self, seed: int) -> None:
        """Go to the start of an episode; a simulated scene is randomised by the seed alone."""
        ...

    def observe(self, t_ns: int) -> Observation:
        """What it is now."""
        ...

    def apply(self, command: Command) -> None:
        """Follow the command for one period of `rate_hz`. A simulated robot steps its physics here."""
        ...

    def succeeded(self) -> bool:
        """Whether the scene has counted the task as done; False where nothing tells."""
        ...

    def close(self) -> None:
        """Stop and let go; closing twice is allowed."""
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
