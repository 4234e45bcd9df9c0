"""Gathering: everything that the cells of one task and seed share: episodes, the base policy, and every score."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from studies.design import DETECTION, RATE_HZ, REACTS, USUAL_THEN, StudiedTask

from accord.app.eliciting.stepped import elicit_stepped
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.counted import counted
from accord.datasets.departure import departure
from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.table import score_library
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.reacting import ReactingOperator
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped

Steps = NDArray[np.void]
Episodes = dict[str, Steps]
"""Id → steps. An id begins with who drove."""

_FIELDS = ("physics/state", "input/", "score/", "requested/", "observation/joint")
"""Not kept: nothing of the study reads them, and they are most of the bytes."""
_APART = 100_000
"""Between the scenes of two seeds."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """Of one task and seed."""

    base: Episodes
    new: Episodes
    """Of every operator."""
    detection: Episodes
    elicited: Episodes
    conflicts: dict[str, NDArray[np.bool_]]
    """Of new episodes: which steps conflict."""
    scores: dict[str, dict[str, float]]
    """Episode, new or for detection → measure → value."""
    tries: int
    """How many episodes were made until those elicited were accepted."""

    @classmethod
    def load(cls, folder: Path) -> "Gathered":
        """What was gathered before."""
        told = json.loads((folder / "told.json").read_text())
        for one in told["scores"].values():  # of what is kept, so that a change of it needs no new episodes
            one["departure"] = departure(one["incompatibility"], one["conflict"])
        groups = [_loaded(folder / f"{name}.npz") for name in ("base", "new", "detection", "elicited")]
        return cls(*groups, _loaded(folder / "conflicts.npz"), told["scores"], told["tries"])


def gather(task: StudiedTask, seed: int, folder: Path) -> None:
    """Make all of it; the folder appears whole."""
    fresh = folder.with_name(f".{folder.name}-{os.getpid()}")
    fresh.mkdir(parents=True, exist_ok=True)
    bench = Stepped(Workcell(task.name, RATE_HZ))
    first = seed * _APART
    base = {f"base-{i}": _demonstrated(bench, task, task.base, first + i) for i in range(task.base_episodes)}
    new, detection = {}, {}
    for number, (who, strategy) in enumerate(task.operators):
        scenes = first + 1000 * (number + 1)
        new |= {f"{who}-{i}": _demonstrated(bench, task, strategy, scenes + i) for i in range(task.each)}
        scenes += 500
        detection |= {f"{who}-d{i}": _demonstrated(bench, task, strategy, scenes + i) for i in range(DETECTION)}
    policy = _base_policy(base, task, seed)
    elicited, tries = _elicited(bench, policy, task, seed, "conflict")
    bench.robot.close()
    for name, group in (("base", base), ("new", new), ("detection", detection), ("elicited", elicited)):
        np.savez(fresh / f"{name}.npz", allow_pickle=False, **{key: _slim(steps) for key, steps in group.items()})
    conflicts = {key: _conflicts(policy, steps) for key, steps in new.items()}
    np.savez(fresh / "conflicts.npz", allow_pickle=False, **conflicts)
    scores = _scores(policy, task.name, base, new | detection)
    (fresh / "told.json").write_text(json.dumps({"scores": scores, "tries": tries}))
    fresh.rename(folder)


def _base_policy(base: Episodes, task: StudiedTask, seed: int) -> BasePolicy:
    settings = FitSettings(name="base", task=task.name, rate_hz=RATE_HZ, seed=seed, **USUAL_THEN)
    return fit(list(base.items()), settings)


def _demonstrated(bench: Stepped, task: StudiedTask, strategy: str, seed: int) -> Steps:
    return bench.drive(ScriptedOperator(task.name, strategy, seed), seed, task.variation)


def elicited_by_ours(task: StudiedTask, seed: int, folder: Path) -> Episodes:
    """As `Gathered.elicited`, but judged by incompatibility; made when it is first asked for."""
    path = folder / "elicited-ours.npz"
    if not path.is_file():
        bench = Stepped(Workcell(task.name, RATE_HZ))
        policy = _base_policy(Gathered.load(folder).base, task, seed)
        elicited, _ = _elicited(bench, policy, task, seed, "incompatibility")
        fresh = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(fresh, allow_pickle=False, **{key: _slim(steps) for key, steps in elicited.items()})
        fresh.replace(path)
    return _loaded(path)


def _elicited(bench: Stepped, policy: BasePolicy, task: StudiedTask, seed: int, measure: str) -> tuple[Episodes, int]:
    """As many accepted episodes as naive ones, of the same operators, who are told where they disagree."""
    accepted: Episodes = {}
    tries = 0
    for number, (who, strategy) in enumerate(task.operators):
        scenes = seed * _APART + 10_000 * (number + 1)
        operator = ReactingOperator(task.name, strategy, task.base, react=REACTS, seed=scenes)
        seeds = range(scenes, scenes + 10 * task.each)
        how = {"measure": measure, "variation": task.variation, "bench": bench}
        done = elicit_stepped(policy, task.name, operator, task.each, seeds, **how)
        accepted |= {f"{who}-e{i}": steps for i, (_, steps) in enumerate(done.accepted)}
        tries += len(done.attempts)
    return accepted, tries


def _scores(policy: BasePolicy, task: str, base: Episodes, others: Episodes) -> dict[str, dict[str, float]]:
    """Every measure of every episode; the plain ones see the base set and all others, as in a library."""
    motions = [Motion.of(key, task, RATE_HZ, steps) for key, steps in (base | others).items()]
    plain = score_library(motions, base)
    told = {}
    for key, steps in others.items():
        driven = steps[counted(steps)]
        score = EpisodeScore.of(key, policy.score_steps(driven).judge(policy.thresholds), len(steps) / RATE_HZ)
        told[key] = {name: float(value) for name, value in plain[key].items()} | {
            "conflict": score.conflict_share, "compatibility": score.compatibility, "novelty": score.novel_share,
            "far": score.far_share, "incompatibility": score.incompatibility, "success": float(steps["success"][-1]),
        }  # fmt: skip
    return told


def _conflicts(policy: BasePolicy, steps: Steps) -> NDArray[np.bool_]:
    """(N,) over all steps; one that does not count conflicts with nothing."""
    mask, counts = np.zeros(len(steps), bool), counted(steps)
    mask[counts] = policy.score_steps(steps[counts]).judge(policy.thresholds).conflict
    return mask


def _slim(steps: Steps) -> Steps:
    names = [name for name in steps.dtype.names or () if not name.startswith(_FIELDS)]
    slim = np.empty(len(steps), [(name, steps.dtype[name]) for name in names])
    for name in names:
        slim[name] = steps[name]
    return slim


def _loaded(path: Path) -> dict[str, NDArray]:
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
