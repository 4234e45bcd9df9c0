"""Nothing that somebody looks at, or is about to press, moves when a message appears, or is gone again."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import picture, ready

from accord.app.eliciting.attempt import Attempt, Verdict
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.plan import Plan
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.app.ui import actions
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.elicit_page import ElicitPage
from accord.app.ui.live import Choices
from accord.app.ui.theme import Scheme, Theme
from accord.app.ui.window import Window
from accord.devices.limits import Hold
from accord.devices.mapping import LEADER_DEFAULT
from accord.recorders.status import LoopStatus

VIEWS = ("front", "side", "wrist")
SHORT = "Wanted an episode that is being recorded, found none: press Space."
LONG = f"Wanted a servo of the GELLO, found another: choose one of {', '.join(f'XC330-M{n}' for n in range(100, 112))}."
ENDLESS = f"Wanted one, found another: choose one of {', '.join(f'XC330-M{n}' for n in range(100, 160))}."


def settle(times: int = 3) -> None:
    for _ in range(times):  # a layout settles in the event loop
        QApplication.processEvents()


# The window -------------------------------------------------------------------------------------------------------


@pytest.fixture
def window(application: QApplication, tmp_path: Path) -> Iterator[Window]:
    look = Theme(application, Scheme.LIGHT)
    made = Window(application, Choices(Settings(tmp_path / "library"), operator="ada"), look)
    made.show()
    yield made
    made.close_at_once()
    application.removeEventFilter(made.keys)
    made.deleteLater()
    look.deleteLater()


def places(window: Window) -> list[QRect]:
    shown = window.stack.currentWidget()
    inside = [part for part in shown.findChildren(QWidget) if part.isVisible()]
    return [window.stack.geometry(), *(QRect(part.mapTo(window, QPoint()), part.size()) for part in inside)]


@pytest.mark.parametrize("size", [QSize(1280, 800), QSize(1000, 620)])
@pytest.mark.parametrize("page", ["Collect", "Elicit"])
def test_a_message_moves_nothing_on_a_page(window: Window, size: QSize, page: str) -> None:
    window.resize(size)
    window.show_page([action.text for action in actions.PAGES].index(page))
    settle()
    before = places(window)
    assert len(before) > 10
    for text in (SHORT, LONG, ENDLESS):
        window.banner.say(text, Tone.ERROR)
        settle()
        assert window.banner.isVisible()
        assert places(window) == before, text
    window.banner.dismiss()
    settle()
    assert places(window) == before


def test_a_short_message_leaves_the_figures_to_be_seen_and_a_long_one_takes_the_line(window: Window) -> None:
    window.resize(1280, 800)
    settle()
    window.banner.say(SHORT)
    settle()
    assert window.banner.geometry().right() < window.status.figures.x()
    assert not window.banner.is_cut
    window.banner.say(LONG)
    settle()
    assert window.banner.width() == window.width()
    assert not window.banner.is_cut
    window.banner.say(SHORT, Tone.HINT)
    settle()
    assert window.banner.geometry().right() < window.status.figures.x()


def test_what_a_message_has_no_room_for_is_in_its_tooltip_and_is_copied(window: Window) -> None:
    window.resize(1000, 620)
    window.banner.say(ENDLESS)
    settle()
    assert window.banner.is_cut
    assert window.banner._text.text().endswith("…")
    assert window.banner._text.toolTip() == window.banner.text == ENDLESS
    QTest.mouseClick(window.banner.copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == ENDLESS


def test_what_was_said_while_nobody_looked_is_fitted_once_somebody_does(application: QApplication) -> None:
    page = QWidget()
    page.resize(500, 40)
    banner = Banner(page, height=40)
    banner.setGeometry(0, 0, 500, 40)
    banner.say(ENDLESS)
    assert not banner.is_cut
    page.show()
    settle()
    assert banner.is_cut
    shown, room = banner._text.text(), banner._text.width()
    assert banner._text.heightForWidth(room) <= 40
    banner._text.setText(" ".join(ENDLESS.split(" ")[: len(shown.split(" ")) + 1]) + "…")
    assert banner._text.heightForWidth(room) > 40, "one word more has no room"
    page.deleteLater()


# A lesson ---------------------------------------------------------------------------------------------------------

PLAN = Plan("first", "base", "square-nut", "ada", accepted=2)
FAILED = Attempt("1", 1, "base", 0, Verdict.FAILED, None, "the task was not done")
REJECTED = Attempt("2", 1, "base", 0, Verdict.REJECTED, 0.4, "40 % of the steps conflict with base, over 15 %")
TEACH = replace(Lesson.begin(PLAN), stage=Stage.TEACH)
PROBLEM = "Wanted the base policy, found none in the folder policies/base: fit it again on the page Policy."


def led(hold: Hold, apart: float = 0.1) -> Snapshot:
    text = hold.sentence if hold is not Hold.NONE else ""
    loop = LoopStatus(source="gello", hold=int(hold), hold_text=text, apart=(apart,) * 7)
    return ready(source="gello", loop=loop)


LESSONS = {
    "begun": (TEACH, "", ""), "recording": (replace(TEACH, recording="3"), "", ""), "busy": (TEACH, "scoring", ""),
    "failed": (replace(TEACH, attempts=(FAILED,)), "", ""),
    "failed, recording": (replace(TEACH, attempts=(FAILED,), recording="3"), "", ""),
    "rejected": (replace(TEACH, attempts=(REJECTED,)), "", ""),
    "a problem": (TEACH, "", PROBLEM), "both": (replace(TEACH, attempts=(REJECTED,)), "", PROBLEM),
}  # fmt: skip
ROBOTS = {
    "by keys": ready(), "apart": led(Hold.APART, 0.9), "near": led(Hold.NOT_ENGAGED), "drives": led(Hold.NONE),
    "nobody": ready(source="none"), "recording": ready(state=State.RECORDING, elapsed_s=3.0),
    "a script": ready(source="scripted:across-then-down"),
}  # fmt: skip


@pytest.fixture
def page(keep: Callable[[QWidget], QWidget]) -> ElicitPage:
    made = ElicitPage()
    keep(made)
    made.setMinimumSize(600, 400)  # as the window's is set, whatever its panels would like
    made.show()
    return made


def show(page: ElicitPage, lesson: tuple[Lesson, str, str], snapshot: Snapshot) -> None:
    shown = {name: picture(100, width=320, height=240) for name in VIEWS}
    seen = replace(snapshot, views=VIEWS, pictures=shown)
    for _ in range(3):
        page.show_lesson(*lesson, "")
        page.live.display(seen, True)
        page.live.approach.display(seen, (LEADER_DEFAULT,))
        settle(1)


def looked_at(page: ElicitPage) -> list[QRect]:
    live = page.live
    parts = (*(live.views.view(name) for name in VIEWS), live.state, live.record, live.success, live.redo, live.sound)
    return [QRect(part.mapTo(page, QPoint()), part.size()) for part in parts]


@pytest.mark.parametrize("size", [(1180, 720), (900, 540)])
def test_views_and_buttons_of_a_lesson_stay_where_they_are_whatever_is_said(
    page: ElicitPage, size: tuple[int, int]
) -> None:
    page.resize(*size)
    show(page, LESSONS["begun"], led(Hold.NONE))  # who has to be engaged needs room for that; then it stays
    before = looked_at(page)
    for name, lesson in LESSONS.items():
        show(page, lesson, led(Hold.NONE))
        assert looked_at(page) == before, name
    for name in ("apart", "near", "drives"):
        show(page, LESSONS["both"], ROBOTS[name])
        assert looked_at(page) == before, name


def test_who_drives_moves_no_button_of_a_lesson(page: ElicitPage) -> None:
    page.resize(1180, 720)
    show(page, LESSONS["begun"], ROBOTS["by keys"])
    before = looked_at(page)
    for name in ("recording", "nobody", "a script"):
        show(page, LESSONS["failed"], ROBOTS[name])
        assert looked_at(page) == before, name


def test_a_verdict_and_a_problem_are_said_beside_each_other(page: ElicitPage) -> None:
    page.resize(1180, 720)
    show(page, LESSONS["both"], ROBOTS["by keys"])
    assert page.verdict.isVisible()
    assert page.verdict.text.text() == f"{REJECTED.why}."
    assert page.problem.text == PROBLEM
    assert not page.verdict.geometry().intersects(page.problem.geometry())
    page.show_start()
    assert not page._told.isVisible(), "without a lesson nothing is to be said"
