"""Review: everything that corrective feedback shows of an episode, made in one go so that showing it costs nothing."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.app.feedback.counterpart import Counterpart, Counterparts
from accord.app.feedback.moments import Moment, worst_moments
from accord.app.feedback.projection import Projection, of_fixed
from accord.app.feedback.proposal import Paths, Proposer
from accord.app.recorded_state import STATE, RecordedState
from accord.datasets.compatibility import INCOMPATIBLE
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load
from accord.datasets.scoring import ScoredEpisode, score_episode

Places = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Both ways of the hand as they stand in one view. Shares of the picture: (0, 0) top left, (1, 1) bottom right."""

    person: Places
    """(shown, steps, hands, 2), or (1, …) where the view stands still; NaN where the camera cannot see it."""
    base: Places
    """As `person`, of the base policy; it may be shorter."""


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """One of the worst moments, with what it is held against."""

    moment: Moment
    paths: Paths
    lines: Mapping[str, Lines]
    """View → what is drawn into it; views whose place is not known are left out."""
    matches: tuple[int, ...]
    """For each step of the paths the step of the nearest base episode; empty where there is none."""
    back: RecordedState | None
    """What to set the simulator to; None where the episode keeps no physics."""

    @property
    def steps(self) -> range:
        """The steps of the episode that are shown."""
        return range(self.paths.first, self.paths.first + len(self.paths.person))


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """An episode's worst moments, each beside what the base would have done."""

    episode: str
    path: Path
    policy: str
    moments: tuple[Reviewed, ...]
    """In the order of time."""
    what: str
    """What is wrong in them, as in ``half of it conflicts``; empty where nothing is."""
    counterpart: Counterpart | None
    """The nearest base episode; None where none is left."""
    missing: str
    """Why there is no counterpart, in one sentence; empty where there is one."""


class Reviewer:
    """Reviews episodes of one library against one base policy."""

    def __init__(self, library: Library, policy: str) -> None:
        """Read the policy.

        Raises:
            AccordError: if it is not there, or damaged.
        """
        self._library = library
        self.policy: BasePolicy = load(library.known_policy(policy))
        self._counterparts = Counterparts(library, self.policy)

    def review(self, episode: str, measure: str = "conflict") -> Review:
        """Find the worst moments of an episode, and all that is shown of them.

        Args:
            episode: its id.
            measure: what it was judged by, ``conflict`` or ``incompatibility``; where nothing is wrong by it, the
                other one and then the distance to the base tell the moments.

        Raises:
            AccordError: if the episode is not there, or does not fit the policy.
        """
        path = self._library.find(episode)
        with Episode(path) as opened:
            counterpart, missing = self._counterpart(opened)
            moments, what = _worst(opened, score_episode(self.policy, opened), self.policy, measure)
            with closing(Proposer(self.policy, opened)) as proposer:
                all_paths = [(moment, proposer.paths(moment.first)) for moment in moments]
            drawing = _Drawing(opened)
            reviewed = tuple(_reviewed(opened, m, paths, drawing, counterpart) for m, paths in all_paths)
            return Review(opened.info.id, path, self.policy.name, reviewed, what, counterpart, missing)

    def _counterpart(self, episode: Episode) -> tuple[Counterpart | None, str]:
        try:
            return self._counterparts.of(episode), ""
        except AccordError as error:
            return None, str(error)


def _worst(episode: Episode, scored: ScoredEpisode, policy: BasePolicy, measure: str) -> tuple[tuple[Moment, ...], str]:
    """The moments, and what is said of the steps that make them; by the wanted sign, or the next that has any."""
    t_ns, limits, steps = episode.t_ns, policy.thresholds, scored.steps
    t_s, scored_s = (t_ns - t_ns[0]) / 1e9, (scored.t_ns - t_ns[0]) / 1e9
    verdicts = steps.judge(limits)
    signs = {
        "conflict": ("conflicts", verdicts.conflict, steps.error / limits.error_limit),
        "incompatibility": ("is unusual", verdicts.incompatible, verdicts.incompatibility / INCOMPATIBLE),
        "distance": ("is far from the base", verdicts.far, steps.distance / limits.distance_limit),
    }
    for name in sorted(signs, key=lambda name: name != measure):
        what, wrong, excess = signs[name]
        if found := worst_moments(t_s, scored_s, wrong, excess):
            return found, what
    return (), ""


class _Drawing:
    """Puts paths into the views of one episode."""

    def __init__(self, episode: Episode) -> None:
        self._episode, self._projection = episode, None
        if STATE in episode.info.schema and (model_xml := episode.model_xml()):
            self._projection = Projection(model_xml)

    def lines(self, paths: Paths) -> dict[str, Lines]:
        """View → both ways in it."""
        cameras = {camera.name: camera for camera in self._episode.cameras}
        if self._projection is None:
            person, base = (of_fixed(tuple(cameras.values()), points) for points in (paths.person, paths.base))
            drawn = {name: (person[name][None], base[name][None]) for name in person}
        else:
            drawn = self._simulated(self._projection, paths)
        return {
            name: Lines(*(_shares(places, cameras[name].width, cameras[name].height) for places in both))
            for name, both in drawn.items()
        }

    def _simulated(self, projection: Projection, paths: Paths) -> dict[str, tuple[Places, Places]]:
        states = self._episode.field(STATE)[paths.first : paths.first + len(paths.person)]
        found: dict[str, tuple[Places, Places]] = {}
        for camera in self._episode.cameras:
            shown = states if projection.moves(camera.name) else states[:1]
            both: tuple[list[Places], list[Places]] = ([], [])
            for state in shown:
                projection.show(state)
                for places, points in zip(both, (paths.person, paths.base), strict=True):
                    places.append(projection.pixels(camera, points))
            found[camera.name] = np.stack(both[0]), np.stack(both[1])
        return found


def _shares(places: Places, width: int, height: int) -> Places:
    """Pixels, whose centres are whole numbers, as shares of the picture."""
    return (places + 0.5) / (width, height)


def _reviewed(
    episode: Episode, moment: Moment, paths: Paths, drawing: _Drawing, counterpart: Counterpart | None
) -> Reviewed:
    steps = range(paths.first, paths.first + len(paths.person))
    matches = tuple(counterpart.alignment.matching(step) for step in steps) if counterpart else ()
    back = RecordedState.of(episode, moment.first) if paths.simulated else None
    return Reviewed(moment, paths, drawing.lines(paths), matches, back)
