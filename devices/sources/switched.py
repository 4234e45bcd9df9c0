"""Switched: the source that is a person with one input device, which drives one of two arms at a time."""

import numpy as np
from numpy.typing import NDArray

from accord.devices.command import Command, Observation, Vector
from accord.devices.health import Health
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping, is_down
from accord.devices.source import ControlMode
from accord.devices.sources.hand import OPEN, Hand
from accord.devices.sources.hands import beside, rows


class Switched:
    """One device for two arms. Satisfies `accord.devices.source.Source`.

    `Mapping.switch_button` goes on to the other arm. The arm that is left stays where it is, with its gripper as it
    was; the device has to rest, or to be engaged, before it moves the next one.

    Args:
        hands: the same device as the hand of the left arm and of the right one.
    """

    mode: ControlMode = ControlMode.HUMAN

    def __init__(self, hands: tuple[Hand, Hand]) -> None:
        self._hands = hands
        self.arm = 0
        """Which one is driven: 0 the left one, 1 the right one."""
        self._before: int | None = None
        self._stay: list[Vector | None] = [None, None]

    @property
    def _hand(self) -> Hand:
        return self._hands[self.arm]

    @property
    def reason(self) -> Hold:
        """Why neither is driven; `Hold.NONE` while one is."""
        return self._hand.reason

    @property
    def raw(self) -> tuple[Vector, NDArray[np.uint64], NDArray[np.int64], Vector]:
        """What the device said last, in the row of the arm that is driven; see `Hands.raw`."""
        axes, buttons, t_ns, numbers = self._hand.raw
        all_axes, all_numbers = np.zeros((2, 6)), np.full((2, len(numbers)), np.nan)
        all_buttons, times = np.zeros(2, dtype=np.uint64), np.zeros(2, dtype=np.int64)
        all_axes[self.arm], all_buttons[self.arm], times[self.arm] = axes, buttons, t_ns
        all_numbers[self.arm] = numbers
        return all_axes, all_buttons, times, all_numbers

    @property
    def view_rotation(self) -> Vector | None:
        """(3, 3) where the person looks."""
        return self._hand.view_rotation

    @view_rotation.setter
    def view_rotation(self, rotation: Vector | None) -> None:
        for hand in self._hands:
            hand.view_rotation = rotation

    @property
    def ghost(self) -> Vector | None:
        """(2n,) where a leader wants the driven arm's joints while it does not drive, NaN for the other arm [rad]."""
        return self._placed(self._hand.ghost)

    @property
    def apart(self) -> Vector | None:
        """(2n,) where a leader wants the driven arm's joints less where they are, NaN for the other arm [rad]."""
        return self._placed(self._hand.apart)

    def _placed(self, joints: Vector | None) -> Vector | None:
        return beside(joints, None) if self.arm == 0 else beside(None, joints)

    def health(self) -> Health:
        """What the device says about itself."""
        return self._hand.health()

    def reset(self, gripper: float | Vector = OPEN, fingers: Vector | None = None) -> None:
        """Begin anew with the arm that is driven; see `Hand.reset`.

        Args:
            gripper: how far they are open, (2,) or the same for both [1].
            fingers: (2, m) where the finger joints were told to be [rad]; None: as of these openings.
        """
        for number, (hand, opening) in enumerate(zip(self._hands, np.broadcast_to(gripper, 2), strict=True)):
            hand.reset(float(opening), None if fingers is None else fingers[number])

    def use_mapping(self, hand: int, mapping: Mapping) -> None:
        """Another mapping of the one device, for both arms; see `Hand.use_mapping`."""
        for one in self._hands:
            one.use_mapping(hand, mapping)

    def engage(self, on: bool) -> None:
        """The window's button; see `Hand.engage`."""
        self._hand.engage(on)

    def command(self, observation: Observation, t_ns: int) -> Command:
        """What the person asks for now; the other arm stands still."""
        seen, as_sent = observation.of_hand(self.arm), (self._hand.gripper, self._hand.fingers)
        told = self._hand.command(seen, t_ns)
        if self._switches():
            self._hand.reset(*as_sent)  # what this turn asked of the hand that is left is not sent
            # Joints that a leader brought somewhere stay there, and do not drift to the arm's usual posture.
            self._stay[self.arm] = None if self._hand.asked is None else seen.joint_position
            self.arm = 1 - self.arm
            self._stay[self.arm] = None
            self._hand.reset(self._hand.gripper, self._hand.fingers)
            told = self._hand.hold()
        twist = np.zeros((2, 6))
        twist[self.arm] = told.twist
        openings = np.array([hand.gripper for hand in self._hands])
        postures = [told.posture if i == self.arm else stay for i, stay in enumerate(self._stay)]
        bent = rows(*(told.fingers if i == self.arm else None for i in range(2)))
        return Command(twist, openings, told.t_ns, told.source, beside(*postures), bent)

    def _switches(self) -> bool:
        """Whether the button was pressed just now."""
        if self.reason is Hold.INPUT_LOST:
            self._before = None
            return False
        buttons, before, button = self._hand.buttons, self._before, self._hand.mapping.switch_button
        self._before = buttons
        return before is not None and is_down(buttons, button) and not is_down(before, button)
