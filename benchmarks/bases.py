"""Other bases: does a score find a foreign strategy when another one is the base set's? Scripted operators, no human.

    python benchmarks/bases.py [--task NAME …] [--base STRATEGY …] [--seed 77]

Every strategy of a task is the base set's once: 20 episodes, a base policy with the usual settings, and 12 new episodes
of every strategy of the task. Prints the AUROC of each score for each pair of strategies, and a summary of those bases
that the study (`benchmarks/study.py`) has not got.
"""

import argparse
import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))

from studies.design import RATE_HZ, TASKS, StudiedTask
from studies.detection import auroc
from studies.gathering import Steps

from accord.datasets.compatibility import EpisodeScore
from accord.datasets.counted import counted
from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.policy import BasePolicy
from accord.datasets.threads import at_most
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped

NEW = 12
"""New episodes of every strategy."""
SCORES = ("conflict_share", "compatibility", "novel_share", "far_share", "incompatibility", "departure")
_APART = 100_000
"""Between the scenes of two seeds, as in the study, whose seeds are 1 to 3."""


def turned(task: StudiedTask) -> list[StudiedTask]:
    """The same task, each of its strategies the base set's once."""
    known = [strategy for _, strategy in task.operators]
    return [replace(task, base=base, foreign=tuple(s for s in known if s != base)) for base in known]


def of_base(task: StudiedTask, seed: int) -> dict[str, dict[str, float]]:
    """Score → foreign strategy → AUROC."""
    bench = Stepped(Workcell(task.name, RATE_HZ))

    def driven(strategy: str, scene: int) -> Steps:
        return bench.drive(ScriptedOperator(task.name, strategy, scene), scene, task.variation)

    first = seed * _APART
    base = [(f"base-{i}", driven(task.base, first + i)) for i in range(task.base_episodes)]
    policy = fit(base, FitSettings(name="base", task=task.name, rate_hz=RATE_HZ, seed=seed))
    new: dict[str, list[EpisodeScore]] = {}
    for number, (_, strategy) in enumerate(task.operators, start=1):
        scenes = range(first + 1000 * number, first + 1000 * number + NEW)
        new[strategy] = [score(policy, driven(strategy, scene)) for scene in scenes]
    bench.robot.close()
    return {
        name: {other: auroc(bad(name, new[task.base]), bad(name, new[other])) for other in task.foreign}
        for name in SCORES
    }


def score(policy: BasePolicy, steps: Steps) -> EpisodeScore:
    verdicts = policy.score_steps(steps[counted(steps)]).judge(policy.thresholds)
    return EpisodeScore.of("new", verdicts, len(steps) / RATE_HZ)


def bad(name: str, scores: list[EpisodeScore]) -> list[float]:
    """More is worse."""
    sign = -1.0 if name == "compatibility" else 1.0
    return [sign * float(getattr(one, name)) for one in scores]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", choices=list(TASKS), help="usually all but plating")
    parser.add_argument("--base", action="append", help="only with this strategy as the base set's")
    parser.add_argument("--seed", type=int, default=77)
    arguments = parser.parse_args()
    names = arguments.task or [name for name, task in TASKS.items() if task.times == 1]
    pairs: list[tuple[bool, dict[str, float]]] = []
    print("| task | base | foreign | " + " | ".join(SCORES) + " |\n" + "|---" * (3 + len(SCORES)) + "|")
    for task in (one for name in names for one in turned(TASKS[name])):
        if arguments.base and task.base not in arguments.base:
            continue
        with at_most(1):
            found = of_base(task, arguments.seed)
        for other in task.foreign:
            row = {name: found[name][other] for name in SCORES}
            pairs.append((task.base != TASKS[task.name].base, row))
            numbers = " | ".join(f"{value:.3f}" for value in row.values())
            print(f"| {task.name} | {task.base} | {other} | {numbers} |", flush=True)
    for words, which in product(("mean", "worst"), (True, False)):
        rows = [row for fresh, row in pairs if fresh or not which]
        if rows:
            told = (np.mean if words == "mean" else np.min)([[row[name] for name in SCORES] for row in rows], axis=0)
            numbers = " | ".join(f"{value:.3f}" for value in told)
            print(f"| {'not in the study' if which else 'all'} | {words} of {len(rows)} pairs | | {numbers} |")


if __name__ == "__main__":
    main()
