"""StubWindow: everything that a stub measures, on sliders, and its troubles on buttons."""

import signal
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from accord.app.ui.theme import GRID, Theme
from accord.devices.stubs.exo_run import ExoRun
from accord.devices.stubs.exo_stub import Body, Channel
from accord.devices.stubs.faults import Trouble

_STEPS: Final = 1000
"""From one end of a slider to the other."""
_HEALTHY: Final = "none"


class ChannelSlider(QSlider):
    """One channel on a slider, in the channel's own unit."""

    moved = Signal(float)
    """Where it was moved to."""

    def __init__(self, channel: Channel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.channel = channel
        self.setRange(0, _STEPS)
        self.setPageStep(_STEPS // 10)
        self.setMinimumWidth(14 * GRID)
        self.setAccessibleName(channel.name)
        self.put(channel.rest)
        self.valueChanged.connect(lambda _: self.moved.emit(self.amount))

    @property
    def amount(self) -> float:
        """Where it is; exactly at rest where the handle is as near to that as it can be."""
        channel, step = self.channel, self.value()
        if step == self._step(channel.rest):
            return channel.rest
        return channel.low + (channel.high - channel.low) * step / _STEPS

    def put(self, amount: float) -> None:
        """Move it there."""
        self.setValue(self._step(amount))

    def _step(self, amount: float) -> int:
        return round((amount - self.channel.low) / (self.channel.high - self.channel.low) * _STEPS)


class StubWindow(QWidget):
    """A stub in a person's hands; it runs for as long as the window is open, in a thread of its own.

    Args:
        body: what the sliders move.
        stub: sends it.
        seconds: ends the stub, and closes the window, after so long [s].
    """

    def __init__(self, body: Body, stub: ExoRun, seconds: float) -> None:
        super().__init__()
        self._body, self._stub = body, stub
        self.sliders: dict[str, ChannelSlider] = {}
        """By channel."""
        self.pedals: dict[str, QPushButton] = {}
        """What is only on or off, by channel."""
        self.troubles: dict[str, QPushButton] = {}
        """By name."""
        self.setWindowTitle(f"{body.build.name} – Accord")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(2 * GRID)
        layout.addLayout(self._head())
        columns = QHBoxLayout()
        columns.setSpacing(2 * GRID)
        for groups in _columns(body.build.channels):
            column = QVBoxLayout()
            for title, channels in groups:
                column.addWidget(self._panel(title, channels))
            column.addStretch(1)
            columns.addLayout(column, 1)
        layout.addLayout(columns)
        layout.addStretch(1)
        self._thread = threading.Thread(target=stub.run, args=(seconds,))
        self._watch = QTimer(self, interval=200)
        self._watch.timeout.connect(self._close_with_the_stub)

    def start(self) -> None:
        """Begin to send."""
        self._thread.start()
        self._watch.start()

    def _head(self) -> QHBoxLayout:
        head = QHBoxLayout()
        title, where = QLabel(self._body.build.name), QLabel(f"sends to {self._stub.name}")
        title.setProperty("role", "title")
        where.setProperty("role", "faint")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head.addWidget(title)
        head.addWidget(where)
        head.addStretch(1)
        head.addWidget(QLabel("Fault"))
        for name in (_HEALTHY, *Trouble):
            button = QPushButton(name)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setChecked(name == _HEALTHY)
            button.clicked.connect(lambda _, name=name: self._fail(name))
            self.troubles[name] = button
            head.addWidget(button)
        rest = QPushButton("Rest")
        rest.setToolTip("Let go of everything")
        rest.clicked.connect(self.rest)
        head.addSpacing(2 * GRID)
        head.addWidget(rest)
        return head

    def _panel(self, title: str, channels: Iterable[Channel]) -> QFrame:
        panel = QFrame()
        panel.setProperty("role", "panel")
        grid = QGridLayout(panel)
        grid.setVerticalSpacing(GRID // 2)
        name = QLabel(title)
        name.setProperty("role", "section")
        grid.addWidget(name, 0, 0, 1, 3)
        sliders: list[ChannelSlider] = []
        for row, channel in enumerate(channels, 1):
            if channel.whole:
                grid.addWidget(self._pedal(channel), row, 0, 1, 3)
            else:
                sliders.append(self._slider(grid, row, channel, channel.name.removeprefix(f"{title.lower()} ")))
        if "glove" in title:
            fist = ChannelSlider(Channel(f"{title.lower()} fist", 0.0, 1.0, 0.0))
            for slider in sliders:
                fist.moved.connect(slider.put)
            self._row(grid, len(sliders) + 1, "all of them", fist, "")
            self.sliders[fist.channel.name] = fist
        return panel

    def _slider(self, grid: QGridLayout, row: int, channel: Channel, text: str) -> ChannelSlider:
        slider = ChannelSlider(channel)
        slider.moved.connect(lambda amount: self._body.move(channel.name, amount))
        self._row(grid, row, text.removeprefix("left ").removeprefix("right "), slider, channel.unit)
        self.sliders[channel.name] = slider
        return slider

    @staticmethod
    def _row(grid: QGridLayout, row: int, text: str, slider: ChannelSlider, unit: str) -> None:
        def show(amount: float) -> None:
            value.setText(f"{amount:+.2f} {unit}" if unit else f"{amount:.2f}")

        value = QLabel()
        value.setMinimumWidth(9 * GRID)
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        show(slider.amount)
        slider.moved.connect(show)
        for column, widget in enumerate((QLabel(text), slider, value)):
            grid.addWidget(widget, row, column)
        grid.setColumnStretch(1, 1)

    def _pedal(self, channel: Channel) -> QPushButton:
        button = QPushButton(channel.name)
        button.setCheckable(True)
        button.setToolTip("Stays down until it is clicked again")
        button.toggled.connect(lambda down: self._body.move(channel.name, float(down)))
        self.pedals[channel.name] = button
        return button

    def _fail(self, name: str) -> None:
        self._stub.trouble(None if name == _HEALTHY else Trouble(name))

    def rest(self) -> None:
        """Let go of everything."""
        for slider in self.sliders.values():
            slider.put(slider.channel.rest)
        for button in self.pedals.values():
            button.setChecked(False)

    def _close_with_the_stub(self) -> None:
        if not self._thread.is_alive():
            self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """The stub ends with its window."""
        self._watch.stop()
        self._stub.end()
        if self._thread.is_alive():
            self._thread.join()
        super().closeEvent(event)


_Group = tuple[str, list[Channel]]


def _columns(channels: Iterable[Channel]) -> list[list[_Group]]:
    """Channels by the part of the body; beside the long columns of gloves, all others share one."""
    groups = [(title, list(members)) for title, members in groupby(channels, _part)]
    gloves = [[group] for group in groups if "glove" in group[0]]
    others = [group for group in groups if "glove" not in group[0]]
    return [others, *gloves] if gloves else [[group] for group in others]


def _part(channel: Channel) -> str:
    side, _, rest = channel.name.partition(" ")
    if side not in ("left", "right"):
        return "Body"
    return f"{side.capitalize()} glove" if rest.startswith("glove") else f"{side.capitalize()} arm"


def open_stub_window(body: Body, stub: ExoRun, seconds: float) -> int:
    """Open it, and stay until it is closed.

    Args:
        body: what the sliders move.
        stub: sends it.
        seconds: for so long at most [s].

    Returns:
        The exit code.
    """
    app = QApplication.instance() or QApplication([sys.argv[0]])
    assert isinstance(app, QApplication)
    Theme(app)
    window = StubWindow(body, stub, seconds)
    close: Callable[..., None] = lambda *_: QTimer.singleShot(0, window.close)  # noqa: E731  of two signals
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, close)
    window.show()
    window.start()
    return int(app.exec())
