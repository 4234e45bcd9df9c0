"""A leader that does not drive yet: its ghost over the views, and how it is brought to where the robot stands."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from leader_stub import LeaderStub, calibrate
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from snapshots import picture, ready

from accord.app.desk import Desk
from accord.app.ghost import Limb
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme
from accord.app.ui.approach import ApproachPanel
from accord.app.ui.approach_bars import ApproachBars
from accord.app.ui.approach_words import Arm, advice, arms_of
from accord.app.ui.ghost_layer import GhostLayer
from accord.app.ui.ghost_showing import GhostShowing
from accord.app.ui.view import View
from accord.app.ui.views import Views
from accord.datasets.episode_info import CameraInfo
from accord.devices.joint_map import STILL, JointMap
from accord.devices.limits import Hold
from accord.devices.mapping import LEADER_DEFAULT, Mapping
from accord.devices.setup import Setup
from accord.devices.sim.workcell import Workcell
from accord.recorders.status import LoopStatus

Keep = Callable[[QWidget], QWidget]
WaitFor = Callable[[Callable[[], bool]], None]
HELD = (LEADER_DEFAULT,)
LIMIT = LEADER_DEFAULT.engage_within_rad
NEAR = (0.1, -0.2, 0.05, 0.0, 0.0, 0.0, 0.0)


def waiting(apart: tuple[float, ...], hold: Hold, **changes: object) -> Snapshot:
    text = hold.sentence if hold is not Hold.NONE else ""
    loop = LoopStatus(source="gello", input_connected=True, hold=int(hold), hold_text=text, apart=apart)
    return ready(source="gello", loop=replace(loop, **changes))  # type: ignore[arg-type]


# A real leader ---------------------------------------------------------------------------------------------------


def test_a_leader_is_brought_near_and_engaged_and_its_ghost_goes(keep: Keep, wait_for: WaitFor, tmp_path: Path) -> None:
    """Servos on a wire, their own process, the loop, the panel and the views."""
    desk, views, panel = Desk(tmp_path), Views(), ApproachPanel()
    keep(views)
    keep(panel)
    views.resize(600, 400)
    views.show()
    showing = GhostShowing(views)
    session = Session(Settings(tmp_path / "library"), "ada", desk=desk)
    panel.engage_asked.connect(session.driving.engage)
    seen = Snapshot()

    def tick() -> Snapshot:
        nonlocal seen
        seen = session.tick()
        views.display(seen)
        panel.display(seen, [held.mapping for held in session.driving.held])
        showing.display(seen, session.scene)
        return seen

    def ghosts() -> int:
        return sum(layer.isVisible() for layer in views.findChildren(GhostLayer))

    try:
        with LeaderStub("gello", tmp_path) as arm:
            calibrate("gello", arm.port, desk.calibrations)
            desk.put(Setup("gello", "gello", {"port": arm.port}))
            session.start()
            wait_for(lambda: tick().state is State.READY)
            session.use_source("gello")
            wait_for(lambda: tick().loop.hold == Hold.APART and panel.isVisible() and ghosts() == len(seen.views))
            assert panel.hint.text().startswith("Turn the leader's joint ")
            assert seen.newest is not None
            arm.move([*(seen.newest["observation/joint_position"] + 0.1), 1.0])
            wait_for(lambda: tick().loop.hold == Hold.NOT_ENGAGED and panel.button.isEnabled())
            assert seen.loop.apart == pytest.approx((0.1,) * 7, abs=0.02)

            def engaged() -> bool:  # a busy machine may lose it once more
                if tick().loop.hold == Hold.NOT_ENGAGED:
                    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
                return seen.loop.hold == Hold.NONE and panel.button.text() == "Let go"

            wait_for(engaged)
            wait_for(lambda: tick().loop.ghost == () and ghosts() == 0)
            QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
            wait_for(lambda: tick().loop.hold != Hold.NONE and ghosts() == len(seen.views))
    finally:
        session.close()
        desk.close()
        showing.close()


# The ghost --------------------------------------------------------------------------------------------------------


@pytest.fixture
def view(keep: Keep) -> View:
    made = View("front")
    keep(made)
    made.resize(320, 240)
    made.show()
    made.show_picture(picture(128))
    return made


def limb(*places: tuple[float, float], width: float = 0.05) -> Limb:
    return Limb(np.array(places), np.full(len(places), width))


def is_bluish(image: QImage, x: float, y: float) -> bool:
    colour = image.pixelColor(round(x), round(y))
    return colour.blue() > colour.red() + 30


def test_a_ghost_lies_where_its_places_are_and_the_picture_shows_through(view: View) -> None:
    layer = GhostLayer(view)
    layer.show_limbs((limb((0.1, 0.5), (0.5, 0.5), (0.9, 0.5)),))
    image = view.grab().toImage()
    for x in (60, 120, 200, 240):
        assert is_bluish(image, x, 120)
    assert image.pixelColor(120, 120) != theme.NOVEL, "the picture shows through"
    assert not is_bluish(image, 120, 60)
    layer.show_limbs(())
    assert not is_bluish(view.grab().toImage(), 120, 120)


def test_a_ghost_follows_the_size_of_its_view_and_lets_clicks_through(view: View) -> None:
    layer, clicked = GhostLayer(view), []
    view.clicked.connect(clicked.append)
    layer.show_limbs((limb((0.1, 0.5), (0.9, 0.5)),))
    view.resize(640, 480)
    view.show_picture(picture(90, t_ns=2))
    assert layer.size() == view.size()
    assert is_bluish(view.grab().toImage(), 200, 240)
    under = view.childAt(QPoint(320, 240))
    assert under is None
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(320, 240))
    assert clicked == ["front"]


def test_what_a_camera_cannot_see_of_a_ghost_is_a_gap(view: View) -> None:
    nowhere = (float("nan"), float("nan"))
    GhostLayer(view).show_limbs((limb((0.1, 0.5), (0.3, 0.5), nowhere, (0.7, 0.5), (0.9, 0.5)),))
    image = view.grab().toImage()
    assert is_bluish(image, 64, 120)
    assert not is_bluish(image, 160, 120)
    assert is_bluish(image, 250, 120)


def test_an_arm_is_drawn_thicker_where_it_is_nearer_but_never_fills_the_picture(view: View) -> None:
    thick = Limb(np.array([[0.1, 0.5], [0.9, 0.5]]), np.array([0.01, 0.1]))
    GhostLayer(view).show_limbs((thick,))
    image = view.grab().toImage()
    rows = [sum(is_bluish(image, x, y) for y in range(240)) for x in (64, 240)]
    assert rows[0] < rows[1]
    GhostLayer(view).show_limbs((Limb(np.array([[0.1, 0.5], [0.9, 0.5]]), np.array([9.0, np.nan])),))
    assert not is_bluish(view.grab().toImage(), 160, 20)


@pytest.fixture(scope="module")
def led() -> tuple[SimpleNamespace, Snapshot]:
    """A scene with a robot, and a snapshot in which its leader stands where the robot stands."""
    cell = Workcell()
    cell.reset(2)
    seen = cell.observe(0)
    record = np.zeros((), [("physics/state", "f8", cell.state_size), ("observation/hand_position", "f8", 3),
                           ("observation/joint_position", "f8", 7)])  # fmt: skip
    record["physics/state"], record["observation/hand_position"] = cell.state(), seen.hand_position
    record["observation/joint_position"] = seen.joint_position
    names = ("front", "wrist")
    scene = SimpleNamespace(model_xml=cell.model_xml, cameras=tuple(CameraInfo(n, 64, 48, 30.0) for n in names))
    ghost = tuple(cell.chains[0].skeleton(seen.joint_position + 0.3).reshape(-1).tolist())
    snapshot = waiting((0.3,) * 7, Hold.NOT_ENGAGED, ghost=ghost)
    shown = replace(
        snapshot, newest=record[()], views=names, pictures={n: picture(100, width=320, height=240) for n in names}
    )
    cell.close()
    return scene, shown


def test_a_ghost_appears_over_every_view_and_goes_when_the_leader_drives(
    led: tuple[SimpleNamespace, Snapshot], keep: Keep, wait_for: WaitFor
) -> None:
    scene, snapshot = led
    views = Views()
    keep(views)
    views.resize(900, 460)
    views.show()
    showing = GhostShowing(views)

    def ghosts(now: Snapshot) -> int:
        views.display(now)
        showing.display(now, scene)  # type: ignore[arg-type]
        return sum(layer.isVisible() for name in now.views for layer in views.view(name).findChildren(GhostLayer))

    wait_for(lambda: ghosts(snapshot) == 2)
    driving = replace(snapshot, loop=replace(snapshot.loop, ghost=()))
    assert ghosts(driving) == 0
    again = replace(snapshot, views=("front",))  # other views: the ones before are gone, with what lay over them
    wait_for(lambda: ghosts(again) == 1)
    showing.display(replace(snapshot, views=("front", "side")), scene)  # type: ignore[arg-type]
    showing.close()


# The approach -----------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(keep: Keep) -> ApproachPanel:
    made = ApproachPanel()
    keep(made)
    made.resize(800, 130)
    return made


def test_while_apart_it_names_the_worst_joint_and_does_not_engage(panel: ApproachPanel) -> None:
    panel.display(waiting((0.1, 0.5, 0.0, np.radians(23.0) * 2, 0.0, 0.0, -0.1), Hold.APART), HELD)
    assert panel.isVisible()
    assert panel.hint.text() == "Turn the leader's joint 4 back by 46°. 1 more after that."
    assert not panel.button.isEnabled()


def test_within_the_threshold_engage_may_be_pressed(panel: ApproachPanel) -> None:
    asked: list[bool] = []
    panel.engage_asked.connect(asked.append)
    panel.display(waiting((0.9,) * 7, Hold.APART), HELD)
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert asked == []
    panel.display(waiting(NEAR, Hold.NOT_ENGAGED), HELD)
    assert panel.hint.text().startswith("Squeeze and release the trigger, or press Engage")
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert asked == [True]


def test_what_drives_can_be_let_go_of_and_what_never_had_to_be_engaged_shows_nothing(panel: ApproachPanel) -> None:
    asked: list[bool] = []
    panel.engage_asked.connect(asked.append)
    panel.display(ready())
    assert not panel.isVisible()
    panel.display(waiting(NEAR, Hold.NOT_ENGAGED), HELD)
    panel.display(waiting(NEAR, Hold.NONE), HELD)
    assert panel.button.text() == "Let go"
    assert not panel.arms[0].isVisible()
    QTest.mouseClick(panel.button, Qt.MouseButton.LeftButton)
    assert asked == [False]
    panel.display(ready())
    assert not panel.isVisible(), "another device drives now"


def test_a_carried_device_is_engaged_without_bars(panel: ApproachPanel) -> None:
    panel.display(waiting((), Hold.NOT_ENGAGED), HELD)
    assert panel.button.isEnabled()
    assert not panel.arms[0].isVisible()
    panel.display(waiting((), Hold.NONE), HELD)
    assert panel.button.text() == "Let go"


def test_two_leaders_have_a_limit_each_and_the_words_say_which(panel: ApproachPanel) -> None:
    record = np.zeros((), [("observation/hand_position", "f8", (2, 3))])[()]
    snapshot = replace(waiting((0.0, 0.2, 0.0, -0.2), Hold.APART), newest=record)
    held = (replace(LEADER_DEFAULT, engage_within_rad=0.3), replace(LEADER_DEFAULT, engage_within_rad=0.1))
    assert [arm.apart_rad for arm in arms_of(snapshot, held)] == [(0.0, 0.2), (0.0, -0.2)]
    panel.display(snapshot, held)
    assert panel.hint.text() == "Turn the right leader's joint 2 forward by 11°."
    assert [bars.isVisible() for bars in panel.arms] == [True, True]
    alone = replace(waiting((float("nan"), float("nan"), 0.0, -0.2), Hold.APART), newest=record)
    panel.display(alone, held)
    assert [bars.isVisible() for bars in panel.arms] == [False, True], "nobody leads the left arm"


@pytest.mark.parametrize(
    ("joints", "words"),
    [
        (JointMap(), "Turn the leader's joint 2 back by 34°."),
        (JointMap(signs=(1, -1)), "Turn the leader's joint 2 forward by 34°."),
        (JointMap(order=(1, 0), scales=(1.0, 2.0)), "Turn the leader's joint 1 back by 17°."),
        (JointMap(order=(0, STILL)), "Joint 2 of the robot is led by none: set its offset on the page of the mapping."),
    ],
)
def test_the_words_are_about_the_leaders_own_joints(joints: JointMap, words: str) -> None:
    assert advice((Arm(0, (0.0, 0.6), replace(LEADER_DEFAULT, joints=joints)),)) == words


def test_a_joint_of_which_nothing_is_known_is_not_asked_to_move() -> None:
    nobody = Arm(0, (float("nan"), 0.1), LEADER_DEFAULT)
    assert advice((nobody,)) == ""
    assert nobody.within


def test_what_is_wrong_with_a_device_is_said_where_it_is_engaged(panel: ApproachPanel) -> None:
    why = "Wanted joints for the 7 of the robot, found 6 of the leader: map each joint in the profile."
    panel.display(waiting((), Hold.NOT_ENGAGED, input_detail=why), HELD)
    assert panel.hint.text() == why
    assert panel.title.text() == "Not engaged"


def test_a_leader_with_a_dead_man_button_is_engaged_by_that_alone(panel: ApproachPanel) -> None:
    held = (Mapping(dead_man_button=3),)
    panel.display(waiting(NEAR, Hold.PRESS_ANEW), held)
    assert panel.isVisible()
    assert not panel.button.isVisible()
    assert panel.hint.text() == "Let go of the dead-man button and press it again."
    panel.display(waiting((), Hold.PRESS_ANEW), held)
    assert not panel.isVisible(), "a gamepad is brought nowhere"


def test_a_bar_grows_with_the_angle_up_for_ahead_and_its_colour_tells_whether_it_is_near(keep: Keep) -> None:
    bars = ApproachBars("Leader less robot")
    keep(bars)
    bars.show_apart((0.5 * LIMIT, -2 * LIMIT, 99.0, float("nan")), LIMIT)
    bars.resize(bars.width(), 140)
    bars.show()
    middle, image = bars.height() / 2, bars.grab().toImage()
    assert bars.bar(0).bottom() == pytest.approx(middle)
    assert bars.bar(1).top() == pytest.approx(middle)
    assert bars.bar(1).height() == pytest.approx(4 * bars.bar(0).height())
    assert bars.bar(2).top() == pytest.approx(16.0), "cut at three thresholds"
    assert bars.bar(3).height() == 0.0
    for joint, colour in ((0, theme.AGREE), (1, theme.CONFLICT)):
        assert image.pixelColor(bars.bar(joint).center().toPoint()) == QColor(colour)
    assert "joint 1 10°" in bars.accessibleName()
