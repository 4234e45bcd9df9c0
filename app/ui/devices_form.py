"""DeviceForm: a device is set up, or changed, in a form made of what its kind has to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.devices_fields import Suggesting, Widget, field_for, write, written
from accord.app.ui.field import Choice, Field
from accord.app.ui.labels import label, wrapped
from accord.datasets.errors import AccordError
from accord.devices.inputs.kind import Kind, Value
from accord.devices.setup import Setup

_WIDTH = 88 * theme.GRID
_NAME = "small letters, digits and dashes"
_PROFILE = "how you drive with it"
_PEDALS = "their buttons count as this device's, from 32 on"
_ADD = "What is not plugged in yet may be set up all the same: it is looked for all the time."
_CHANGE = "It begins anew with what is saved here; its calibration stays."
_ABBREVIATIONS = {"udp": "UDP port", "ids": "Servo ids"}
_OWN = "as this kind usually is"
_NO_PEDALS = "none"
Suggested = Mapping[tuple[str, str], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form can choose from."""

    kinds: tuple[Kind, ...] = ()
    profiles: tuple[str, ...] = ()
    pedals: tuple[str, ...] = ()
    """Devices that only add buttons to others."""
    taken: frozenset[str] = frozenset()
    """Names of the devices that there are."""
    suggested: Suggested = field(default_factory=dict)
    """Kind and option → value and text of what is plugged in."""


class DeviceForm(QWidget):
    """Kind, name, what the kind has to be told, profile, pedals."""

    asked = Signal(object, str)
    """The `Setup`, and which device it takes the place of, or empty."""
    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices, self._before, self._named = Choices(), "", False
        self.title, self.problem = label("", "title"), Banner(closable=False)
        self.about = wrapped("", "faint")
        self.kind = Choice("Kind", "What it is", self)
        self.name = Field("Name", "How you call it: small letters, digits and dashes, e.g. left-gello", self)
        self.profile = Choice("Profile", "How you drive with it; profiles are made on the page Mapping", self)
        self.pedals = Choice("Pedals", "Their buttons count as this device's too, from 32 on", self)
        self.fields: dict[str, Widget] = {}
        self.save = Button("Add", "mdi6.check", "Set the device up as it is written here (Return)", "primary")
        self.cancel = Button("Cancel", "mdi6.close", "Leave everything as it was (Esc)")
        self._grid = QGridLayout()
        self._dropped: list[QWidget] = []
        self._lay_out()
        self.kind.chosen.connect(self._on_kind)
        self.name.textEdited.connect(self._on_name)
        for key in ("Return", "Enter"):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.ask)
        self.save.clicked.connect(self.ask)
        self.cancel.clicked.connect(self.cancelled)

    def _lay_out(self) -> None:
        inner = QFrame()
        inner.setProperty("role", "panel")
        inner.setMaximumWidth(_WIDTH)
        column, buttons = QVBoxLayout(inner), QHBoxLayout()
        column.setContentsMargins(*(3 * theme.GRID,) * 4)
        column.setSpacing(2 * theme.GRID)
        self._grid.setHorizontalSpacing(2 * theme.GRID)
        self._grid.setVerticalSpacing(theme.GRID)
        for place, stretch in enumerate((0, 4, 5)):
            self._grid.setColumnStretch(place, stretch)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.save)
        column.addWidget(self.title)
        column.addWidget(self.about)
        column.addLayout(self._grid)
        column.addWidget(self.problem)
        column.addLayout(buttons)
        holder, scroll, outer = QWidget(), QScrollArea(), QVBoxLayout(self)
        held = QVBoxLayout(holder)
        held.setContentsMargins(0, 0, 0, 0)
        held.addWidget(inner)
        held.addStretch(1)
        scroll.setWidget(holder)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)

    def _fill(self, kind: Kind) -> None:
        """Row after row: what it is called, the field, what it means."""
        for old in self._dropped:
            old.deleteLater()
        while self._grid.count():
            self._grid.takeAt(0)
        self._dropped = list(self.fields.values())
        rows: list[tuple[str, QWidget, str]] = [("Kind", self.kind, ""), ("Name", self.name, _NAME)]
        rows += [(_called(option.name), self.fields[option.name], option.text) for option in kind.options]
        rows += [("Profile", self.profile, _PROFILE)] if kind.drives else []
        rows += [("Pedals", self.pedals, _PEDALS)] if kind.drives and self.pedals.count() > 1 else []
        for number, (text, field_, hint) in enumerate(rows):
            said = label(text, "faint")
            said.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            meant = wrapped(hint, "faint")
            meant.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            for place, widget in enumerate((said, field_, meant)):
                self._grid.addWidget(widget, number, place)
            self._dropped += [said, meant]
        for widget in (self.profile, self.pedals):
            widget.setVisible(widget in [row[1] for row in rows])

    # Begin -----------------------------------------------------------------------------------------------------

    def add(self, choices: Choices, kind: str = "", options: Mapping[str, Value] | None = None) -> None:
        """Set a new device up.

        Args:
            choices: what there is to choose from.
            kind: what it is, if that is known.
            options: what is known of it.
        """
        self._begin(choices, "", "Add a device", "Add", _ADD)
        known = options or {}
        names = [one.name for one in choices.kinds]
        fitting = [one.name for one in choices.kinds if all(_takes(one, name, value) for name, value in known.items())]
        self._show_kind(kind or next(iter(fitting or names), ""), known)
        self.name.setFocus()
        self.name.selectAll()

    def change(self, choices: Choices, setup: Setup) -> None:
        """Change or rename a device."""
        self._begin(choices, setup.name, f"Change {setup.name}", "Save", _CHANGE)
        self._named = True
        self.name.setText(setup.name)
        self._show_kind(setup.kind, setup.options)
        for field_, value in ((self.profile, setup.profile), (self.pedals, setup.pedals)):
            if field_.findData(value) < 0:  # what is gone meanwhile is not dropped unsaid
                field_.addItem(f"{value} (not there)", value)
            field_.setCurrentIndex(field_.findData(value))

    def _begin(self, choices: Choices, before: str, title: str, does: str, about: str) -> None:
        self._choices, self._before, self._named = choices, before, False
        self.title.setText(title)
        self.about.setText(about)
        self.save.setText(does)
        self.save.setAccessibleName(does)
        self.problem.say("")
        for widget in (self.kind, self.profile, self.pedals):
            widget.clear()
        self.kind.offer((kind.name, kind.text) for kind in choices.kinds)
        self.profile.offer([("", _OWN), *((name, name) for name in choices.profiles)])
        self.pedals.offer([("", _NO_PEDALS), *((name, name) for name in choices.pedals if name != before)])

    def _show_kind(self, name: str, options: Mapping[str, Value]) -> None:
        self.kind.setCurrentIndex(self.kind.findData(name))
        kind = self._kind
        if kind is None:
            return
        self.fields = {}
        for option in kind.options:
            made = field_for(option, self._choices.suggested.get((kind.name, option.name), ()))
            if option.name in options and _takes(kind, option.name, options[option.name]):
                write(made, options[option.name])
            self.fields[option.name] = made
        if not self._named:
            self.name.setText(self._free_name(kind.name))
        self._fill(kind)

    def _free_name(self, kind: str) -> str:
        names = (kind, *(f"{kind}-{n}" for n in range(2, 1000)))
        return next((name for name in names if name not in self._choices.taken), kind)

    # What is written -------------------------------------------------------------------------------------------

    @property
    def _kind(self) -> Kind | None:
        chosen = self.kind.currentData()
        return next((kind for kind in self._choices.kinds if kind.name == chosen), None)

    def _on_kind(self, name: str) -> None:
        self.problem.say("")
        self._show_kind(name, self._written())

    def _on_name(self) -> None:
        self._named = True

    def _written(self) -> dict[str, Value]:
        """The port that was written for one kind holds for another."""
        made = self.fields.get("port")
        return {"port": made.currentText()} if isinstance(made, Suggesting) else {}

    def ask(self) -> None:
        """Ask for what is written, or say what is wrong with it."""
        kind = self._kind
        if kind is None:
            return
        values = {option.name: written(self.fields[option.name], option) for option in kind.options}
        options = {option.name: values[option.name] for option in kind.options if values[option.name] != option.default}
        profile, pedals = (one.currentData() or "" if kind.drives else "" for one in (self.profile, self.pedals))
        try:
            setup = Setup(self.name.text().strip(), kind.name, options, profile, pedals)
        except AccordError as error:
            self.show_problem(str(error))
            return
        self.asked.emit(setup, self._before)

    def show_problem(self, sentence: str) -> None:
        """Say what is wrong; empty for nothing."""
        self.problem.say(sentence, Tone.ERROR)


def _takes(kind: Kind, name: str, value: Value) -> bool:
    """Whether a kind has an option of this name for such a value; a port may also be a number."""
    texts = [isinstance(option.default, str) for option in kind.options if option.name == name]
    return texts == [isinstance(value, str)]


def _called(option: str) -> str:
    return _ABBREVIATIONS.get(option, option.replace("_", " ").capitalize())
