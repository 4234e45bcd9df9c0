"""Hand: the source that is a person with an input device."""

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import Input, InputState
from accord.devices.mapping import Frame, Mapping, is_down, pace, shaped, twist
from accord.devices.source import ControlMode

OPEN, CLOSED = 1.0, 0.0
"""What a press of the gripper button goes between [1]."""


class Hand:
    """A person drives. Satisfies `accord.devices.source.Source`.

    After the device was lost or stale, and at the very beginning, it has to be at rest once before it is believed:
    nobody knows where a hand went in the meantime. That holds for every kind of input, so it is here.

    Args:
        device: what the person holds; opened and closed by whoever made it.
        mapping: how this person likes this device.
        view_rotation: (3, 3) camera in base frame, see `accord.devices.mapping.twist`.

    Raises:
        DeviceError: the mapping wants the view's frame and there is no view.
    """

    mode: ControlMode = ControlMode.HUMAN

    def __init__(self, device: Input, mapping: Mapping, view_rotation: Vector | None = None) -> None:
        if mapping.frame is Frame.VIEW and view_rotation is None:
            raise DeviceError("a camera for a mapping in the view's frame", "none", "choose a view, or the base frame")
        self.device, self.mapping, self.view_rotation = device, mapping, view_rotation
        self.lost = False
        """Whether the last command rests on no input; the device's health says why."""
        self.must_rest = True
        """Whether the device has to be let go before it moves the robot."""
        self.last_state = InputState()
        """What the device said last, also for the screen."""
        self._gripper = OPEN
        self._pressed = False
        self._fresh_ns = 0

    def reset(self, gripper: float | Vector = OPEN) -> None:
        """Begin anew, e.g. after the robot was reset: the gripper stays as it is now, and the device must rest once.

        Args:
            gripper: how far it is open: 0 closed, 1 open [1].
        """
        self._gripper, self.must_rest = float(gripper), True

    @property
    def raw(self) -> tuple[Vector, int, int]:
        """What the device said last: axes (6,), buttons, and when [ns]."""
        return self.last_state.axes, self.last_state.buttons, self.last_state.t_ns

    def health(self) -> Health:
        """What the device says about itself."""
        return self.device.health()

    def command(self, observation: Observation, t_ns: int) -> Command:
        """What the person asks for now; see `Source`. Without input: standstill, as old as the last input."""
        state = self.device.read(t_ns)
        self.lost = state is None
        if state is None:
            self.must_rest = True
            return self._command(np.zeros(6))
        self.last_state = state
        # At rest, silence is as good as a report; deflected, the command is as old as the deflection is.
        self._fresh_ns = t_ns if state.at_rest else state.t_ns
        self._squeeze(state)
        # Within the dead zone counts as let go: a worn device never quite comes back to zero.
        self.must_rest = self.must_rest and bool(np.any(shaped(state.axes, self.mapping)))
        return self._command(np.zeros(6) if self.must_rest else self._asked(state, observation))

    def _squeeze(self, state: InputState) -> None:
        """Open or close the gripper on the edge of a press; a press that began unseen is none."""
        pressed, before = is_down(state.buttons, self.mapping.gripper_button), self._pressed
        self._pressed = pressed
        if pressed and not before and not self.must_rest:
            self._gripper = CLOSED if self._gripper > (OPEN + CLOSED) / 2 else OPEN

    def _asked(self, state: InputState, observation: Observation) -> Vector:
        asked = twist(state.axes, self.mapping, observation.hand_quaternion, self.view_rotation)
        return asked * pace(state.buttons, self.mapping)

    def _command(self, wanted: Vector) -> Command:
        return Command(wanted, self._gripper, self._fresh_ns, self.device.name)
