"""Track: what a time line shows of an episode: its steps, what happened in it, and how well each step agrees."""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import Thresholds, Verdicts
from accord.datasets.episode import Episode
from accord.datasets.index import TimedScores
from accord.datasets.step_filter import cuts_of
from accord.datasets.trim import Cuts, Trim, stays
from accord.devices.limits import Hold

Times = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an episode, and what it was."""

    first_s: float
    last_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment of an episode, and what it was."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """Steps and events of one episode; times are seconds since its first step."""

    t_s: Times
    """(steps,) [s]."""
    gripper: tuple[Mark, ...] = ()
    holds: tuple[Span, ...] = ()
    success_s: float | None = None
    """When the scene first saw the task done and it stayed so to the end."""
    stages: tuple[Mark, ...] = ()
    """When each stage of the task was reached, those that were, by name."""
    stage_names: tuple[str, ...] = ()
    """Every stage of the task; none in an episode of before there were stages."""
    pace: Times = field(default_factory=lambda: np.zeros(0))
    """(steps,) how fast the hand was told to go, the faster one of two; empty where nothing says so [m/s]."""

    @property
    def end_s(self) -> float:
        """When the last step began [s]."""
        return float(self.t_s[-1]) if len(self.t_s) else 0.0

    @classmethod
    def of(cls, episode: Episode) -> "Track":
        """Read what is needed, and not the physics.

        Raises:
            EpisodeError: if the file is damaged.
        """
        t_ns = episode.t_ns
        t_s = (t_ns - t_ns[:1]) / 1e9
        fields = {name: episode.field(name) for name in _EVENTS if name in episode.info.schema}
        return cls(
            t_s,
            _gripper(t_s, fields.get("sent/gripper", np.zeros(0))),
            _holds(t_s, fields.get("hold", np.zeros(0, np.uint8))),
            _success(t_s, fields.get("success", np.zeros(0, bool))),
            _stages(t_s, fields.get("stage", np.zeros(0, np.uint8)), episode.info.stages),
            episode.info.stages if "stage" in fields else (),
            _pace(fields.get("sent/twist", np.zeros((0, 6)))),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The scored steps of an episode, judged."""

    t_s: Times
    """(scored steps,) since the episode's first step [s]."""
    verdicts: Verdicts
    error: Times
    """(scored steps,) in units of λ [1]."""
    novelty: Times
    """(scored steps,) in units of η [1]."""

    @classmethod
    def of(cls, scores: TimedScores, thresholds: Thresholds, first_ns: int) -> "Curve":
        """Judge cached scores.

        Args:
            scores: of the steps that count.
            thresholds: λ and η.
            first_ns: when the episode's first step began [ns].
        """
        steps = scores.steps
        relative = steps.error / thresholds.error_limit, steps.novelty / thresholds.novelty_limit
        return cls((scores.t_ns - first_ns) / 1e9, steps.judge(thresholds), *relative)

    def cuts(self, trim: Trim | None) -> Cuts:
        """What a rule would cut that leaves out only conflicting steps.

        Args:
            trim: what stays of the episode before that; None for all of it.
        """
        inside = stays(np.rint(self.t_s * 1e9).astype(np.int64), 0, trim)
        return cuts_of(self.t_s[inside], self.verdicts.conflict[inside]).cuts


@dataclass(frozen=True, slots=True)
class Column:
    """One pixel of a curve."""

    x: int
    agreement: float
    """Mean compatibility of its steps."""
    conflict: bool
    """Whether any of them conflicts: a short conflict must not vanish between its neighbours."""
    novel: bool
    """Whether most of them are novel."""


def columns(curve: Curve, left: float, scale: float) -> list[Column]:
    """A curve by columns of one pixel.

    Args:
        curve: the scored steps.
        left: where 0 s stands [px].
        scale: [px/s].
    """
    if not len(curve.t_s):
        return []
    lasts = _lasts(curve.t_s)
    made = []
    for x in range(int(left), int(left + scale * lasts[-1]) + 1):
        a = int(np.searchsorted(lasts, (x - left) / scale, side="right"))
        b = int(np.searchsorted(curve.t_s, (x + 1 - left) / scale, side="left"))
        if b > a:
            verdicts = curve.verdicts
            novel = float(verdicts.novel[a:b].mean()) > 0.5
            conflict = bool(verdicts.conflict[a:b].any())
            made.append(Column(x, float(verdicts.compatibility[a:b].mean()), conflict, novel))
    return made


def _lasts(t_s: Times) -> Times:
    """When each step ends: as the next begins, but a gap in which nobody drove stays empty."""
    steps = np.diff(t_s)
    usual = float(np.median(steps)) if len(steps) else 0.02
    return np.asarray(t_s + np.minimum(np.append(steps, usual), 2.5 * usual))


_EVENTS = ("sent/gripper", "sent/twist", "hold", "success", "stage")
_OPEN = 0.5
"""A gripper command above the middle opens it."""
_SIDES = ("left", "right")


def _gripper(t_s: Times, command: NDArray[np.float64]) -> tuple[Mark, ...]:
    """When each hand opens or closes: (steps,) of one hand, (steps, 2) of two, the left one first."""
    if command.ndim == 2:
        both = [_opens(t_s, command[:, hand], f"{side} gripper") for hand, side in enumerate(_SIDES)]
        return tuple(sorted((mark for marks in both for mark in marks), key=lambda mark: mark.at_s))
    return _opens(t_s, command, "gripper")


def _opens(t_s: Times, command: NDArray[np.float64], what: str) -> tuple[Mark, ...]:
    opened = command > _OPEN
    changes = np.flatnonzero(opened[1:] != opened[:-1]) + 1
    return tuple(Mark(float(t_s[i]), f"{what} {'opens' if opened[i] else 'closes'}") for i in changes)


def _pace(twist: NDArray[np.float64]) -> Times:
    """Of (steps, 6) twists of one hand, or (steps, 2, 6) of two."""
    pace: Times = np.linalg.norm(twist[..., :3], axis=-1)
    return pace if pace.ndim == 1 else pace.max(axis=1)


def _holds(t_s: Times, hold: NDArray[np.uint8]) -> tuple[Span, ...]:
    if not len(hold):
        return ()
    ends = [0, *(np.flatnonzero(hold[1:] != hold[:-1]) + 1), len(hold)]
    runs = ((int(a), int(b)) for a, b in pairwise(ends) if hold[a])
    return tuple(Span(float(t_s[a]), float(t_s[min(b, len(t_s) - 1)]), _hold_text(int(hold[a]))) for a, b in runs)


def _hold_text(value: int) -> str:
    known = {int(hold): hold.sentence for hold in Hold}
    return known.get(value, f"Held for a reason that this version does not know ({value}).")


def _success(t_s: Times, success: NDArray[np.bool_]) -> float | None:
    if not len(success) or not success[-1]:
        return None
    failing = np.flatnonzero(~success)
    return float(t_s[failing[-1] + 1 if len(failing) else 0])


def _stages(t_s: Times, stage: NDArray[np.uint8], names: tuple[str, ...]) -> tuple[Mark, ...]:
    """What was reached stays reached, so a count that falls back says nothing new."""
    furthest = np.maximum.accumulate(stage)
    firsts = (int(np.searchsorted(furthest, number)) for number in range(1, len(names) + 1))
    return tuple(Mark(float(t_s[at]), name) for name, at in zip(names, firsts, strict=True) if at < len(furthest))
