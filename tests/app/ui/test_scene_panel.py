"""The scene: its factors as ranges, the exact seed, and the line of stages."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import ready

from accord.app.snapshot import State
from accord.app.ui.factor_row import FactorRow, digits
from accord.app.ui.range_slider import RangeSlider
from accord.app.ui.scene_panel import ScenePanel
from accord.app.ui.stage_line import StageLine
from accord.devices.sim.factor import draw
from accord.devices.sim.tasks import catalogue

Keep = Callable[[QWidget], QWidget]

FACTORS = {factor.name: factor for factor in catalogue.task("square-nut").factors}


@pytest.fixture
def slider(keep: Keep) -> RangeSlider:
    made = RangeSlider("Range of x", (0.0, 1.0), (0.2, 0.6))
    keep(made)
    made.resize(214, 24)
    made.show()
    return made


@pytest.fixture
def panel(keep: Keep) -> ScenePanel:
    made = ScenePanel()
    keep(made)
    made.show()
    return made


def drag(slider: RangeSlider, first: float, last: float) -> None:
    start, end = (QPoint(round(slider.x_of(value)), 12) for value in (first, last))
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(slider, end)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=end)


def test_the_nearer_handle_is_dragged_and_counts_when_it_is_let_go(slider: RangeSlider) -> None:
    moved: list[object] = []
    chosen: list[tuple[float, float]] = []
    slider.moved.connect(moved.append)
    slider.chosen.connect(chosen.append)
    drag(slider, 0.2, 0.4)
    assert chosen == [pytest.approx((0.4, 0.6), abs=0.01)]
    assert moved
    drag(slider, 0.6, 0.9)
    assert chosen[1] == pytest.approx((0.4, 0.9), abs=0.01)


def test_a_handle_stops_at_the_other_and_comes_off_again_either_way(slider: RangeSlider) -> None:
    drag(slider, 0.2, 0.95)
    assert slider.range == (0.6, 0.6)
    drag(slider, 0.6, 0.3)
    assert slider.range == pytest.approx((0.3, 0.6), abs=0.01)
    drag(slider, 0.3, 0.9)
    drag(slider, 0.6, 0.8)
    assert slider.range == pytest.approx((0.6, 0.8), abs=0.01)


def test_keys_move_one_end_and_take_the_other_along(slider: RangeSlider) -> None:
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.range == pytest.approx((0.2, 0.605))
    QTest.keyClick(slider, Qt.Key.Key_Up)
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.range == pytest.approx((0.15, 0.605))
    for _ in range(12):
        QTest.keyClick(slider, Qt.Key.Key_PageUp)
    assert slider.range == pytest.approx((0.75, 0.75))
    for _ in range(40):
        QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.range[0] == 0.0, "no further than what is possible"


def test_what_is_shown_does_not_take_a_handle_out_of_a_hand(slider: RangeSlider) -> None:
    QTest.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(0.2)), 12))
    slider.show_range((0.5, 0.9))
    assert slider.range == (0.2, 0.6)
    QTest.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(slider.x_of(0.2)), 12))
    slider.show_range((0.5, 0.9))
    assert slider.range == (0.5, 0.9)


def test_what_counts_something_goes_in_whole_steps(keep: Keep) -> None:
    row = FactorRow(FACTORS["distractors"])
    keep(row)
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.slider.range == (0.0, 1.0)
    assert digits(FACTORS["distractors"]) == 0


@pytest.mark.parametrize(("name", "wanted"), [("nut-x", 3), ("nut-turn", 0), ("nut-hue", 2), ("camera-jitter", 3)])
def test_numbers_have_as_many_digits_as_tell_them_apart(name: str, wanted: int) -> None:
    assert digits(FACTORS[name]) == wanted


def test_a_typed_number_takes_the_other_end_along(keep: Keep) -> None:
    row = FactorRow(FACTORS["nut-x"])
    keep(row)
    asked: list[tuple[str, object]] = []
    row.chosen.connect(lambda name, range_: asked.append((name, range_)))
    row.low.setValue(0.48)
    row.low.editingFinished.emit()
    assert asked == [("nut-x", (0.48, 0.48))]
    row.high.editingFinished.emit()
    assert len(asked) == 1, "who only looks changes nothing"


def test_it_shows_what_holds_and_what_was_drawn(panel: ScenePanel) -> None:
    drawn = draw(catalogue.task("square-nut").factors, 7, {"nut-x": (0.4, 0.4)})
    panel.display(ready(seed=7, factors=drawn, variation={"nut-x": (0.4, 0.4)}))
    rows = panel.factors.rows
    assert set(rows) == set(FACTORS)
    assert (rows["nut-x"].slider.range, rows["nut-x"].drawn.text()) == ((0.4, 0.4), "0.400")
    assert not rows["nut-x"].usual.isHidden()
    assert rows["nut-y"].usual.isHidden()
    assert panel.seed.value() == 7
    panel.copy.click()
    assert QApplication.clipboard().text() == "7"


def test_it_asks_for_all_that_is_not_as_usual(panel: ScenePanel) -> None:
    asked: list[object] = []
    panel.varied.connect(asked.append)
    panel.display(ready(variation={"light": (0.5, 1.5)}))
    rows = panel.factors.rows
    rows["nut-x"].slider.chosen.emit((0.4, 0.4))
    rows["light"].usual.click()
    panel.factors.all_usual.click()
    assert asked == [{"light": (0.5, 1.5), "nut-x": (0.4, 0.4)}, {}, {}]


def test_a_range_that_was_refused_goes_back(panel: ScenePanel) -> None:
    now = ready(state=State.RECORDING)
    panel.display(now)
    row = panel.factors.rows["nut-x"]
    QTest.keyClick(row.slider, Qt.Key.Key_Right)
    assert row.slider.range != FACTORS["nut-x"].usual
    panel.display(now)
    assert row.slider.range == FACTORS["nut-x"].usual


def test_a_seed_is_asked_for_exactly(panel: ScenePanel) -> None:
    asked: list[int] = []
    panel.seed_asked.connect(asked.append)
    panel.display(ready(seed=3))
    panel.seed.setFocus()
    panel.seed.setValue(4711)
    panel.set_scene.click()
    QTest.keyClick(panel.seed, Qt.Key.Key_Return)
    assert asked == [4711, 4711]


def test_another_task_has_other_factors(panel: ScenePanel) -> None:
    panel.display(ready())
    other = next(name for name in catalogue.tasks() if name != "square-nut")
    panel.display(ready(task=other))
    assert set(panel.factors.rows) == {factor.name for factor in catalogue.task(other).factors}


def test_before_anything_runs_nothing_can_be_varied(panel: ScenePanel) -> None:
    panel.display(ready(state=State.STARTING))
    assert not panel.set_scene.isEnabled()
    assert not any(row.isEnabled() for row in panel.factors.rows.values())


def test_the_stages_fill_as_they_are_reached(keep: Keep) -> None:
    line = StageLine()
    keep(line)
    line.display(ready())
    assert line.isHidden(), "a task without stages has no line"
    line.display(ready(stages=("reached", "grasped", "done"), stage=2))
    assert (line.isHidden(), line.reached) == (False, 2)
    assert line.accessibleDescription() == "2 of 3 reached, last: grasped"
    line.resize(90, 24)
    line.grab()
    line.resize(600, 24)
    assert not line.grab().isNull()
