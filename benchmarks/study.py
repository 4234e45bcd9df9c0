"""The study: does asking for compatible demonstrations give a better policy? Scripted operators; no human took part.

    python benchmarks/study.py [--task NAME …] [--seeds 3] [--rollouts 100] [--cell NAME …] [--workers 2]
    python benchmarks/study.py --page        only write docs/study.md and its picture from the results so far

Every unit (task, seed, cell) is one line in docs/study/results.jsonl. Stop it whenever you like: it goes on with what
is missing. What is gathered for a task and seed (episodes, base policy, scores) is kept in --folder.
"""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from studies.cells import train_and_roll
from studies.design import BLOCK, CELLS, TASKS, Unit
from studies.detection import detect
from studies.gathering import Gathered, gather
from studies.page import write_page
from studies.results import Results

from accord.app.crew import Undone, cores, work_off
from accord.datasets.threads import at_most

DOCS = Path(__file__).resolve().parents[1] / "docs"
GATHER = "gather"
"""In place of a cell: what all cells of a task and seed need first."""


@dataclass(frozen=True)
class Plan:
    folder: Path

    def gathered(self, unit: Unit) -> Path:
        return self.folder / f"{unit.task}-{unit.seed}"


def life(plan: Plan, connection: Connection) -> None:
    """Of a worker, see `accord.app.crew.work_off`. One thread each: two would wait for each other."""
    import torch  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    torch.set_num_threads(1)
    with suppress(EOFError, BrokenPipeError, ConnectionResetError), at_most(1):
        while (unit := connection.recv()) is not None:
            connection.send(done(unit, plan))


def done(unit: Unit, plan: Plan) -> dict[str, object]:
    task, folder = TASKS[unit.task], plan.gathered(unit)
    if unit.cell != GATHER:
        return train_and_roll(unit, folder)
    began = time.monotonic()
    if not folder.exists():
        gather(task, unit.seed, folder)
    found = Gathered.load(folder)
    told = {"task": unit.task, "seed": unit.seed, "cell": GATHER, "block": 0, "successes": 0, "rollouts": 0}
    return told | {
        "detection": detect(task, found), "tries": found.tries, "elicited": len(found.elicited),
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def wanted(arguments: argparse.Namespace) -> Iterator[list[Unit]]:
    """Rounds of units: block after block and seed after seed, so that one that is stopped early has every cell."""
    tasks, cells = arguments.task or list(TASKS), arguments.cell or list(CELLS)
    for block in range(max(arguments.rollouts // BLOCK, 1)):
        for seed in range(1, arguments.seeds + 1):
            yield [Unit(task, seed, GATHER) for task in tasks]
            yield [Unit(task, seed, cell, block) for cell in cells for task in tasks]


def run(arguments: argparse.Namespace, results: Results) -> None:
    plan = Plan(arguments.folder)
    for units in wanted(arguments):
        left = [unit for unit in units if not results.has(unit)
                or (unit.cell == GATHER and not plan.gathered(unit).exists())]  # fmt: skip
        for unit, result in work_off(left, arguments.workers or cores(), life, plan, lambda: None) if left else ():
            if isinstance(result, Undone):
                print(f"{unit}: {result.why}", flush=True)
                continue
            results.add(result)
            print(f"{time.strftime('%H:%M:%S')} {unit.task} seed {unit.seed} {unit.cell}: "
                  f"{result['successes']}/{result['rollouts']} in {result['seconds']} s", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--task", action="append", choices=list(TASKS))
    parser.add_argument("--cell", action="append", choices=CELLS)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--rollouts", type=int, default=100, help=f"per seed, in blocks of {BLOCK}")
    parser.add_argument("--workers", type=int, default=0, help="processes; 0 for one per core")
    parser.add_argument("--folder", type=Path, default=Path("study"), help="for what is gathered")
    parser.add_argument("--results", type=Path, default=DOCS / "study" / "results.jsonl")
    parser.add_argument("--page", action="store_true")
    arguments = parser.parse_args()
    if arguments.rollouts % BLOCK or arguments.rollouts < BLOCK:
        parser.error(f"--rollouts: a multiple of {BLOCK}")
    results = Results(arguments.results)
    if not arguments.page:
        run(arguments, results)
    write_page(results, DOCS)


if __name__ == "__main__":
    main()
