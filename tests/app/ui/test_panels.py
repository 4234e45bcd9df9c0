"""The small panels of the Collect page, and the line at the top."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import ready, steps

from accord.app.snapshot import State, Timing
from accord.app.ui import actions, theme
from accord.app.ui.axes import Axes
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.empty import Empty
from accord.app.ui.rail import Rail
from accord.app.ui.robot_panel import RobotPanel
from accord.app.ui.state_line import StateLine
from accord.app.ui.status_line import StatusLine
from accord.app.ui.words import Look
from accord.devices.limits import Hold
from accord.recorders.status import CameraStatus, LoopStatus, RecorderStatus

Keep = Callable[[QWidget], QWidget]


@pytest.fixture
def robot(keep: Keep) -> RobotPanel:
    made = RobotPanel()
    keep(made)
    return made


def test_the_state_line_has_a_way_out_of_a_failure(keep: Keep) -> None:
    panel, asked = StateLine(), []
    keep(panel)
    panel.restart_asked.connect(lambda: asked.append(True))
    panel.display(ready())
    assert panel.restart.isHidden()
    panel.display(ready(state=State.FAILED, failure="the loop process ended", loop=LoopStatus(traceback="Trace")))
    assert not panel.restart.isHidden()
    panel.restart.click()
    assert asked
    panel.copy.click()
    assert QApplication.clipboard().text().endswith("\nTrace")


def test_the_state_line_turns_amber_while_holding(keep: Keep) -> None:
    panel = StateLine()
    keep(panel)
    panel.display(ready(loop=LoopStatus(hold=Hold.INPUT_LOST, hold_text="Held: the device is silent.")))
    assert panel.look is Look.HOLDING
    assert panel.word.text() == "Holding"
    assert "silent" in panel.text.text()


def test_two_hands_have_a_row_each(robot: RobotPanel) -> None:
    dtype = [
        ("input/axes", "f8", (2, 6)), ("sent/twist", "f8", (2, 6)),
        ("observation/hand_position", "f8", (2, 3)), ("observation/gripper_width", "f8", (2,)),
    ]  # fmt: skip
    step = np.zeros(1, dtype)
    step["input/axes"][0, 1, 2] = 0.5
    step["observation/gripper_width"] = 0.02, 0.08
    robot.display(ready(newest=step[0]))
    assert not robot.right.isHidden()
    assert (robot.axes.values[2], robot.right.values[2], robot.right.gripper) == (0.0, 0.5, 1.0)
    assert robot.robot.text().startswith("Left x y z")
    assert robot.joints.text().endswith("gripper 80 mm")


def test_the_robot_s_line_has_units(robot: RobotPanel) -> None:
    step = steps(1, observation__hand_position=(0.451, -0.021, 0.302), observation__gripper_width=0.079)[0]
    robot.display(ready(newest=step))
    assert robot.robot.text() == "Hand x y z \u20070.451  −0.021  \u20070.302 m   gripper 79 mm"
    assert robot.joints.text().endswith("rad")


def test_where_two_lines_have_no_room_no_number_is_cut(robot: RobotPanel) -> None:
    now = ready(newest=steps(1, observation__joint_position=0.5)[0])
    robot.show()
    for width, both in ((900, True), (300, False), (900, True)):
        robot.resize(width, robot.height())
        robot.display(now)
        assert (robot.joints.isVisible(), robot.loop.isVisible()) == (both, both)
        assert robot.robot.isVisible()
        assert robot.device.isVisible()


def test_a_person_s_bars_show_the_device_and_a_script_s_the_command(robot: RobotPanel) -> None:
    step = steps(1, input__axes=(1, 0, 0, 0, 0, 0), sent__twist=(0, 0.175, 0, 0, 0, 0))[0]
    robot.display(ready(newest=step))
    assert robot.axes.values.tolist() == [1, 0, 0, 0, 0, 0]
    robot.display(ready(newest=step, source="scripted:across-then-down"))
    assert robot.axes.values == pytest.approx([0, 0.5, 0, 0, 0, 0])
    assert robot.device.text() == "scripted: across-then-down, no person"


def test_a_device_that_is_gone_says_what_to_do(robot: RobotPanel) -> None:
    loop = LoopStatus(source="spacemouse", input_name="SpaceMouse", input_detail="Plug it in.")
    robot.display(ready(source="spacemouse", loop=loop))
    assert robot.device.text() == "SpaceMouse: Plug it in."


def test_a_device_that_is_about_to_speak_is_waited_for_and_not_called_gone(robot: RobotPanel) -> None:
    loop = LoopStatus(source="spacemouse", input_name="SpaceMouse", input_detail="Plug it in.")
    robot.display(ready(source="spacemouse", loop=loop, awaited=True))
    assert robot.device.text() == "Waiting for SpaceMouse…"
    assert theme.CONFLICT.name() not in robot.lamp.styleSheet()


def test_reports_and_refused_reports_are_counted(robot: RobotPanel) -> None:
    loop = LoopStatus(source="x", input_name="SpaceMouse", input_connected=True, input_reports=9, input_refused=2)
    robot.display(ready(source="spacemouse", loop=loop))
    assert robot.device.text() == "SpaceMouse, 9 reports, 2 refused"


def test_how_late_the_loop_was_is_told(robot: RobotPanel) -> None:
    robot.display(ready(timing=Timing(50.0, 0.1, 0.42, 1.2, 3)))
    assert robot.loop.text() == "late p50 0.10  p99 0.42  max 1.20 ms   periods left out 3"


def test_an_axis_s_bar_grows_from_its_middle(keep: Keep) -> None:
    axes = Axes()
    keep(axes)
    axes.resize(700, 32)
    axes.show_values(np.array([1.0, -1.0, 0, 0, 0, 0]), 0.0)
    painted, accent = axes.grab().toImage(), axes.palette().accent().color()
    row = painted.height() - 6
    assert painted.pixelColor(70, row) == accent
    assert painted.pixelColor(10, row) != accent
    assert painted.pixelColor(110, row) == accent


def test_the_status_line_shows_that_nothing_was_lost(keep: Keep) -> None:
    status = StatusLine()
    keep(status)
    status.display(ready(timing=Timing(50.0, 0.1, 0.42, 1.2), recorder=RecorderStatus(disk_free=71 * 10**9)))
    texts = (status.rate.text(), status.late.text(), status.lost.text(), status.disk.text())
    assert texts == ("50.0 Hz", "late p99 0.42 ms", "lost 0 steps, 0 images", "71 GB free")


def test_the_status_line_says_what_the_episode_lost_and_not_what_nobody_kept(keep: Keep) -> None:
    status = StatusLine()
    keep(status)
    lost = RecorderStatus(steps_lost=2, images_lost=1)  # what no camera drew is counted there too
    status.display(ready(recorder=lost, cameras=CameraStatus(lost=(100, 200))))
    assert status.lost.text() == "lost 2 steps, 1 images"


def test_the_status_line_has_no_rate_when_nothing_runs(keep: Keep) -> None:
    status = StatusLine()
    keep(status)
    status.display(ready(state=State.FAILED, timing=Timing(50.0)))
    assert status.rate.text() == "– Hz"


def test_a_banner_stays_until_it_is_closed_and_can_be_copied(keep: Keep) -> None:
    banner, closed = Banner(), []
    keep(banner)
    banner.dismissed.connect(closed.append)
    banner.say("Wanted a disk, found none: buy one.", Tone.ERROR, more="details")
    assert banner.text.startswith("Wanted")
    banner.copy.click()
    assert QApplication.clipboard().text() == "Wanted a disk, found none: buy one.\ndetails"
    banner.dismiss()
    assert (banner.text, closed) == ("", ["Wanted a disk, found none: buy one."])


def test_a_banner_without_text_is_not_there(keep: Keep) -> None:
    banner = Banner()
    keep(banner)
    banner.say("something")
    banner.say("")
    assert banner.isHidden()


def test_an_empty_list_says_what_to_do_first(keep: Keep) -> None:
    empty, acted = Empty("mdi6.filmstrip", "No episodes yet", "Record one.", "Record"), []
    keep(empty)
    empty.acted.connect(lambda: acted.append(True))
    assert (empty.title.text(), empty.hint.text()) == ("No episodes yet", "Record one.")
    empty.button.click()
    assert acted


def test_what_happened_is_said_in_passing(keep: Callable[[QWidget], QWidget]) -> None:
    status = StatusLine()
    keep(status)
    status._fading.setInterval(1)
    status.say("Took back the cut.")
    assert status.said.text() == "Took back the cut."
    QTest.qWait(50)
    assert status.said.text() == ""


def test_the_rail_says_that_an_episode_is_recorded(keep: Callable[[QWidget], QWidget]) -> None:
    rail = Rail(actions.PAGES)
    keep(rail)
    button = rail._group.button(0)
    rail.show_recording("12.4 s")
    assert button.accessibleName() == "Collect, recording 12.4 s"
    red = button.grab().toImage().pixelColor(button.width() - 16, 12)
    assert red.red() > 2 * red.green()
    rail.show_recording("")
    assert button.accessibleName() == "Collect"
