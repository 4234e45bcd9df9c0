"""EvaluatePage: roll a policy out on many scenes, and see how often it succeeds, how far it comes and how it fails."""

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from accord.app.jobs import Job, JobState
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.candidates import candidates
from accord.app.ui.empty import Empty
from accord.app.ui.errand import Errand
from accord.app.ui.evaluation_form import RUN, EvaluationForm
from accord.app.ui.failure_wall import FailureWall
from accord.app.ui.job_line import JobLine
from accord.app.ui.labels import label, wrapped
from accord.app.ui.library_actions import bind
from accord.app.ui.stage_bars import StageBars
from accord.app.ui.success_plot import SuccessPlot
from accord.app.ui.told import headline, limits, report, sums
from accord.datasets.library import Library

if TYPE_CHECKING:
    from accord.app.evaluating import EvaluationSettings
    from accord.app.evaluation import Evaluation

STOP = Action("Stop", "Esc", "Stop after the rollouts so far; their numbers stay", "mdi6.stop")
_FORM_PX = 34 * theme.GRID


class EvaluatePage(QWidget):
    """A form at the left; at the right what came out so far."""

    title = "Evaluate"
    icon = "mdi6.chart-bell-curve"
    failed = Signal(str)
    say = Signal(str)
    show_step = Signal(str, int)
    """Episode and step."""
    kept = Signal()
    """A rollout became an episode of the library."""

    def __init__(self, library: Library, task: str = "") -> None:
        """Show nothing yet.

        Args:
            library: where base policies are, and where rollouts are kept.
            task: what a policy behind an address starts with.
        """
        super().__init__()
        self.library, self._task = library, task
        self.evaluation: Evaluation | None = None
        self._kept = 0
        self._reading = Errand(self)
        self.form, self.job = EvaluationForm(), JobLine(STOP)
        self.success, self.share = label("", "title", "Successes"), label("", name="Their share and its interval")
        self.sums, self.warning = wrapped("", "faint"), Banner(closable=False)
        self.plot, self.bars, self.wall = SuccessPlot(), StageBars(), FailureWall()
        self.copy = Button("Copy", "mdi6.content-copy", "Copy these numbers as text", "quiet")
        self._empty = Empty(
            "mdi6.chart-bell-curve", "Nothing rolled out yet",
            "Choose a policy and press Run. It drives the simulated robot on new scenes, without a person, and every "
            "success is counted by the scene itself.",
        )  # fmt: skip
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        told, whole, results = QWidget(), QHBoxLayout(), QWidget()
        numbers = QHBoxLayout()
        numbers.setSpacing(2 * theme.GRID)
        numbers.addWidget(self.success)
        numbers.addWidget(self.share)
        numbers.addStretch(1)
        numbers.addWidget(self.copy)
        stages = QVBoxLayout()
        stages.setSpacing(theme.GRID)
        stages.addWidget(label("STAGES REACHED", "section"))
        stages.addWidget(self.bars)
        stages.addStretch(1)
        side = QWidget()
        side.setLayout(stages)
        stages.setContentsMargins(0, 0, 0, 0)
        graphs = QHBoxLayout()
        graphs.setSpacing(2 * theme.GRID)
        graphs.addWidget(self.plot, 3)
        graphs.addWidget(side, 2)
        column = QVBoxLayout(results)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addLayout(numbers)
        column.addWidget(self.sums)
        column.addWidget(self.warning)
        column.addLayout(graphs, 2)
        column.addWidget(self.wall, 3)
        self._pages = QStackedLayout(told)
        for page in (self._empty, results):
            self._pages.addWidget(page)
        self.form.setFixedWidth(_FORM_PX)
        whole.setSpacing(2 * theme.GRID)
        whole.addWidget(self.form)
        whole.addWidget(told, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(*[2 * theme.GRID] * 4)
        outer.addLayout(whole, 1)
        outer.addWidget(self.job)

    def _connect(self) -> None:
        self._reading.answered.connect(lambda found: self.form.offer(found, self._task))
        self._reading.failed.connect(self.failed)
        self.form.asked.connect(self._run)
        self.job.progressed.connect(self._on_progress)
        self.job.finished.connect(self._on_done)
        self.job.failed.connect(self._on_failed)
        self.job.cancelled.connect(self._on_stopped)
        self.wall.opened.connect(lambda episode: self.show_step.emit(episode, 0))
        self.copy.clicked.connect(self._copy)
        for action, does in ((RUN, self.form.ask), (STOP, self.job.cancel)):
            bind(self, action, does)

    # What the window calls -------------------------------------------------------------------------------------

    def shown(self) -> None:
        """The page is looked at now."""
        self._reading.run(lambda _progress: candidates(self.library))

    def library_changed(self) -> None:
        """An episode was saved, or decided about: nothing that shows here."""

    def close_jobs(self) -> None:
        """End everything that runs."""
        self._reading.close()
        self.job.close_job()

    # Rolling out -----------------------------------------------------------------------------------------------

    def _run(self, settings: "EvaluationSettings") -> None:
        from accord.app.evaluating import evaluate  # noqa: PLC0415  brought in by `candidates` by now

        folder = self.library.folder
        if self.job.start(lambda: Job("evaluating", evaluate, folder, settings)):
            self.form.set_busy(True)
            self.evaluation, self._kept = None, 0
            self.wall.clear()
            self._pages.setCurrentIndex(0)
            self._empty.say("Building the scene", "The first rollouts come in some seconds.")

    def _on_progress(self, state: JobState) -> None:
        if state.details is not None and state.details is not self.evaluation:
            self.display(state.details)

    def display(self, evaluation: "Evaluation") -> None:
        """Show what came out so far."""
        self.evaluation = evaluation
        self.success.setText(headline(evaluation))
        self.share.setText(limits(evaluation.success))
        self.sums.setText(sums(evaluation))
        self.warning.say(report(evaluation), Tone.WARNING)
        self.plot.display([rollout.success for rollout in evaluation.counted], evaluation.of)
        self.bars.display(evaluation.stages, evaluation.reached)
        self.wall.display(evaluation.rollouts, evaluation.stages)
        self._pages.setCurrentIndex(1)
        kept = sum(bool(rollout.episode) for rollout in evaluation.rollouts)
        if kept != self._kept:
            self._kept = kept
            self.kept.emit()

    def _on_done(self, evaluation: Any) -> None:
        self._end()
        self.display(evaluation)
        self.say.emit(f"Rolled out {evaluation.policy}: {headline(evaluation)}.")

    def _on_failed(self, sentence: str) -> None:
        self._end()
        self.failed.emit(sentence)

    def _on_stopped(self) -> None:
        self._end()
        done = len(self.evaluation.rollouts) if self.evaluation else 0
        self.say.emit(f"Stopped after {done} rollout{'s' * (done != 1)}; what was counted stays.")

    def _end(self) -> None:
        self.form.set_busy(False)
        if self.evaluation is None:
            self._empty.say("Nothing rolled out yet", "Choose a policy and press Run.")

    def _copy(self) -> None:
        now = self.evaluation
        if now is not None:
            lines = [headline(now), limits(now.success), sums(now), report(now)]
            stages = zip(now.stages, now.reached, strict=True)
            lines += [f"{name}: {share.count} of {share.of}" for name, share in stages]
            QGuiApplication.clipboard().setText("\n".join(filter(None, lines)))
            self.say.emit("Copied.")
