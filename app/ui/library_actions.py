"""What a curator can ask for in the library: names, keys and tooltips, as data."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.ui.actions import Action

PLAY: Final = Action("Play", "Space", "Play or pause", "mdi6.play")
BACK: Final = Action("Back", "Left", "One step back", "mdi6.step-backward")
ON: Final = Action("On", "Right", "One step on", "mdi6.step-forward")
BACK_FAR: Final = Action("Back 1 s", "Shift+Left", "One second back")
ON_FAR: Final = Action("On 1 s", "Shift+Right", "One second on")
BEGINNING: Final = Action("Beginning", "Home", "To the beginning")
END: Final = Action("End", "End", "To the end")
FASTER: Final = Action("Faster", "+", "Play faster")
SLOWER: Final = Action("Slower", "-", "Play slower")
ABOVE: Final = Action("Above", "Up", "The episode above")
BELOW: Final = Action("Below", "Down", "The episode below")

ACCEPT: Final = Action("Accept", "A", "Keep this episode, whatever a rule says", "mdi6.check")
REJECT: Final = Action("Reject", "X", "Leave this episode out, whatever a rule says", "mdi6.close")
CLEAR: Final = Action("Clear", "U", "Take the verdict away: a rule decides again", "mdi6.eraser")
FIRST: Final = Action("In", "[", "What is before this moment is cut off", "mdi6.code-brackets")
LAST: Final = Action("Out", "]", "What is after this moment is cut off", "mdi6.code-brackets")
WHOLE: Final = Action("Whole", "\\", "Nothing is cut off", "mdi6.arrow-expand-horizontal")
UNDO: Final = Action("Undo", "Ctrl+Z", "Take back what you decided last", "mdi6.undo")
REDO: Final = Action("Redo", "Ctrl+Shift+Z", "Decide again what you took back", "mdi6.redo")
NOTE: Final = Action("Note", "N", "Write a note about this episode", "mdi6.note-edit-outline")
OUTCOME: Final = Action("Outcome", "O", "Say how it really went", "mdi6.flag-outline")
ERROR: Final = Action("Error", "E", "Show the error of each step, in units of its limit λ")
NOVELTY: Final = Action("Novelty", "Shift+E", "Show the novelty of each step, in units of its limit η")
CUTS: Final = Action("Cuts", "C", "Show what a rule would cut that leaves out only conflicting steps")

FIND: Final = Action("Find", "Ctrl+F", "Find episodes by any word", "mdi6.magnify")
SHOW_ALL: Final = Action("Show all", "Ctrl+Shift+F", "Show all episodes", "mdi6.filter-remove-outline")
BIN: Final = Action("Bin", "B", "Show discarded episodes", "mdi6.trash-can-outline")
SCORE: Final = Action("Score all", "Ctrl+Return", "Score every episode that is not scored yet", "mdi6.gauge")
COLUMNS: Final = Action("Columns", "K", "Choose which columns the table has", "mdi6.table-column")
SCATTER: Final = Action("Scatter", "P", "Show every episode by any two of its scores", "mdi6.chart-scatter-plot")

ALL: Final = (
    PLAY, BACK, ON, BACK_FAR, ON_FAR, BEGINNING, END, FASTER, SLOWER, ABOVE, BELOW, ACCEPT, REJECT, CLEAR, FIRST, LAST,
    WHOLE, UNDO, REDO, NOTE, OUTCOME, ERROR, NOVELTY, CUTS, FIND, SHOW_ALL, BIN, SCORE, COLUMNS,
    SCATTER,
)  # fmt: skip
"""In the order of a sheet of keys."""


def bind(where: QWidget, action: Action, does: Callable[[], object]) -> QAction:
    """Let a key do something while the focus is in a widget or in what stands in it, and nothing is open before it."""

    def act() -> None:
        if QApplication.activePopupWidget() is None:
            does()

    bound = QAction(action.text, where)
    bound.setShortcut(QKeySequence(action.key))
    bound.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    bound.setToolTip(action.tip)
    bound.triggered.connect(lambda _=False: act())
    where.addAction(bound)
    return bound
