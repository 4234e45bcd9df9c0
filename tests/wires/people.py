"""People: scripts that do a task with a device in their hands, the way a person would. None of them is one.

The scripted operator says how the hand should go from what is seen now; a `Person` makes of that what the hands do to
the device. What they do goes over the wire, and through everything behind it, to the robot.
"""

import time
from pathlib import Path
from typing import Protocol

import numpy as np
from wires.arm import ArmWire
from wires.closing import Closing
from wires.exo import SIDES, ExoWire
from wires.hid import SpaceMouseWire
from wires.keys import KeysWire
from wires.pad import DEAD_MAN, PadWire
from wires.phone import MOVE, PhoneWire
from wires.place import Place
from wires.reaching import Reaching
from wires.wire import Wire

from accord.app.session import Session
from accord.devices.chain import ARM_JOINTS, human_arm
from accord.devices.command import Vector
from accord.devices.inputs.keys import BINDINGS, Key
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping
from accord.devices.sim.poses import turn_between, turned
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator

PACE = 0.5
"""How fast they live, beside the scripted operator, whose strokes are too fast for some devices [1]."""
STRETCHED = 0.15
"""How far an arm may be from where the hand wants to be before a better posture is looked for [m and rad]."""
PRESS_S = 0.15
"""How long a button is pressed [s]."""


class Person(Protocol):
    """A script that holds one device."""

    def begin(self) -> None:
        """Squeeze, or press what has to be held; it is called while the device is at rest."""
        ...

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        """Do to the device what makes the robot do this.

        Args:
            twist: (h, 6) of each hand [m/s, rad/s].
            gripper: (h,) how far each gripper shall be open [1].
            step: the newest one.
            elapsed_s: since the last call [s].

        Returns:
            Whether it was done; False while they are busy with something else.
        """
        ...


def unshaped(twist: Vector, mapping: Mapping) -> Vector:
    """(6,) how a device is to be deflected for a twist: `accord.devices.mapping.twist` backwards, in the base frame."""
    speeds = np.repeat((mapping.linear_m_s, mapping.angular_rad_s), 3)
    shaped = np.clip(twist / speeds, -1.0, 1.0)
    dead, exponents = np.array(mapping.dead_zones), np.array(mapping.exponents)
    pushed = np.abs(shaped) ** (1.0 / exponents) * (1.0 - dead) + dead
    axes: Vector = np.where(np.abs(shaped) < 1e-3, 0.0, np.sign(shaped) * pushed)
    return axes


class Presser:
    """Presses a button that opens or closes the gripper, and sees whether it did."""

    def __init__(self) -> None:
        self._until_s = 0.0

    def down(self, wanted: float, step: np.void) -> bool:
        """Whether the button is to be down now."""
        now_s, wrong = time.monotonic(), abs(wanted - float(step["sent/gripper"])) > 0.5
        if wrong and now_s > self._until_s + PRESS_S:
            self._until_s = now_s + PRESS_S
        return now_s < self._until_s


class Deflecting:
    """Whoever holds a SpaceMouse or a gamepad."""

    def __init__(self, wire: SpaceMouseWire | PadWire) -> None:
        self._wire, self._presser = wire, Presser()
        self._always = 1 << DEAD_MAN if isinstance(wire, PadWire) else 0

    def begin(self) -> None:
        self._wire.axes, self._wire.buttons = np.zeros(6), self._always

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        self._wire.axes = unshaped(twist[0], self._wire.mapping)
        self._wire.buttons = self._always | int(self._presser.down(float(gripper[0]), step))
        return True


class Typing:
    """Whoever has the keys: presses one for so long that its mean is what is wanted."""

    def __init__(self, wire: KeysWire) -> None:
        self._wire, self._presser, self._owed = wire, Presser(), np.zeros(6)

    def begin(self) -> None:
        self._wire.held = frozenset()

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        wanted = unshaped(twist[0], self._wire.mapping)
        self._owed = np.clip(self._owed + (wanted - step["input/axes"]) * elapsed_s, -0.2, 0.2)
        held = {Key.G} if self._presser.down(float(gripper[0]), step) else set()
        for key, binding in BINDINGS.items():
            if binding.axis is not None and self._owed[binding.axis] * binding.sign > 0.03:
                held.add(key)
        self._wire.held = frozenset(held)
        return True


class Carrying:
    """Whoever carries a phone."""

    def __init__(self, wire: PhoneWire) -> None:
        self._wire = wire

    def begin(self) -> None:
        self._wire.still()
        self._wire.buttons = MOVE

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        self._wire.pose = _moved(self._wire.pose, twist[0] * elapsed_s)
        self._wire.gripper = float(gripper[0])
        return True


class Leading:
    """Whoever holds a leader of the robot's own build."""

    def __init__(self, wire: ArmWire, robot: Workcell) -> None:
        self._wire, self._chain = wire, robot.chains[0]
        self._joints = wire.pose.copy()
        self._position, self._quaternion = self._chain.hand(self._joints)

    def begin(self) -> None:
        self._wire.move(self._joints, 1.0)

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        self._position = self._position + twist[0, :3] * elapsed_s
        quaternion = turned(self._quaternion, twist[0, 3:] * elapsed_s)
        self._quaternion = quaternion / np.linalg.norm(quaternion)
        self._joints = self._chain.towards(self._joints, self._position, self._quaternion)
        self._wire.move(self._joints, float(gripper[0]))
        return True


class Wearing:
    """Whoever wears an exoskeleton: finds how the arms have to stand by themselves.

    Args:
        wire: of the exoskeleton.
        hands: of the robot; one is driven by the right arm.
    """

    def __init__(self, wire: ExoWire, hands: int) -> None:
        self._wire, self._sides = wire, SIDES[-hands:]
        self._chains = [human_arm(left=side == "left") for side in self._sides]
        self._fingers = [Closing() for _ in self._sides]
        values = dict(zip((channel.name for channel in wire.body.build.channels), wire.body.values(), strict=True))
        self._angles = [np.array([values[f"{side} {joint}"] for joint in ARM_JOINTS]) for side in self._sides]
        self._rest = [angles.copy() for angles in self._angles]
        self._clutched = False
        ranges = {channel.name: (channel.low, channel.high) for channel in wire.body.build.channels}
        self._ends = [np.array([ranges[f"{side} {joint}"] for joint in ARM_JOINTS]).T for side in self._sides]
        self._poses = [chain.pose(angles) for chain, angles in zip(self._chains, self._angles, strict=True)]

    def begin(self) -> None:
        self._wire.still()
        for side in SIDES:
            self._wire.grip(side, 1.0)
        for hand in range(len(self._sides)):
            self._fingers[hand].open()
            self._grip(hand, 1.0, 0.0)

    def move(self, twist: Vector, gripper: Vector, step: np.void, elapsed_s: float) -> bool:
        if self._clutched or max(self._off(hand) for hand in range(len(self._sides))) > STRETCHED:
            self._find_a_better_posture()
        else:
            for hand in range(len(self._sides)):
                self._poses[hand] = _moved(self._poses[hand], twist[hand] * elapsed_s)
                self._reach(hand)
        for hand, side in enumerate(self._sides):
            for joint, angle in zip(ARM_JOINTS, self._angles[hand], strict=True):
                self._wire.body.move(f"{side} {joint}", float(angle))
            self._grip(hand, float(gripper[hand]), elapsed_s)
        return not self._clutched

    def _grip(self, hand: int, opening: float, elapsed_s: float) -> None:
        """Pull the trigger, or bend the fingers in the glove as far as they come in this time."""
        if not self._wire.gloved:
            self._wire.grip(self._sides[hand], opening)
            return
        self._fingers[hand].move(opening, elapsed_s)
        self._wire.bend(self._sides[hand], self._fingers[hand].bends)

    def _off(self, hand: int) -> float:
        """How far the arm is from where the hand wants to be [m and rad]."""
        return float(np.abs(_between(self._chains[hand].pose(self._angles[hand]), self._poses[hand])).max())

    def _find_a_better_posture(self) -> None:
        """With the clutch held, back to where the arms are at ease; and on from there."""
        back = [rest - angles for rest, angles in zip(self._rest, self._angles, strict=True)]
        home = max(float(np.abs(one).max()) for one in back) < 1e-6
        pressed, self._clutched = self._clutched, not home
        self._wire.body.move("pedal 1", float(self._clutched))
        if pressed:  # not in the very moment in which the pedal goes down
            self._angles = [angles + np.clip(one, -0.05, 0.05) for angles, one in zip(self._angles, back, strict=True)]
        self._poses = [chain.pose(angles) for chain, angles in zip(self._chains, self._angles, strict=True)]

    def _reach(self, hand: int) -> None:
        """One step of damped least squares towards the pose."""
        chain, angles, wanted = self._chains[hand], self._angles[hand], self._poses[hand]
        now = chain.pose(angles)
        off = _between(now, wanted)
        columns = []
        for joint in range(len(angles)):
            nudged = chain.pose(angles + 1e-4 * np.eye(len(angles))[joint])
            columns.append(_between(now, nudged) / 1e-4)
        jacobian = np.array(columns).T
        step = jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + 1e-3 * np.eye(6), off)
        self._angles[hand] = np.clip(angles + np.clip(step, -0.1, 0.1), *self._ends[hand])


def _between(pose: Vector, other: Vector) -> Vector:
    """(6,) the way [m] and the turn [rad] from a pose to another."""
    return np.concatenate((other[:3] - pose[:3], turn_between(pose[3:], other[3:])))


def _moved(pose: Vector, way: Vector) -> Vector:
    """(7,) the pose after a way [m] and a turn [rad]."""
    quaternion = turned(pose[3:], way[3:])
    return np.concatenate((pose[:3] + way[:3], quaternion / np.linalg.norm(quaternion)))


def person(wire: Wire, robot: Workcell, session: Session) -> Person:
    """Somebody who holds this device."""
    if isinstance(wire, SpaceMouseWire | PadWire):
        return Deflecting(wire)
    if isinstance(wire, KeysWire):
        return Typing(wire)
    if isinstance(wire, PhoneWire):
        return Carrying(wire)
    if isinstance(wire, ArmWire):
        alike = len(wire.pose) == len(robot.chains[0].lower)
        return Leading(wire, robot) if alike else Reaching(wire, lambda: session.driving.engage(False))
    assert isinstance(wire, ExoWire)
    return Wearing(wire, robot.task.hands)


def begin(place: Place, someone: Person) -> None:
    """Take the device until it drives."""
    for _ in range(10):
        place.until(lambda _: place.hears, "heard")
        place.wire.release()
        place.wait(0.3)
        someone.begin()
        place.wait(0.3)
        if place.steps[-1]["hold"] == Hold.NONE:
            return
    raise AssertionError(f"it never drives: {place.tick().loop.hold_text}")


def solve(place: Place, seed: int = 0, within_s: float = 120.0) -> Path:
    """Record one episode in which the task is done with the device; the path of its file."""
    session = place.session
    robot = Workcell(session.settings.task, session.settings.rate_hz)
    someone = person(place.wire, robot, session)
    begin(place, someone)
    operator = ScriptedOperator(session.settings.task, strategies(session.settings.task)[0], seed)
    episode = session.begin()
    began_s = last_s = time.monotonic()
    slow_ns = 1_000_000_000
    while not place.tick().success:
        now_s, step = time.monotonic(), place.steps[-1]
        assert now_s < began_s + within_s, f"{operator.doing} for ever: {place.tick().loop.hold_text}"
        if step["hold"] != Hold.NONE:  # as on a machine that stood still: whoever holds it begins anew
            begin(place, someone)
            last_s = time.monotonic()
            continue
        robot.set_state(step["physics/state"])
        command = operator.command(robot.observe(slow_ns), slow_ns)
        twist, gripper = PACE * np.atleast_2d(command.twist), np.atleast_1d(command.gripper)
        if someone.move(twist, gripper, step, now_s - last_s):
            slow_ns += int(PACE * 1e9 * (now_s - last_s))
        last_s = now_s
        time.sleep(1 / 60)
    session.end("success")
    place.until(lambda now: now.finished is not None and now.finished.saved, "saved")
    return session.library.find(episode)
