"""GhostLayer: a leader's ghost over one view. It lies on the picture, never in it, so it is never recorded."""

from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from accord.app.ui import theme
from accord.app.ui.view import View

if TYPE_CHECKING:
    from accord.app.ghost import Limb

_OPAQUE: Final = 0.7
"""The robot has to be seen through it [1]."""
_EDGE_PX: Final = 1.5
_WIDEST, _THINNEST_PX = 0.12, 3.0
"""Near a camera an arm would fill the picture, and far from it, it has to be seen [of the picture's width; px]."""
_HAND: Final = QColor("#0072B2")
"""Okabe and Ito's blue; the arm has their lighter one inside of it."""
_RING_PX: Final = 7.0
"""The least radius of the ring around the hand [px]."""


class GhostLayer(QWidget):
    """Covers one view, lets the mouse through, and follows the view's size."""

    def __init__(self, view: View) -> None:
        super().__init__(view)
        self._view = view
        self._limbs: tuple[Limb, ...] = ()
        self._drawn = QImage()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"The leader's ghost in {view.name}")
        self.setGeometry(view.rect())
        view.installEventFilter(self)
        self.hide()

    def show_limbs(self, limbs: "tuple[Limb, ...]") -> None:
        """Show these arms; none hides it."""
        if limbs != self._limbs:
            self._limbs, self._drawn = limbs, QImage()
            self.setVisible(bool(limbs))
            self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Stay as large as the view."""
        if event.type() is QEvent.Type.Resize:
            self.setGeometry(self._view.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Lay it over the picture as one thing: parts that are laid one by one are darker where they meet."""
        rect, ratio = self._view.picture_rect, self.devicePixelRatioF()
        if self._drawn.size() != rect.size() * ratio:
            self._drawn = _draw(self._limbs, rect, ratio)
        painter = QPainter(self)
        painter.setOpacity(_OPAQUE)
        painter.drawImage(rect.topLeft(), self._drawn)


def _draw(limbs: "tuple[Limb, ...]", rect: QRect, ratio: float) -> QImage:
    image = QImage(rect.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    picture = QRectF(0, 0, rect.width(), rect.height())
    arms = [_on_screen(limb, picture) for limb in limbs]
    for colour, wider in ((_HAND, _EDGE_PX), (theme.NOVEL, 0.0)):  # the edge, for grounds as light as the arm
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for points, radii in arms:
            _fill(painter, points, [radius + wider for radius in radii])
    for points, radii in arms:
        _mark_joints(painter, points[:-1], radii)
        _mark_hand(painter, points[-1], radii[-1])
    painter.end()
    return image


def _on_screen(limb: "Limb", picture: QRectF) -> tuple[list[QPointF | None], list[float]]:
    """Where each point stands, None where it cannot be seen, and the arm's radius there [px]."""
    width, height = picture.width(), picture.height()
    points = [QPointF(x * width, y * height) if np.isfinite(x) and np.isfinite(y) else None for x, y in limb.places]
    radii = np.clip(np.nan_to_num(limb.widths) * width, _THINNEST_PX, _WIDEST * width) / 2.0
    return points, [float(radius) for radius in radii]


def _fill(painter: QPainter, points: list[QPointF | None], radii: list[float]) -> None:
    """Round at every joint, and tapered in between."""
    for point, radius in zip(points, radii, strict=True):
        if point is not None:
            painter.drawEllipse(point, radius, radius)
    for i, (one, other) in enumerate(pairwise(points)):
        if one is None or other is None:
            continue
        along = other - one
        length = float(np.hypot(along.x(), along.y()))
        if length > 1.0:
            aside = QPointF(-along.y(), along.x()) / length
            a, b = aside * radii[i], aside * radii[i + 1]
            painter.drawPolygon(QPolygonF([one + a, other + b, other - b, one - a]))


def _mark_joints(painter: QPainter, points: list[QPointF | None], radii: list[float]) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("white"))
    for point, radius in zip(points, radii, strict=False):
        if point is not None:
            painter.drawEllipse(point, radius * 0.4, radius * 0.4)


def _mark_hand(painter: QPainter, at: QPointF | None, radius: float) -> None:
    """A ring and a cross: also seen where the colours are not."""
    if at is None:
        return
    ring = max(_RING_PX, radius * 1.8)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for colour, width in ((QColor("white"), 5.0), (_HAND, 3.0)):
        painter.setPen(QPen(colour, width))
        painter.drawEllipse(at, ring, ring)
        for x, y in ((1.0, 0.0), (0.0, 1.0)):
            way = QPointF(x, y)
            painter.drawLine(at + way * (ring - 2), at + way * (ring + 5))
            painter.drawLine(at - way * (ring - 2), at - way * (ring + 5))
