"""Results: one line per unit, appended as it is done, so that a study that is stopped goes on where it was."""

import fcntl
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from studies.design import TASKS, Unit

from accord.datasets.intervals import Share

Result = dict[str, Any]


class Results:
    """The file of a study."""

    def __init__(self, path: Path) -> None:
        """Read what is there."""
        self._path = path
        found: dict[tuple[Any, ...], Result] = {}
        for line in path.read_text().splitlines() if path.is_file() else []:
            with suppress(ValueError):  # empty, or cut off: then it is done again
                result = json.loads(line)
                found[_key(result)] = result
        self.lines = list(found.values())

    def add(self, result: Result) -> None:
        """Append one; a gathering that was done again takes the place of the one before."""
        self.lines = [line for line in self.lines if _key(line) != _key(result)] + [result]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write("\n" + json.dumps(result))  # the line before may have been cut off by a kill

    def has(self, unit: Unit) -> bool:
        """Whether this unit is done."""
        return any(_key(line) == (unit.task, unit.seed, unit.cell, unit.block) for line in self.lines)

    def share(self, task: str, cell: str) -> Share | None:
        """Successes over all seeds; None where no rollout was made."""
        mine = [line for line in self.lines if line["task"] == task and line["cell"] == cell]
        count = sum(line["rollouts"] for line in mine)
        return Share(sum(line["successes"] for line in mine), count) if count else None

    def per_seed(self, task: str, cell: str) -> dict[int, float]:
        """Seed → its rate of success."""
        mine = [line for line in self.lines if line["task"] == task and line["cell"] == cell]
        seeds = sorted({line["seed"] for line in mine})
        return {
            seed: sum(line["successes"] for line in mine if line["seed"] == seed)
            / sum(line["rollouts"] for line in mine if line["seed"] == seed)
            for seed in seeds
        }

    def detections(self, task: str) -> list[Result]:
        """What was measured on the gathered episodes, seed by seed."""
        return [line["detection"] for line in self.lines if line["task"] == task and "detection" in line]

    @property
    def tasks(self) -> list[str]:
        """Those of which something is known, in the design's order."""
        return [task for task in TASKS if any(line["task"] == task for line in self.lines)]


def _key(line: Result) -> tuple[Any, ...]:
    return line["task"], line["seed"], line["cell"], line["block"]
