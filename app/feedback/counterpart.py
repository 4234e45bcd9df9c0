"""Counterpart: the base episode that is nearest to an episode, and the step of it that matches each step."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.app.errors import AppError
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.scores.nearest import Alignment, nearest


@dataclass(frozen=True, slots=True, eq=False)
class Counterpart:
    """One base episode, aligned."""

    path: Path
    """Of its file."""
    alignment: Alignment

    @property
    def episode(self) -> str:
        """Its id."""
        return self.alignment.episode


class Counterparts:
    """The base episodes of one policy as it sees them. They are read once, with the first episode that is compared."""

    def __init__(self, library: Library, policy: BasePolicy) -> None:
        self._library, self._policy = library, policy
        self._base: dict[str, NDArray[np.float64]] = {}
        self._paths: dict[str, Path] = {}

    def of(self, episode: Episode) -> Counterpart:
        """The nearest base episode; never the episode itself.

        Raises:
            AccordError: if none of the base episodes is in the library any more.
        """
        if not self._base:
            self._read()
        others = {name: seen for name, seen in self._base.items() if name != episode.info.id}
        if not others:
            found = "none of them in the library"
            raise AppError(f"base episodes of {self._policy.name}", found, "bring them back, or fit the policy again")
        alignment = nearest(self._seen(episode), others)
        return Counterpart(self._paths[alignment.episode], alignment)

    def _read(self) -> None:
        for name in (*self._policy.fitted_to, *self._policy.held_out):
            try:
                path = self._library.find(name)
                with Episode(path) as episode:
                    self._base[name] = self._seen(episode)
            except AccordError:
                continue  # it is gone or damaged, which the page Policy says; the others can still be compared with
            self._paths[name] = path

    def _seen(self, episode: Episode) -> NDArray[np.float64]:
        """(N, O) what the policy sees in every step, normalised."""
        schema = episode.info.schema
        kept = schema.only(name for name in dict.fromkeys(self._policy.observed.fields) if name in schema)
        records = np.empty(len(episode), kept.dtype)
        for field in kept:
            records[field.name] = episode.field(field.name)
        return self._policy.observation_normalisation.apply(self._policy.observations(records))
