"""Hand: the source that is a person with an input device."""

from dataclasses import replace
from typing import Final

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import Fingers
from accord.devices.health import Health
from accord.devices.input import RAW_CHANNELS, Input, InputState
from accord.devices.limits import Hold
from accord.devices.mapping import PEDAL, Follow, Frame, Mapping
from accord.devices.robot import ArmChain
from accord.devices.source import ControlMode
from accord.devices.sources.clutch import Clutch
from accord.devices.sources.drive import Drive
from accord.devices.sources.followed import followed
from accord.devices.sources.following import Following
from accord.devices.sources.grasp import Grasp
from accord.devices.sources.mirroring import Mirroring
from accord.devices.sources.squeeze import CLOSED, OPEN, Squeeze
from accord.devices.sources.steering import Steering

__all__ = ["CLOSED", "OPEN", "Hand"]

_PEDAL_BUTTONS: Final = (1 << PEDAL) - 1


class Hand:
    """A person drives. Satisfies `accord.devices.source.Source`.

    After the device was lost or stale, and at the very beginning, it has to be engaged before it is believed: nobody
    knows where a hand went in the meantime. A deflected device is engaged by coming to rest, others by a button; that
    holds for every kind of input, so it is here. What the device gives decides which `Drive` moves the robot.

    Args:
        device: what the person holds; opened and closed by whoever made it.
        mapping: how this person likes this device.
        view_rotation: (3, 3) camera in base frame, see `accord.devices.mapping.twist`.
        chain: the arm that a leader leads; None for a robot that no leader can lead.
        period_s: from one command to the next [s].
        pedal: a device beside it, whose buttons count from `accord.devices.mapping.PEDAL` on; a silent one is
            let go, and holds the robot if its dead-man button or clutch is there.
        fingers: of the robot's hand, which a glove leads joint by joint; None for a gripper.

    Raises:
        DeviceError: the mapping wants the view's frame and there is no view.
    """

    mode: ControlMode = ControlMode.HUMAN

    def __init__(
        self,
        device: Input,
        mapping: Mapping,
        view_rotation: Vector | None = None,
        chain: ArmChain | None = None,
        period_s: float = 0.02,
        pedal: Input | None = None,
        fingers: Fingers | None = None,
    ) -> None:
        self.device, self.view_rotation = device, view_rotation
        self._chain, self._period_s, self._pedal, self._grasp = chain, period_s, pedal, Grasp(fingers)
        self.reason = Hold.MUST_REST
        """Why it does not drive; `Hold.NONE` while it does."""
        self.last_state = InputState()
        """What the device said last, also for the screen."""
        self.buttons = 0
        """All that were down last, the pedal's too."""
        self._fresh_ns, self._pedal_lost = 0, False
        self._begin_with(mapping, OPEN)

    def _begin_with(self, mapping: Mapping, gripper: float) -> None:
        if mapping.frame is Frame.VIEW and self.view_rotation is None:
            raise DeviceError("a camera for a mapping in the view's frame", "none", "choose a view, or the base frame")
        self.mapping = mapping
        self._clutch, self._squeeze = Clutch(mapping), Squeeze(mapping, gripper)
        self._drive: Drive | None = None
        self._problem = ""

    # What the loop and the window ask for ------------------------------------------------------------------------

    def reset(self, gripper: float | Vector = OPEN, fingers: Vector | None = None) -> None:
        """Begin anew, e.g. after the robot was reset: the gripper stays as it is now; the device is engaged anew.

        Args:
            gripper: how far it is open: 0 closed, 1 open [1].
            fingers: (m,) where the finger joints were told to be [rad]; None: as of this opening.
        """
        self._clutch.let_go()
        self._grasp.reset(fingers)
        self._squeeze = Squeeze(self.mapping, float(gripper))
        self.reason = Hold.MUST_REST

    def use_mapping(self, hand: int, mapping: Mapping) -> None:
        """Another mapping from here on; the device is engaged anew.

        Args:
            hand: which of the person's; there is only this one.
            mapping: the new one.

        Raises:
            DeviceError: the mapping wants the view's frame and there is no view; nothing has changed then.
        """
        self._begin_with(mapping, self._squeeze.gripper)

    def engage(self, on: bool) -> None:
        """The window's button; without effect on a hand with a dead-man button, but for letting go."""
        self._clutch.ask(on)

    @property
    def gripper(self) -> float:
        """How far the gripper shall be open [1]."""
        return self._squeeze.gripper

    @property
    def fingers(self) -> Vector | None:
        """(m,) where the finger joints were told to be [rad]; None while the hand opens and closes as a whole."""
        return self._grasp.told

    @property
    def unready(self) -> Hold:
        """Why the device may not begin to drive as it stands; `Hold.NONE` if it may."""
        if self._drive is None:
            return Hold.NOT_ENGAGED
        return Hold.NONE if self._drive.ready else self._drive.unready

    @property
    def asked(self) -> Vector | None:
        """(n,) where a leader wants the robot's joints [rad]; None for anything else."""
        return None if self._mirroring is None else self._mirroring.asked

    @property
    def ghost(self) -> Vector | None:
        """(n,) the same while it does not drive, None while it does."""
        return None if self.reason is Hold.NONE else self.asked

    @property
    def apart(self) -> Vector | None:
        """(n,) where a leader wants the robot's joints less where they are [rad]; None for anything else."""
        return None if self._mirroring is None else self._mirroring.apart

    @property
    def _mirroring(self) -> Mirroring | None:
        speaks = self.reason is not Hold.INPUT_LOST
        return self._drive if speaks and isinstance(self._drive, Mirroring) else None

    @property
    def raw(self) -> tuple[Vector, int, int, Vector]:
        """What the device said last: axes (6,), buttons with the pedal's, when [ns], numbers (RAW_CHANNELS,)."""
        state, numbers = self.last_state, np.full(RAW_CHANNELS, np.nan)
        told = state.raw[:RAW_CHANNELS]
        numbers[: len(told)] = told
        return state.axes, self.buttons, state.t_ns, numbers

    def health(self) -> Health:
        """What the device says about itself, and what is wrong with how it is used."""
        said = self.device.health()
        if not said.connected or said.detail:
            return said
        pedal = None if self._pedal is None else self._pedal.health()
        return replace(said, detail=self._problem or ("" if pedal is None or pedal.connected else pedal.detail))

    # One turn ----------------------------------------------------------------------------------------------------

    def command(self, observation: Observation, t_ns: int) -> Command:
        """What the person asks for now; see `Source`. Without input: standstill, as old as the last input."""
        self.attend(observation, t_ns)
        return self.drive(observation) if self.reason is Hold.NONE else self.hold()

    def attend(self, observation: Observation, t_ns: int) -> None:
        """Read the device, and find out whether it drives: `reason`. Then `drive` or `hold`."""
        state = self._read(t_ns)
        if state is not None:
            self.last_state = state
        if state is None or self._pedal_lost:
            self.let_go()
            self.reason = Hold.INPUT_LOST
            return
        # At rest, silence is as good as a report; otherwise the command is as old as what it rests on.
        self._fresh_ns = t_ns if state.at_rest and not state.continuous else state.t_ns
        self._choose(state, observation)
        if self._drive is None:
            self.let_go()
            self.reason = Hold.NOT_ENGAGED
            return
        self._drive.attend(state, observation)
        engaged = self._clutch.engaged
        self.reason = self._clutch.attend(self.buttons, self._drive)
        if self._clutch.engaged and not engaged:
            self._drive.begin(observation)

    def let_go(self) -> None:
        """Nothing moves until the device is engaged anew."""
        self._clutch.let_go()

    def begin(self, observation: Observation) -> None:
        """An engaged hand that had to wait for another drives from this turn on."""
        if self._drive is not None:
            self._drive.begin(observation)

    def drive(self, observation: Observation) -> Command:
        """The command of a hand that drives."""
        assert self._drive is not None
        twist, posture = self._drive.command(self.buttons, observation, self.view_rotation)
        opening, bends = self.gripper, self.last_state.fingers
        fingers = self._grasp.lead(bends if self._squeeze.in_proportion else None, opening)
        self._squeeze.attend(self.buttons, self.last_state.gripper, drives=True)
        if fingers is None and self.gripper != opening:
            self._grasp.reset()  # the hand as a whole has another opening
        return Command(twist, self.gripper, self._fresh_ns, self.device.name, posture, fingers)

    def hold(self) -> Command:
        """Standstill."""
        self._grasp.let_go()
        self._squeeze.attend(self.buttons, None, drives=False)
        return Command(np.zeros(6), self.gripper, self._fresh_ns, self.device.name)

    def _read(self, t_ns: int) -> InputState | None:
        state = self.device.read(t_ns)
        self.buttons = 0 if state is None else state.buttons
        if self._pedal is not None:  # read in any case, so that what waits there is never old
            pedal = self._pedal.read(t_ns)
            self.buttons &= _PEDAL_BUTTONS
            self.buttons |= 0 if pedal is None else (pedal.buttons & _PEDAL_BUTTONS) << PEDAL
            self._pedal_lost = pedal is None and self._pedal_matters
        return state if state is not None and _finite(state) else None

    @property
    def _pedal_matters(self) -> bool:
        """Whether what stops the robot is on the pedal: the loss of it must be told, and not look like letting go."""
        return any((button or 0) >= PEDAL for button in (self.mapping.dead_man_button, self.mapping.clutch_button))

    def _choose(self, state: InputState, observation: Observation) -> None:
        """The drive for what the device gives; None where the mapping asks for what it does not give."""
        joints = None if self._chain is None else len(observation.joint_position)
        kind, self._problem = followed(self.device.name, state, self.mapping, joints)
        if kind is Follow.JOINTS and not isinstance(self._drive, Mirroring):
            assert self._chain is not None
            self._change(Mirroring(self.mapping, self._chain, self._period_s))
        elif kind is Follow.POSE and not isinstance(self._drive, Following):
            self._change(Following(self.mapping, self._period_s))
        elif kind is Follow.DEFLECTION and not isinstance(self._drive, Steering):
            self._change(Steering(self.mapping))
        elif kind is None:
            self._change(None)

    def _change(self, drive: Drive | None) -> None:
        self._drive = drive
        self._clutch.let_go()


def _finite(state: InputState) -> bool:
    parts = (state.axes, state.pose, state.joints, state.fingers)
    return all(part is None or np.isfinite(part).all() for part in parts)
