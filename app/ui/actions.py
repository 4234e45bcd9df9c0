"""Everything a person can ask of the window: what it is called, its key, what its tooltip says. As data, in one place.

Keys that drive are in `accord.devices.inputs.keys`; none of them is used here, nor a place on the keyboard that is one.
"""

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to ask for."""

    text: str
    """On its button."""
    key: str
    """As `QKeySequence` reads it: ``Space``, ``Ctrl+D``."""
    does: str
    """One sentence, for the tooltip and the sheet of keys."""
    icon: str = ""
    """qtawesome's name."""

    @property
    def shown_key(self) -> str:
        """The key as this system writes it."""
        return QKeySequence(self.key).toString(QKeySequence.SequenceFormat.NativeText)

    @property
    def tip(self) -> str:
        """What the tooltip says, with the key."""
        return f"{self.does} ({self.shown_key})"


RECORD: Final = Action("Record", "Space", "Begin an episode, or end the one that is being recorded", "mdi6.record")
SUCCESS: Final = Action("Success", "Y", "End the episode as a success, or call the last one that", "mdi6.check")
FAILURE: Final = Action("Failure", "N", "End the episode as a failure, or call the last one that", "mdi6.close")
REDO: Final = Action("Redo", "Backspace", "Discard the episode and set the same scene again", "mdi6.restore")
DISCARD: Final = Action(
    "Discard", "Del", "End the episode and do not count it, or discount the last one", "mdi6.delete"
)
PRACTICE: Final = Action("Practice", "P", "Drive without keeping anything", "mdi6.school")
HOLD: Final = Action("Hold", "H", "Hold the robot where it is, or let it go on", "mdi6.hand-back-right")
RESET: Final = Action("New scene", "T", "Set the next scene", "mdi6.shuffle-variant")
ENGAGE: Final = Action("Engage", "E", "Let the leader drive, or let go of it", "mdi6.link-variant")
SCENE: Final = Action("Vary", "Ctrl+E", "Show what a reset varies and the seed, and change them", "mdi6.tune-variant")
TASKS: Final = Action("Tasks", "Ctrl+T", "Choose another task", "mdi6.view-grid-outline")

COLLECT: Final = Action("Collect", "Ctrl+1", "Record demonstrations", "mdi6.record-circle-outline")
LIBRARY: Final = Action("Library", "Ctrl+2", "Look at what was recorded", "mdi6.filmstrip")
POLICY: Final = Action("Policy", "Ctrl+3", "Fit and judge base policies", "mdi6.vector-polyline")
EVALUATE: Final = Action("Evaluate", "Ctrl+4", "Roll a policy out and count", "mdi6.chart-bell-curve")
EXPORT: Final = Action("Export", "Ctrl+5", "Make a training set", "mdi6.export-variant")
ELICIT: Final = Action("Elicit", "Ctrl+6", "Be led to episodes that agree with a base policy", "mdi6.human-male-board")
DEVICES: Final = Action("Devices", "Ctrl+7", "Set up, check and map what you hold", "mdi6.gamepad-variant-outline")

KEYS: Final = Action("Keys", "F1", "Show every key", "mdi6.keyboard-outline")
APPEARANCE: Final = Action("Dark or light", "Ctrl+D", "Switch between dark and light", "mdi6.theme-light-dark")
RESTART: Final = Action("Restart", "Ctrl+Shift+R", "Start the workcell anew; the library stays", "mdi6.restart")
OPEN: Final = Action("Open a library…", "Ctrl+O", "Work with another folder", "mdi6.folder-open")
QUIT: Final = Action("Quit", "Ctrl+Q", "Close; while an episode is recorded, twice", "mdi6.exit-to-app")

EPISODE: Final = (RECORD, SUCCESS, FAILURE, REDO, DISCARD, PRACTICE, HOLD, RESET, ENGAGE, SCENE, TASKS)
"""What only the Collect page does."""
PAGES: Final = (COLLECT, LIBRARY, POLICY, EVALUATE, EXPORT, ELICIT, DEVICES)
WINDOW: Final = (KEYS, APPEARANCE, RESTART, OPEN, QUIT)
"""What works on every page."""
