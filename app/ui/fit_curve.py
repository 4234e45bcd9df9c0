"""FitCurve: the validation and training error of a fit, epoch by epoch, while it runs."""

import pyqtgraph as pg  # type: ignore[import-untyped]
from PySide6.QtCore import QEvent

from accord.app.ui import theme
from accord.datasets.fit_settings import FitProgress


class FitCurve(pg.PlotWidget):  # type: ignore[misc]
    """A small plot; the error that decides is the thick line."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(15 * theme.GRID)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setAccessibleName("Validation error by epoch")
        self.setLabel("bottom", "epoch")
        self.getAxis("left").enableAutoSIPrefix(False)
        self._told: list[FitProgress] = []
        self._validation, self._training = self.plot(), self.plot()
        self._dress()

    def begin(self) -> None:
        """A new fit."""
        self._told = []
        self._draw()

    def tell(self, progress: FitProgress) -> None:
        """One more epoch."""
        if not self._told or self._told[-1].epoch != progress.epoch:
            self._told.append(progress)
            self._draw()

    def _draw(self) -> None:
        epochs = [one.epoch for one in self._told]
        self._validation.setData(epochs, [one.validation_error for one in self._told])
        self._training.setData(epochs, [one.train_error for one in self._told])

    def _dress(self) -> None:
        theme.dress_plot(self, self.palette())
        self._validation.setPen(pg.mkPen(theme.accent(self.palette()), width=2))
        self._training.setPen(pg.mkPen(theme.faint(self.palette()), width=1))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the palette."""
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_training"):
            self._dress()
        super().changeEvent(event)
