"""Overlay: ways of a hand drawn into a picture, each with its own colour, line and mark, to be told apart without."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from accord.app.ui import theme

_LINE: Final = 3.0
"""[px]"""
_HALO: Final = QColor(255, 255, 255, 190)
"""Around every line: pictures are dark and bright."""
_MARK: Final = 6.0
"""Radius of the mark at the moment that is shown [px]."""


@dataclass(frozen=True, slots=True)
class Pen:
    """How one way is drawn."""

    text: str
    """Whose way it is."""
    colour: QColor
    dashed: bool
    """And with a diamond as its mark, not a disc."""


YOURS: Final = Pen("your hand", theme.CONFLICT, dashed=False)
BASES: Final = Pen("the base policy's hand", theme.AGREE, dashed=True)


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """Where a hand went, in one picture."""

    places: NDArray[np.float64]
    """(steps, 2) shares of the picture; NaN where it cannot be seen."""
    at: int
    """The step that is shown now."""
    pen: Pen


def paint_ways(painter: QPainter, picture: QRectF, ways: tuple[Way, ...]) -> None:
    """Draw ways into a picture; nothing outside of it.

    Args:
        painter: of the widget; left as it was.
        picture: where the picture stands.
        ways: the ones on top come last.
    """
    painter.save()
    painter.setClipRect(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    placed = [(way, _points(way.places, picture)) for way in ways]
    for halo in (True, False):
        for way, points in placed:
            _paint_line(painter, points, way.pen, halo)
    for way, points in placed:
        if points and (mark := points[min(max(way.at, 0), len(points) - 1)]) is not None:
            paint_mark(painter, mark, way.pen)
    painter.restore()


def paint_mark(painter: QPainter, at: QPointF, pen: Pen, radius: float = _MARK) -> None:
    """A disc or a diamond, with a halo."""
    painter.setPen(QPen(QColor("white"), 2.0))
    painter.setBrush(pen.colour)
    if pen.dashed:
        reach = radius * 1.25
        corners = ((0, -reach), (reach, 0), (0, reach), (-reach, 0))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))
    else:
        painter.drawEllipse(at, radius, radius)


def line_pen(pen: Pen, halo: bool = False) -> QPen:
    """The line of a way, or the light one below it."""
    made = QPen(_HALO if halo else pen.colour, _LINE + 2.0 if halo else _LINE)
    made.setCapStyle(Qt.PenCapStyle.FlatCap if pen.dashed and not halo else Qt.PenCapStyle.RoundCap)
    made.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if pen.dashed and not halo:
        made.setDashPattern([2.5, 1.5])
    return made


def _points(places: NDArray[np.float64], picture: QRectF) -> list[QPointF | None]:
    """Where each step stands on the screen; None for what the camera cannot see."""
    left, top, width, height = picture.left(), picture.top(), picture.width(), picture.height()
    return [
        QPointF(left + x * width, top + y * height) if np.isfinite(x) and np.isfinite(y) else None for x, y in places
    ]


def _paint_line(painter: QPainter, points: list[QPointF | None], pen: Pen, halo: bool) -> None:
    painter.setPen(line_pen(pen, halo))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    run: list[QPointF] = []
    for point in (*points, None):
        if point is not None:
            run.append(point)
        elif run:
            painter.drawPolyline(QPolygonF(run))
            run = []
