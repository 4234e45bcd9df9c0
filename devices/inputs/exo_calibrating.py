"""ExoCalibrating: the steps in which a person calibrates one arm of an exoskeleton that is worn. Knows no window.

The device knows which way its encoders look; what differs from person to person is how it sits. So one pose is enough:
both arms hanging down. Then the hand is opened and closed, which tells of a glove where each of its channels begins and
ends. It is shown as an `accord.devices.calibrating.Calibrating`.
"""

from collections import deque
from typing import Final

import numpy as np

from accord.devices.calibrating import STILL_NS, Step
from accord.devices.calibration import Calibration, JointCalibration, TriggerCalibration
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.fingers import CHANNELS
from accord.devices.inputs.exo_calibration import GRIP_TURN, HALF_TURN
from accord.devices.inputs.exo_packet import FULL, GLOVE
from accord.devices.inputs.exoskeleton import COUNTS_PER_TURN, JOINTS, REVERSED, channels
from accord.devices.inputs.glove import LEAST_SPAN, GloveCalibration, mean_bend, unmoved

STILL_DEGREES: Final = 1.0
"""Standard deviation of a joint of an arm that hangs still [°]."""
_GAP_NS: Final = 200_000_000
"""A longer silence interrupts hanging still [ns]."""


class ExoCalibrating:
    """One calibration of one arm.

    Args:
        kind: ``exoskeleton`` or ``cockpit``.
        serial: of the arm, as its health tells it.
    """

    joint = 0
    names: tuple[str, ...] = ()
    """Nobody has to move its joints one by one."""
    range_rad = (0.0, 0.0)

    def __init__(self, kind: str, serial: str) -> None:
        self._kind, self._serial = kind, serial
        self._gloved = kind == "cockpit"
        self._channels = channels(self._gloved)
        self.step = Step.HOLD
        self.problem = ""
        """Why the last `go_on` did not; a sentence, or empty."""
        self._raw: Vector | None = None
        self._held: deque[tuple[int, Vector]] = deque()
        self._reference = np.zeros(JOINTS)
        self._open = self._closed = np.zeros(GLOVE if self._gloved else 1)

    def feed(self, raw: Vector, t_ns: int) -> None:
        """A reading of the arm.

        Args:
            raw: of its state.
            t_ns: when it was measured [ns].
        """
        if raw.shape != (len(self._channels),) or not np.isfinite(raw).all() or self._of(raw, COUNTS_PER_TURN) < 1:
            return
        if self._held and t_ns - self._held[-1][0] > _GAP_NS:
            self._held.clear()
        counts = raw[:JOINTS]
        if self._held:  # the shortest way round from the last reading
            last, turn = self._held[-1][1], self._of(raw, COUNTS_PER_TURN)
            counts = last + (counts - last + turn / 2) % turn - turn / 2
        self._raw = raw
        self._held.append((t_ns, counts))
        while len(self._held) > 1 and self._held[1][0] <= t_ns - STILL_NS:
            self._held.popleft()

    @property
    def done(self) -> bool:
        """Whether there is a calibration."""
        return self.step is Step.DONE

    @property
    def ready(self) -> bool:
        """Whether `go_on` would."""
        return not self.done and not self._obstacle()

    @property
    def still(self) -> float:
        """How long the arm has hung still, as a part of the time that it has to [1]."""
        return 0.0 if self._spread() >= STILL_DEGREES else min(1.0, self._held_ns / STILL_NS)

    @property
    def text(self) -> str:
        """What to do now."""
        return {
            Step.HOLD: "Let both arms hang straight down, palms to the thighs, and keep still.",
            Step.LET_GO: "Open the hand wide." if self._gloved else "Let the trigger go.",
            Step.SQUEEZE: "Make a fist and keep it." if self._gloved else "Squeeze the trigger to its end and keep it.",
            Step.DONE: "The arm is calibrated.",
        }[self.step]

    def go_on(self) -> None:
        """Next, says the person; where something is missing, `problem` names it and nothing changes."""
        self.problem = "" if self.done else self._obstacle()
        if self.done or self.problem:
            return
        if self.step is Step.HOLD:
            self._reference = np.mean([counts for _, counts in self._held], axis=0)
            self.step = Step.LET_GO
        elif self.step is Step.LET_GO:
            self._open, self.step = self._grip(), Step.SQUEEZE
        else:
            self._closed, self.step = self._grip(), Step.DONE

    def go_back(self) -> None:
        """Back, says the person: the step before this one is done anew."""
        self.problem = ""
        before = {Step.LET_GO: Step.HOLD, Step.SQUEEZE: Step.LET_GO, Step.DONE: Step.SQUEEZE}
        self.step = before.get(self.step, self.step)

    def calibration(self) -> Calibration:
        """What came of it.

        Raises:
            DeviceError: if it is not done.
        """
        if not self.done or self._raw is None:
            raise DeviceError("a calibration", f"one at the step {self.step.value}", "go on to its end")
        turn, reverse = self._of(self._raw, COUNTS_PER_TURN), self._of(self._raw, REVERSED)
        joints = tuple(
            JointCalibration(float(count % turn), 0.0, -1 if reverse >> joint & 1 else 1, -HALF_TURN, HALF_TURN, turn)
            for joint, count in enumerate(self._reference)
        )
        trigger = TriggerCalibration(self._opening(self._open), self._opening(self._closed), GRIP_TURN)
        glove = GloveCalibration(tuple(self._open.tolist()), tuple(self._closed.tolist())) if self._gloved else None
        return Calibration(self._serial, self._kind, joints, trigger, glove)

    def _of(self, raw: Vector, channel: str) -> int:
        return int(raw[self._channels.index(channel)])

    def _grip(self) -> Vector:
        """(15,) of the glove, or (1,) of the trigger."""
        assert self._raw is not None
        return self._raw[JOINTS : JOINTS + len(self._open)]

    def _opening(self, grip: Vector) -> float:
        """The number that opens and closes a gripper."""
        return mean_bend(grip) if self._gloved else float(grip[0])

    @property
    def _held_ns(self) -> int:
        return self._held[-1][0] - self._held[0][0] if self._held else 0

    def _spread(self) -> float:
        """By how much the joint that moves most has moved [°]."""
        if self._raw is None:
            return 0.0
        spread = np.std([counts for _, counts in self._held], axis=0)
        return float(np.max(spread)) * 360.0 / self._of(self._raw, COUNTS_PER_TURN)

    def _obstacle(self) -> str:
        """Why it cannot go on yet; a sentence, or empty."""
        if self._raw is None:
            return _sentence("readings of the arm", "none yet", "plug the device in and wait for it")
        if self.step is Step.HOLD and self.still < 1.0:
            spread = self._spread()
            found = f"{self._held_ns / 1e9:.1f} s so far"
            found = f"a joint moving by {spread:.1f} degrees" if spread >= STILL_DEGREES else found
            return _sentence("the arm to hang still for a second", found, "keep it still, then go on")
        return self._not_squeezed() if self.step is Step.SQUEEZE else ""

    def _not_squeezed(self) -> str:
        """Why the hand is no fist, or the trigger not squeezed; a sentence, or empty."""
        grip, asked = self._grip(), f"{self.text[0].lower()}{self.text[1:-1]}"
        moved = abs(self._opening(grip) - self._opening(self._open))
        if moved < LEAST_SPAN:
            wanted = f"a grip that moves by {LEAST_SPAN:.0f} at least"
            return _sentence(wanted, f"{moved:.0f} of {FULL}", f"{asked}, then go on")
        if self._gloved and (dead := unmoved(self._open, grip)):
            moved = abs(float((grip - self._open)[CHANNELS.index(dead)]))
            wanted = f"the {dead} of the glove to move by {LEAST_SPAN:.0f} at least"
            return _sentence(wanted, f"{moved:.0f} of {FULL}", f"{asked}; if it does already, mend that sensor")
        return ""


def _sentence(wanted: str, found: str, remedy: str) -> str:
    return str(DeviceError(wanted, found, remedy))
