"""PolicyPlane: the scatter, what its axis and its colours mean, and where its lines stand among the held-out steps."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from accord.app.curating import Row
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.episode_filter import when
from accord.app.ui.labels import label, wrapped
from accord.app.ui.policy_study import Study
from accord.app.ui.scatter import DISTANCE, HELD_OUT, SPREAD, Scatter
from accord.datasets.compatibility import Thresholds


class PolicyPlane(QWidget):
    """Everything about the plane of error and novelty."""

    reset_wanted = Signal()

    def __init__(self, reset: Action) -> None:
        """Make it.

        Args:
            reset: what puts the lines back.
        """
        super().__init__()
        self._study = Study()
        self.scatter = Scatter()
        self.axis, self.colour = QComboBox(), QComboBox()
        for text, value in (("by spread", SPREAD), ("by distance", DISTANCE)):
            self.axis.addItem(text, value)
        for text, value in (("by operator", "operator"), ("by episode", "episode"), ("by outcome", "outcome")):
            self.colour.addItem(text, value)
        self.axis.setAccessibleName("Novelty")
        self.axis.setToolTip("Show novelty by spread of the ensemble, or by distance to base states (↑ ↓)")
        self.colour.setAccessibleName("Colour of the points")
        self.colour.setToolTip("Colour the points by operator, episode or outcome (↑ ↓)")
        self.reset = Button("", reset.icon, reset.tip, "quiet")
        self.standing = wrapped("", "faint")
        self._lay_out()
        self.axis.currentIndexChanged.connect(lambda: self.scatter.show_axis(self.axis.currentData()))
        self.colour.currentIndexChanged.connect(self._draw)
        self.scatter.moving.connect(self.tell)
        self.reset.clicked.connect(self.reset_wanted)

    def _lay_out(self) -> None:
        above, column = QHBoxLayout(), QVBoxLayout(self)
        above.addWidget(label("STEPS", "section"))
        above.addStretch(1)
        for widget in (self.reset, self.axis, self.colour):
            above.addWidget(widget)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(above)
        column.addWidget(self.scatter, 1)
        column.addWidget(self.standing)

    def display(self, study: Study) -> None:
        """Show the steps of a study, and the lines where the policy has them."""
        self._study = study
        self.reset.setEnabled(study.calibrated is not None)
        self.axis.setEnabled(study.cloud.knows_distance)
        if not study.cloud.knows_distance:
            self.axis.setCurrentIndex(self.axis.findData(SPREAD))
        if study.scan.policy is not None:
            self.scatter.set_thresholds(study.scan.policy.thresholds)
            self._draw()
            self.tell(study.scan.policy.thresholds)

    def tell(self, thresholds: Thresholds) -> None:
        """Say where such lines stand among the held-out steps."""
        calibration = self._study.calibration
        self.standing.setText(calibration.told(thresholds) if calibration else "")

    def _draw(self) -> None:
        groups = {row.entry.id: self._group(row) for row in self._study.candidates}
        groups |= dict.fromkeys(self._study.held_out, HELD_OUT)
        self.scatter.display(self._study.cloud, groups)

    def _group(self, row: Row) -> str:
        by = self.colour.currentData()
        if by == "operator":
            return row.entry.summary.operator
        return row.entry.curation.outcome if by == "outcome" else f"{when(row)[5:]} {row.entry.id[:4]}"
