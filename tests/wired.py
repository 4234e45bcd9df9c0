"""A device that says what a test put there, and somebody who drives with it, one turn of 20 ms after another."""

from collections.abc import Mapping as ReadOnly

import numpy as np

from accord.devices.command import Command, Observation, Vector
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.mapping import Mapping
from accord.devices.robot import ArmChain
from accord.devices.rotation import IDENTITY
from accord.devices.sources.hand import Hand

MS = 1_000_000
PERIOD_S = 0.02
REST = np.zeros(6)
AHEAD = np.eye(6)[0]
NOTHING: ReadOnly[str, np.ndarray] = {}


class Wired:
    """Satisfies `accord.devices.input.Input`."""

    channels: tuple[str, ...] = ()

    def __init__(self, name: str = "wired", state: InputState | None = None) -> None:
        self.name, self.state = name, state

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, t_ns: int) -> InputState | None:
        return self.state

    def health(self) -> Health:
        detail = "" if self.state else f"{self.name} is unplugged"
        return Health(self.name, self.state is not None, detail, 0, 0, 0)


class Straight:
    """An arm of seven joints whose hand is where the first three of them say. Satisfies `ArmChain`."""

    lower, upper = np.full(7, -3.0), np.full(7, 3.0)

    def hand(self, joints: Vector) -> tuple[Vector, Vector]:
        return joints[:3].copy(), IDENTITY

    def skeleton(self, joints: Vector) -> Vector:
        return np.zeros((8, 3))


def observed(
    hand_quaternion: Vector = IDENTITY,
    joints: Vector | None = None,
    target: tuple[Vector, Vector] | None = None,
    hand: Vector | None = None,
) -> Observation:
    joints = np.zeros(7) if joints is None else joints
    position, quaternion = target or (None, None)
    place = np.zeros(3) if hand is None else hand
    return Observation(
        0, joints, np.zeros_like(joints), place, hand_quaternion, 0.08, NOTHING,
        target_position=position, target_quaternion=quaternion,
    )  # fmt: skip


def pose_at(position: Vector, quaternion: Vector = IDENTITY) -> Vector:
    return np.concatenate((position, quaternion))


class Person:
    """A hand and its device. The robot follows every command at once; None is a device that is lost."""

    def __init__(
        self,
        mapping: Mapping | None = None,
        view_rotation: Vector | None = None,
        chain: ArmChain | None = None,
        pedal: Wired | None = None,
    ) -> None:
        self.device = Wired()
        self.hand = Hand(self.device, mapping or Mapping(), view_rotation, chain, PERIOD_S, pedal)
        self.t_ns = 1000 * MS
        self.observation = observed()

    def __call__(self, axes: Vector | None, buttons: int = 0, age_ns: int = 0) -> Command:
        """Push, or let go."""
        return self.turn(None if axes is None else InputState(axes, buttons, self.t_ns + 20 * MS - age_ns))

    def rest(self, buttons: int = 0) -> Command:
        return self(REST, buttons)

    def carry(self, pose: Vector, buttons: int = 0, gripper: float | None = None) -> Command:
        """Hold a carried device so."""
        return self.turn(InputState(buttons=buttons, t_ns=self.t_ns + 20 * MS, pose=pose, gripper=gripper))

    def lead(self, joints: Vector, buttons: int = 0, gripper: float | None = None) -> Command:
        """Hold a leader so."""
        return self.turn(InputState(buttons=buttons, t_ns=self.t_ns + 20 * MS, joints=joints, gripper=gripper))

    def turn(self, state: InputState | None) -> Command:
        self.t_ns += 20 * MS
        self.device.state = state
        return self.hand.command(self.observation, self.t_ns)
