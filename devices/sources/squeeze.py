"""Squeeze: what moves the gripper, and when.

The gripper only follows a hand that drives. A hand that begins to drive takes the gripper over where it finds it: what
is held, or proportional, counts from the moment on at which it agrees with how the gripper stands. Otherwise engaging
anew after a loss would let go of whatever the robot carries.
"""

from accord.devices.mapping import GripperMode, Mapping, is_down

OPEN, CLOSED = 1.0, 0.0
"""What a press of the gripper button goes between [1]."""
_AGREES: float = 0.1
"""[1]"""


class Squeeze:
    """One gripper.

    Args:
        mapping: what moves it.
        gripper: how far it is open [1].
    """

    def __init__(self, mapping: Mapping, gripper: float = OPEN) -> None:
        self._mapping = mapping
        self.gripper = gripper
        """How far it shall be open [1]."""
        self._wanted: float | None = None
        self._pressed = self._drove = self._taken = False

    @property
    def in_proportion(self) -> bool:
        """Whether the gripper follows the hand itself, and not a button."""
        return self._mapping.gripper is GripperMode.PROPORTIONAL

    def attend(self, buttons: int, wanted: float | None, drives: bool) -> None:
        """One turn.

        Args:
            buttons: that are down.
            wanted: how far open the device says, 0 to 1; None where it does not say [1].
            drives: whether the hand drives at this turn.
        """
        pressed = is_down(buttons, self._mapping.gripper_button)
        if self._mapping.gripper is GripperMode.TOGGLE:
            if pressed and not self._pressed and drives and self._drove:  # a press that began unseen is none
                self.gripper = CLOSED if self.gripper > (OPEN + CLOSED) / 2 else OPEN
        else:
            held = CLOSED if pressed else OPEN
            self._take(held if self._mapping.gripper is GripperMode.HOLD else wanted, drives)
        self._pressed, self._drove = pressed, drives

    def _take(self, wanted: float | None, drives: bool) -> None:
        if wanted is None or not drives:
            self._taken, self._wanted = False, None
            return
        wanted = min(max(wanted, CLOSED), OPEN)
        before = wanted if self._wanted is None else self._wanted
        passed = (before - self.gripper) * (wanted - self.gripper) <= 0.0
        self._taken = self._taken or passed or abs(wanted - self.gripper) <= _AGREES
        self._wanted = wanted
        if self._taken:
            self.gripper = wanted
