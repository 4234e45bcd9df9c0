"""Cells: a policy trained from scratch on the data of one cell, and how often it then succeeds."""

import time
from pathlib import Path

import numpy as np
from studies.design import BLOCK, MEASURES, RATE_HZ, STALLED_M, STALLED_S, TASKS, Unit
from studies.gathering import Gathered, Steps, elicited_by_ours

from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save
from accord.datasets.scores.catalogue import NAMES, score_named
from accord.datasets.step_filter import cuts_of
from accord.datasets.threads import at_most
from accord.devices.policies.ensemble import EnsemblePolicy
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.policy import PolicySource
from accord.recorders.step_log import StepLog
from accord.recorders.stepped import Stepped

TRAINING = {
    "members": 1, "hidden": (256, 256), "chunk": 16, "skip_idle": True, "keep": "last", "batch": 128,
    "average": 0.0, "most_epochs": 1_000_000, "patience": 1_000_000,
}  # fmt: skip
"""The same for every cell: as many updates of as many samples, whatever the size of its data."""
HELD_OUT = ("scripted-1-d0", "scripted-1-d1")
"""Episodes for detection that a fit is given to hold out, so that every cell learns from all of its own."""
_SCENES = 50_000_000
"""Where the scenes of rollouts begin: none of them was demonstrated in, and every cell meets the same."""


def train_and_roll(unit: Unit, folder: Path) -> dict[str, object]:
    """Do one unit.

    Args:
        unit: which.
        folder: where its episodes were gathered; the trained policy stays there.

    Returns:
        Successes and what they rest on, for the file of results.
    """
    began = time.monotonic()
    gathered = Gathered.load(folder)
    pieces = data_of(unit, gathered, folder)
    policy = _trained(unit, pieces, gathered, folder / f"policy-{unit.cell}")
    trained_s = time.monotonic() - began
    with at_most(1):
        successes, stages = _rolled(unit, policy)
    return {
        "task": unit.task, "seed": unit.seed, "cell": unit.cell, "block": unit.block, "successes": successes,
        "rollouts": BLOCK, "stages": stages, "episodes": len(pieces),
        "steps": int(sum(len(steps) for _, steps in pieces)),
        "trained_s": round(trained_s, 1), "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def _trained(unit: Unit, pieces: list[tuple[str, Steps]], gathered: Gathered, folder: Path) -> BasePolicy:
    """Fitted to all of the pieces; what a fit holds out is other episodes, and decides nothing."""
    if not folder.is_dir():
        task = TASKS[unit.task]
        held_out = [(key, steps) for key, steps in gathered.detection.items() if key in HELD_OUT]
        told = {
            "name": unit.cell,
            "task": unit.task,
            "rate_hz": RATE_HZ,
            "seed": unit.seed,
            "observed": task.observed,
            "updates": task.updates,
        }
        save(fit(pieces, FitSettings(**told, **TRAINING), held_out=held_out), folder)
    return load(folder)


def _rolled(unit: Unit, policy: BasePolicy) -> tuple[int, list[int]]:
    """How many of a block's rollouts succeed, and how many end at each stage."""
    task, bench = TASKS[unit.task], Stepped(Workcell(unit.task, RATE_HZ))
    robot = bench.robot
    stages = np.zeros(len(robot.task.stages) + 1, int)
    successes, first = 0, _SCENES + 1000 * unit.seed + BLOCK * unit.block
    for scene in range(first, first + BLOCK):
        source = PolicySource(EnsemblePolicy(policy), unit.cell, robot.observation_fields, RATE_HZ)
        steps = bench.drive(source, scene, task.variation, limit_s=task.limit_s, over=stands_still)
        if source.failure is not None:
            raise source.failure
        successes += bool(steps["success"][-1])
        stages[robot.stage] += 1
    return successes, stages.tolist()


def stands_still(log: StepLog) -> bool:
    """Whether the hand has stayed where it is for too long, looked at every ten steps."""
    still = round(STALLED_S * RATE_HZ)
    if log.head < still or log.head % 10:
        return False
    places = log.steps["observation/hand_position"][-still:]
    return bool(np.linalg.norm(places - places[-1], axis=1).max() < STALLED_M)


def data_of(unit: Unit, gathered: Gathered, folder: Path) -> list[tuple[str, Steps]]:
    """What a policy is trained on; an episode that lost steps comes as pieces."""
    return [*gathered.base.items(), *_beside_the_base(unit, gathered, folder)]


def _beside_the_base(unit: Unit, gathered: Gathered, folder: Path) -> list[tuple[str, Steps]]:
    new, cell = sorted(gathered.new), unit.cell
    whole: dict[str, dict[str, Steps]] = {"base": {}, "naive": gathered.new, "elicited": gathered.elicited}
    if cell in whole:
        return list(whole[cell].items())
    if cell == "elicited-ours":
        return list(elicited_by_ours(TASKS[unit.task], unit.seed, folder).items())
    if cell == "conflict-steps":
        return [piece for key in gathered.new for piece in _pieces(key, gathered)]
    chance = np.random.default_rng([unit.seed, *unit.task.encode()])
    order = chance.permutation(new).tolist() if cell == "random" else ranked(cell, gathered.scores, new)
    return [(key, gathered.new[key]) for key in order[: TASKS[unit.task].kept]]


def ranked(measure: str, scores: dict[str, dict[str, float]], episodes: list[str]) -> list[str]:
    """These episodes, the best first; equal ones in the order of their names."""
    assert measure in (*MEASURES, *NAMES, "novelty", "far"), measure
    return sorted(episodes, key=lambda key: badness(measure, scores[key][measure]))


def badness(measure: str, value: float) -> float:
    """The value, so that less is better; what is not known is worst."""
    good = measure == "compatibility" or (measure in NAMES and bool(score_named(measure).high_is_good))
    return float("inf") if np.isnan(value) else (-value if good else value)


def _pieces(key: str, gathered: Gathered) -> list[tuple[str, Steps]]:
    """What stays of an episode without its conflicting steps."""
    steps, wrong = gathered.new[key], gathered.conflicts[key]
    t_s = (steps["t_ns"] - steps["t_ns"][0]) / 1e9
    stays = np.ones(len(steps), bool)
    for first, last in cuts_of(t_s, wrong).cuts:
        stays &= (t_s < first) | (t_s > last)
    edges = np.flatnonzero(np.diff(stays.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    return [(f"{key}/{i}", steps[a:b]) for i, (a, b) in enumerate(edges.tolist())]
