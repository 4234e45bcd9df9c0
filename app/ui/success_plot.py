"""SuccessPlot: the share of successes so far, and the interval around it, which narrows as rollouts come."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from accord.app.ui import theme
from accord.app.ui.figures import share as percent
from accord.datasets.intervals import Share

_LEFT, _RIGHT, _TOP, _FOOT = 40, 28, 8, 22
"""Around the plot: room for numbers [px]."""
_BAR_PX = 12
"""Width of the bar at the right end [px]."""
_BAND_ALPHA = 60


class SuccessPlot(QWidget):
    """Rollouts to the right, success upwards; at its end a bar of the interval as it is now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shares: list[Share] = []
        self._of = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(14 * theme.GRID)
        self.setAccessibleName("Share of successes over the rollouts, with its 95 % interval")
        self.setToolTip("The line is the share of successes after so many rollouts, the band its 95 % interval")

    @property
    def shares(self) -> tuple[Share, ...]:
        """What is shown, one after each rollout."""
        return tuple(self._shares)

    def display(self, successes: Sequence[bool], of: int) -> None:
        """Show how it went.

        Args:
            successes: whether each rollout that is done succeeded, in their order.
            of: how many there shall be.
        """
        count, self._shares, self._of = 0, [], max(of, len(successes))
        for number, success in enumerate(successes, start=1):
            count += success
            self._shares.append(Share(count, number))
        low, high = (self._shares[-1] if self._shares else Share(0, 0)).interval
        self.setAccessibleDescription(f"{count} of {len(successes)}, between {low:.0%} and {high:.0%}")
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Wide and low."""
        return QSize(320, 20 * theme.GRID)

    def _place(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT, _TOP, -_RIGHT - _BAR_PX, -_FOOT)

    def _point(self, number: int, share: float) -> QPointF:
        place = self._place()
        return QPointF(
            place.left() + place.width() * number / max(self._of, 1), place.bottom() - place.height() * share
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Ground, band, line, bar."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self._place(), self.palette().color(QPalette.ColorRole.Base))
        self._draw_axes(painter)
        if self._shares:
            self._draw_band(painter)
            self._draw_bar(painter, self._shares[-1])

    def _draw_axes(self, painter: QPainter) -> None:
        place, faint = self._place(), theme.faint(self.palette())
        painter.setFont(theme.font(theme.UNIT_PX))
        for share in (0.0, 0.5, 1.0):
            y = self._point(0, share).y()
            painter.setPen(theme.hairline(self.palette()))
            painter.drawLine(QPointF(place.left(), y), QPointF(place.right(), y))
            painter.setPen(faint)
            words = QRectF(0, y - 8, _LEFT - 6, 16)
            painter.drawText(words, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, percent(share))
        foot = QRectF(place.left(), place.bottom() + 4, place.width(), _FOOT - 4)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, "0")
        painter.drawText(foot, Qt.AlignmentFlag.AlignHCenter, "rollouts")
        if self._of:
            painter.drawText(foot, Qt.AlignmentFlag.AlignRight, str(self._of))

    def _draw_band(self, painter: QPainter) -> None:
        numbered = list(enumerate(self._shares, start=1))
        above = [self._point(number, share.interval[1]) for number, share in numbered]
        below = [self._point(number, share.interval[0]) for number, share in numbered]
        tint = QColor(theme.accent(self.palette()))
        tint.setAlpha(_BAND_ALPHA)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tint)
        painter.drawPolygon(QPolygonF([*above, *reversed(below)]))
        painter.setPen(QPen(theme.accent(self.palette()), 2))
        painter.drawPolyline(QPolygonF([self._point(number, share.value) for number, share in numbered]))
        painter.setBrush(theme.accent(self.palette()))
        painter.drawEllipse(self._point(len(numbered), self._shares[-1].value), 3, 3)

    def _draw_bar(self, painter: QPainter, share: Share) -> None:
        place, accent = self._place(), theme.accent(self.palette())
        low, high = (self._point(0, end).y() for end in share.interval)
        track = QRectF(place.right() + 8, place.top(), _BAR_PX, place.height())
        painter.fillRect(track, self.palette().color(QPalette.ColorRole.Midlight))
        tint = QColor(accent)
        tint.setAlpha(140)
        painter.fillRect(QRectF(track.left(), high, _BAR_PX, low - high), tint)
        y = self._point(0, share.value).y()
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Text), 2))
        painter.drawLine(QPointF(track.left() - 2, y), QPointF(track.right() + 2, y))
