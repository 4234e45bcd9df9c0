"""A leader is calibrated in the window: the real steps, fed by a real process over a real wire."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from leader_stub import LeaderStub
from peers.stub_process import StubProcess, free_udp_port
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.desk import Desk
from accord.app.in_reach import Reachable
from accord.app.snapshot import Snapshot
from accord.app.ui import devices_guiding
from accord.app.ui.calibration_arm import CalibrationArm, figure_of, words_for
from accord.app.ui.calibration_panel import CalibrationPanel
from accord.app.ui.devices_guiding import DevicesGuiding
from accord.app.ui.devices_page import DevicesPage
from accord.app.ui.figures import NOTHING
from accord.devices.calibrating import Calibrating, Step
from accord.devices.calibration import Calibrations
from accord.devices.fingers import BENDS, CHANNELS
from accord.devices.inputs.glove import GloveCalibration
from accord.devices.inputs.leader_chains import FIVE
from accord.devices.inputs.leaders import GELLO
from accord.devices.rotation import to_matrix
from accord.devices.setup import Setup
from accord.devices.sim.arms.catalogue import PANDA
from accord.devices.sim.engine import model_from
from accord.devices.sim.kinematics import Kinematics
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.task import Mount
from accord.devices.stubs.leader_arms import ASSEMBLIES

WaitFor = Callable[..., None]
JOINTS = 5
TICK = 2 * np.pi / 4096
FIST = GloveCalibration((0.0,) * 15, tuple(65535.0 if bends else 0.0 for bends in BENDS))


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeaderStub]:
    with LeaderStub("koch", tmp_path_factory.mktemp("koch")) as made:
        yield made


class Calibration:
    """The page with a leader on its desk, the wizard open."""

    def __init__(self, desk: Desk, stub: LeaderStub | StubProcess, wait_for: WaitFor) -> None:
        self.window = QWidget()
        self.window.resize(1200, 740)
        self.page = DevicesPage(self.window)
        self.page.setGeometry(self.window.rect())
        self.desk, self.stub = desk, stub
        self.guiding = DevicesGuiding(self.page, desk, self.window)
        self.panel = self.page.calibration
        self._wait_for = wait_for
        self.window.show()
        self.guiding.choose("arm")
        self.wait(lambda: self.page.detail.calibrate[0].isEnabled() and self.page.detail.calibrate[0].isVisible())
        self.page.detail.calibrate[0].click()

    @property
    def held(self) -> Calibrating:
        assert self.guiding.calibration.held is not None
        return self.guiding.calibration.held

    def tick(self) -> None:
        self.guiding.tick(True, Snapshot())

    def wait(self, holds: Callable[[], bool]) -> None:
        def ticked() -> bool:
            self.tick()
            return holds()

        self._wait_for(ticked)

    def pose(self, joints: Sequence[float] = (0.0,) * JOINTS, opening: float = 1.0) -> None:
        assert isinstance(self.stub, LeaderStub)
        self.stub.move([*joints, opening])

    def next(self) -> None:
        self.wait(self.panel.next.isEnabled)
        self.panel.next.click()

    def turn(self, joint: int, angle: float) -> None:
        """Turn one joint, and wait until the wizard saw it."""
        self.pose([angle if i == joint else 0.0 for i in range(JOINTS)])
        self.wait(lambda: bool(self._reached(angle)))

    def _reached(self, angle: float) -> bool:
        low, high = self.held.range_rad
        return low <= angle + TICK if angle < 0 else high >= angle - TICK

    def close(self) -> None:
        self.guiding.close()
        self.desk.close()
        self.window.close()
        self.window.deleteLater()


@pytest.fixture
def wizard(
    application: QApplication,
    tmp_path: Path,
    stub: LeaderStub,
    wait_for: WaitFor,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Calibration]:
    monkeypatch.setattr(devices_guiding, "look", Reachable)
    stub.mend()
    desk = Desk(tmp_path)
    desk.put(Setup("arm", "koch", {"port": stub.port}))
    made = Calibration(desk, stub, wait_for)
    yield made
    made.close()


def test_a_leader_is_calibrated_from_its_pose_to_its_trigger(wizard: Calibration, stub: LeaderStub) -> None:
    panel, said = wizard.panel, list[str]()
    wizard.guiding.say.connect(said.append)
    assert panel.isVisible()
    assert panel.step.text() == "STEP 1 OF 8"
    assert "reference pose" in panel.text.text()
    wizard.next()
    for joint in range(JOINTS):
        wizard.wait(lambda joint=joint: panel.step.text() == f"STEP {2 + joint} OF 8")  # type: ignore[misc]
        assert panel.arm.joint == joint
        assert panel.way.text() == words_for(JOINTS, joint)
        assert not panel.next.isEnabled()
        assert f"{FIVE[joint]} moved by 5 degrees at least" in panel.missing.text()
        wizard.turn(joint, 0.4)
        wizard.turn(joint, -0.3)
        wizard.wait(lambda joint=joint: panel.bars.bars[1 + joint].text == "−17° to 23°")  # type: ignore[misc]
        wizard.next()
    wizard.pose()
    wizard.wait(lambda: panel.arm.trigger == "open")
    wizard.next()
    wizard.wait(lambda: panel.arm.trigger == "closed")
    assert panel.next.text() == "Save"
    assert not panel.next.isEnabled()
    wizard.pose(opening=0.0)
    wizard.next()
    wizard.wait(lambda: wizard.page.looking and wizard.page.detail.lamp.toolTip() == "Connected")
    assert said == ["arm is calibrated."]
    kept = Calibrations(wizard.desk.calibrations).load(stub.port, "koch", JOINTS)
    assert [joint.sign for joint in kept.joints] == list(ASSEMBLIES["koch"].signs)
    for joint in kept.joints:
        assert (joint.lower_rad, joint.upper_rad) == pytest.approx((-0.3, 0.4), abs=2 * TICK)
    wizard.pose([0.1, 0.2, -0.1, 0.3, -0.2], 0.5)
    wizard.wait(lambda: [bar.text for bar in wizard.page.detail.hands[0].joints.bars] == _degrees())
    assert wizard.page.detail.hands[0].gripper.bars[0].text == "0.50"


@pytest.mark.parametrize(("name", "grip"), [("airexo", "left trigger"), ("cockpit", "left glove index base")])
def test_each_arm_of_an_exoskeleton_is_calibrated_by_a_pose_and_a_fist(
    application: QApplication, tmp_path: Path, wait_for: WaitFor, monkeypatch: pytest.MonkeyPatch, name: str, grip: str
) -> None:
    monkeypatch.setattr(devices_guiding, "look", Reachable)
    udp, desk = free_udp_port(), Desk(tmp_path)
    desk.put(Setup("arm", {"airexo": "exoskeleton"}.get(name, name), {"udp": udp}))
    with StubProcess(name, "--udp", str(udp)) as stub:
        stub.say("left elbow flexion 0.2")
        wizard = Calibration(desk, stub, wait_for)
        panel = wizard.panel
        try:
            assert wizard.page.detail.calibrate[1].text() == "Calibrate right…"
            assert panel.title.text() == "Calibrate arm left"
            assert panel.step.text() == "STEP 1 OF 3"
            assert panel.arm.isHidden()
            wizard.wait(lambda: _joints(desk) == pytest.approx([0, 0, 0, 0.2, 0, 0, 0], abs=2e-3))
            wizard.next()
            stub.say(f"{grip} {0.9 if name == 'airexo' else 0.0}")
            wizard.wait(lambda: panel.step.text() == "STEP 2 OF 3")
            panel.back.click()
            assert panel.step.text() == "STEP 1 OF 3"
            wizard.next()
            wizard.wait(lambda: panel.step.text() == "STEP 2 OF 3")
            wizard.next()
            assert not panel.next.isEnabled()
            assert "a grip that moves by" in panel.missing.text()
            stub.say(f"{grip} {0.1 if name == 'airexo' else 1.0}")
            if name == "cockpit":
                first, *others = (one for one, closes in zip(CHANNELS, BENDS, strict=True) if closes)
                for channel in others:
                    stub.say(f"left glove {channel} 1.0")
                wizard.wait(lambda: f"Wanted the {first} of the glove to move by" in panel.missing.text())
                stub.say(f"left glove {first} 1.0")
            wizard.next()
            wizard.wait(lambda: wizard.page.looking)
            serial = desk.readings("arm")[0].health.serial
            glove = Calibrations(desk.calibrations).load(serial, desk.setup("arm").kind, 7).glove
            assert glove == (FIST if name == "cockpit" else None)
            elbow = wizard.page.detail.hands[0].joints
            wizard.wait(lambda: [bar.text for bar in elbow.bars] == ["0.0°"] * 7)
        finally:
            wizard.close()


def _joints(desk: Desk) -> list[float]:
    state = desk.readings("arm")[0].state
    return [] if state is None or state.joints is None else [float(angle) for angle in state.joints]


def _degrees() -> list[str]:
    """The pose above, as encoders of 4096 ticks know it."""
    ticks = np.round(np.array([0.1, 0.2, -0.1, 0.3, -0.2]) / TICK)
    return [f"{angle:.1f}°".replace("-", "−") for angle in np.degrees(ticks * TICK)]


def test_cancelling_leaves_everything_as_it_was(wizard: Calibration, stub: LeaderStub) -> None:
    path = Calibrations(wizard.desk.calibrations).path(stub.port)
    before = {one.name: one.read_bytes() for one in wizard.desk.folder.iterdir()}
    wizard.next()
    wizard.turn(0, 0.4)
    QTest.keyClick(wizard.panel, Qt.Key.Key_Escape)
    assert wizard.page.looking
    assert wizard.guiding.calibration.held is None
    assert not path.exists()
    assert {one.name: one.read_bytes() for one in wizard.desk.folder.iterdir()} == before


def test_back_does_the_step_before_anew_and_keeps_the_others(wizard: Calibration, stub: LeaderStub) -> None:
    panel = wizard.panel
    assert not panel.back.isEnabled()
    wizard.next()
    for joint in range(3):
        wizard.turn(joint, 0.4)
        wizard.next()
    wizard.wait(lambda: panel.step.text() == "STEP 5 OF 8")
    wizard.turn(3, 0.2)
    stub.say("unplug")
    wizard.wait(lambda: not panel.next.isEnabled())
    panel.back.click()  # also while nothing is heard
    stub.say("plug")
    wizard.wait(lambda: panel.step.text() == "STEP 4 OF 8")
    assert panel.arm.joint == 2
    wizard.wait(lambda: "elbow flex moved by 5 degrees at least" in panel.missing.text())
    assert [bar.name for bar in panel.bars.bars[1:4]] == ["shoulder pan ✓", "shoulder lift ✓", "▸ elbow flex"]
    assert [bar.text.replace("−0", "0") for bar in panel.bars.bars[1:4]] == ["0° to 23°", "0° to 23°", "0° to 0°"]
    assert panel.bars.bars[4].text == NOTHING
    wizard.turn(2, 0.3)
    wizard.turn(2, -0.2)
    wizard.next()
    for joint in range(3, JOINTS):
        wizard.turn(joint, 0.4)
        wizard.next()
    wizard.pose()
    wizard.next()
    wizard.pose(opening=0.0)
    wizard.next()
    wizard.wait(lambda: wizard.page.looking)
    kept = Calibrations(wizard.desk.calibrations).load(stub.port, "koch", JOINTS).joints
    assert [joint.upper_rad for joint in kept] == pytest.approx([0.4, 0.4, 0.3, 0.4, 0.4], abs=2 * TICK)


def test_the_step_before_is_a_key_away_and_the_first_has_none(wizard: Calibration) -> None:
    wizard.window.activateWindow()
    assert QTest.qWaitForWindowActive(wizard.window)
    wizard.next()
    assert wizard.held.step is Step.MOVE
    wizard.panel.back.setFocus()
    QTest.keyClick(wizard.panel.back, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert wizard.held.step is Step.HOLD
    assert not wizard.panel.back.isEnabled()
    assert wizard.panel.hasFocus()
    assert wizard.page.calibration.isVisible()


def test_one_that_moves_cannot_go_on_and_is_named(wizard: Calibration) -> None:
    panel, way = wizard.panel, 0.3
    wizard.wait(panel.next.isEnabled)

    def moving() -> bool:
        nonlocal way
        way = -way
        wizard.pose([0.0, 0.0, way, 0.0, 0.0])
        return not panel.next.isEnabled() and "elbow flex moving by" in panel.missing.text()

    wizard.wait(moving)
    panel.next.click()
    assert wizard.held.step is Step.HOLD


def test_one_that_is_unplugged_says_so_and_goes_on_when_it_is_back(wizard: Calibration, stub: LeaderStub) -> None:
    wizard.next()
    wizard.turn(0, 0.4)
    stub.say("unplug")
    wizard.wait(lambda: wizard.panel.problem.text.startswith("Wanted "))
    assert not wizard.panel.next.isEnabled()
    stub.say("plug")
    wizard.wait(lambda: not wizard.panel.problem.text)
    wizard.turn(0, -0.4)
    wizard.next()
    assert wizard.held.joint == 1


def test_a_calibration_that_cannot_be_kept_is_told_and_can_be_tried_again(
    wizard: Calibration, stub: LeaderStub
) -> None:
    wizard.next()
    for joint in range(JOINTS):
        wizard.turn(joint, 0.4)
        wizard.next()
    wizard.pose()
    wizard.next()
    wizard.pose(opening=0.0)
    path = Calibrations(wizard.desk.calibrations).path(stub.port)
    blocked = path.with_name(f".{path.name}.new")
    blocked.mkdir(parents=True)
    wizard.next()
    assert wizard.page.message.text.startswith(f"Wanted to write {path}")
    assert wizard.panel.isVisible()
    blocked.rmdir()
    wizard.next()
    assert wizard.page.looking
    assert path.exists()


def test_return_goes_on_wherever_the_focus_is(wizard: Calibration) -> None:
    wizard.window.activateWindow()
    assert QTest.qWaitForWindowActive(wizard.window)
    wizard.wait(wizard.panel.next.isEnabled)
    QTest.keyClick(wizard.panel, Qt.Key.Key_Return)
    assert wizard.held.step is Step.MOVE


def test_leaving_the_page_leaves_the_calibration(wizard: Calibration) -> None:
    wizard.next()
    wizard.guiding.tick(False, Snapshot())
    assert wizard.guiding.calibration.held is None
    assert wizard.page.looking
    assert not wizard.desk.readings("arm")


def test_the_arrows_of_seven_joints_are_those_of_a_panda() -> None:
    """What is told of each joint, against the simulated arm: about which axis of the world does it turn its hand?"""
    arm = Kinematics(PANDA, model_from(arm_xml(PANDA, "gripper", Mount(), 0.002)), 0.02)
    figure = figure_of(7)
    assert figure is not None
    pose = np.array(GELLO.reference)
    before = to_matrix(arm.hand(pose)[1])
    for joint, turn in enumerate(figure.turns):
        moved = pose.copy()
        moved[joint] += 1e-3
        spin = to_matrix(arm.hand(moved)[1]) @ before.T
        axis = np.array([spin[2, 1] - spin[1, 2], spin[0, 2] - spin[2, 0], spin[1, 0] - spin[0, 1]]) / 2e-3
        told = (
            (0.0, 1.0 if turn.clockwise else -1.0, 0.0) if turn.along is None else (turn.along[0], 0.0, turn.along[1])
        )
        assert axis == pytest.approx(told, abs=1e-2), words_for(7, joint)


@pytest.mark.parametrize("joints", [5, 7])
def test_every_joint_has_an_arrow_of_its_own(
    application: QApplication, keep: Callable[[QWidget], QWidget], joints: int
) -> None:
    arm = CalibrationArm()
    keep(arm)
    arm.resize(300, 260)
    shown = set()
    for joint in (None, *range(joints)):
        arm.display(joints, joint)
        shown.add(bytes(arm.grab().toImage().constBits()))
    assert len(shown) == joints + 1


def test_a_leader_that_nobody_has_drawn_is_calibrated_by_words(
    application: QApplication, keep: Callable[[QWidget], QWidget]
) -> None:
    panel = CalibrationPanel()
    keep(panel)
    panel.begin("own", 3)
    held = Calibrating(GELLO, "S1", 3)
    for step in range(200):
        held.feed(np.array([10.0, 20.0, 30.0, 40.0]), step * 10_000_000)
    held.go_on()
    panel.display(held, "")
    assert panel.arm.isHidden()
    assert panel.way.text() == "The way that you turn it first counts as positive."
