"""ReviewPanel: corrective feedback. The worst moments of an episode, each beside what the base would have done.

Left the person's own episode with both ways of the hand drawn in, right the nearest base episode at the step that
matches; one slider moves both.
"""

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from accord.app.ui import elicit_actions as actions
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.elicit_legend import Legend
from accord.app.ui.elicit_wall import Wall
from accord.app.ui.field import Field
from accord.app.ui.figures import share
from accord.app.ui.labels import label, line, wrapped
from accord.app.ui.overlay import BASES, YOURS, Way
from accord.datasets.errors import AccordError

if TYPE_CHECKING:
    from accord.app.feedback.review import Review, Reviewed

_SIDE = 30 * theme.GRID
_TICK_MS = 20


class ReviewPanel(QWidget):
    """Shows one review at a time, and keeps its two episodes open."""

    try_asked = Signal(object)
    """A `Reviewed` moment to set the robot to."""
    again_asked = Signal()
    other_asked = Signal()
    accept_asked = Signal(str)
    """Why the episode is accepted although it was rejected."""
    look_asked = Signal()
    """The moments shall be looked for again, after they could not be."""
    failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._review: Review | None = None
        self._number = 0
        self.yours, self.bases = Wall("Your episode"), Wall("The nearest base episode")
        self.your_title, self.base_title = label(name="Your episode"), label(name="The nearest base episode")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Moment, in both episodes")
        self.slider.setToolTip("Both episodes together (← and →)")
        self.play = Button("", "mdi6.play", actions.PLAY.tip, "quiet")
        self.moments: list[Button] = []
        self._moments, self._told = QVBoxLayout(), wrapped("", "faint")
        self.again = _button(actions.AGAIN, "primary")
        self.try_here, self.other = _button(actions.TRY), _button(actions.OTHER, "quiet")
        self.accept, self.why = _button(actions.ACCEPT, "quiet"), Field("Reason", "Why it is accepted all the same")
        self.look = Button("Try again", "mdi6.restart", "Look for the moments again")
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._then_s = self._rest_s = 0.0
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * theme.GRID)
        row.addLayout(self._pictures(), 1)
        row.addWidget(self._side())

    def _pictures(self) -> QVBoxLayout:
        column, walls = QVBoxLayout(), QHBoxLayout()
        column.setSpacing(theme.GRID)
        walls.setSpacing(2 * theme.GRID)
        for title, wall in ((self.your_title, self.yours), (self.base_title, self.bases)):
            title.setFont(theme.font(bold=True))
            half = QVBoxLayout()
            half.setSpacing(theme.GRID // 2)
            half.addWidget(title)
            half.addWidget(wall, 1)
            walls.addLayout(half, 1)
        scrub = QHBoxLayout()
        scrub.setSpacing(theme.GRID)
        scrub.addWidget(self.play)
        scrub.addWidget(self.slider, 1)
        column.addLayout(walls, 1)
        column.addLayout(scrub)
        return column

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(label("WORST MOMENTS", "section"))
        column.addLayout(self._moments)
        column.addWidget(self._told)
        column.addWidget(self.look)
        column.addWidget(Legend((YOURS, BASES)))
        column.addStretch(1)
        self.why.setPlaceholderText("a reason to accept it anyway")
        for widget in (self.try_here, self.again, line(), self.other, self.why, self.accept):
            column.addWidget(widget)
        return side

    def _connect(self) -> None:
        self.slider.valueChanged.connect(self._show_step)
        self.play.clicked.connect(self.toggle)
        self._timer.timeout.connect(self._on_timer)
        for wall in (self.yours, self.bases):
            wall.enlarged.connect(self.yours.enlarge)
            wall.enlarged.connect(self.bases.enlarge)
        self.look.clicked.connect(self.look_asked)
        self.again.clicked.connect(self.again_asked)
        self.other.clicked.connect(self.other_asked)
        self.try_here.clicked.connect(self._on_try)
        self.accept.clicked.connect(lambda: self.accept_asked.emit(self.why.text().strip()))
        self.why.textChanged.connect(lambda text: self.accept.setEnabled(bool(text.strip())))
        self.why.left.connect(self.setFocus)
        self.accept.setEnabled(False)
        self.look.hide()

    # What is shown ---------------------------------------------------------------------------------------------

    def wait(self) -> None:
        """Nothing is known yet."""
        self.clear("Looking for the moments…")

    def clear(self, told: str = "") -> None:
        """Forget the review, and let go of its files."""
        self._timer.stop()
        self._review = None
        for wall in (self.yours, self.bases):
            wall.close_episode()
            wall.open(None)
        for button in self.moments:
            button.deleteLater()
        self.moments = []
        self.your_title.setText("Your episode")
        self.base_title.setText("The nearest base episode")
        self._told.setText(told)
        self.look.hide()
        self.why.clear()
        self._enable(None)

    def fail(self, why: str) -> None:
        """The moments cannot be shown now; they can be looked for again."""
        self.clear(why)
        self.look.show()

    def display(self, review: "Review") -> None:
        """Show the worst moments of an episode, the first of them first; a file that cannot be read is `failed`."""
        self.clear()
        try:
            self.yours.open(review.path)
            self.bases.open(review.counterpart.path if review.counterpart else None)
        except AccordError as error:
            self.fail(str(error))
            self.failed.emit(str(error))
            return
        self._review = review
        self._told.setText("" if review.moments else "No moment stands out: the episode differs a little everywhere.")
        for number, reviewed in enumerate(review.moments):
            self._add_moment(number, reviewed, review.what)
        if review.moments:
            self.show_moment(0)
        else:
            self._enable(None)

    def _add_moment(self, number: int, reviewed: "Reviewed", what: str) -> None:
        text = f"{reviewed.moment.first_s:.1f} s    {share(reviewed.moment.share)} of it {what}"
        button = Button(text, tip=f"Moment {number + 1} (↑ and ↓)")
        button.setCheckable(True)
        button.clicked.connect(lambda _on, number=number: self.show_moment(number))
        self.moments.append(button)
        self._moments.addWidget(button)

    @property
    def reviewed(self) -> "Reviewed | None":
        """The moment that is shown."""
        if self._review is None or not self._review.moments:
            return None
        return self._review.moments[self._number]

    def show_moment(self, number: int) -> None:
        """Show one of the moments, at its beginning."""
        if self._review is None or not self._review.moments:
            return
        self._number = min(max(number, 0), len(self._review.moments) - 1)
        for i, button in enumerate(self.moments):
            button.setChecked(i == self._number)
        reviewed = self._review.moments[self._number]
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(reviewed.steps) - 1)
        self.slider.setValue(0)
        self.slider.blockSignals(False)
        self._told.setText(_told(reviewed, self._review.missing))
        self._enable(reviewed)
        self._show_step(0)

    def _enable(self, reviewed: "Reviewed | None") -> None:
        self.slider.setEnabled(reviewed is not None)
        self.play.setEnabled(reviewed is not None)
        self.try_here.setEnabled(reviewed is not None and reviewed.back is not None)

    def _show_step(self, number: int) -> None:
        """Both episodes at the step of this number, counted from the moment's first."""
        reviewed, review = self.reviewed, self._review
        if reviewed is None or review is None:
            return
        step = reviewed.steps[number]
        shown = self.yours.picture_steps(step)
        ways = {name: _ways(reviewed, name, shown.get(name, step)) for name in reviewed.lines}
        self.yours.show_step(step, ways)
        rate_hz = reviewed.paths.rate_hz
        self.your_title.setText(f"You, at {reviewed.moment.first_s + number / rate_hz:.2f} s")
        if reviewed.matches and review.counterpart is not None:
            match = reviewed.matches[number]
            self.bases.show_step(match, {})
            self.base_title.setText(f"Base episode {review.counterpart.episode[:8]}, at {match / rate_hz:.2f} s")
        else:
            self.base_title.setText("No base episode to compare with")

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """A view reads pictures only while it can be seen."""
        super().showEvent(event)
        QTimer.singleShot(0, self, lambda: self._show_step(self.slider.value()))

    # Moving ----------------------------------------------------------------------------------------------------

    def go(self, steps: int, moments: int) -> None:
        """Pause, and go some steps or moments on or back."""
        self._pause()
        if moments:
            self.show_moment(self._number + moments)
        self.slider.setValue(self.slider.value() + steps)

    def toggle(self) -> None:
        """Play or pause; from the end it plays from the beginning."""
        if self._timer.isActive() or self.reviewed is None:
            self._pause()
            return
        if self.slider.value() >= self.slider.maximum():
            self.slider.setValue(0)
        self._then_s, self._rest_s = time.monotonic(), 0.0
        self._timer.start()
        self.play.set_icon("mdi6.pause")

    def _pause(self) -> None:
        self._timer.stop()
        self.play.set_icon("mdi6.play")

    def _on_timer(self) -> None:
        reviewed, now_s = self.reviewed, time.monotonic()
        if reviewed is None or self.slider.value() >= self.slider.maximum():
            self._pause()
            return
        self._rest_s += now_s - self._then_s
        self._then_s = now_s
        steps = int(self._rest_s * reviewed.paths.rate_hz)
        self._rest_s -= steps / reviewed.paths.rate_hz
        self.slider.setValue(self.slider.value() + steps)

    def _on_try(self) -> None:
        if self.reviewed is not None:
            self._pause()
            self.try_asked.emit(self.reviewed)


def _ways(reviewed: "Reviewed", view: str, shown: int) -> tuple[Way, ...]:
    """What is drawn into a view: both ways of every hand, the person's own on top.

    Args:
        reviewed: the moment.
        view: its name.
        shown: the step that its picture shows, so that a mark stands where the hand is in that picture.
    """
    lines, found = reviewed.lines[view], []
    number = min(max(shown - reviewed.steps[0], 0), len(reviewed.steps) - 1)
    for places, pen in ((lines.base, BASES), (lines.person, YOURS)):
        seen = places[min(number, len(places) - 1)]
        found += [Way(seen[:, hand], number, pen) for hand in range(seen.shape[1])]
    return tuple(found)


def _told(reviewed: "Reviewed", missing: str) -> str:
    how = "" if reviewed.paths.simulated else "The base policy's way is added up, not simulated: there is no physics."
    return "\n".join(filter(None, (how, missing)))


def _button(action: Action, role: str = "") -> Button:
    made = Button(f"{action.text}  {action.shown_key}", action.icon, action.tip, role)
    made.setAccessibleName(action.text)
    return made
