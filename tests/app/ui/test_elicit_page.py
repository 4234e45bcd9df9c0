"""A lesson in the window, with the real processes: from the form to the worst moments, and back."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from held_key import hold_until
from policies import random_policy
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from simulated import cell, schema_of, simulated_library
from snapshots import ready

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.lesson_file import lesson_path, load, save
from accord.app.eliciting.plan import Plan
from accord.app.errors import AppError
from accord.app.jobs import JobState
from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.ui import actions, elicit_guiding
from accord.app.ui.elicit_page import ElicitPage
from accord.app.ui.elicit_review import ReviewPanel
from accord.app.ui.elicit_reviewing import Reviewing
from accord.app.ui.live import Choices
from accord.app.ui.small_base import BaseSizes
from accord.app.ui.theme import Scheme, Theme
from accord.app.ui.window import Window
from accord.datasets.compatibility import Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.library import Library
from accord.datasets.policy_file import save as save_policy

WaitFor = Callable[..., None]
CONTROL = Qt.KeyboardModifier.ControlModifier
ELICIT = [action.text for action in actions.PAGES].index("Elicit")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two base episodes, one of somebody else, and a policy that agrees with nobody."""
    made = simulated_library(tmp_path_factory.mktemp("made") / "library", (40, 50, 90))
    ids = sorted((path.stem for path in made.folder.glob("episodes/*/*.h5")), key=lambda name: _size(made, name))
    policy = replace(
        random_policy(2, (8,), dtype=schema_of(cell()).dtype), name="base", fitted_to=tuple(ids[:2]), held_out=(),
        thresholds=Thresholds(1e-6, 1e6),
    )  # fmt: skip
    save_policy(policy, made.policy_folder("base"))
    return made.folder


def _size(library: Library, name: str) -> int:
    return library.find(name).stat().st_size


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    """A library of its own for every test."""
    return Library(Path(shutil.copytree(made, tmp_path / "library")))


@pytest.fixture
def window(application: QApplication, library: Library) -> Iterator[Window]:
    settings = Settings(library.folder, width=64, height=48, begin_with=0, stop_at=0)
    look = Theme(application, Scheme.LIGHT)
    made = Window(application, Choices(settings, operator="ada"), look)
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    made.show_page(ELICIT)
    yield made
    made.close_at_once()
    application.removeEventFilter(made.keys)
    made.deleteLater()
    look.deleteLater()


@pytest.fixture
def running(window: Window, wait_for: WaitFor) -> Window:
    window.start()
    wait_for(lambda: window.live.snapshot.state is State.READY and window.live.snapshot.loop.source == "keyboard")
    return window


def type_key(window: Window, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(window.windowHandle(), key, modifiers)


def drives(window: Window) -> bool:
    QTest.keyPress(window.windowHandle(), Qt.Key.Key_W)
    held = bool(window.keys.held)
    QTest.keyRelease(window.windowHandle(), Qt.Key.Key_W)
    return held


def rejected(library: Library, name: str = "before") -> Lesson:
    """A lesson of one episode to accept, that stands at the feedback on the longest episode of the library."""
    foreign = max(library.folder.glob("episodes/*/*.h5"), key=lambda path: path.stat().st_size).stem
    attempt = Attempt(foreign, 1, "base", 0, Verdict.REJECTED, 1.0, "100 % of the steps conflict with base")
    lesson = replace(
        Lesson.begin(Plan(name, "base", "square-nut", "ada", seed=7, accepted=1)),
        stage=Stage.FEEDBACK, attempts=(attempt,),
    )  # fmt: skip
    save(lesson, lesson_path(library, name))
    return lesson


def stage(window: Window) -> Stage | None:
    return window.guiding.held.lesson.stage if window.guiding.held else None


def test_a_person_is_led_from_practice_to_the_worst_moments(
    running: Window, library: Library, wait_for: WaitFor
) -> None:
    page, live = running.elicit, running.live
    wait_for(page.start.begin.isEnabled)
    assert not drives(running), "the robot cannot be seen"
    type_key(running, Qt.Key.Key_Return, CONTROL)
    wait_for(lambda: stage(running) is Stage.PRACTICE and live.snapshot.practice)
    wait_for(lambda: live.snapshot.state is State.READY)
    assert page.live.isVisible()
    assert drives(running)
    type_key(running, Qt.Key.Key_Space)
    assert live.session.state is State.READY, "practice keeps nothing"

    type_key(running, Qt.Key.Key_Right, CONTROL)
    wait_for(lambda: len(page.learn.rows) == 2 and page.learn.player.path is not None)
    assert not drives(running)
    wait_for(lambda: stage(running) is Stage.TEACH)  # both were played to their ends
    assert not live.session.practice

    wait_for(page.live.record.isEnabled)
    assert page.live.record.isVisible()
    type_key(running, Qt.Key.Key_Space)
    wait_for(lambda: live.snapshot.state is State.RECORDING)
    scored: list[int] = []

    def driven() -> bool:
        steps = live.snapshot.steps
        scored.extend(steps["step"][steps["sent/twist"].any(axis=1)].tolist())
        return len(set(scored)) > 30 and live.snapshot.elapsed_s > 1.0

    hold_until(running, Qt.Key.Key_W, driven, wait_for)
    type_key(running, Qt.Key.Key_Y)
    wait_for(lambda: stage(running) is Stage.FEEDBACK)
    assert page.verdict.isVisible()
    assert page.verdict.word.text() == "✗  Rejected"
    assert "over the limit of 15 %" in page.verdict.text.text()
    wait_for(lambda: page.review.reviewed is not None)
    assert 1 <= len(page.review.moments) <= 3
    attempt = running.guiding.held.lesson.last
    said = library.decisions.history(attempt.episode)
    assert [one.value for one in said if one.kind is Kind.VERDICT] == ["reject"]
    assert not drives(running)

    type_key(running, Qt.Key.Key_Return, CONTROL)
    wait_for(lambda: stage(running) is Stage.TEACH and page.live.record.isEnabled())
    assert live.snapshot.seed == running.guiding.held.lesson.seed, "the same scene"
    assert page.live.title.text() == "The same scene again"


def test_the_moments_are_shown_in_every_view_and_tried_again(
    running: Window, library: Library, wait_for: WaitFor
) -> None:
    page, live, review = running.elicit, running.live, running.elicit.review
    rejected(library)
    running.guiding.offer()
    page.start.rows[0].click()
    wait_for(lambda: review.reviewed is not None and all(view.has_picture for view in review.yours.views.values()))
    wait_for(lambda: all(view.has_picture for view in review.bases.views.values()))
    assert set(review.yours.views) == set(review.bases.views) == {"front", "side", "wrist"}
    before, titles = _pictures(review), (review.your_title.text(), review.base_title.text())
    assert titles[0].startswith("You, at ")
    assert titles[1].startswith("Base episode ")
    review.slider.setValue(review.slider.maximum())
    after = _pictures(review)
    assert all(a != b for a, b in zip(before, after, strict=True)), "one slider moves every view of both"
    type_key(running, Qt.Key.Key_Left)
    assert review.slider.value() == review.slider.maximum() - 1
    first = review.reviewed
    type_key(running, Qt.Key.Key_Down)
    assert review.reviewed is (first if len(review.moments) == 1 else review._review.moments[1])
    review.play.click()
    wait_for(lambda: review.slider.value() > 0)

    episodes = len(library.contents().entries)
    type_key(running, Qt.Key.Key_T)
    wait_for(lambda: live.snapshot.state is State.READY and live.snapshot.practice and page.live.isVisible())
    wanted = review.reviewed.paths.person[0, 0]
    wait_for(lambda: abs(live.snapshot.newest["observation/hand_position"] - wanted).max() < 0.02)
    assert page.live.title.text().startswith("Try again from ")
    assert not page.live.record.isVisible()
    assert drives(running)
    type_key(running, Qt.Key.Key_Space)
    assert live.session.state is State.READY
    type_key(running, Qt.Key.Key_B)
    assert review.isVisible()
    type_key(running, Qt.Key.Key_Return, CONTROL)
    wait_for(lambda: stage(running) is Stage.TEACH and page.live.record.isEnabled())
    assert not live.snapshot.practice
    assert live.snapshot.seed == 7
    assert len(library.contents().entries) == episodes


def _pictures(review: object) -> list[object]:
    return [view.grab().toImage() for wall in (review.yours, review.bases) for view in wall.views.values()]  # type: ignore[attr-defined]


def test_a_rejection_is_overruled_with_a_reason_and_the_policy_is_fitted_again(
    running: Window, library: Library, wait_for: WaitFor
) -> None:
    page = running.elicit
    lesson = rejected(library)
    running.guiding.offer()
    page.start.rows[0].click()
    wait_for(lambda: page.review.reviewed is not None)
    assert not page.review.accept.isEnabled()
    page.review.why.setFocus()
    QTest.keyClicks(page.review.why, "a good one")
    QTest.keyClick(page.review.why, Qt.Key.Key_Return)
    type_key(running, Qt.Key.Key_Y, CONTROL)
    wait_for(lambda: stage(running) is Stage.REFIT and "base-r2" in page.waiting.title.text())
    assert page.waiting.isVisible()
    said = library.decisions.history(lesson.last.episode)
    assert [one.value for one in said if one.kind is Kind.VERDICT][-1] == "accept"
    wait_for(lambda: "fitting base-r2" in running.guiding.held.busy)
    type_key(running, Qt.Key.Key_L, CONTROL)
    assert [row.text() for row in page.start.rows] == ["before: refit, 1 of 1 accepted"]


def test_a_lesson_is_left_and_gone_on_with(running: Window, library: Library, wait_for: WaitFor) -> None:
    page = running.elicit
    wait_for(page.start.begin.isEnabled)
    page.start.name.setText("first")
    page.start.ask()
    wait_for(lambda: stage(running) is Stage.PRACTICE)
    type_key(running, Qt.Key.Key_1, CONTROL)
    type_key(running, Qt.Key.Key_6, CONTROL)
    assert page.live.isVisible()
    type_key(running, Qt.Key.Key_L, CONTROL)
    assert page.start.isVisible()
    assert not running.live.session.practice
    assert load(lesson_path(library, "first")).stage is Stage.PRACTICE
    assert [row.text() for row in page.start.rows] == ["first: practice, 0 of 10 accepted"]
    wait_for(lambda: running.live.snapshot.state is State.READY)
    page.start.name.setText("first")
    page.start.ask()
    assert running.banner.text.startswith("Wanted a new name for a lesson")
    page.start.rows[0].click()
    assert stage(running) is Stage.PRACTICE
    assert not running.banner.text, "what was asked for since is done"


def test_sound_is_off_until_it_is_asked_for_and_says_when_there_is_none(
    running: Window, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf() -> None:
        raise AppError("a sound device", "none that opens", "plug one in, or go without sound")

    monkeypatch.setattr(elicit_guiding, "Sound", deaf)
    page = running.elicit
    wait_for(page.start.begin.isEnabled)
    page.start.ask()
    wait_for(lambda: stage(running) is Stage.PRACTICE)
    assert not page.live.sound.isChecked()
    type_key(running, Qt.Key.Key_M)
    assert not page.live.sound.isChecked()
    assert running.banner.text.startswith("Wanted a sound device")


def test_at_the_end_it_says_what_came_of_the_lesson(keep: Callable[[ElicitPage], ElicitPage]) -> None:
    page, plan = keep(ElicitPage()), Plan("first", "base", "square-nut", "ada", accepted=2, rounds=2)
    attempts = tuple(Attempt(f"{i}", 2, "base-r2", i, Verdict.ACCEPTED, 0.04, "4 %", overruled=i == 1) for i in (0, 1))
    rejected = Attempt("2", 1, "base", 2, Verdict.REJECTED, 0.4, "40 %")
    done = replace(Lesson.begin(plan), stage=Stage.DONE, round=2, policy="base-r3", attempts=(rejected, *attempts))
    page.show_lesson(done, "", "", "")
    page.show_fit(done, JobState(done=True))
    assert page.waiting.told.text() == (
        "2 of 3 attempts accepted, 1 of them by your own word. The base policy is now base-r3."
    )
    assert page.accepted.text.text() == "2 of 2 accepted, round 2 of 2"
    assert page.steps.accessibleName() == "Steps of the lesson: Practice (skipped), Learn (skipped), Teach, Refit"
    watched = replace(done, practised=plan.practices, shown=("a", "b"), watched=("a", "b"))
    page.show_lesson(watched, "", "", "")
    assert page.steps.accessibleName() == "Steps of the lesson: Practice, Learn, Teach, Refit"
    painted = page.steps.grab().toImage()
    page.show_lesson(done, "", "", "")
    assert page.steps.grab().toImage() != painted


def test_a_fit_says_what_it_makes_of_what(keep: Callable[[ElicitPage], ElicitPage]) -> None:
    page, plan = keep(ElicitPage()), Plan("first", "base", "square-nut", "ada", accepted=2)
    fitting = replace(Lesson.begin(plan), stage=Stage.REFIT, refitting="base-r2")
    page.show_lesson(fitting, "", "", "")
    page.show_fit(fitting, JobState())
    assert page.waiting.title.text() == "Fitting base again, as base-r2"


def test_the_number_that_is_being_typed_counts(keep: Callable[[ElicitPage], ElicitPage]) -> None:
    page, asked = keep(ElicitPage()), []
    page.start.begin_asked.connect(asked.append)
    page.start.offer({"base": 40}, {}, ())
    page.start.show_session("ada", "keyboard", True)
    page.show()
    page.start.accepted.setFocus()
    page.start.accepted.selectAll()
    QTest.keyClicks(page.start.accepted, "3")
    page.start.ask()
    assert [wanted.accepted for wanted in asked] == [3]


def test_a_lesson_begins_only_where_somebody_drives(keep: Callable[[ElicitPage], ElicitPage]) -> None:
    page = keep(ElicitPage())
    page.start.offer({"base": 40}, {}, ())
    page.start.show_session("ada", "none", True)
    assert not page.start.begin.isEnabled()
    assert page.start.driven.text() == "Nobody drives yet: choose a device on the page Collect."
    page.start.show_session("ada", "keyboard", True)
    assert page.start.begin.isEnabled()
    practice = Lesson.begin(Plan("first", "base", "square-nut", "ada"))
    page.show_lesson(practice, "", "", "")
    page.live.display(ready(source="scripted:across-then-down"), False)
    assert "A script needs no practice" in page.live.told.text()
    page.live.display(ready(), False)
    assert page.live.told.text().startswith("Do the task until")
    page.live.display(ready(source="none"), False)
    assert page.live.told.text().startswith("Nobody drives")


def test_a_small_base_is_said_before_a_lesson_begins(
    keep: Callable[[ElicitPage], ElicitPage], library: Library
) -> None:
    page, sizes = keep(ElicitPage()), BaseSizes().of(library)
    assert sizes == {"base": 2}
    page.start.offer({"large": 40, **sizes}, {}, ())
    assert page.start.policy.currentData() == "base"
    assert page.start.doubt.text() == "2 base episodes. That is a small base: its thresholds will be uncertain."
    page.start.policy.show_chosen("large")
    assert page.start.doubt.isHidden()


def test_moments_that_could_not_be_found_are_looked_for_again(
    keep: Callable[[ReviewPanel], ReviewPanel], library: Library, wait_for: WaitFor
) -> None:
    panel, away = keep(ReviewPanel()), library.folder / "away"
    reviewing = Reviewing(panel, library, panel)
    shutil.move(library.policy_folder("base"), away)
    reviewing.follow(rejected(library))
    wait_for(lambda: not panel.look.isHidden())
    assert panel._told.text().startswith("Wanted")
    shutil.move(away, library.policy_folder("base"))
    panel.look.click()
    wait_for(lambda: panel.reviewed is not None)
    assert panel.look.isHidden()
    reviewing.close()


def test_after_a_lesson_the_next_one_is_offered_with_the_policy_that_it_came_to(
    running: Window, library: Library, wait_for: WaitFor
) -> None:
    page = running.elicit
    shutil.copytree(library.policy_folder("base"), library.policy_folder("base-r2"))
    running.guiding.offer()
    page.start.policy.show_chosen("base")
    rejected(library)
    running.guiding.offer()
    page.start.rows[0].click()
    wait_for(lambda: stage(running) is Stage.FEEDBACK)
    held = running.guiding.held
    held.lesson = replace(held.lesson, stage=Stage.DONE, policy="base-r2")
    wait_for(page.waiting.new.isVisible)
    page.waiting.new.click()
    assert page.start.policy.currentData() == "base-r2"


def test_without_a_base_policy_the_form_says_what_to_do_first(window: Window, library: Library) -> None:
    page = window.elicit
    page.start.offer({}, {}, ())
    assert "fit one on the page Policy" in page.start.told.text()
    assert not page.start.begin.isEnabled()
