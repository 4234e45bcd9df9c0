"""Cut marks: on the time line, what is cut out of an episode between its ends. Knows only how to paint."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPalette, QPen

from accord.app.ui import theme
from accord.app.ui.track import Times
from accord.datasets.trim import Cuts

_VEIL = 190
"""As opaque as what a trim leaves out [1/255]."""
_LEAST_PX = 2.0
"""A cut of one step must not vanish."""


def draw(
    painter: QPainter, cuts: Cuts, t_s: Times, x_of: Callable[[float], float], area: QRect, palette: QPalette
) -> None:
    """A veil over each cut, and a line across it, so that it is told from a trim without colour.

    Args:
        painter: of the time line.
        cuts: from and to, seconds since the first step [s].
        t_s: (steps,) of the episode: the last step of a cut goes on until the next one begins [s].
        x_of: where a time stands [px].
        area: of the curve.
        palette: of the time line.
    """
    veil = QColor(palette.window().color())
    veil.setAlpha(_VEIL)
    for first_s, last_s in cuts:
        left = x_of(first_s)
        after = min(int(np.searchsorted(t_s, last_s, side="right")), len(t_s) - 1)
        box = QRectF(left, area.top(), max(x_of(float(t_s[after])) - left, _LEAST_PX), area.height())
        painter.fillRect(box, veil)
        painter.setPen(QPen(theme.CONFLICT, 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(box.topLeft(), box.bottomLeft())
        painter.drawLine(box.topRight(), box.bottomRight())
        painter.drawLine(QPointF(box.left(), box.center().y()), QPointF(box.right(), box.center().y()))


def told(cut: tuple[float, float]) -> str:
    """What the tooltip says over one."""
    return f"cut from {cut[0]:.2f} to {cut[1]:.2f} s"
