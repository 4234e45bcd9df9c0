"""Scatter: every step of the chosen episodes by its novelty and its error, with the thresholds as lines to drag.

Novelty has two signs, the spread of the ensemble and the distance to base states. One of them is the axis; steps where
they contradict each other have a diamond around them.
"""

import numpy as np
import pyqtgraph as pg  # type: ignore[import-untyped]
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.labels import label, wrapped
from accord.app.ui.step_cloud import StepCloud, logarithmic
from accord.datasets.compatibility import Thresholds

COLOURS = ("#0072B2", "#CC79A7", "#F0E442", "#E69F00", "#009E73", "#D55E00", "#56B4E9")
"""Of groups, Okabe and Ito; a group beyond the seventh begins again. Grey is for the held-out base."""
HELD_OUT = "held-out base"
_GREY = QColor(140, 146, 154, 150)
_LABELS: dict[int, dict[str, object]] = {
    0: {"position": 0.98, "anchors": [(1, 0), (1, 1)]},
    90: {"position": 0.95, "anchors": [(0, 0.5), (1, 0.5)]},
}
"""Of a line at this angle: where its label stands along it, and by which corner, so that it stays inside the plot."""
_HANDLE_AT, _HANDLE_PX = 0.5, 14.0
"""Where along a line its handle is, and how large [px]: a line alone does not look as if it could be dragged."""
SPREAD, DISTANCE = "spread", "distance"
"""What the axis of novelty shows."""
_AXES = {SPREAD: "novelty by spread of the ensemble", DISTANCE: "novelty by distance to base states"}
_MARK_PX = 9
_NEAR_PX = 24
"""A click this near to a point means it."""


class Scatter(QWidget):
    """The plane of error and novelty."""

    moving = Signal(object)
    """`Thresholds` while a line is dragged."""
    moved = Signal(object)
    """`Thresholds` when it was let go."""
    chosen = Signal(str, int)
    """Episode, and the time of the step that was clicked (CLOCK_MONOTONIC) [ns]."""

    def __init__(self) -> None:
        super().__init__()
        self._distance_limit = np.inf
        self._axis = SPREAD
        self._cloud, self._drawn = StepCloud.of({}), np.zeros(0, np.int64)
        self._of: dict[str, str] = {}
        self._plot = pg.PlotWidget(axisItems={side: _LogAxis(side) for side in ("left", "bottom")})
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setAccessibleName("Error and novelty of every step; drag the lines, click a point")
        self._groups: list[pg.ScatterPlotItem] = []
        for side in ("bottom", "left"):
            self._plot.getAxis(side).enableAutoSIPrefix(False)
        self._plot.setLabel("left", "error")
        self._marks = pg.ScatterPlotItem(symbol="d", size=_MARK_PX, brush=None, pxMode=True)
        self._marks.setPen(pg.mkPen(theme.DOUBTFUL, width=1.5))
        self._marks.setZValue(5)
        self._plot.addItem(self._marks)
        self._error = self._line(0, "λ")
        self._novelty, self._distance = self._line(90, "η"), self._line(90, "δ")
        self._distance.sigDragged.connect(self._on_distance)
        for line in (self._error, self._novelty, self._distance):
            line.sigDragged.connect(self._on_drag)
        self._legend = label("", "faint", "What the colours mean")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._note, self.disputed = wrapped("", "faint"), wrapped("", "faint")
        self._plot.scene().sigMouseClicked.connect(self._on_click)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(self._legend)
        column.addWidget(self._plot, 1)
        column.addWidget(self._note)
        column.addWidget(self.disputed)
        self._dress()
        self.show_axis(SPREAD)

    def _line(self, angle: int, name: str) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=angle, movable=True, label=name, labelOpts=_LABELS[angle])
        line.addMarker("<|>", _HANDLE_AT, _HANDLE_PX)
        line.setZValue(10)
        line.sigPositionChangeFinished.connect(lambda: self.moved.emit(self.thresholds))
        self._plot.addItem(line, ignoreBounds=True)
        return line

    @property
    def thresholds(self) -> Thresholds:
        """Where the lines stand."""
        error, novelty = float(10 ** self._error.value()), float(10 ** self._novelty.value())
        return Thresholds(error, novelty, self._distance_limit)

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Put the lines there."""
        self._distance_limit = thresholds.distance_limit
        self._error.setValue(np.log10(thresholds.error_limit))
        self._novelty.setValue(np.log10(thresholds.novelty_limit))
        if np.isfinite(thresholds.distance_limit):
            self._distance.setValue(np.log10(thresholds.distance_limit))
        self._label_lines()
        self._mark()

    def show_axis(self, axis: str) -> None:
        """Show novelty by `SPREAD` or by `DISTANCE`, with the line that belongs to it."""
        self._axis = axis
        self._plot.setLabel("bottom", _AXES[axis])
        self._novelty.setVisible(axis == SPREAD)
        self._distance.setVisible(axis == DISTANCE)
        self._label_lines()  # a label that is hidden does not take another text
        self.display(self._cloud, self._of)

    @property
    def _across(self) -> NDArray[np.float64]:
        """(steps,) what the horizontal axis shows."""
        return self._cloud.novelty if self._axis == SPREAD else self._cloud.distance

    def _on_distance(self) -> None:
        """A limit that was none becomes one when somebody drags its line."""
        self._distance_limit = float(10 ** self._distance.value())

    def _on_drag(self) -> None:
        self._label_lines()
        self._mark()
        self.moving.emit(self.thresholds)

    def _mark(self) -> None:
        """A diamond around every drawn step that the two signs of novelty tell differently, and how many they are."""
        if not self._cloud.knows_distance:
            self._marks.setData(x=[], y=[])
            self.disputed.setText("")
            return
        told = self._cloud.verdicts(self.thresholds)
        marked = self._drawn[told.disputed[self._drawn]]
        self._marks.setData(x=logarithmic(self._across[marked]), y=logarithmic(self._cloud.error[marked]))
        near, far = int((told.disputed & told.novel).sum()), int((told.disputed & told.far).sum())
        share = 100 * (near + far) / len(self._cloud)
        self.disputed.setText(
            f"◇ Spread and distance disagree on {near + far:,} steps ({share:.0f} %): {near:,} novel by spread yet near"
            f" a base state, {far:,} familiar by spread yet far from all."
        )

    def _label_lines(self) -> None:
        now = self.thresholds
        self._error.label.setFormat(f"λ {now.error_limit:.3g}")
        self._novelty.label.setFormat(f"η {now.novelty_limit:.3g}")
        self._distance.label.setFormat(f"δ {now.distance_limit:.3g}")

    def display(self, cloud: StepCloud, groups: dict[str, str]) -> None:
        """Show steps.

        Args:
            cloud: of the chosen episodes.
            groups: episode → the group it is coloured by; `HELD_OUT` stands in grey behind the others.
        """
        self._cloud, self._drawn, self._of = cloud, cloud.sample(), groups
        for item in self._groups:
            self._plot.removeItem(item)
        names = sorted(set(groups.values()), key=lambda name: (name != HELD_OUT, name))
        owners = [groups.get(episode, "") for episode in cloud.episodes]
        of_step = np.array([names.index(owner) for owner in owners] or [0])[cloud.owners()[self._drawn]]
        self._groups = [self._points(self._drawn[of_step == i], _colour(names, name)) for i, name in enumerate(names)]
        told = (f"<span style='color:{_colour(names, name).name()}'>●</span> {name}" for name in names)
        self._legend.setText("&nbsp;&nbsp;&nbsp;".join(told))
        drawn, of = len(self._drawn), len(cloud)
        many = f"every step ({of:,})" if drawn == of else f"{drawn:,} of {of:,} steps drawn, evenly spread"
        right = "unless it is right of η: there it is novel"
        beside = right if self._axis == SPREAD else "unless it is novel by spread; right of δ it is far"
        self._note.setText(f"{many}. Above λ a step conflicts, {beside}.")
        self._mark()
        self._fit()

    def _points(self, steps: NDArray[np.int64], colour: QColor) -> pg.ScatterPlotItem:
        x, y = logarithmic(self._across[steps]), logarithmic(self._cloud.error[steps])
        item = pg.ScatterPlotItem(x=x, y=y, size=4, pen=None, brush=pg.mkBrush(colour), pxMode=True)
        self._plot.addItem(item)
        return item

    def _fit(self) -> None:
        """All but the lowest few steps, and the lines: one step in which nothing moved squeezes no other."""
        if not len(self._drawn):
            return
        ranges = []
        upright = self._novelty if self._axis == SPREAD else self._distance
        if upright is self._distance and np.isinf(self._distance_limit):
            upright.setValue(float(logarithmic(self._across[self._drawn]).max()))
        for values, line in ((self._across, upright), (self._cloud.error, self._error)):
            low, high = np.quantile(logarithmic(values[self._drawn]), (0.005, 1.0))
            ranges.append((min(low, line.value() - 0.2), max(high, line.value() + 0.2)))
        (left, right), (low, high) = ranges
        self._plot.setRange(QRectF(left, low, right - left, high - low), padding=0.04)

    def _on_click(self, event: object) -> None:
        if event.button() != Qt.MouseButton.LeftButton or not len(self._drawn):  # type: ignore[attr-defined]
            return
        box = self._plot.plotItem.vb
        place = box.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        width, height = box.viewPixelSize()
        step = self._nearest(place.x(), place.y(), width, height)
        if step is not None:
            episode = self._cloud.episodes[int(np.searchsorted(self._cloud.starts, step, side="right")) - 1]
            self.chosen.emit(episode, int(self._cloud.t_ns[step]))

    def _nearest(self, x: float, y: float, width: float, height: float) -> int | None:
        """The drawn step nearest on the screen; None where none is near."""
        across = (logarithmic(self._across[self._drawn]) - x) / width
        up = (logarithmic(self._cloud.error[self._drawn]) - y) / height
        distance = np.hypot(across, up)
        at = int(np.argmin(distance))
        return int(self._drawn[at]) if distance[at] <= _NEAR_PX else None

    def _dress(self) -> None:
        theme.dress_plot(self._plot, self.palette())
        pen = pg.mkPen(theme.accent(self.palette()), width=2)
        for line in (self._error, self._novelty, self._distance):
            line.setPen(pen)
            line.setHoverPen(pg.mkPen(self.palette().text().color(), width=3))
            line.label.setColor(self.palette().text().color())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)


class _LogAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of log₁₀ with ticks at 1, 2 and 5 of every decade: pyqtgraph's own overlap within a decade or two."""

    def tickValues(self, least: float, most: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802
        """Where ticks stand."""
        decades = range(int(np.floor(least)), int(np.ceil(most)) + 1)
        digits = (1, 2, 5) if most - least < 4 else (1,)
        ticks = [decade + float(np.log10(digit)) for decade in decades for digit in digits]
        return [(1.0, [tick for tick in ticks if least <= tick <= most])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802
        """What stands at them."""
        return [f"{10**value:.3g}" for value in values]


def _colour(names: list[str], name: str) -> QColor:
    if name == HELD_OUT:
        return _GREY
    others = [other for other in names if other != HELD_OUT]
    colour = QColor(COLOURS[others.index(name) % len(COLOURS)])
    colour.setAlpha(170)
    return colour
