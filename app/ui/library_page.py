"""LibraryPage: every episode of a library in a table, and the chosen one in a player. Look, cut, decide."""

import getpass
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from accord.app.curating import Row
from accord.app.ui import library_actions as actions
from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.curation_bar import CurationBar
from accord.app.ui.decided import decided
from accord.app.ui.empty import Empty
from accord.app.ui.episode_filter import EpisodeFilter, FilterLine
from accord.app.ui.episode_table import EpisodeTable
from accord.app.ui.errand import Errand
from accord.app.ui.mending import Mending
from accord.app.ui.open_lists import OpenLists
from accord.app.ui.player import Player
from accord.app.ui.scan import Scan
from accord.app.ui.score_line import ScoreLine
from accord.app.ui.score_pane import ScorePane
from accord.app.ui.score_plain import PlainLine
from accord.datasets.decisions import Kind
from accord.datasets.errors import AccordError
from accord.datasets.library import Library


class LibraryPage(QWidget):
    """The library. It writes nothing but decisions."""

    title = "Library"
    icon = "mdi6.filmstrip"
    failed = Signal(str)
    say = Signal(str)

    def __init__(self, library: Library, who: str = "") -> None:
        """Show a library.

        Args:
            library: to look into.
            who: decides; the user of this machine unless given.
        """
        super().__init__()
        self.library, self.who = library, who or getpass.getuser()
        self.scan = Scan()
        self._known = False
        self._awaited: tuple[str, int] | None = None
        self._shown: Row | None = None
        self._scanning = Errand(self)
        self.filter, self.scores, self.banner = FilterLine(), ScoreLine(library.folder), Mending(library)
        self.table = EpisodeTable(lambda row: library.thumbnail(row.entry))
        self.plain = PlainLine(library.folder)
        self.pane = ScorePane(self.table, self.plain)
        self.player, self.bar = Player(), CurationBar()
        self._first = Empty("mdi6.filmstrip", "No episodes yet", "Record one on the page Collect; it stands here then.")
        self._lay_out()
        self._connect()
        self._bind()

    def _lay_out(self) -> None:
        right, split = QWidget(), QSplitter(Qt.Orientation.Horizontal)
        side = QVBoxLayout(right)
        side.setContentsMargins(theme.GRID, 0, 0, 0)
        side.setSpacing(theme.GRID)
        side.addWidget(self.player, 1)
        side.addWidget(self.bar)
        split.addWidget(self.pane)
        split.addWidget(right)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        split.setSizes([612, 508])
        self._split = split
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        line = QHBoxLayout()
        line.setSpacing(theme.GRID)
        line.addWidget(self.scores, 1)
        line.addWidget(self.pane.controls)
        column.addWidget(self.filter)
        column.addLayout(line)
        column.addWidget(self.banner)
        column.addWidget(split, 1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(*[2 * theme.GRID] * 4)
        self._pages = QStackedLayout()
        self._pages.addWidget(whole)
        self._pages.addWidget(self._first)
        outer.addLayout(self._pages)

    def _connect(self) -> None:
        self._scanning.answered.connect(self._on_scan)
        self._scanning.progressed.connect(self._on_progress)
        self.filter.changed.connect(self._on_filter)
        self.pane.cleared.connect(self.filter.clear)
        self.plain.found.connect(self._on_plain)
        self.table.chosen.connect(self._show_row)
        self.scores.policy_chosen.connect(self._rescan)
        self.scores.scored.connect(self._rescan)
        self.banner.mended.connect(self._on_mended)
        self.player.trimmed.connect(self._trim)
        self.bar.verdict.connect(lambda word: self._decide(Kind.VERDICT, word))
        self.bar.outcome.connect(lambda word: self._decide(Kind.OUTCOME, word, "said by the curator"))
        self.bar.noted.connect(lambda text: self._decide(Kind.NOTE, text))
        self.bar.asked.connect(lambda text: self._asked[text]())
        self.bar.left.connect(self.table.setFocus)
        for teller in (self._scanning, self.banner, self.player, self.scores, self.plain):
            teller.failed.connect(self.failed)

    def _bind(self) -> None:
        """Keys that a field may need for itself work only in the table and the player."""
        self._asked = {
            actions.FIRST.text: partial(self._cut, first=True),
            actions.LAST.text: partial(self._cut, first=False),
            actions.WHOLE.text: partial(self._trim, None),
            actions.UNDO.text: partial(self._turn, undo=True),
            actions.REDO.text: partial(self._turn, undo=False),
        }
        player, bar = self.player, self.bar
        here: dict[Action, Callable[[], object]] = {
            actions.PLAY: self._play, actions.BACK: partial(player.step, -1), actions.ON: partial(player.step, 1),
            actions.BACK_FAR: partial(player.jump, -1.0), actions.ON_FAR: partial(player.jump, 1.0),
            actions.BEGINNING: partial(player.seek, 0.0), actions.END: partial(player.seek, float("inf")),
            actions.FASTER: partial(player.change_speed, 1), actions.SLOWER: partial(player.change_speed, -1),
            actions.ABOVE: partial(self.table.go, -1), actions.BELOW: partial(self.table.go, 1),
            actions.ACCEPT: partial(bar.verdict.emit, "accept"), actions.REJECT: partial(bar.verdict.emit, "reject"),
            actions.CLEAR: partial(bar.verdict.emit, ""), actions.NOTE: bar.write_note,
            actions.OUTCOME: bar.choose_outcome, actions.ERROR: partial(player.toggle_line, "error"),
            actions.NOVELTY: partial(player.toggle_line, "novelty"),
            actions.CUTS: partial(player.toggle_line, "cuts"),
            actions.COLUMNS: self.pane.choose_columns, actions.SCATTER: self.pane.toggle_scatter,
            **{action: self._asked[action.text] for action in (actions.FIRST, actions.LAST, actions.WHOLE)},
        }  # fmt: skip
        everywhere: dict[Action, Callable[[], object]] = {
            actions.UNDO: self._asked[actions.UNDO.text], actions.REDO: self._asked[actions.REDO.text],
            actions.FIND: self.filter.begin, actions.SHOW_ALL: self.filter.clear, actions.BIN: self.filter.toggle_bin,
            actions.SCORE: self._score,
        }  # fmt: skip
        for where, bound in ((self._split, here), (self, everywhere)):
            for action, does in bound.items():
                actions.bind(where, action, does)
        OpenLists(self)

    # What the window calls --------------------------------------------------------------------------------------------

    def shown(self) -> None:
        """The page is looked at now; what is not scored yet is scored, without a word."""
        self._rescan()
        self.table.setFocus()

    def library_changed(self) -> None:
        """An episode was saved, or decided about elsewhere."""
        self._known = False
        if self.isVisible():
            self._rescan()

    def close_jobs(self) -> None:
        """End everything that runs, and let go of the open episode."""
        self._scanning.close()
        self.banner.close_job()
        self.scores.close_job()
        self.plain.close_job()
        self.player.close_episode()

    def show_step(self, episode: str, step: int) -> None:
        """Show an episode at a step."""
        self._awaited = episode, step
        if self._known:
            self._go_to_awaited()

    # Looking ----------------------------------------------------------------------------------------------------------

    def _rescan(self) -> None:
        policy = self.scores.policy
        self._scanning.run(lambda progress: Scan.of(self.library, policy, progress))

    def _on_progress(self, done: int, of: int) -> None:
        if not self._known:
            self.scores.say(f"reading {done} of {of} episodes")

    def _on_scan(self, scan: Scan) -> None:
        self.scan, first = scan.with_plain(self.plain.scoring), not self._known
        self._known = True
        self.scores.display(scan)
        self._show_rows()
        self.banner.display(scan)
        if not self._scanning.running:  # else a policy was just chosen, and what is compared with its episodes follows
            self.plain.follow(scan)
        if self.isVisible() and scan.policy is not None:
            self.scores.score_quietly(scan)
        if first and self._awaited:
            self._go_to_awaited()

    def _score(self) -> None:
        self.scores.score()
        self.plain.retry()

    def _on_plain(self) -> None:
        self.scan = self.scan.with_plain(self.plain.scoring)
        self._show_rows()

    def _on_mended(self, said: str) -> None:
        if said:
            self.say.emit(said)
        self._rescan()

    def _show_rows(self) -> None:
        self.filter.offer(self.scan.rows)
        self.table.display(list(self.scan.rows))
        self._pages.setCurrentIndex(0 if self.scan.rows or self.scan.left_behind or self.scan.damaged else 1)
        self._count()
        self._show_row(self.table.current)

    def _count(self) -> None:
        shown, of = self.table.counts()
        self.filter.count(shown, of)
        self.pane.display(bool(shown) or not self._known)

    def _on_filter(self, wanted: EpisodeFilter) -> None:
        self.table.ask(wanted)
        self._count()
        self._show_row(self.table.current)

    def _show_row(self, row: Row | None) -> None:
        """Show an episode; the one that is open already stays where it is."""
        before, self._shown = self._shown, row
        curation = row.entry.curation if row else None
        if row is None or before is None or before.entry.path != row.entry.path or self.player.path is None:
            self.player.display(row.entry.path if row else None, curation.trim if curation else None)
        elif curation is not None:
            self.player.set_trim(curation.trim)
        thresholds = self.scan.policy.thresholds if self.scan.policy else None
        self.player.set_scores(self.scan.scores.get(row.entry.id) if row else None, thresholds)
        self.bar.display(curation)

    def _go_to_awaited(self) -> None:
        if self._awaited is None:
            return
        (episode, step), self._awaited = self._awaited, None
        if not self.table.choose(episode):
            self.filter.clear()
        if self.table.choose(episode):
            self.player.show_step(step)
        else:
            self.failed.emit(f"Wanted episode {episode}, found none in this library: it may be in the bin.")

    def _play(self) -> None:
        """The space bar presses the button that has the focus, and plays everywhere else."""
        focused = self.focusWidget()
        if isinstance(focused, Button) and focused.hasFocus():
            focused.click()
        else:
            self.player.toggle()

    # Deciding ---------------------------------------------------------------------------------------------------------

    def _decide(self, kind: Kind, value: Any, why: str = "") -> None:
        row = self.table.current
        if row is None:
            return
        try:
            self.library.decisions.append(self.who, row.entry.id, kind, value, why)
        except AccordError as error:
            self.failed.emit(str(error))
        self._read_decisions(rescore=kind is Kind.TRIM)

    def _turn(self, undo: bool) -> None:
        try:
            turn = self.library.decisions.undo if undo else self.library.decisions.redo
            decision = turn(self.who)
        except AccordError as error:
            self.failed.emit(str(error))
            return
        if decision is None:
            self.say.emit("Nothing to take back." if undo else "Nothing to decide again.")
            return
        self._read_decisions(rescore=decision.kind is Kind.TRIM)
        self.table.choose(decision.episode)
        row = next((row for row in self.scan.rows if row.entry.id == decision.episode), None)
        self.say.emit(f"{'Took back' if undo else 'Decided again'}: {decided(decision, row)}.")

    def _read_decisions(self, rescore: bool) -> None:
        self.scan = self.scan.decided(self.library.decisions.present())
        self._show_rows()
        self.plain.follow(self.scan)
        if rescore:
            self._rescan()

    def _trim(self, trim: tuple[float, float] | None) -> None:
        self._decide(Kind.TRIM, None if trim is None else [round(at_s, 9) for at_s in trim])

    def _cut(self, first: bool) -> None:
        """One end of what stays goes to this moment; where it would pass the other, that goes to its own end."""
        row, end_s, now_s = self._shown, self.player.playback.end_s, self.player.playback.position_s
        if row is None or end_s <= 0.0:
            return
        begin_s, until_s = row.entry.curation.trim or (0.0, end_s)
        begin_s, until_s = (now_s, until_s) if first else (begin_s, now_s)
        if begin_s >= until_s:
            begin_s, until_s = (begin_s, end_s) if first else (0.0, until_s)
        if begin_s < until_s:
            self._trim(None if (begin_s, until_s) == (0.0, end_s) else (begin_s, until_s))
