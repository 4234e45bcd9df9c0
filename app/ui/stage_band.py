"""Stage band: on the time line, which stage of the task was reached when. Knows only how to paint."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from accord.app.ui import theme
from accord.app.ui.track import Track

HEIGHT = 18
"""Of the band, where an episode has one [px]."""
_LEAST_NAME_PX = 14
"""A narrower stretch bears no name; the tooltip has it."""


def height_of(track: Track) -> int:
    """Episodes of before there were stages have no band [px]."""
    return HEIGHT if track.stage_names else 0


def draw(painter: QPainter, track: Track, x_of: Callable[[float], float], top: int, palette: QPalette) -> None:
    """From each moment that a stage was reached to the next: the further the task has come, the stronger the colour.

    Args:
        painter: of the time line.
        track: the episode.
        x_of: where a time stands [px].
        top: of the band [px].
        palette: of the time line.
    """
    painter.setFont(theme.font(theme.UNIT_PX))
    whole = _box(x_of(0.0), x_of(track.end_s), top)
    painter.fillRect(whole, palette.base())
    if not track.stages:
        painter.setPen(theme.faint(palette))
        painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, "no stage was reached")
        return
    ends = [mark.at_s for mark in track.stages[1:]] + [track.end_s]
    for mark, end_s in zip(track.stages, ends, strict=True):
        box = _box(x_of(mark.at_s), x_of(end_s), top)
        colour = QColor(theme.AGREE)
        colour.setAlpha(40 + 100 * (track.stage_names.index(mark.text) + 1) // len(track.stage_names))
        painter.fillRect(box, colour)
        painter.setPen(QPen(theme.AGREE, 2))
        painter.drawLine(QPointF(box.left(), top), QPointF(box.left(), top + HEIGHT - 2))
        room = box.adjusted(5, 0, -2, 0)
        if room.width() >= _LEAST_NAME_PX:
            words = painter.fontMetrics().elidedText(mark.text, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.setPen(palette.text().color())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)


def _box(left: float, right: float, top: int) -> QRectF:
    return QRectF(left, top, right - left, HEIGHT - 2)
