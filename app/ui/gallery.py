"""Gallery: every task as a card, in place of the Collect page until one is chosen."""

from collections.abc import Iterable
from importlib.resources import files
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.ui import actions, theme
from accord.app.ui.button import Button
from accord.app.ui.errand import Errand
from accord.app.ui.labels import label
from accord.app.ui.task_card import PICTURE, TaskCard
from accord.devices.sim.tasks.catalogue import task
from accord.devices.sources.plans.catalogue import strategies

_GAP: Final = 2 * theme.GRID
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip
"""Key → how many columns and rows it goes."""


class Gallery(QWidget):
    """Cards in as many columns as there is room for. Arrows go from one to the next."""

    chosen = Signal(str)
    """The name of a task."""
    closed = Signal()
    """Nothing shall change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[TaskCard] = []
        self._columns = 0
        self._reading = Errand(self)
        self._reading.answered.connect(self._show_pictures)
        self._title, self.back = label("What shall be demonstrated?", "title"), _back()
        self.back.clicked.connect(self.closed)
        self._inner = QWidget()
        self._grid = QGridLayout(self._inner)
        self._area = QScrollArea()
        self._lay_out()

    def _lay_out(self) -> None:
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_GAP)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._area.setWidget(self._inner)
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        top = QHBoxLayout()
        top.addWidget(self._title)
        top.addWidget(label("Another task starts the workcell anew.", "faint"))
        top.addStretch(1)
        top.addWidget(self.back)
        column = QVBoxLayout(self)
        column.setContentsMargins(*(_GAP,) * 4)
        column.setSpacing(_GAP)
        column.addLayout(top)
        column.addWidget(self._area, 1)

    def offer(self, names: Iterable[str]) -> None:
        """These tasks can be chosen."""
        wanted = tuple(names)
        if wanted == tuple(card.task for card in self.cards):
            return
        for old in self.cards:
            old.setParent(None)
            old.deleteLater()
        self.cards = [TaskCard(task(name), len(strategies(name)), self._inner) for name in wanted]
        for card in self.cards:
            card.clicked.connect(lambda _checked=False, name=card.task: self.chosen.emit(name))
            card.installEventFilter(self)
        self._columns = 0
        self._place()
        self._reading.run(lambda _progress: {name: read_picture(name) for name in wanted})

    def _show_pictures(self, pictures: dict[str, QImage]) -> None:
        for card in self.cards:
            card.show_picture(pictures.get(card.task, QImage()))

    def mark(self, name: str) -> None:
        """Say which task is the session's, and go to its card."""
        for card in self.cards:
            card.mark(card.task == name)
            if card.current:
                card.setFocus()
                self._area.ensureWidgetVisible(card)

    def close_jobs(self) -> None:
        """Wait for the pictures that are being read."""
        self._reading.close()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """More or fewer columns."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        room = self.width() - 2 * _GAP
        columns = max(1, min((room + _GAP) // (PICTURE.width() + _GAP), len(self.cards) or 1))
        if columns == self._columns:
            return
        for column in range(max(columns, self._columns) + 1):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self._columns = columns
        for index, card in enumerate(self.cards):
            self._grid.addWidget(card, index // columns, index % columns)
        for row in range(len(self.cards) + 1):
            self._grid.setRowStretch(row, 1 if row * columns >= len(self.cards) else 0)
        self._inner.setMaximumWidth((PICTURE.width() + 4 * _GAP) * columns)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape changes nothing."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Arrows go from card to card, before the button or the scroll area thinks of something else."""
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or event.key() not in _ARROWS:
            return False
        columns, rows = _ARROWS[Qt.Key(event.key())]
        at = next((index for index, card in enumerate(self.cards) if card is watched), 0)
        at += columns + rows * self._columns
        if 0 <= at < len(self.cards):
            self.cards[at].setFocus()
            self._area.ensureWidgetVisible(self.cards[at])
        return True


def _back() -> Button:
    return Button("Back  Esc", "mdi6.close", f"{actions.TASKS.text}: leave as it is (Esc)", "quiet")


def read_picture(name: str) -> QImage:
    """A task's first view as `accord tasks --pictures` draws it, if it is shipped; empty where it is not."""
    path = files("accord.assets") / "pictures" / f"{name}-{task(name).cameras[0]}.jpg"
    return QImage.fromData(path.read_bytes()) if path.is_file() else QImage()
