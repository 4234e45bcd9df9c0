"""ScenePanel: what a reset varies, within which ranges, what it drew for this scene, and from which seed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.actions import SCENE
from accord.app.ui.button import Button
from accord.app.ui.factor_list import FactorList
from accord.app.ui.labels import label, wrapped
from accord.app.ui.number_field import NumberField

MOST_SEED = 2**31 - 1
"""Largest seed that can be typed; sessions take any, but nobody wants to type more."""
_WIDTH = 34 * theme.GRID


class ScenePanel(QWidget):
    """A column of factors with the seed above. It asks; what holds is in the snapshot."""

    varied = Signal(object)
    """`Variation`: every factor that shall not vary as usual."""
    seed_asked = Signal(int)
    """Set the scene of exactly this seed."""
    left = Signal()
    """The keyboard may drive again."""
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.factors = FactorList()
        self.seed = NumberField("Seed", "The number that this scene was drawn from; the same seed gives the same scene")
        self.seed.setRange(0, MOST_SEED)
        self.set_scene = Button("Set scene", "", "Set the scene of exactly this seed (Return in the field)")
        self.copy = Button("", "mdi6.content-copy", "Copy the seed of this scene", "quiet")
        self.shut = Button("", "mdi6.close", f"Close ({SCENE.shown_key})", "quiet")
        self._now = 0
        self._lay_out()
        self._connect()
        self.setFixedWidth(_WIDTH)

    def _lay_out(self) -> None:
        top, seeds = QHBoxLayout(), QHBoxLayout()
        top.addWidget(label("SCENE", "section"))
        top.addStretch(1)
        top.addWidget(self.shut)
        seeds.setSpacing(theme.GRID // 2)
        words = label("Seed", "faint")
        words.setBuddy(self.seed)
        for part in (words, self.seed, self.copy, self.set_scene):
            seeds.addWidget(part, 1 if part is self.seed else 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        for row in (top, seeds):
            column.addLayout(row)
        column.addWidget(wrapped("Each scene draws every factor from its range. Ends put together fix it.", "faint"))
        column.addWidget(self._scrolled(), 1)

    def _scrolled(self) -> QScrollArea:
        inner = QWidget()
        room = QHBoxLayout(inner)
        room.setContentsMargins(0, 0, theme.GRID, 0)
        room.addWidget(self.factors)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _connect(self) -> None:
        self.set_scene.clicked.connect(self._ask_seed)
        self.seed.lineEdit().returnPressed.connect(self._ask_seed)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(self._now)))
        self.factors.varied.connect(self.varied)
        self.shut.clicked.connect(self.closed)
        for part in (self.seed, self.factors):
            part.left.connect(self.left)

    def display(self, snapshot: Snapshot) -> None:
        """Show the ranges that hold, and what was drawn from them."""
        self._now = snapshot.seed
        self.seed.show_value(snapshot.seed)
        # While an episode is recorded one may ask, and is told why it cannot be.
        can = snapshot.state in (State.READY, State.RESETTING, State.RECORDING)
        self.factors.display(snapshot.task, snapshot.variation, snapshot.factors, can)
        for part in (self.seed, self.set_scene):
            part.setEnabled(can)

    def _ask_seed(self) -> None:
        self.seed_asked.emit(round(self.seed.value()))
