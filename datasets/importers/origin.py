"""Origin: where an imported episode comes from, what its file said, and what only the person who imported it said."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from accord.datasets.episode_info import EpisodeInfo
from accord.datasets.errors import DatasetError
from accord.datasets.importers.foreign_file import DAMAGED, ForeignFile
from accord.datasets.strict_json import parse

ATTRIBUTE = "origin"
"""The attribute of an imported episode's file that holds this as JSON."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What is known of where an episode comes from. Empty is not known."""

    layout: str
    """``robomimic`` or ``robosuite``."""
    file: str
    """Its name, without its folder."""
    sha256: str
    """Of the whole file."""
    demo: str
    """The recording's name in it."""
    environment: str
    """What the file says of where it was recorded, JSON as it stands there."""
    recorded: str
    """When, in the file's own words."""
    rate_from: str
    """Who says how many steps there were in a second: the file, or the person."""
    human: bool
    """The person who imported it says that a human drove."""
    licence: str
    """As the person who imported it says."""
    action_range: tuple[float, float]
    """Least and greatest number of all commands; nothing is cut off [1]."""
    reward_sum: float | None
    """The return; None where the file holds no rewards [1]."""
    left_out: tuple[str, ...]
    """What the file holds of this recording that is not in the episode."""

    @property
    def sentence(self) -> str:
        """For the note that a curator reads."""
        said = [f"Imported from {self.demo} of {self.file}", f"rate by {self.rate_from}"]
        if self.reward_sum is not None:
            said.append(f"sum of rewards {self.reward_sum:.1f}")
        if self.human:
            said.append("human, as the person who imported it says")
        if self.licence:
            said.append(f"licence {self.licence}")
        return "; ".join(said) + "."


@dataclass(frozen=True, slots=True)
class ImportedInfo(EpisodeInfo):
    """The info of an imported episode, which also says where that comes from."""

    origin: Origin | None = None

    def attributes(self) -> dict[str, str | int | float]:
        """See `EpisodeInfo.attributes`."""
        told = EpisodeInfo.attributes(self)
        return told if self.origin is None else told | {ATTRIBUTE: json.dumps(asdict(self.origin))}


def origin_of(path: Path) -> Origin | None:
    """What an episode's file says of where it comes from; None of one that was recorded here.

    Raises:
        DatasetError: if it is damaged.
    """
    with ForeignFile(path) as file:
        text = file.text("", ATTRIBUTE)
    if not text:
        return None
    try:
        values = parse(text)
        return Origin(**values | {name: tuple(values[name]) for name in ("action_range", "left_out")})
    except (ValueError, TypeError, KeyError) as error:
        raise DatasetError(f"the origin of {path.name}", f"{error!r}", DAMAGED) from error
