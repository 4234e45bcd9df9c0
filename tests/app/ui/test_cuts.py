"""What is cut out of an episode: on the time line, in the rule, in the table of choices, in the training set."""

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zarr
from curation import add_policy, ids, let_go, make_library, pick, wait_for
from episodes import START_NS
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from accord.app.ui.export_page import ExportPage
from accord.app.ui.player import Player
from accord.datasets.compatibility import StepScores, Thresholds
from accord.datasets.index import TimedScores
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.selection import Selection

STEPS = 100


def conflict(*spans: tuple[int, int]) -> TimedScores:
    """Scores of steps at 50 Hz of which these conflict, whatever the limits are."""
    error = np.zeros(STEPS)
    for first, last in spans:
        error[first:last] = 99.0
    t_ns = START_NS + np.arange(STEPS) * 20_000_000
    return TimedScores(StepScores(error, np.zeros(STEPS), np.full(STEPS, math.nan)), t_ns)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Three episodes of two seconds; the first conflicts from 0.9 to 1.08 s."""
    made = make_library(tmp_path, steps=STEPS)
    add_policy(made)
    fingerprint = load(made.policy_folder("base")).fingerprint
    for episode, spans in zip(ids(made), (((45, 55),), (), ()), strict=True):
        made.index.keep_scores(episode, fingerprint, conflict(*spans))
    return made


@pytest.fixture
def player(application: QApplication, library: Library) -> Iterator[Player]:
    made = Player()
    made.resize(800, 500)
    made.show()
    made.display(library.find(ids(library)[0]))
    yield made
    made.close_episode()
    made.close()
    made.deleteLater()


def colour(player: Player, at_s: float) -> QColor:
    line = player.line
    ratio = line.devicePixelRatioF()
    return line.grab().toImage().pixelColor(round(line.x_of(at_s) * ratio), round((line._top + 50) * ratio))


def test_the_time_line_shows_what_would_be_cut_when_asked(player: Player) -> None:
    player.set_scores(conflict((45, 55)), Thresholds(1.0, 1.0))
    inside, outside = colour(player, 0.995), colour(player, 0.5)
    told = player.line._text_at(round(player.line.x_of(1.0)))
    assert "cut" not in told
    player.toggle_line("cuts")
    assert colour(player, 0.995) != inside
    assert colour(player, 0.5) == outside
    assert "cut from 0.90 to 1.08 s" in player.line._text_at(round(player.line.x_of(1.0)))
    player.set_scores(None, None)
    assert "cut" not in player.line._text_at(round(player.line.x_of(1.0)))


def test_a_trim_changes_what_would_be_cut(player: Player) -> None:
    player.set_scores(conflict((45, 55)), Thresholds(1.0, 1.0))
    player.toggle_line("cuts")
    player.set_trim((0.6, 2.0))
    assert "cut from 0.60 to 1.08 s" in player.line._text_at(round(player.line.x_of(0.7)))
    player.set_trim((1.2, 2.0))
    assert "cut" not in player.line._text_at(round(player.line.x_of(1.0)))
    assert player.line.trim == (1.2, 2.0)


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[ExportPage]:
    made = ExportPage(library)
    made.resize(1150, 700)
    made.show()
    made.shown()
    wait_for(made.preview.rowCount, "the first look")
    made.rule._policy.setCurrentIndex(1)
    made.rule._policy.activated.emit(1)
    wait_for(lambda: made.scan.policy is not None, "the scores")
    yield made
    let_go(made)


def test_conflicting_steps_alone_are_left_out_and_the_table_says_so(page: ExportPage) -> None:
    page.rule._conflict.setValue(0.0)
    assert page.kept.text() == "kept 2 of 3"
    pick(page.rule._leaves_out, "conflict")
    assert page.kept.text() == "kept 3 of 3, 1 of them in part"
    assert [page.choices.item(i, 3).text() for i in range(3)] == ["in part", "yes", "yes"]
    why = page.choices.item(0, 4).text()
    assert why == "all but 10 conflicting steps (0.20 s), in 2 pieces"
    assert not page.rule._conflict.isVisible()
    assert page.rule._piece.isVisible()
    page.rule._piece.setValue(1.2)
    assert page.kept.text() == "kept 2 of 3", "nothing of it is as long as that"
    pick(page.rule._leaves_out, "")
    assert page.kept.text() == "kept 2 of 3"
    assert page.rule._conflict.isVisible()


def test_an_export_of_pieces_is_what_was_shown_before(page: ExportPage, library: Library) -> None:
    pick(page.rule._leaves_out, "conflict")
    page.form.name.setText("pieces")
    wait_for(lambda: not page._looking.running and not page._settle.isActive(), "the preview")
    page.start()
    wait_for(lambda: "pieces.zarr" in page.report.text, "the report", 120)
    assert "3 episodes in 4 pieces, never joined over a gap, 10 steps cut, 290 rows" in page.report.text
    ends = zarr.open_group(library.export_path("pieces.zarr"), mode="r")["meta/episode_ends"]
    assert ends[:].tolist() == [45, 90, 190, 290]
    assert Selection.load(library.selection_path("pieces")).rows == page.selection.rows


def test_without_a_policy_nothing_is_cut(page: ExportPage) -> None:
    pick(page.rule._leaves_out, "conflict")
    page.rule._policy.setCurrentIndex(0)
    page.rule._policy.activated.emit(0)
    wait_for(lambda: page.scan.policy is None, "the library without scores")
    assert page.rule.drop_steps == ""
    assert page.kept.text() == "kept 3 of 3"
