"""PolicyPage: base policies, what they were fitted to, how good they are, and where a step stops to agree."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from accord.app.base_look import BaseLook
from accord.app.fitting import fit_and_remember
from accord.app.jobs import Job, JobState
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.empty import Empty
from accord.app.ui.episode_columns import length_s
from accord.app.ui.episode_filter import when
from accord.app.ui.errand import Errand, Progress
from accord.app.ui.fit_curve import FitCurve
from accord.app.ui.fit_panel import FIT, FitPanel
from accord.app.ui.job_line import JobLine
from accord.app.ui.labels import label, wrapped
from accord.app.ui.library_actions import bind
from accord.app.ui.policy_limit import LimitLine
from accord.app.ui.policy_list import PolicyList
from accord.app.ui.policy_plane import PolicyPlane
from accord.app.ui.policy_study import Study
from accord.app.ui.policy_warnings import PolicyWarnings
from accord.app.ui.verdict_table import VerdictTable, standing
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitProgress, FitSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import save_thresholds

RESET = Action("Reset", "Ctrl+R", "Put λ, η and δ where the held-out base episodes say", "mdi6.restore")
_STOP = Action("Cancel", "Esc", "Stop the fit")
_SETTLED_MS = 200
"""Ticks that follow each other faster than this are looked at together."""


class PolicyPage(QWidget):
    """Fit, look, and move the lines."""

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
        self._studying, self._looking = Errand(self), Errand(self)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self.policies, self.about = PolicyList(), wrapped("", "faint")
        self.about.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.warnings = PolicyWarnings()
        self.panel, self.curve, self.job = FitPanel(), FitCurve(), JobLine()
        self.plane, self.limit, self.verdicts = PolicyPlane(RESET), LimitLine(), VerdictTable()
        self.scatter = self.plane.scatter
        self._empty = Empty(
            "mdi6.vector-polyline", "No base policy yet",
            "Tick the episodes that show how it shall be done, and press Fit. All others are then judged by it.",
        )  # fmt: skip
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.plane, _column(self.limit, self.verdicts)):
            self._split.addWidget(widget)
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 1)
        self._split.setHandleWidth(2 * theme.GRID)
        self._split.setSizes([366, 478])
        left = _column(label("BASE POLICIES", "section"), self.policies, self.about, self.panel, self.curve)
        left.setFixedWidth(272)
        outer, row = QVBoxLayout(self), QHBoxLayout()
        outer.setContentsMargins(*[2 * theme.GRID] * 4)
        outer.setSpacing(theme.GRID)
        outer.addWidget(self.warnings)
        outer.addLayout(row, 1)
        outer.addWidget(self.job)
        row.setSpacing(2 * theme.GRID)
        row.addWidget(left)
        row.addWidget(self._split, 1)
        row.addWidget(self._empty, 1)
        for later in (self._split, self._empty, self.curve):  # which is known after the first look
            later.hide()

    def _connect(self) -> None:
        self._studying.answered.connect(self._on_study)
        self._studying.failed.connect(self.failed)
        self._looking.answered.connect(self._on_look)
        self._looking.failed.connect(self.failed)
        self._settle.timeout.connect(self._look_at_ticked)
        self.policies.chosen.connect(self._on_policy)
        self.panel.asked.connect(self._fit)
        self.panel.ticks_changed.connect(self._settle.start)
        self.warnings.again.connect(self.fit_again)
        self.warnings.side.connect(self.panel.episodes.tick_only)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_fitted)
        self.job.failed.connect(self._on_fit_failed)
        self.job.cancelled.connect(self._on_fit_cancelled)
        self.scatter.moving.connect(self._judge)
        self.scatter.moved.connect(self._keep_thresholds)
        self.scatter.chosen.connect(self._on_point)
        self.verdicts.opened.connect(lambda episode: self.show_step.emit(episode, 0))
        self.limit.changed.connect(lambda: self._judge(self.scatter.thresholds))
        self.plane.reset_wanted.connect(self.reset_thresholds)
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
        self._settle.stop()
        self._studying.close()
        self._looking.close()
        self.job.close_job()

    # Looking ----------------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        wanted = self._wanted

        def work(progress: Progress) -> Study:
            return Study.of(self.library, wanted, progress)

        self._studying.run(work)

    def _look_at_ticked(self) -> None:
        parts = [(row.entry.path, row.entry.curation.trim) for row in self.panel.ticked]

        def work(progress: Progress) -> BaseLook:
            return BaseLook.of(parts)

        self._looking.run(work)

    def _on_look(self, look: BaseLook) -> None:
        self.panel.tell(look)
        self.warnings.show_ticked(look.split)

    def _on_policy(self, name: str) -> None:
        if name != self.study.scan.name:
            self._wanted = name
            self._look()

    def _on_study(self, study: Study) -> None:
        self.study = study
        scan = study.scan
        self.policies.display(study.policies, scan.name)
        self.panel.display(scan.rows, scan.policies, study.selections)
        self.about.setText(study.about)
        self.warnings.show_policy(study.stale, study.base.split, scan.name, study.warning)
        self._split.setVisible(scan.policy is not None)
        self._empty.setVisible(scan.policy is None)
        self.plane.display(study)
        if scan.policy is not None:
            self._judge(scan.policy.thresholds)

    def _judge(self, thresholds: Thresholds) -> None:
        """Every verdict as it would be with these thresholds."""
        rows = {row.entry.id: row for row in self.study.candidates}
        durations = {episode: length_s(row) for episode, row in rows.items()}
        judged = self.study.cloud.judge(thresholds, durations)
        scores = [score for episode, score in judged.items() if episode in rows]
        names = {episode: f"{row.entry.summary.operator}  {when(row)[5:]}" for episode, row in rows.items()}
        said = {episode: standing(row.entry.curation) for episode, row in rows.items()}
        kept = self.verdicts.display(scores, names, self.limit.limit, said)
        missing = len(rows) - len(scores)
        self.limit.kept.setText(f"kept {kept} of {len(scores)}" if rows else "all are in the base")
        self.limit.kept.setToolTip(f"{missing} not scored: see the page Library" if missing else "")

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
        self.plane.tell(thresholds)
        self._judge(thresholds)
        self.policy_changed.emit(scan.name)

    def reset_thresholds(self) -> None:
        """Put the lines where the held-out base episodes say."""
        if self.study.calibrated is not None:
            self.scatter.set_thresholds(self.study.calibrated)
            self._keep_thresholds(self.study.calibrated)

    # Fitting ----------------------------------------------------------------------------------------------------------

    def fit_again(self) -> None:
        """Fit to the episodes of this policy, as they are now, with its settings."""
        policy = self.study.scan.policy
        if policy is not None and not self.job.running:
            self.panel.fit_again((*policy.fitted_to, *policy.held_out), self.study.cuts, self.study.settings)

    def _fit(self, name: str, episodes: tuple[str, ...], settings: FitSettings) -> None:
        folder, fitting = self.library.folder, partial(fit_and_remember, cuts=self.panel.episodes.cuts)
        if self.job.start(lambda: Job("fitting", fitting, folder, name, episodes, settings)):
            self.job.take_focus()  # else Qt gives it to whatever comes after Fit, which now is disabled
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


def _column(*widgets: QWidget) -> QWidget:
    """Widgets one below the other; those that can take room do."""
    made = QWidget()
    layout = QVBoxLayout(made)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(theme.GRID)
    for widget in widgets:
        layout.addWidget(widget)
    return made
