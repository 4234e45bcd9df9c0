"""Policy: anything that says what to command next from what the robot is."""

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from accord.datasets.schema import Field
from accord.devices.command import Vector
from accord.devices.errors import DeviceError

WIDTH = 7
"""Numbers of a command per hand: a twist of six and an opening."""


class Policy(Protocol):
    """Whoever predicts commands. It has one method; whatever else it needs, it gets when it is made."""

    def act(self, step: np.void) -> Vector:
        """(n, A) the next n commands, the first for this step, the others for those after it.

        A row is laid out as ``action`` in an exported training set: the twist, then the gripper; 7 numbers. With two
        hands both twists come first, then both grippers; 14 numbers. Hands with fingers have their joints after that,
        or are left out: then they open and close as a whole.

        Args:
            step: the fields ``observation/…`` of a step as it is recorded, and ``physics/state`` of a simulated robot.
        """
        ...


@runtime_checkable
class Distant(Protocol):
    """A policy whose answer may be late or lost: it is asked, and the answer is looked for later."""

    def ask(self, step: np.void) -> None:
        """Ask what to do from this step on; never waits. See `Policy.act`."""
        ...

    def answer(self, within_s: float) -> Vector | None:
        """The answer to what was asked last; None if it does not come within this time [s].

        Raises:
            DeviceError: if it will never come, or is no answer.
        """
        ...


class AtOnce:
    """A policy on this machine as a distant one: its answer is always there."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._step: np.void | None = None

    def ask(self, step: np.void) -> None:
        """See `Distant`."""
        self._step = step

    def answer(self, within_s: float) -> Vector | None:
        """See `Distant`; thinking takes as long as it takes."""
        return None if self._step is None else self._policy.act(self._step)


def hands_of(fields: tuple[Field, ...]) -> int:
    """How many hands a robot with these observation fields has."""
    widths = [field.shape for field in fields if field.name == "observation/gripper_width"]
    return widths[0][0] if widths and widths[0] else 1


def fingers_of(fields: tuple[Field, ...]) -> int:
    """How many finger joints each hand of a robot with these observation fields has."""
    shapes = [field.shape for field in fields if field.name == "observation/finger_position"]
    return shapes[0][-1] if shapes else 0


def checked(answer: ArrayLike, hands: int, whose: str, fingers: int = 0) -> Vector:
    """The commands of an answer as float64, if they are commands.

    Args:
        answer: as a policy gave it; a list of lists will do.
        hands: of the robot.
        whose: the policy, for the error.
        fingers: joints of each hand, whose angles may follow.

    Raises:
        DeviceError: if they are not (n, 7 per hand), or (n, 7 and the fingers per hand), or not finite.
    """
    widths = {WIDTH * hands, (WIDTH + fingers) * hands}
    width = " or ".join(str(one) for one in sorted(widths))
    try:
        rows = np.asarray(answer)
    except (ValueError, TypeError) as error:  # lists of different lengths
        found = f"a {type(answer).__name__} that is no array"
        raise DeviceError(f"commands (n, {width}) from {whose}", found, "let it return one array of numbers") from error
    if rows.ndim != 2 or rows.shape[1] not in widths or not len(rows) or rows.dtype.kind not in "fiu":
        found = f"shape {rows.shape} of {rows.dtype}"
        raise DeviceError(f"commands (n, {width}) from {whose}", found, "use a policy made for this robot")
    commands: Vector = rows.astype(np.float64)
    if not np.isfinite(commands).all():
        raise DeviceError(f"finite commands from {whose}", "some that are not", "see what the policy was trained on")
    return commands
