"""Results: one line per unit, appended as it is done, so that a study that is stopped goes on where it was."""

import json
from pathlib import Path
from typing import Any

from studies.design import CELLS, TASKS, Unit

from accord.datasets.intervals import Share

Result = dict[str, Any]


class Results:
    """The file of a study."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a line that was cut off by a kill is left out and done again."""
        self._path = path
        self.lines: list[Result] = []
        for line in path.read_text().splitlines() if path.is_file() else []:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                continue

    def add(self, result: Result) -> None:
        """Keep one."""
        self.lines.append(result)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        whole = "".join(json.dumps(line) + "\n" for line in self.lines)
        fresh = self._path.with_suffix(".new")
        fresh.write_text(whole)
        fresh.replace(self._path)

    def has(self, unit: Unit) -> bool:
        """Whether this unit is done."""
        key = unit.task, unit.seed, unit.cell, unit.block
        return any(key == (line["task"], line["seed"], line["cell"], line["block"]) for line in self.lines)

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

    @property
    def missing(self) -> int:
        """Cells of any task without a single rollout."""
        return sum(self.share(task, cell) is None for task in TASKS for cell in CELLS)
