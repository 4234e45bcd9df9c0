"""Standing: how a mapping that is edited stands to what is kept of it, in words. Knows no toolkit."""

from dataclasses import dataclass
from enum import Enum, auto


class Matter(Enum):
    """How serious it is."""

    FINE = auto()
    UNSAVED = auto()
    WRONG = auto()


@dataclass(frozen=True, slots=True)
class Standing:
    """Of the mapping of one device."""

    profile: str = ""
    """Empty for the kind's own mapping."""
    changed: bool = False
    """Whether it is another one than what was kept."""
    tried: bool = False
    """Whether the robot is driven with it although it is not kept."""
    wrong: str = ""
    """Why the last thing that was asked for could not be done; empty if it could."""
    disk: str = ""
    """What became of its file that nobody here did; empty for nothing."""
    problem: str = ""
    """Why the device cannot be used with it; empty if it can."""
    untriable: str = ""
    """Why it cannot be tried now; empty if it can."""

    def said(self) -> tuple[str, Matter]:
        """One line, and how serious it is."""
        serious = self.wrong or self.disk or self.problem
        if serious:
            return serious, Matter.WRONG
        name = f"the profile {self.profile}" if self.profile else "the usual mapping"
        if not self.changed:
            told = f"This is {name}, as it is saved." if self.profile else f"This is {name}."
            return " ".join(filter(None, (told, self.untriable))), Matter.FINE
        driven = "The robot is driven with them now." if self.tried else self.untriable
        told = f"Changes of {name} are not saved. They stay here until you save or discard them."
        return " ".join(filter(None, (told, driven))), Matter.UNSAVED
