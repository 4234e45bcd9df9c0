"""Reached: on which arm an episode was recorded, and how far it came through the stages of its task."""

from pathlib import Path
from typing import NamedTuple

from accord.datasets.episode import Episode


class Reached(NamedTuple):
    """Of one episode. A file never changes, so neither does this."""

    arm: str
    """The simulated arm; empty where it is not known."""
    stage: int
    """How many stages it reached at most."""
    stages: tuple[str, ...]
    """Names of the task's stages; empty where nobody counted them."""

    @property
    def share(self) -> float | None:
        """Stages reached of all there are, 0 to 1; None where nobody counted them."""
        return self.stage / len(self.stages) if self.stages else None

    @property
    def furthest(self) -> str:
        """Name of the furthest stage; empty where none was reached."""
        return self.stages[self.stage - 1] if 0 < self.stage <= len(self.stages) else ""


def reached(path: Path) -> Reached:
    """Read it out of an episode's file.

    Raises:
        DatasetError: if the file cannot be read.
    """
    with Episode(path) as episode:
        counted = "stage" in episode.info.schema and len(episode) > 0
        stage = int(episode.field("stage").max()) if counted else 0
        return Reached(episode.info.arm, stage, episode.info.stages if counted else ())
