"""DeviceOffers: what is plugged in and not set up yet, each with the button that begins to."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.in_reach import Offer
from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.labels import label

_MOST = 5
"""Lines; whoever plugs more in adds them one after the other."""


class DeviceOffers(QWidget):
    """Nothing at all while nothing is offered."""

    add_asked = Signal(object)
    """`accord.app.in_reach.Offer`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offers: tuple[Offer, ...] = ()
        self.buttons: list[Button] = []
        self._rows: list[QWidget] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(theme.GRID // 2)
        self._column.addWidget(label("PLUGGED IN, NOT SET UP", "section"))
        self.hide()

    def display(self, offers: Sequence[Offer]) -> None:
        """Show these, if they are others than those that show."""
        if tuple(offers) == self.offers:
            return
        self.offers = tuple(offers)
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows, self.buttons = [], []
        for offer in self.offers[:_MOST]:
            self._add_row(offer)
        self.setVisible(bool(self.offers))

    def _add_row(self, offer: Offer) -> None:
        row, text = QWidget(), label(offer.text)
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        button = Button("Add…", "mdi6.plus", f"Set up {offer.text}")
        button.clicked.connect(lambda _on: self.add_asked.emit(offer))
        text.setToolTip(offer.text)
        text.setMinimumWidth(0)
        line.addWidget(text, 1)
        line.addWidget(button)
        self._column.addWidget(row)
        self._rows.append(row)
        self.buttons.append(button)
