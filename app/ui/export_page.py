"""ExportPage: from episodes to a training set in one look."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from accord.app.curating import choose_episodes, choose_rows
from accord.app.exporting import export_selection
from accord.app.jobs import Job
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.app.ui.choice_table import ChoiceTable
from accord.app.ui.empty import Empty
from accord.app.ui.errand import Errand, Progress
from accord.app.ui.export_form import FOLDER, ExportForm
from accord.app.ui.job_line import JobLine
from accord.app.ui.labels import label, wrapped
from accord.app.ui.library_actions import bind
from accord.app.ui.rows_preview import RowsPreview
from accord.app.ui.rule_panel import RulePanel
from accord.app.ui.scan import Scan
from accord.app.ui.score_plain import PlainLine
from accord.datasets.errors import AccordError
from accord.datasets.exporter import EpisodeSource, ExportReport, ExportSettings
from accord.datasets.library import Library
from accord.datasets.names import checked_name
from accord.datasets.replay_buffer import ReplayBufferExporter
from accord.datasets.scores.catalogue import NAMES
from accord.datasets.selection import Rule, Selection

EXPORT = Action(
    "Export", "Ctrl+Return", "Write the training set, and compare it with the recordings", "mdi6.export-variant"
)
STOP = Action("Cancel", "Esc", "Stop; nothing is left behind")
_SETTLE_MS = 250
"""A preview is made when nothing was changed for this long."""


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What an export would make."""

    rows: Mapping[str, NDArray[Any]]
    size_bytes: int


class ExportPage(QWidget):
    """Choose, look, write."""

    title = "Export"
    icon = "mdi6.export-variant"
    failed = Signal(str)
    say = Signal(str)

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.library = library
        self.scan, self.selection = Scan(), Selection("", Rule(), ())
        self.rule, self.form = RulePanel(), ExportForm(library.folder / "exports")
        self.choices, self.preview = ChoiceTable(), RowsPreview()
        self.kept, self.problem = label("", "title", "How many episodes are kept"), wrapped("", "faint")
        self.estimate = label("", "", "About how large it will be")
        self.export = Button(EXPORT.text, EXPORT.icon, EXPORT.tip, "primary")
        self.export.setEnabled(False)
        self.job, self.report, self.plain = JobLine(), Banner(), PlainLine(library.folder)
        self._report_path = ""
        self._exporter = ReplayBufferExporter()
        self._scanning, self._looking, self._choosing = Errand(self), Errand(self), Errand(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._empty = Empty(
            "mdi6.export-variant", "Nothing to export yet", "Record episodes on the page Collect first."
        )
        self._empty.hint.setMinimumWidth(80 * theme.GRID)
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        middle, right, split = QWidget(), QWidget(), QSplitter(Qt.Orientation.Vertical)
        for widget in (self.choices, self.preview):
            split.addWidget(widget)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(theme.GRID)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        column = QVBoxLayout(middle)
        column.addWidget(self.kept)
        column.addWidget(split, 1)
        side = QVBoxLayout(right)
        side.addWidget(self.form)
        side.addWidget(self.problem)
        side.addStretch(1)
        side.addWidget(self.estimate)
        side.addWidget(self.export)
        row = QHBoxLayout()
        row.setSpacing(2 * theme.GRID)
        asked = QScrollArea()  # limits may be many, and the window small
        asked.setWidget(self.rule)
        asked.setWidgetResizable(True)
        asked.setFrameShape(QFrame.Shape.NoFrame)
        asked.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        asked.setFixedWidth(232)
        right.setFixedWidth(296)
        columns: tuple[tuple[QWidget, int], ...] = ((asked, 0), (middle, 1), (right, 0))
        for part, stretch in columns:
            row.addWidget(part, stretch)
        whole = QWidget()
        outer = QVBoxLayout(whole)
        outer.addLayout(row, 1)
        outer.addWidget(self.plain)
        outer.addWidget(self.job)
        outer.addWidget(self.report)
        for layout in (column, side, outer):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(theme.GRID)
        frame = QHBoxLayout(self)
        frame.setContentsMargins(*[2 * theme.GRID] * 4)
        self._pages = QStackedLayout()
        self._pages.addWidget(whole)
        self._pages.addWidget(self._empty)
        frame.addLayout(self._pages)

    def _connect(self) -> None:
        self._scanning.answered.connect(self._on_scan)
        self._looking.answered.connect(self._on_look)
        self._looking.failed.connect(self._on_no_look)
        self._choosing.answered.connect(self._write)
        self._settle.timeout.connect(self._look)
        self.rule.changed.connect(self._choose)
        self.rule.policy_changed.connect(self._rescan)
        self.form.changed.connect(self._on_form)
        self.export.clicked.connect(self.start)
        self.plain.found.connect(self._choose)
        self.job.finished.connect(self._on_exported)
        self.job.failed.connect(self._on_failed)
        self.job.cancelled.connect(self._on_cancelled)
        self.report.acted.connect(self._copy_path)
        for teller in (self._scanning, self._choosing, self.plain):
            teller.failed.connect(self.failed)
        for action, does in ((EXPORT, self.start), (STOP, self.job.cancel), (FOLDER, self.form.choose_folder)):
            bind(self, action, does)

    # What the window calls --------------------------------------------------------------------------------------------

    def shown(self) -> None:
        """The page is looked at now."""
        self._rescan()

    def library_changed(self) -> None:
        """An episode was saved, or decided about."""
        if self.isVisible():
            self._rescan()

    def close_jobs(self) -> None:
        """End everything that runs."""
        self._settle.stop()
        for errand in (self._scanning, self._looking, self._choosing):
            errand.close()
        self.job.close_job()
        self.plain.close_job()

    # Choosing and looking ---------------------------------------------------------------------------------------------

    def _rescan(self) -> None:
        policy = self.rule.policy
        self._scanning.run(lambda progress: Scan.of(self.library, policy, progress))

    def _on_scan(self, scan: Scan) -> None:
        self.scan = scan
        self.rule.display(scan)
        self._pages.setCurrentIndex(0 if scan.rows else 1)
        self._choose()

    def _choose(self) -> None:
        """Decide about every episode, at once."""
        try:
            self.selection = self._chosen()
        except AccordError as error:
            self.failed.emit(str(error))
            return
        kept = set(self.selection.kept)
        self.kept.setText(_kept_text(self.selection))
        self.choices.display(self.selection, {row.entry.id: row.entry.summary.wall_ns for row in self.scan.rows})
        views = [row.entry.summary.views for row in self.scan.rows if row.entry.id in kept]
        self.form.offer_views(views[0] if views else ())
        self._on_form()

    def _chosen(self) -> Selection:
        if self.rule.selection:
            return Selection.load(self.library.selection_path(self.rule.selection))
        rule, scan = self.rule.rule, self.scan
        if not rule.scores.keys().isdisjoint(NAMES):
            self.plain.follow(scan)
            scan = scan.with_plain(self.plain.scoring)
        return choose_rows(scan.rows, rule)

    def _on_form(self) -> None:
        self.form.show_target(self._target())
        self._say_problem("")
        self._settle.start()

    def _target(self) -> Path:
        return self.form.target(self._exporter.suffix(self.form.settings))

    def _sources(self) -> list[EpisodeSource]:
        paths = {row.entry.id: row.entry.path for row in self.scan.rows}
        kept = (choice for choice in self.selection.rows if choice.kept)
        return [EpisodeSource.of(choice, paths[choice.id]) for choice in kept if choice.id in paths]

    def _look(self) -> None:
        """Make a preview, in a thread: it opens every kept episode."""
        sources, settings, exporter = self._sources(), self.form.settings, self._exporter
        if not sources:
            self._on_no_look("No episode is kept: ask for less at the left.")
            return

        def work(progress: Progress) -> Look:
            return Look(exporter.preview(sources, settings), exporter.estimate(sources, settings))

        self._looking.run(work)

    def _on_look(self, look: Look) -> None:
        self.preview.display(look.rows)
        self.estimate.setText(f"about {_size(look.size_bytes)}")
        self._say_problem("")

    def _on_no_look(self, sentence: str) -> None:
        self.preview.display({})
        self.estimate.setText("")
        self._say_problem(sentence)

    def _say_problem(self, sentence: str) -> None:
        problem = sentence or self._name_problem()
        self.problem.setText(problem)
        self.export.setEnabled(not problem and bool(self.selection.kept) and not self.job.running)

    def _name_problem(self) -> str:
        try:
            checked_name(self.form.name.text(), "a training set")
        except AccordError as error:
            return str(error)
        return f"{self._target().name} exists there: choose another name." if self._target().exists() else ""

    # Writing ----------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Keep the selection under the name of the training set, and write that."""
        if not self.export.isEnabled() or self._choosing.running:
            return
        self.report.say("")
        name, rule, asked = self.rule.selection, self.rule.rule, (self.form.settings, self._target())
        fresh = self.form.name.text()

        def work(progress: Progress) -> tuple[str, ExportSettings, Path]:
            if not name:
                self.library.selection_path(fresh).parent.mkdir(exist_ok=True)
                choose_episodes(self.library, fresh, rule)
            return name or fresh, *asked

        self._choosing.run(work)

    def _write(self, asked: tuple[str, ExportSettings, Path]) -> None:
        folder = self.library.folder
        self.job.start(lambda: Job("exporting", export_selection, folder, *asked))
        self._say_problem("")

    def _on_exported(self, report: ExportReport) -> None:
        dropped = f", {report.dropped} rows dropped" if report.dropped else ""
        pieces = f" in {report.pieces} pieces, never joined over a gap" if report.pieces > report.episodes else ""
        pieces += f", {report.cut:,} steps cut" if report.cut else ""
        text = (
            f"{report.episodes} episodes{pieces}, {report.rows:,} rows{dropped}, {_size(report.size_bytes)}, "
            f"{report.pictures_checked:,} pictures compared with the recordings.\n{report.path}"
        )
        self._report_path = str(report.path)
        self.report.say(text, Tone.HINT, "Copy path", "Copy where the training set stands")
        self._rescan()

    def _on_failed(self, sentence: str) -> None:
        self.failed.emit(sentence)
        self._say_problem("")

    def _on_cancelled(self) -> None:
        self.say.emit("The export was cancelled; nothing of it is left.")
        self._say_problem("")

    def _copy_path(self) -> None:
        QGuiApplication.clipboard().setText(self._report_path)


def _kept_text(selection: Selection) -> str:
    """``kept 3 of 5, 1 of them in part``."""
    cut = sum(bool(choice.cuts) for choice in selection.rows)
    text = f"kept {len(selection.kept)} of {len(selection.rows)}"
    return f"{text}, {cut} of them in part" if cut else text


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB" if size_bytes >= 1e9 else f"{size_bytes / 1e6:.1f} MB"
