"""Strip: how well the last ten seconds agree with the base policy, by height and colour together, and five numbers."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from accord.app.snapshot import LiveScore, Snapshot, State
from accord.app.ui import theme
from accord.app.ui.figures import number, seconds, share
from accord.app.ui.labels import label
from accord.app.ui.trace import BARS, SPAN_S, Bar, Trace

_LEAST = 0.1
"""The height of a bar at compatibility 0: a conflict has to be seen [1]."""
_HEIGHT = 7 * theme.GRID
_SWATCHES = (
    ("agrees", theme.AGREE),
    ("doubtful", theme.DOUBTFUL),
    ("conflict", theme.CONFLICT),
    ("novel", theme.NOVEL),
)


class Strip(QWidget):
    """Bars that wander to the left: those of the episode in colour, those between episodes grey."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trace, self.hint = Trace(), ""
        self.setMinimumHeight(_HEIGHT)
        self.setMaximumHeight(2 * _HEIGHT)
        self.setAccessibleName(f"Agreement with the base policy over the last {SPAN_S} seconds")
        self.setToolTip("Higher and greener agrees, low and red conflicts, hatched blue is novel, grey is not recorded")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Every bar at the place of its time."""
        painter, palette = QPainter(self), self.palette()
        painter.fillRect(self.rect(), palette.color(QPalette.ColorRole.Base))
        bars = self.trace.bars
        if not bars and self.hint:
            painter.setPen(theme.faint(palette))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.hint)
        else:
            painter.setPen(theme.hairline(palette))
            painter.drawLine(0, self.height() // 2, self.width(), self.height() // 2)
        painter.setPen(Qt.PenStyle.NoPen)
        for bar in bars:
            self._paint_bar(painter, bar)

    def _paint_bar(self, painter: QPainter, bar: Bar) -> None:
        width = self.width() / BARS
        height = self.height() * (1.0 if bar.is_novel else max(_LEAST, min(1.0, bar.compatibility)))
        left = (BARS - 1 - (self.trace.newest - bar.number)) * width
        rect = QRectF(left, self.height() - height, max(1.0, width - 1.0), height)
        if bar.idle:
            painter.fillRect(rect, theme.hairline(self.palette()))
            return
        _fill(painter, rect, theme.NOVEL if bar.is_novel else theme.agreement_colour(bar.compatibility))


def _fill(painter: QPainter, rect: QRectF, colour: QColor) -> None:
    """Fill it; novel is hatched."""
    if colour != theme.NOVEL:
        painter.fillRect(rect, colour)
        return
    painter.setOpacity(0.3)
    painter.fillRect(rect, colour)
    painter.setOpacity(1.0)
    painter.fillRect(rect, theme.novel_brush())


class Legend(QWidget):
    """What the colours mean, and how far back the strip goes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(2 * theme.GRID)
        self.setAccessibleName("Green agrees, amber is doubtful, red is in conflict, hatched blue is novel")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Swatches with words at the left, the span at the right."""
        painter = QPainter(self)
        painter.setFont(theme.font(theme.UNIT_PX))
        left, size, middle = 0, theme.GRID, (self.height() - theme.GRID) // 2
        for text, colour in _SWATCHES:
            swatch = QRectF(left, middle, size, size)
            _fill(painter, swatch, colour)
            painter.setPen(theme.faint(self.palette()))
            painter.drawText(left + size + 4, middle + size, text)
            left += size + 4 + painter.fontMetrics().horizontalAdvance(text) + 2 * theme.GRID
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), right, f"last {SPAN_S} s")


class Agreement(QWidget):
    """The strip under its headline. The mean never stands without the shares and the duration beside it."""

    def __init__(self, parent: QWidget | None = None, keeps_last: bool = True) -> None:
        """Make it.

        Args:
            parent: the widget it stands in.
            keeps_last: whether the numbers of the last episode stay until the next one begins.
        """
        super().__init__(parent)
        self._keeps_last = keeps_last
        self.strip, self.headline = Strip(), label("Agreement", "section")
        self.compatibility, self.conflict = _figure("M, mean compatibility"), _figure("Share of steps in conflict")
        self.novel, self.duration = _figure("Share of steps in novel states"), _figure("Duration")
        self.disputed = _figure("Share of steps that only one of spread and distance calls novel")
        self._policy, self._episode, self._practice = "", "", False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GRID // 2)
        layout.addLayout(self._figures())
        layout.addWidget(self.strip, 1)
        layout.addWidget(Legend())

    def _figures(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.GRID // 2)
        row.addWidget(self.headline)
        row.addStretch(1)
        parts = (
            ("M", self.compatibility), ("conflict", self.conflict), ("novel", self.novel), ("disputed", self.disputed),
            ("", self.duration),
        )  # fmt: skip
        for name, figure in parts:
            row.addSpacing(theme.GRID)
            row.addWidget(label(name, "faint"))
            row.addWidget(figure)
        return row

    def display(self, snapshot: Snapshot) -> None:
        """Take the new steps in, and show the score of the episode."""
        begun = snapshot.episode not in ("", self._episode)
        if snapshot.policy != self._policy or begun or snapshot.practice != self._practice:
            self.strip.trace.clear()
            self.strip.update()
        self._policy, self._episode, self._practice = snapshot.policy, snapshot.episode, snapshot.practice
        self.strip.hint = _hint(snapshot)
        idle = not (snapshot.episode or snapshot.practice)  # who practises wants to see it too
        if self.strip.trace.feed(snapshot.steps, snapshot.error_limit, snapshot.novelty_limit, idle):
            self.strip.update()
        self.headline.setText(f"Agreement with {self._policy}" if self._policy else "Agreement")
        over = not snapshot.episode and (snapshot.practice or not self._keeps_last)
        gone = over and snapshot.state is State.READY  # another scene, in which nothing was scored yet
        score = LiveScore() if gone else snapshot.score
        self.compatibility.setText(number(score.compatibility))
        self.conflict.setText(share(score.conflict_share))
        self.novel.setText(share(score.novel_share))
        self.disputed.setText(share(score.disputed_share))
        self.duration.setText(seconds(0.0 if gone else _duration_s(snapshot)))


def _hint(snapshot: Snapshot) -> str:
    if not snapshot.policy:
        return "Choose a base policy to see how well each moment agrees with it"
    return "Nothing was scored in the last ten seconds"


def _duration_s(snapshot: Snapshot) -> float:
    if snapshot.finished is not None and not snapshot.episode:
        return snapshot.finished.duration_s
    return snapshot.elapsed_s


def _figure(name: str) -> QLabel:
    made = label("–", name=name)
    made.setToolTip(name)
    made.setFont(theme.font(15, bold=True))
    made.setMinimumWidth(6 * theme.GRID)
    made.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return made
