"""What the page Policy says against its own verdicts: several strategies, stale policies, and two signs of novelty."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from curation import add_policy, let_go, make_library, wait_for
from policies import drive, knowing, random_policy
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from two_ways import ids_of, make_two_ways

from accord.app.curating import score_library
from accord.app.ui.policy_limit import CONFLICT, Limit
from accord.app.ui.policy_page import PolicyPage
from accord.app.ui.scatter import DISTANCE
from accord.datasets.compatibility import EpisodeScore, Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.episode import Episode
from accord.datasets.library import Library
from accord.datasets.policy_file import load, save
from accord.datasets.selection import INCOMPATIBILITY
from accord.datasets.used import Used


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two strategies, and a policy that was fitted to three episodes of the one and two of the other."""
    library = make_two_ways(tmp_path_factory.mktemp("made") / "library")
    base = (*ids_of(library, "ana")[:3], *ids_of(library, "ben")[:2])
    used = {}
    for episode in base:
        with Episode(library.find(episode)) as opened:
            used[episode] = Used.of(opened)
    policy = replace(random_policy(), name="base", fitted_to=base[:3], held_out=base[3:], used=used)
    save(knowing(policy, [drive("across", i) for i in range(4)]), library.policy_folder("base"))
    score_library(library.folder, "base")
    return library.folder


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    """A copy that a test may change."""
    return Library(Path(shutil.copytree(made, tmp_path / "library")))


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[PolicyPage]:
    made = PolicyPage(library)
    made.resize(1192, 763)  # what a window of 1280 × 800 leaves to a page
    made.show()
    made.shown()
    settled(made)
    yield made
    let_go(made)


def settled(page: PolicyPage) -> None:
    """Wait until everything that was asked for is looked at."""
    wait_for(
        lambda: page.panel.episodes.list.count() and page.panel.form.fields.count()
        and not (page._studying.running or page._settle.isActive() or page._looking.running),
        "the look",
    )  # fmt: skip


# Strategies -----------------------------------------------------------------------------------------------------------


def test_ticked_episodes_of_two_strategies_are_said_and_one_side_can_be_ticked(
    page: PolicyPage, library: Library
) -> None:
    line = page.warnings.ticked
    assert "holds 2 strategies" in line.text
    assert ids_of(library, "ana")[0][:8] in line.sides[0].toolTip() + line.sides[1].toolTip()
    sides = [button.toolTip() for button in line.sides]
    line.sides[1].click()
    settled(page)
    ticked = [row.entry.id for row in page.panel.ticked]
    assert set(ticked) in (set(ids_of(library, "ana")), set(ids_of(library, "ben")))
    assert all(episode[:8] in sides[1] for episode in ticked)
    assert not line.isVisible()
    assert line.sides == ()


def test_after_the_fit_the_same_is_said_of_the_policy_but_only_once(page: PolicyPage, library: Library) -> None:
    policy = load(library.policy_folder("base"))
    ids = (*ids_of(library, "ana"), *ids_of(library, "ben"))
    save(replace(policy, name="both", fitted_to=ids[:-2], held_out=ids[-2:], used={}), library.policy_folder("both"))
    page._wanted = "both"
    page.library_changed()
    settled(page)
    wait_for(lambda: page.study.scan.name == "both", "the other policy")
    assert "holds 2 strategies" in page.warnings.fitted.text
    assert page.warnings.fitted.isVisible()
    assert not page.warnings.ticked.isVisible()


# Stale policies -------------------------------------------------------------------------------------------------------


def test_the_list_says_when_and_to_how_much_and_a_stale_policy_can_be_fitted_again(
    page: PolicyPage, library: Library
) -> None:
    assert page.policies.item(0).text().endswith("5 ep.")
    assert not page.warnings.stale.isVisible()
    ana = ids_of(library, "ana")
    library.decisions.append("curator", ana[0], Kind.OUTCOME, "discarded")
    library.decisions.append("curator", ana[1], Kind.TRIM, [0.0, 1.0])
    page.library_changed()
    wait_for(lambda: page.study.stale, "the second look")
    assert page.policies.item(0).text().endswith("stale")
    told = page.warnings.stale.text
    assert told.startswith("base: 2 of its 5 episodes changed since: ")
    assert "1 discarded" in told
    assert "1 trimmed otherwise" in told
    asked = []
    page.panel.asked.disconnect(page._fit)
    page.panel.asked.connect(lambda *what: asked.append(what))
    page.warnings.stale.acted.emit()
    ((name, episodes, settings),) = asked
    assert name == "base-v1"
    assert set(episodes) == {*ana[1:3], *ids_of(library, "ben")[:2]}
    assert settings.hidden == (32, 32)
    assert settings.chunk == 1
    assert set(settings.observed) == set(page.study.scan.policy.observed.names)


def test_a_policy_that_cannot_be_read_stands_in_the_list(page: PolicyPage, library: Library) -> None:
    add_policy(library, "damaged")
    (library.policy_folder("damaged") / "weights.npz").write_bytes(b"none")
    page._wanted = "base"
    page.library_changed()
    wait_for(lambda: page.policies.count() == 2, "the second look")
    assert page.policies.item(0).text() == "damaged   unreadable"
    assert page.study.scan.name == "base"


# Two signs of novelty -------------------------------------------------------------------------------------------------


def test_disputed_steps_are_marked_and_counted(page: PolicyPage) -> None:
    cloud, scatter = page.study.cloud, page.scatter
    assert page.plane.axis.isEnabled()
    limits = Thresholds(1.0, float(np.median(cloud.novelty)), float(np.median(cloud.distance)))
    scatter.set_thresholds(limits)
    told = cloud.verdicts(limits)
    assert told.disputed.any()
    assert len(scatter._marks.getData()[0]) == int(told.disputed[cloud.sample()].sum())
    assert f"disagree on {int(told.disputed.sum()):,} steps" in scatter.disputed.text()
    assert f"{int((told.novel & ~told.far).sum()):,} novel by spread" in scatter.disputed.text()
    scatter.set_thresholds(Thresholds(1.0, 1e-9, 1e-9))
    assert len(scatter._marks.getData()[0]) == 0


def test_the_limit_of_the_distance_has_a_line_while_its_axis_is_shown(page: PolicyPage, library: Library) -> None:
    scatter, before = page.scatter, load(library.policy_folder("base")).thresholds
    assert before.distance_limit == np.inf
    assert not scatter._distance.isVisible()
    page.plane.axis.setCurrentIndex(page.plane.axis.findData(DISTANCE))
    assert scatter._distance.isVisible()
    assert not scatter._novelty.isVisible()
    assert scatter.thresholds.distance_limit == np.inf, "nobody has moved the line"
    shown = np.sort(np.concatenate([item.getData()[0] for item in scatter._groups]))
    assert shown == pytest.approx(np.sort(np.log10(np.maximum(page.study.cloud.distance, 1e-6))))
    scatter._distance.setValue(np.log10(0.5))
    scatter._distance.sigDragged.emit(scatter._distance)
    assert "δ 0.5" in scatter._distance.label.format
    assert ", δ " in page.plane.standing.text()
    scatter._distance.sigPositionChangeFinished.emit(scatter._distance)
    stored = load(library.policy_folder("base")).thresholds
    assert stored.distance_limit == pytest.approx(0.5)
    assert stored.novelty_limit == pytest.approx(before.novelty_limit)


def test_without_known_distances_there_is_no_other_axis(application: QApplication, tmp_path: Path) -> None:
    library = make_library(tmp_path)
    add_policy(library)
    page = PolicyPage(library)
    page.show()
    page.shown()
    wait_for(lambda: page.study.scan.policy is not None, "the policy")
    assert not page.plane.axis.isEnabled()
    assert page.scatter.disputed.text() == ""
    let_go(page)


def test_it_is_said_where_the_lines_stand_among_the_held_out_steps(page: PolicyPage) -> None:
    held_out = page.study.calibration.held_out
    page.scatter.set_thresholds(Thresholds(float(held_out.error.min()) / 2, 1e3))
    page.scatter._error.sigDragged.emit(page.scatter._error)
    assert page.plane.standing.text().startswith("Below λ 0 %, η 100 % of ")
    assert page.plane.standing.text().endswith(f"{len(held_out):,} held-out steps of 2 episodes.")


# What would be kept ---------------------------------------------------------------------------------------------------


def test_a_limit_is_on_conflict_or_on_incompatibility() -> None:
    score = EpisodeScore("a", 0.9, 0.2, 0.0, 1.0, incompatibility=0.7)
    assert Limit(CONFLICT, 0.2).objection(score) == ""
    assert Limit(CONFLICT, 0.1).objection(score) == "conflict"
    assert Limit(INCOMPATIBILITY, 0.6).objection(score) == "strange"
    assert Limit(INCOMPATIBILITY, 0.7).objection(score) == ""
    assert Limit(INCOMPATIBILITY, 1.0).objection(EpisodeScore("a", 0.9, 0.2, 0.0, 1.0)) == "unknown"


def test_what_is_kept_can_be_judged_by_incompatibility(page: PolicyPage) -> None:
    box, most = page.limit.by, page.limit.most
    most.setValue(12.5)
    box.setCurrentIndex(box.findData(INCOMPATIBILITY))
    scores = {score.episode: score for score in page.verdicts._model.scores}
    values = sorted(score.incompatibility for score in scores.values())
    most.setValue(round((values[3] + values[4]) / 2, 2))
    few = sum(value <= most.value() for value in values)
    assert page.limit.kept.text() == f"kept {few} of {len(values)}"
    model = page.verdicts.model()
    shown = [model.index(row, 5).data() for row in range(len(values))]
    assert sorted(shown) == sorted(f"{value:.2f}" for value in values)
    assert {model.index(row, 6).data() for row in range(len(values))} <= {"yes", "strange"}
    most.setValue(1.0)
    assert page.limit.kept.text() == f"kept {len(values)} of {len(values)}"
    box.setCurrentIndex(box.findData(CONFLICT))
    assert most.value() == 12.5, "each has its own limit"


# Settings of a fit ----------------------------------------------------------------------------------------------------


def test_the_form_offers_what_the_ticked_episodes_have_with_the_usual_ticked(page: PolicyPage) -> None:
    fields = page.panel.form.fields
    names = {fields.item(i).toolTip(): fields.item(i) for i in range(fields.count())}
    assert names["observation/hand_position"].checkState() is Qt.CheckState.Checked
    assert names["relative/nut_position"].checkState() is Qt.CheckState.Checked
    assert names["observation/joint_position"].checkState() is Qt.CheckState.Unchecked
    assert page.panel.form.settings.observed == (), "the usual ones need no names"
    names["observation/joint_position"].setCheckState(Qt.CheckState.Checked)
    assert "observation/joint_position" in page.panel.form.settings.observed
    for item in names.values():
        item.setCheckState(Qt.CheckState.Unchecked)
    assert "Tick a field" in page.panel._told.text()
    assert not page.panel.fit.isEnabled()


def test_the_form_says_what_was_set_and_keeps_what_it_does_not_show(page: PolicyPage) -> None:
    form = page.panel.form
    given = replace(form.settings, hidden=(64, 32), head="mixture", modes=4, keep="last", chunk=7, seed=5, updates=9)
    form.show_settings(given)
    assert form.settings == given
    assert form.modes.isEnabled()
    form.units.setValue(16)
    form.skip_idle.setChecked(not given.skip_idle)
    assert form.settings == replace(given, hidden=(16, 16), skip_idle=not given.skip_idle)
    form.head.setCurrentIndex(form.head.findData("mean"))
    assert not form.modes.isEnabled()
    assert all(widget.toolTip().count(":") == 1 for widget in (form.chunk, form.head, form.keep, form.members))


def test_nothing_is_cut_off_at_the_least_size(page: PolicyPage) -> None:
    page.panel._fold.setChecked(True)
    QApplication.processEvents()
    assert page.width() == 1192, "no widget has widened the page"
    assert page.height() == 763
    assert not page.verdicts.horizontalScrollBar().isVisible()
    assert page.panel.fit.geometry().bottom() <= page.panel.height()
