"""ScoreScatter: every episode by any two of its scores, and beside each axis whether that only follows the duration."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QVBoxLayout, QWidget

from accord.app.curating import Row
from accord.app.row_scores import DURATION, ROW_SCORES, RowScore, follows_duration, in_words, row_score, usual_duration
from accord.app.ui import theme
from accord.app.ui.labels import label
from accord.app.ui.scatter import COLOURS

_SYMBOLS = ("o", "s", "t", "d", "x", "star", "t1")
"""Of operators, beside the colour: told apart without it too."""
_SIZE, _RING = 9, 17
"""Of a point, and of the ring around the chosen one [px]."""
_EDGE = QColor(70, 74, 80, 170)
"""Around a point: the yellow one would be lost on white."""
_NEAR_PX = 24
"""A click this near to a point means it."""
_AGAINST_BASE, _WITHOUT_BASE = "conflict", "action-divergence"
"""What is up until a person chooses: without a base policy nobody knows the first."""
_BEGIN_WITH = DURATION, _AGAINST_BASE
_OWN_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)


class ScoreScatter(QWidget):
    """The plane of two scores."""

    chosen = Signal(str)
    """The episode that was clicked."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Row] = []
        self._drawn: list[Row] = []
        self._values = np.zeros((0, 2))
        self._current = ""
        self._asked = False
        """Somebody said which scores to show."""
        self._framed: object = None
        """What the plot was last made to fit."""
        self._plot = pg.PlotWidget()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setAccessibleName("Two scores of every episode; click a point to see the episode")
        for side in ("left", "bottom"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._points: list[pg.ScatterPlotItem] = []
        self._ring = pg.ScatterPlotItem(size=_RING, symbol="o", brush=None)
        self._plot.addItem(self._ring, ignoreBounds=True)
        self._boxes = tuple(_box(name, start) for name, start in zip(("Across", "Up"), _BEGIN_WITH, strict=True))
        self._told = tuple(
            label("", "faint", f"How the score {way} goes with the duration") for way in ("across", "up")
        )
        self._legend = label("", "faint", "What colours and shapes mean, and how many episodes are drawn")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setWordWrap(True)
        for box in self._boxes:
            box.currentIndexChanged.connect(self._draw)
            box.activated.connect(self._on_asked)
        self._plot.scene().sigMouseClicked.connect(self._on_click)
        self._lay_out()
        self._dress()

    def _lay_out(self) -> None:
        axes = QGridLayout()
        axes.setHorizontalSpacing(theme.GRID)
        axes.setVerticalSpacing(theme.GRID // 2)
        for i, word in enumerate(("across", "up")):
            axes.addWidget(label(word), i, 0)
            axes.addWidget(self._boxes[i], i, 1)
            axes.addWidget(self._told[i], i, 2)
        axes.setColumnStretch(2, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addLayout(axes)
        column.addWidget(self._plot, 1)
        column.addWidget(self._legend)
        self._plot.setMinimumHeight(16 * theme.GRID)

    @property
    def axes(self) -> tuple[RowScore, RowScore]:
        """The scores across and up."""
        across, up = (row_score(str(box.currentData())) for box in self._boxes)
        return across, up

    def display(self, rows: Sequence[Row], current: str) -> None:
        """Show episodes.

        Args:
            rows: of those that the table shows.
            current: the chosen episode, or empty.
        """
        self._rows, self._current = list(rows), current
        if not self._asked:
            self._begin()
        self._draw()

    def _on_asked(self) -> None:
        self._asked = True

    def _begin(self) -> None:
        """Something that can be drawn, if there is anything."""
        scored = any(np.isfinite(row_score(_AGAINST_BASE).of(row)) for row in self._rows)
        up = self._boxes[1]
        up.blockSignals(True)  # it is drawn in any case
        up.setCurrentIndex(up.findData(_AGAINST_BASE if scored else _WITHOUT_BASE))
        up.blockSignals(False)

    def mark(self, episode: str) -> None:
        """Put the ring around this episode."""
        self._current = episode
        self._mark()

    def _draw(self) -> None:
        axes = self.axes
        values = np.array([[one.of(row) for one in axes] for row in self._rows]).reshape(-1, 2)
        known: NDArray[np.bool_] = np.isfinite(values).all(axis=1)
        self._drawn, self._values = (
            [row for row, is_known in zip(self._rows, known, strict=True) if is_known],
            values[known],
        )
        for item in self._points:
            self._plot.removeItem(item)
        owners = [row.entry.summary.operator for row in self._drawn]
        names = sorted({row.entry.summary.operator for row in self._rows})
        self._points = [
            self._group([i for i, owner in enumerate(owners) if owner == name], number)
            for number, name in enumerate(names)
        ]
        for side, one in zip(("bottom", "left"), axes, strict=True):
            self._plot.setLabel(side, f"{one.title}{f' [{one.score.unit}]' if one.unit else ''}")
        found = follows_duration(self._rows)
        for text, box, one in zip(self._told, self._boxes, axes, strict=True):
            itself = one.name == DURATION
            text.setText(usual_duration(self._rows) if itself else in_words(one.name, found[one.name]))
            text.setToolTip("Spearman’s ρ in these episodes, and where the true one lies with 95 % confidence")
            box.setToolTip(f"{one.tip} (↑ ↓)")
        self._legend.setText(self._words(names))
        shown = (axes, self._values.tobytes())
        if shown != self._framed:  # whoever has zoomed in stays there until other points are shown
            self._framed = shown
            self._plot.autoRange(padding=0.08)
        self._mark()

    def _group(self, which: list[int], number: int) -> pg.ScatterPlotItem:
        """The points of one operator."""
        colour, symbol = _look(number)
        values = self._values[which].reshape(-1, 2)
        item = pg.ScatterPlotItem(
            x=values[:, 0], y=values[:, 1], size=_SIZE, symbol=symbol, pen=_EDGE, brush=pg.mkBrush(colour)
        )
        self._plot.addItem(item)
        return item

    def _words(self, names: list[str]) -> str:
        told_names = "&nbsp;&nbsp;&nbsp;".join(
            f"<span style='color:{_look(i)[0].name()}'>{_GLYPHS[_look(i)[1]]}</span> {name}"
            for i, name in enumerate(names)
        )
        missing = len(self._rows) - len(self._drawn)
        unknown = f"&nbsp;&nbsp;&nbsp;{missing} of {len(self._rows)} not known" if missing else ""
        return f"{told_names}{unknown}"

    def _mark(self) -> None:
        at = [i for i, row in enumerate(self._drawn) if row.entry.id == self._current]
        self._ring.setData(x=self._values[at, 0], y=self._values[at, 1])

    def _on_click(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not self._drawn:  # type: ignore[attr-defined]
            return
        box = self._plot.plotItem.vb
        place = box.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        away = np.hypot(*((self._values - (place.x(), place.y())) / box.viewPixelSize()).T)
        nearest = int(np.argmin(away))
        if away[nearest] <= _NEAR_PX:
            self.chosen.emit(self._drawn[nearest].entry.id)

    def _dress(self) -> None:
        theme.dress_plot(self._plot, self.palette())
        self._ring.setPen(pg.mkPen(self.palette().text().color(), width=2))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)


_GLYPHS = {"o": "●", "s": "■", "t": "▼", "d": "◆", "x": "✖", "star": "★", "t1": "▲"}
"""The symbols as text."""


def _look(number: int) -> tuple[QColor, str]:
    """Colour and symbol of an operator: with seven of each, the first 49 differ in one of them."""
    return QColor(COLOURS[number % len(COLOURS)]), _SYMBOLS[(number + number // len(COLOURS)) % len(_SYMBOLS)]


class _ScoreBox(QComboBox):
    """Its arrows choose a score, and no episode."""

    def event(self, event: QEvent) -> bool:
        """Say that they are wanted here."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in _OWN_KEYS:
            event.accept()
            return True
        return super().event(event)


def _box(name: str, begin_with: str) -> QComboBox:
    box = _ScoreBox()
    box.setAccessibleName(f"{name}: which score")
    for one in ROW_SCORES:
        box.addItem(one.title, one.name)
        box.setItemData(box.count() - 1, one.tip, Qt.ItemDataRole.ToolTipRole)
    box.setCurrentIndex(box.findData(begin_with))
    return box
