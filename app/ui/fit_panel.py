"""FitPanel: which episodes a new base policy shall be fitted to, what it is called, and how it is fitted."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from accord.app.base_look import BaseLook
from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.fit_episodes import EpisodeTicks
from accord.app.ui.fit_form import FitForm
from accord.app.ui.labels import label, wrapped
from accord.app.ui.small_base import doubt
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.names import checked_name
from accord.datasets.trim import Cuts

FIT = Action("Fit", "Ctrl+Return", "Fit a base policy to the ticked episodes", "mdi6.vector-polyline")


class FitPanel(QWidget):
    """Episodes or settings, one at a time, and below them the name and the button."""

    asked = Signal(str, object, object)
    """Name, ids and `FitSettings`."""
    ticks_changed = Signal()
    """Other episodes are ticked."""

    def __init__(self) -> None:
        super().__init__()
        self._taken: tuple[str, ...] = ()
        self._busy = False
        self.episodes, self.form = EpisodeTicks(), FitForm()
        self._told = wrapped("", "faint")
        self._name = QLineEdit()
        self._name.setAccessibleName("Name of the new base policy")
        self._name.setToolTip("Letters, digits, dots, dashes and underscores")
        self._fold = Button("Settings", "mdi6.tune-variant", "Show how it is fitted, in place of the episodes", "quiet")
        self._fold.setCheckable(True)
        self._fold.setMinimumWidth(14 * theme.GRID)  # its word is bold while it is down
        self._pages = QStackedWidget()
        self.fit = Button(FIT.text, FIT.icon, FIT.tip, "primary")
        self.fit.setEnabled(False)
        self._lay_out()
        self.episodes.changed.connect(self._count)
        self.episodes.changed.connect(self.ticks_changed)
        self.form.fields.changed.connect(self._count)
        self._name.textChanged.connect(self._count)
        self._fold.toggled.connect(self._unfold)
        self.fit.clicked.connect(self.ask)

    def _lay_out(self) -> None:
        for page in (self.episodes, self.form):
            self._pages.addWidget(page)
        names, ends = QHBoxLayout(), QHBoxLayout()
        names.addWidget(label("Name", "faint"))
        names.addWidget(self._name, 1)
        ends.addWidget(self._fold)
        ends.addStretch(1)
        ends.addWidget(self.fit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        column.addWidget(label("FIT A NEW ONE TO", "section"))
        column.addWidget(self._pages, 1)
        column.addWidget(self._told)
        column.addLayout(names)
        column.addLayout(ends)

    def display(self, rows: tuple[Row, ...], taken: tuple[str, ...], selections: dict[str, dict[str, Cuts]]) -> None:
        """Offer episodes.

        Args:
            rows: of the library.
            taken: names that a new policy cannot have.
            selections: name → id of each episode that it keeps → what it cuts out of that.
        """
        self._taken = taken
        if not self._name.text() or self._name.text() in taken:
            self._name.setText(_fresh(taken))
        self.episodes.display(rows, selections)
        self._count()

    def tell(self, look: BaseLook) -> None:
        """What was found in the ticked episodes."""
        self.form.fields.offer(look.fields, look.usual)

    def fit_again(self, episodes: Iterable[str], cuts: Mapping[str, Cuts], settings: FitSettings) -> None:
        """Ask for the same fit under a new name, to those of the episodes that are left."""
        self.form.show_settings(settings)
        self.episodes.tick_only(episodes, cuts)
        self.ask()

    @property
    def ticked(self) -> tuple[Row, ...]:
        """The chosen episodes."""
        return self.episodes.ticked

    @property
    def problem(self) -> str:
        """Why there can be no fit now, or empty."""
        if len(self.ticked) < 2:
            return "Tick two episodes or more."
        if self._name.text() in self._taken:
            return f"{self._name.text()} exists: choose another name."
        try:
            checked_name(self._name.text(), "a base policy")
        except AccordError as error:
            return str(error)
        return self.form.problem

    def _count(self) -> None:
        rows, problem = self.ticked, self.problem
        text = f"{len(rows)} episodes, {sum(row.entry.summary.steps for row in rows):,} steps."
        self._told.setText(f"{text} {problem or doubt(len(rows))}".rstrip())
        self.fit.setEnabled(not problem and not self._busy)

    def set_busy(self, busy: bool) -> None:
        """While one is being fitted, no other can be asked for."""
        self._busy = busy
        self._pages.setEnabled(not busy)
        self._count()

    def ask(self) -> None:
        """Ask for the fit, if there can be one."""
        if self.fit.isEnabled():
            name = self._name.text()
            settings = replace(self.form.settings, name=name)
            self.asked.emit(name, tuple(row.entry.id for row in self.ticked), settings)

    def _unfold(self, on: bool) -> None:
        self._pages.setCurrentWidget(self.form if on else self.episodes)


def _fresh(taken: tuple[str, ...]) -> str:
    """The next free name of base-v1, base-v2 and so on."""
    return next(name for i in range(1, len(taken) + 2) if (name := f"base-v{i}") not in taken)
