"""PolicyPage: base policies, what they were fitted to, how good they are, and where a step stops to agree."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QListWidget, QSplitter, QVBoxLayout, QWidget

from accord.app.curating import Row, fit_policy
from accord.app.jobs import Job, JobState
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.empty import Empty
from accord.app.ui.episode_columns import length_s
from accord.app.ui.episode_filter import when
from accord.app.ui.errand import Errand, Progress
from accord.app.ui.fit_curve import FitCurve
from accord.app.ui.fit_panel import FIT, FitPanel
from accord.app.ui.job_line import JobLine
from accord.app.ui.labels import label, wrapped
from accord.app.ui.library_actions import bind
from accord.app.ui.policy_study import Study
from accord.app.ui.scatter import HELD_OUT, Scatter
from accord.app.ui.verdict_table import VerdictTable, standing
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitProgress, FitSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import save_thresholds
from accord.datasets.selection import USUAL_CONFLICT_SHARE

RESET = Action("Reset", "Ctrl+R", "Put λ and η where the held-out base episodes say", "mdi6.restore")
_MOST_CONFLICT = 100 * USUAL_CONFLICT_SHARE
"""Largest share of conflicting steps that the table keeps at first [%]."""


class PolicyPage(QWidget):
    """Fit, look, and move the two lines."""

    title = "Policy"
    icon = "mdi6.vector-polyline"
    failed = Signal(str)
    say = Signal(str)
    policy_changed = Signal(str)
    """A policy of this name was fitted, or its thresholds were moved."""
    show_step = Signal(str, int)
    """Episode and step."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self.study = Study()
        self._wanted = ""
        self._studying = Errand(self)
        self.policies = QListWidget()
        self.policies.setAccessibleName("Base policies")
        self.policies.setToolTip("Choose a base policy (↑ ↓)")
        self.policies.setFixedHeight(9 * theme.GRID)
        self.about, self.warning = wrapped("", "faint"), Banner(closable=False)
        self.panel, self.curve, self.job = FitPanel(), FitCurve(), JobLine()
        self.scatter, self.verdicts = Scatter(), VerdictTable()
        self.colour = QComboBox()
        self.most = QDoubleSpinBox()
        self.kept = label("", name="How many would be kept")
        self.reset = Button(RESET.text, RESET.icon, RESET.tip, "quiet")
        self._empty = Empty(
            "mdi6.vector-polyline", "No base policy yet",
            "Tick the episodes that show how it shall be done, and press Fit. All others are then judged by it.",
        )  # fmt: skip
        self._dress()
        self._lay_out()
        self._connect()

    def _dress(self) -> None:
        self.colour.addItem("by operator", "operator")
        self.colour.addItem("by episode", "episode")
        self.colour.addItem("by outcome", "outcome")
        self.colour.setAccessibleName("Colour of the points")
        self.colour.setToolTip("Colour the points by operator, episode or outcome")
        self.most.setRange(0.0, 100.0)
        self.most.setDecimals(1)
        self.most.setValue(_MOST_CONFLICT)
        self.most.setSuffix(" %")
        self.most.setAccessibleName("Largest share of conflicting steps that is kept")
        self.most.setToolTip("Episodes with a larger share of conflicting steps are left out (↑ ↓)")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def _lay_out(self) -> None:
        left, right = QWidget(), QWidget()
        self._middle = QWidget()
        column = QVBoxLayout(left)
        above: tuple[QWidget, ...] = (label("BASE POLICIES", "section"), self.policies, self.about, self.warning)
        for widget in above:
            column.addWidget(widget)
        column.addWidget(self.panel, 1)
        column.addWidget(self.curve)
        lines = QHBoxLayout()
        lines.addWidget(label("EVERY POINT A STEP", "section"))
        lines.addStretch(1)
        lines.addWidget(self.reset)
        lines.addWidget(self.colour)
        middle = QVBoxLayout(self._middle)
        middle.addLayout(lines)
        middle.addWidget(self.scatter, 1)
        rule = QHBoxLayout()
        rule.addWidget(label("Conflict at most"))
        rule.addWidget(self.most)
        rule.addStretch(1)
        rule.addWidget(self.kept)
        verdicts = QVBoxLayout(right)
        verdicts.addLayout(rule)
        verdicts.addWidget(self.verdicts, 1)
        self._right = right
        for layout in (column, middle, verdicts):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(theme.GRID)
        split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self._middle, right):
            split.addWidget(widget)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 1)
        split.setHandleWidth(2 * theme.GRID)
        split.setSizes([366, 442])
        left.setFixedWidth(272)
        outer, row = QVBoxLayout(self), QHBoxLayout()
        outer.setContentsMargins(*[2 * theme.GRID] * 4)
        outer.addLayout(row, 1)
        outer.addWidget(self.job)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(left)
        row.addWidget(split, 1)
        row.addWidget(self._empty, 1)
        self._split = split
        for later in (split, self._empty, self.curve):  # which is known after the first look
            later.hide()

    def _connect(self) -> None:
        self._studying.answered.connect(self._on_study)
        self._studying.failed.connect(self.failed)
        self.policies.currentTextChanged.connect(self._on_policy)
        self.panel.asked.connect(self._fit)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_fitted)
        self.job.failed.connect(self._on_fit_failed)
        self.job.cancelled.connect(self._on_fit_cancelled)
        self.scatter.moving.connect(self._judge)
        self.scatter.moved.connect(self._keep_thresholds)
        self.scatter.chosen.connect(self._on_point)
        self.verdicts.opened.connect(lambda episode: self.show_step.emit(episode, 0))
        self.colour.currentIndexChanged.connect(self._draw)
        self.most.valueChanged.connect(lambda: self._judge(self.scatter.thresholds))
        self.reset.clicked.connect(self.reset_thresholds)
        for action, does in ((FIT, self.panel.ask), (RESET, self.reset_thresholds), (_STOP, self.job.cancel)):
            bind(self, action, does)

    # What the window calls --------------------------------------------------------------------------------------------

    def shown(self) -> None:
        """The page is looked at now."""
        self._look()

    def library_changed(self) -> None:
        """An episode was saved, or decided about."""
        if self.isVisible():
            self._look()

    def close_jobs(self) -> None:
        """End everything that runs."""
        self._studying.close()
        self.job.close_job()

    # Looking ----------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        wanted = self._wanted

        def work(progress: Progress) -> Study:
            return Study.of(self.library, wanted, progress)

        self._studying.run(work)

    def _on_policy(self, name: str) -> None:
        if name and name != self.study.scan.name:
            self._wanted = name
            self._look()

    def _on_study(self, study: Study) -> None:
        self.study = study
        scan = study.scan
        self._list_policies()
        self.panel.display(scan.rows, scan.policies, study.selections)
        self.about.setText(study.about)
        self.warning.say(study.warning, Tone.WARNING)
        self._split.setVisible(scan.policy is not None)
        self._empty.setVisible(scan.policy is None)
        self.reset.setEnabled(study.calibrated is not None)
        if scan.policy is not None:
            self.scatter.set_thresholds(scan.policy.thresholds)
            self._draw()
            self._judge(scan.policy.thresholds)

    def _list_policies(self) -> None:
        names = list(reversed(self.study.scan.policies))
        self.policies.blockSignals(True)
        self.policies.clear()
        self.policies.addItems(names)
        if self.study.scan.name in names:
            self.policies.setCurrentRow(names.index(self.study.scan.name))
        self.policies.blockSignals(False)

    def _draw(self) -> None:
        study = self.study
        groups = {row.entry.id: self._group(row) for row in study.candidates}
        groups |= dict.fromkeys(study.held_out, HELD_OUT)
        self.scatter.display(study.cloud, groups)

    def _group(self, row: Row) -> str:
        by = self.colour.currentData()
        if by == "operator":
            return row.entry.summary.operator
        return row.entry.curation.outcome if by == "outcome" else f"{when(row)[5:]} {row.entry.id[:4]}"

    def _judge(self, thresholds: Thresholds) -> None:
        """Every verdict as it would be with these thresholds."""
        rows = {row.entry.id: row for row in self.study.candidates}
        durations = {episode: length_s(row) for episode, row in rows.items()}
        judged = self.study.cloud.judge(thresholds, durations)
        scores = [score for episode, score in judged.items() if episode in rows]
        names = {episode: f"{row.entry.summary.operator}  {when(row)[5:]}" for episode, row in rows.items()}
        said = {episode: standing(row.entry.curation) for episode, row in rows.items()}
        kept = self.verdicts.display(scores, names, self.most.value() / 100, said)
        missing = len(rows) - len(scores)
        self.kept.setText(f"kept {kept} of {len(scores)}" if rows else "all episodes are in the base")
        self.kept.setToolTip(f"{missing} not scored: see the page Library" if missing else "")

    def _on_point(self, episode: str, t_ns: int) -> None:
        try:
            with Episode(self.library.find(episode)) as opened:
                step = int(np.searchsorted(opened.t_ns, t_ns))
        except AccordError as error:
            self.failed.emit(str(error))
            return
        self.show_step.emit(episode, step)

    # Deciding ---------------------------------------------------------------------------------------------------------

    def _keep_thresholds(self, thresholds: Thresholds) -> None:
        scan = self.study.scan
        if scan.policy is None:
            return
        try:
            save_thresholds(self.library.policy_folder(scan.name), thresholds)
        except (AccordError, OSError) as error:
            self.failed.emit(str(error))
            return
        fresh = replace(scan, policy=scan.policy.with_thresholds(thresholds))
        self.study = replace(self.study, scan=fresh)
        self._judge(thresholds)
        self.policy_changed.emit(scan.name)

    def reset_thresholds(self) -> None:
        """Put the lines where the held-out base episodes say."""
        if self.study.calibrated is not None:
            self.scatter.set_thresholds(self.study.calibrated)
            self._keep_thresholds(self.study.calibrated)

    def _fit(self, name: str, episodes: tuple[str, ...], settings: FitSettings) -> None:
        folder = self.library.folder
        if self.job.start(lambda: Job("fitting", fit_policy, folder, name, episodes, settings)):
            self.panel.set_busy(True)
            self.curve.begin()
            self.curve.show()

    def _on_progress(self, state: JobState) -> None:
        if isinstance(state.details, FitProgress):
            self.curve.tell(state.details)

    def _on_fitted(self, name: Any) -> None:
        self._end_fit()
        self._wanted = str(name)
        self.say.emit(f"Fitted {name}.")
        self.policy_changed.emit(str(name))
        self._look()

    def _on_fit_failed(self, sentence: str) -> None:
        self._end_fit()
        self.failed.emit(sentence)

    def _on_fit_cancelled(self) -> None:
        self._end_fit()
        self.say.emit("The fit was cancelled; nothing of it is left.")

    def _end_fit(self) -> None:
        self.panel.set_busy(False)
        self.curve.hide()


_STOP = Action("Cancel", "Esc", "Stop the fit")
