"""Steps: where a lesson stands, and how many of its episodes are accepted."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.ui import theme
from accord.app.ui.labels import label

_NAMES: Final = ("Practice", "Learn", "Teach", "Refit")
_ORDER: Final = {
    Stage.PRACTICE: 0, Stage.LEARN: 1, Stage.TEACH: 2, Stage.FEEDBACK: 2, Stage.REFIT: 3, Stage.DONE: 4,
}  # fmt: skip
_RADIUS: Final = 1.25 * theme.GRID
_GAP: Final = 4 * theme.GRID
"""Between two steps [px]."""
_BAR: Final = 24 * theme.GRID
"""Width of the bar of accepted episodes [px]."""


class Steps(QWidget):
    """A rail of steps: those done with a check, those skipped with a dash, the present one in the accent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at, self._skipped = -1, frozenset[int]()
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font(bold=True))

    def display(self, lesson: Lesson | None) -> None:
        """Show a lesson; None for none that is held."""
        at = -1 if lesson is None else _ORDER[lesson.stage]
        skipped = frozenset[int]() if lesson is None else _skipped(lesson, at)
        if (at, skipped) != (self._at, self._skipped):
            self._at, self._skipped = at, skipped
            now = "" if not 0 <= at < len(_NAMES) else f", now {_NAMES[at]}"
            names = (f"{name} (skipped)" if number in skipped else name for number, name in enumerate(_NAMES))
            self.setAccessibleName(f"Steps of the lesson: {', '.join(names)}{now}")
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for every step and its name."""
        words = sum(self.fontMetrics().horizontalAdvance(name) for name in _NAMES)
        each = round(2 * _RADIUS) + theme.GRID + _GAP
        return QSize(words + each * len(_NAMES), 4 * theme.GRID)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """One after the other, with a line between."""
        painter, palette = QPainter(self), self.palette()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, middle = 2.0, self.height() / 2
        for number, name in enumerate(_NAMES):
            if number:
                painter.setPen(QPen(theme.hairline(palette), 2))
                painter.drawLine(QPointF(left - _GAP + theme.GRID, middle), QPointF(left - theme.GRID, middle))
            self._paint_sign(painter, QPointF(left + _RADIUS, middle), number)
            faint, now = number > self._at, number == self._at
            painter.setPen(theme.faint(palette) if faint else palette.color(QPalette.ColorRole.WindowText))
            painter.setFont(theme.font(bold=now))
            width = painter.fontMetrics().horizontalAdvance(name)
            left += 2 * _RADIUS + theme.GRID
            painter.drawText(QRectF(left, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
            left += width + _GAP

    def _paint_sign(self, painter: QPainter, at: QPointF, number: int) -> None:
        palette = self.palette()
        if number > self._at:
            painter.setPen(QPen(theme.hairline(palette), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, _RADIUS - 1, _RADIUS - 1)
            _write(painter, at, str(number + 1), theme.faint(palette))
            return
        done = number < self._at
        if number in self._skipped:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.hairline(palette))
            painter.drawEllipse(at, _RADIUS, _RADIUS)
            _write(painter, at, "–", palette.color(QPalette.ColorRole.WindowText))
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.AGREE if done else palette.color(QPalette.ColorRole.Highlight))
        painter.drawEllipse(at, _RADIUS, _RADIUS)
        _write(painter, at, "✓" if done else str(number + 1), QColor("white"))


def _skipped(lesson: Lesson, at: int) -> frozenset[int]:
    """Numbers of the steps before this one that were left, wholly or in part."""
    practised = 0 < lesson.plan.practices <= lesson.practised
    watched = bool(lesson.shown) and set(lesson.shown) <= set(lesson.watched)
    return frozenset(number for number, done in enumerate((practised, watched)) if number < at and not done)


def _write(painter: QPainter, at: QPointF, text: str, colour: QColor) -> None:
    painter.setPen(colour)
    painter.setFont(theme.font(theme.UNIT_PX, bold=True))
    box = QRectF(at.x() - _RADIUS, at.y() - _RADIUS, 2 * _RADIUS, 2 * _RADIUS)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class Accepted(QWidget):
    """How many are accepted in this round: a bar with a part for each, and the numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label(name="Progress of the lesson")
        self._bar = _Parts()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(self._bar)
        row.addWidget(self.text)

    def display(self, lesson: Lesson | None) -> None:
        """Show a lesson; nothing without one."""
        self.setVisible(lesson is not None)
        if lesson is not None:
            accepted, wanted = len(lesson.accepted_now), lesson.plan.accepted
            if lesson.stage is Stage.DONE:
                accepted = wanted
            rounds = f"round {lesson.round}" + (f" of {lesson.plan.rounds}" if lesson.plan.rounds > 1 else "")
            self.text.setText(f"{accepted} of {wanted} accepted, {rounds}")
            self._bar.display(accepted, wanted)


class _Parts(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._done, self._of = 0, 1
        self.setFixedHeight(theme.GRID)
        self.setMinimumWidth(_BAR // 3)
        self.setMaximumWidth(_BAR)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(_BAR, theme.GRID)

    def display(self, done: int, of: int) -> None:
        if (done, of) != (self._done, self._of):
            self._done, self._of = done, of
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        gap = 2.0 if self._of * 6 <= self.width() else 0.0  # parts too small to be told apart run together
        each = (self.width() + gap) / self._of
        for number in range(self._of):
            part = QRectF(number * each, 0.0, each - gap, self.height())
            painter.fillRect(part, theme.AGREE if number < self._done else theme.hairline(self.palette()))
