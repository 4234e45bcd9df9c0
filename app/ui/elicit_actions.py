"""What a person can ask for on the page Elicit, as data: names, keys, tooltips. It records by the keys of Collect."""

from typing import Final

from accord.app.ui.actions import FAILURE, RECORD, REDO, SUCCESS, Action

GO_ON: Final = Action("Begin", "Ctrl+Return", "The next step of the lesson", "mdi6.arrow-right")
SKIP: Final = Action("Skip", "Ctrl+Right", "Go on without the rest of this", "mdi6.skip-next")
TRY: Final = Action("Try from here", "T", "Set the robot to this moment and drive; nothing is recorded", "mdi6.restore")
AGAIN: Final = Action("Again", "Ctrl+Return", "Demonstrate the same scene once more", "mdi6.replay")
BACK_TO: Final = Action("Back to the moments", "B", "Look at the moments again", "mdi6.arrow-left")
OTHER: Final = Action("Another scene", "Ctrl+T", "Leave this scene; it counts for nothing", "mdi6.shuffle-variant")
ACCEPT: Final = Action("Accept anyway", "Ctrl+Y", "Overrule the verdict, with a reason", "mdi6.check")
PLAY: Final = Action("Play", "Space", "Play or pause", "mdi6.play")
BACK: Final = Action("Back", "Left", "One step back", "mdi6.step-backward")
ON: Final = Action("On", "Right", "One step on", "mdi6.step-forward")
BEFORE: Final = Action("Moment before", "Up", "The moment before")
AFTER: Final = Action("Moment after", "Down", "The moment after")
SOUND: Final = Action("Sound", "M", "Click: the more a step conflicts, the more often", "mdi6.volume-high")
LEAVE: Final = Action("Leave", "Ctrl+L", "Stop here; the lesson is kept and can be gone on with", "mdi6.exit-to-app")

ALL: Final = (
    RECORD, SUCCESS, FAILURE, REDO, GO_ON, SKIP, TRY, BACK_TO, OTHER, ACCEPT, PLAY, BACK, ON, BEFORE, AFTER, SOUND,
    LEAVE,
)  # fmt: skip
