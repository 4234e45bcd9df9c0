"""CalibrationArm: a leader drawn from its right side, with an arrow at the joint that is to be turned."""

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, cos, hypot, pi, sin
from typing import Final

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from accord.app.ui import theme

Point = tuple[float, float]
_HEAD_PX: Final = 9.0
_REACH: Final = 0.19
"""Radius of an arrow around a joint, in lengths of the upper arm."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A joint: where it is in the drawing, and which way counts as positive."""

    at: Point
    """Forward and up, in lengths of the upper arm."""
    words: str
    """Which way counts as positive."""
    along: Point | None = None
    """Direction of the link that it rolls, away from the base, about which it turns by the right-hand rule; None for a
    joint that bends in the plane of the drawing."""
    clockwise: bool = False
    """Of a bend, as drawn."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A leader in its reference pose."""

    links: tuple[Point, ...]
    """From the base to the wrist, in lengths of the upper arm."""
    hand: Point
    """Where the hand points from the wrist."""
    turns: tuple[Turn, ...]


_UP, _AHEAD, _DOWN = (0.0, 1.0), (1.0, 0.0), (0.0, -1.0)
_BASE: Final = Turn((0.0, 0.12), "Turn the base to the left, against the clock from above.", _UP)
_LEAN: Final = Turn((0.0, 0.35), "Lean the upper arm forward.", clockwise=True)
_RAISE: Final = Turn((0.0, 1.35), "Raise the forearm, as if to straighten the elbow.")
_ROLL: Final = "Roll the hand clockwise, seen from the wrist."
# The way in which the joints of a Franka Panda count (frankaemika.github.io/docs/control_parameters, Denavit–Hartenberg
# parameters), in the pose (0, 0, 0, −π/2, 0, π/2, 0).
_SEVEN: Final = Figure(
    ((0.0, 0.0), (0.0, 0.35), (0.0, 1.35), (1.0, 1.35)), (0.0, -0.45),
    (
        _BASE, _LEAN, Turn((0.0, 0.85), "Turn the upper arm to the left, against the clock from above.", _UP), _RAISE,
        Turn((0.5, 1.35), "Roll the forearm clockwise, seen from the elbow.", _AHEAD),
        Turn((1.0, 1.35), "Swing the hand forward and up."), Turn((1.0, 1.13), _ROLL, _DOWN),
    ),
)  # fmt: skip
# Arms of five joints lead robots of many makes, whose profiles turn round what counts the other way.
_FIVE: Final = Figure(
    ((0.0, 0.0), (0.0, 0.35), (0.0, 1.35), (0.8, 1.35)),
    (0.5, 0.0),
    (_BASE, _LEAN, _RAISE, Turn((0.8, 1.35), "Raise the hand."), Turn((1.05, 1.35), _ROLL, _AHEAD)),
)
_FIGURES: Final = {len(figure.turns): figure for figure in (_SEVEN, _FIVE)}
_ANY: Final = "The way that you turn it first counts as positive."


def figure_of(joints: int) -> Figure | None:
    """How a leader of so many joints looks; None for one that nobody has drawn."""
    return _FIGURES.get(joints)


def words_for(joints: int, joint: int) -> str:
    """Which way a joint is turned first."""
    figure = figure_of(joints)
    return _ANY if figure is None else figure.turns[joint].words


class CalibrationArm(QWidget):
    """The drawing; empty for a leader that nobody has drawn."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figure: Figure | None = None
        self.joint: int | None = None
        self.trigger = ""
        self.setMinimumSize(30 * theme.GRID, 28 * theme.GRID)
        self.setAccessibleName("Drawing of the leader")

    def display(self, joints: int, joint: int | None, trigger: str = "") -> None:
        """Show what is to be done.

        Args:
            joints: how many it has.
            joint: which is to be turned; None for none.
            trigger: ``open`` or ``closed`` where the trigger is to be so, else empty.
        """
        wanted = figure_of(joints), joint, trigger
        if wanted != (self.figure, self.joint, self.trigger):
            self.figure, self.joint, self.trigger = wanted
            self.setAccessibleDescription(words_for(joints, joint) if joint is not None else trigger)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The table, the links, the joints, the hand, the arrow."""
        if self.figure is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        figure, unit = self.figure, min(self.width() / 2.3, self.height() / 2.2)
        origin = QPointF(self.width() / 2 - 0.6 * unit, self.height() - 0.35 * unit)

        def place(point: Point) -> QPointF:
            return origin + QPointF(point[0] * unit, -point[1] * unit)

        faint, solid = theme.hairline(self.palette()), theme.faint(self.palette())
        painter.setPen(_stroke(faint, 2.0))
        painter.drawLine(place((-0.5, 0.0)), place((1.7, 0.0)))
        painter.setPen(_stroke(faint, 0.13 * unit))
        path = QPainterPath(place(figure.links[0]))
        for link in figure.links[1:]:
            path.lineTo(place(link))
        wrist = figure.links[-1]
        path.lineTo(place((wrist[0] + 0.5 * figure.hand[0], wrist[1] + 0.5 * figure.hand[1])))
        painter.drawPath(path)
        self._paint_jaws(painter, place, solid, unit)
        painter.setPen(Qt.PenStyle.NoPen)
        for number, turn in enumerate(figure.turns):
            painter.setBrush(theme.accent(self.palette()) if number == self.joint else solid)
            painter.drawEllipse(place(turn.at), 0.06 * unit, 0.06 * unit)
        if self.joint is not None and self.joint < len(figure.turns):
            self._paint_arrow(painter, figure.turns[self.joint], place(figure.turns[self.joint].at), unit)

    def _paint_jaws(self, painter: QPainter, place: Callable[[Point], QPointF], solid: QColor, unit: float) -> None:
        assert self.figure is not None
        (wx, wy), (hx, hy) = self.figure.links[-1], self.figure.hand
        gap = 0.03 if self.trigger == "closed" else 0.12
        length = hypot(hx, hy)
        across = (-hy / length * gap, hx / length * gap)
        painter.setPen(_stroke(theme.accent(self.palette()) if self.trigger else solid, 0.05 * unit))
        palm, tip = (wx + 0.5 * hx, wy + 0.5 * hy), (wx + hx, wy + hy)
        for side in (-1.0, 1.0):
            root = place((palm[0] + side * across[0], palm[1] + side * across[1]))
            painter.drawLine(place(palm), root)
            painter.drawLine(root, place((tip[0] + side * across[0], tip[1] + side * across[1])))

    def _paint_arrow(self, painter: QPainter, turn: Turn, at: QPointF, unit: float) -> None:
        """Most of a circle around a bend, or half of a flat one around a link that rolls, with its head."""
        painter.setPen(_stroke(theme.accent(self.palette()), 3.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius, tilt = _REACH * unit, 0.0
        if turn.along is None:
            flat, begin, sweep = 1.0, 0.85 * pi if turn.clockwise else 0.15 * pi, (-1.2 if turn.clockwise else 1.2) * pi
        else:  # the near half of a circle around the link, whose far end one sees a little of
            flat, begin, sweep, tilt = 0.4, 1.05 * pi, 0.9 * pi, atan2(turn.along[1], turn.along[0]) - pi / 2
        points = [_on_ellipse(at, radius, flat, tilt, begin + sweep * step / 40) for step in range(41)]
        path = QPainterPath(points[0])
        for point in points[1:]:
            path.lineTo(point)
        painter.drawPath(path)
        _paint_head(painter, points[-4], points[-1])


def _on_ellipse(at: QPointF, radius: float, flat: float, tilt: float, angle: float) -> QPointF:
    x, y = radius * cos(angle), flat * radius * sin(angle)
    return QPointF(at.x() + x * cos(tilt) - y * sin(tilt), at.y() - x * sin(tilt) - y * cos(tilt))


def _paint_head(painter: QPainter, before: QPointF, tip: QPointF) -> None:
    heading = atan2(tip.y() - before.y(), tip.x() - before.x())
    for side in (-0.8, 0.8):
        back = heading + pi + side
        painter.drawLine(tip, tip + QPointF(_HEAD_PX * cos(back), _HEAD_PX * sin(back)))


def _stroke(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
