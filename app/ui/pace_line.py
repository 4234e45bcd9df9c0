"""Pace line: on a time line without scores, how fast the hand goes. Knows only how to paint."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QPainter, QPalette, QPen, QPolygonF

from accord.app.ui import theme
from accord.app.ui.track import Track

_HEADROOM = 0.75
"""The fastest moment stands at this share of the height, below the words [1]."""


def draw(painter: QPainter, track: Track, x_of: Callable[[float], float], area: QRect, palette: QPalette) -> None:
    """Where the hand is quick, and where it takes its time; nothing where an episode does not say how fast it goes.

    Args:
        painter: of the time line.
        track: the episode.
        x_of: where a time stands [px].
        area: that there is to paint in.
        palette: of the time line.
    """
    fastest = float(track.pace.max(initial=0.0))
    if fastest <= 0.0:
        return
    foot, scale = area.bottom(), _HEADROOM * area.height() / fastest
    tops = [QPointF(x_of(float(t)), foot - scale * float(v)) for t, v in zip(track.t_s, track.pace, strict=True)]
    ends = QPointF(x_of(track.end_s), foot), QPointF(x_of(0.0), foot)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(palette.midlight())
    painter.drawPolygon(QPolygonF([*tops, *ends]))
    painter.setPen(QPen(theme.faint(palette), 1.0))
    painter.drawPolyline(QPolygonF(tops))
    painter.setFont(theme.font(theme.UNIT_PX))
    painter.drawText(
        area.adjusted(4, 2, -4, 0), Qt.AlignmentFlag.AlignRight, f"speed of the hand, up to {fastest:.2f} m/s"
    )
