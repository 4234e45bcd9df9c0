"""Calibrations: their numbers, their files, and the steps in which a person makes one."""

import math
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from leader_stub import LeaderStub, read_until, true_calibration

from accord.devices.calibrating import Calibrating, Step
from accord.devices.calibration import Calibration, Calibrations, JointCalibration, TriggerCalibration
from accord.devices.errors import DeviceError
from accord.devices.inputs.dynamixel import gello
from accord.devices.inputs.glove import GloveCalibration
from accord.devices.inputs.leader import Leader
from accord.devices.inputs.leaders import GELLO, KOCH, LEADERS, SO101
from accord.devices.stubs.leader_arms import ASSEMBLIES

MS = 1_000_000
SERIAL = "FT9BTDDC"
RAD = 4096 / (2 * math.pi)
"""Ticks of a radian."""


# Numbers -----------------------------------------------------------------------------------------------------------


@given(
    reference_tick=st.integers(-9000, 9000),
    reference_rad=st.floats(-3, 3),
    sign=st.sampled_from([1, -1]),
    lower=st.floats(-4, 3),
    span=st.floats(0.1, 6.0),
    share=st.floats(0, 1),
    turns=st.integers(-3, 3),
)
def test_an_angle_within_the_range_comes_back_whichever_turn_is_counted(
    reference_tick: int, reference_rad: float, sign: int, lower: float, span: float, share: float, turns: int
) -> None:
    joint = JointCalibration(reference_tick, reference_rad, sign, lower, lower + span, 4096)
    angle = lower + share * span
    tick = reference_tick + sign * (angle - reference_rad) * RAD + turns * 4096
    assert joint.angle(tick) == pytest.approx(angle, abs=1e-9)


@given(start=st.integers(0, 4095), span=st.integers(60, 2040), share=st.floats(0, 1), turned=st.booleans())
def test_an_opening_goes_from_closed_to_open(start: int, span: int, share: float, turned: bool) -> None:
    trigger = TriggerCalibration(start + span, start, 4096) if turned else TriggerCalibration(start, start + span, 4096)
    tick = trigger.closed_tick + share * (trigger.open_tick - trigger.closed_tick)
    assert trigger.opening(tick) == pytest.approx(share, abs=1e-9)
    assert trigger.opening(tick % 4096) == pytest.approx(share, abs=1e-9)
    beyond = trigger.open_tick + 0.2 * (trigger.open_tick - trigger.closed_tick) * (4096 - span) / 4096
    assert 0.0 <= trigger.opening(beyond) <= 1.0


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"sign": 0}, "Wanted a sign of 1 or -1 in a calibration, found 0"),
        ({"ticks_per_turn": 1}, "Wanted ticks per turn in a calibration, found 1"),
        ({"reference_tick": math.nan}, "Wanted finite numbers"),
        ({"lower_rad": 0.99}, "Wanted a range of 5 degrees to a turn in a calibration, found 1 degrees"),
        ({"upper_rad": 6.0}, "found 401 degrees"),
    ],
)
def test_an_impossible_joint_is_refused(changes: dict[str, float], sentence: str) -> None:
    good = JointCalibration(2048, 0.0, 1, -1.0, 1.0, 4096)
    with pytest.raises(DeviceError) as error:
        replace(good, **changes)  # type: ignore[arg-type]
    assert sentence in str(error.value)


def test_a_trigger_that_hardly_moves_is_refused() -> None:
    with pytest.raises(DeviceError, match="found 1 degrees"):
        TriggerCalibration(2048, 2060, 4096)


# Files -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def calibration() -> Calibration:
    return true_calibration("gello", SERIAL)


@pytest.mark.parametrize("serial", [SERIAL, "/dev/ttyUSB0", "../up", 'a"b\\c', "ä / ö"])
def test_a_calibration_is_kept(tmp_path: Path, calibration: Calibration, serial: str) -> None:
    kept, store = replace(calibration, serial=serial), Calibrations(tmp_path / "new" / "folder")
    path = store.save(kept)
    assert path.parent == tmp_path / "new" / "folder"
    assert store.load(serial, "gello", 7) == kept
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_one_without_a_trigger_is_kept(tmp_path: Path, calibration: Calibration) -> None:
    kept = replace(calibration, trigger=None)
    Calibrations(tmp_path).save(kept)
    assert Calibrations(tmp_path).load(SERIAL, "gello", 7) == kept
    assert kept.opening(5.0) is None


GLOVE = GloveCalibration(tuple(100.5 * n for n in range(15)), tuple(60000.0 - 7.0 * n for n in range(15)))


def test_one_of_a_glove_is_kept_channel_by_channel(tmp_path: Path, calibration: Calibration) -> None:
    kept = replace(calibration, glove=GLOVE)
    Calibrations(tmp_path).save(kept)
    assert Calibrations(tmp_path).load(SERIAL, "gello", 7) == kept
    np.testing.assert_array_equal(kept.bends(np.array(GLOVE.open_words)), np.zeros(15))


def test_a_file_of_before_gloves_were_calibrated_leads_no_finger(tmp_path: Path, calibration: Calibration) -> None:
    path = Calibrations(tmp_path).save(calibration)
    assert "glove" not in path.read_text()
    kept = Calibrations(tmp_path).load(SERIAL, "gello", 7)
    assert kept.glove is None
    assert kept.bends(np.full(15, 0.25 * 65535)) is None, "the ends of its channels are not known"


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("open_words", "wide_words", "Wanted open_words and closed_words as lists of numbers in PATH, found something"),
        ("open_words = [0.0, ", 'open_words = ["far", ', "as lists of numbers in PATH"),
        ("open_words = [0.0, ", "open_words = [true, ", "as lists of numbers in PATH"),
        ("open_words = [0.0, ", "open_words = [", "15 numbers from 0 to 65535 of a glove in a calibration in PATH"),
        ("open_words = [0.0, ", "open_words = [nan, ", "Wanted 15 numbers"),
        ("open_words = [0.0, ", f"open_words = [1{'0' * 400}, ", "Wanted 15 numbers"),
        ("closed_words = [60000.0, 59993.0, ", "closed_words = [60000.0, 300.0, ", "Wanted a thumb base that moves by"),
        ("[glove]", "glove = 5\n[thumb]", "too many or too few: glove"),
    ],
)  # fmt: skip
def test_a_broken_glove_is_told(tmp_path: Path, calibration: Calibration, old: str, new: str, sentence: str) -> None:
    path = Calibrations(tmp_path).save(replace(calibration, glove=GLOVE))
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(DeviceError) as error:
        Calibrations(tmp_path).load(SERIAL, "gello", 7)
    assert sentence.replace("PATH", str(path)) in str(error.value)
    assert "calibrate it again on the page Devices." in str(error.value)


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as error:
        Calibrations(tmp_path).load(SERIAL, "gello", 7)
    sentence = f"Wanted a calibration of gello {SERIAL}, found none: calibrate it on the page Devices."
    assert str(error.value) == sentence


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("version = 1", "version = 2", "Wanted version 1 of PATH, found version 2: calibrate it again"),
        ("version = 1", "", "found version None"),
        ("version = 1", "version = ", "Wanted a calibration in PATH, found Invalid value"),
        ('leader = "gello"', "leader = 5", "Wanted serial, leader and joints in PATH"),
        ('leader = "gello"', 'leader = "koch"', f"found one of koch {SERIAL} with 7"),
        (f'"{SERIAL}"', '"other"', "found one of gello other with 7"),
        ("[trigger]", "[[joint]]", "of each part of PATH, found too many or too few: "),
        ("open_tick = 2219", 'open_tick = "wide"', "Wanted a number for open_tick in PATH, found 'wide'"),
        ("sign = 1", "sign = true", "Wanted a number for sign in PATH, found True"),
        ("sign = 1", "sign = 1.0", "Wanted a number for sign in PATH, found 1.0"),
        ("sign = 1", "sign = 3", "Wanted a sign of 1 or -1 in a calibration in PATH, found 3"),
        ("open_tick = 2219", "open_tick = nan", "Wanted finite numbers in a calibration in PATH"),
        ("open_tick = 2219", "open_tick = 2219\nweight = 5", "found too many or too few: weight"),
    ],
)
def test_a_broken_file_is_told_and_left_as_it_is(
    tmp_path: Path, calibration: Calibration, old: str, new: str, sentence: str
) -> None:
    path = Calibrations(tmp_path).save(calibration)
    text = path.read_text().replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(DeviceError) as error:
        Calibrations(tmp_path).load(SERIAL, "gello", 7)
    assert sentence.replace("PATH", str(path)) in str(error.value)
    assert "calibrate it again on the page Devices." in str(error.value)
    assert path.read_text() == text


def test_another_number_of_joints_is_told(tmp_path: Path, calibration: Calibration) -> None:
    Calibrations(tmp_path).save(calibration)
    with pytest.raises(DeviceError, match=rf"with 6 joints in .*, found one of gello {SERIAL} with 7:"):
        Calibrations(tmp_path).load(SERIAL, "gello", 6)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path, calibration: Calibration) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DeviceError, match=r"Wanted to write .*, found"):
        Calibrations(tmp_path / "file").save(calibration)


# Steps -------------------------------------------------------------------------------------------------------------


class Person:
    """Holds a leader of an assembly and feeds its readings, on encoders that begin a turn anew."""

    def __init__(self, name: str) -> None:
        self.assembly = ASSEMBLIES[name]
        self.pose = [*self.assembly.model.reference, 1.0]
        self.t_ns = 5_000_000_000
        self.steps = Calibrating(self.assembly.model, SERIAL, len(self.pose) - 1)

    def feed(self, shake: int = 0) -> None:
        self.t_ns += 10 * MS
        ticks = np.array(self.assembly.ticks(self.pose), dtype=np.float64)
        ticks[0] += shake * (self.t_ns // (10 * MS) % 2)
        self.steps.feed(ticks % 4096, self.t_ns)

    def hold(self, shake: int = 0) -> None:
        for _ in range(102):
            self.feed(shake)

    def turn(self, part: int, *angles: float) -> None:
        for angle in angles:
            for value in np.linspace(self.pose[part], angle, 40):
                self.pose[part] = float(value)
                self.feed()

    def sweep(self, joint: int, up: float = 0.9, down: float = 0.6) -> None:
        middle = self.assembly.model.reference[joint]
        self.turn(joint, middle + up, middle - down, middle)


@pytest.mark.parametrize("name", ["gello", "koch", "so101"])
def test_the_steps_lead_to_the_true_calibration(name: str) -> None:
    person = Person(name)
    steps, count = person.steps, len(person.pose) - 1
    assert not steps.ready
    person.hold()
    assert steps.ready
    assert steps.still == 1.0
    steps.go_on()
    for joint in range(count):
        assert (steps.step, steps.joint) == (Step.MOVE, joint)
        assert f"{LEADERS[name].names_of(count)[joint]} first along its arrow" in steps.text
        person.sweep(joint)
        assert steps.range_rad == pytest.approx((-0.6, 0.9), abs=0.01)
        steps.go_on()
    assert steps.step is Step.LET_GO
    steps.go_on()
    assert not steps.ready
    person.turn(count, 0.0)
    steps.go_on()
    assert steps.done
    assert steps.problem == ""
    found = steps.calibration()
    assert [joint.sign for joint in found.joints] == list(person.assembly.signs)
    rng = np.random.default_rng(0)
    for _ in range(20):
        pose = [angle + rng.uniform(-0.6, 0.9) for angle in person.assembly.model.reference] + [rng.uniform(0, 1)]
        ticks = np.array(person.assembly.ticks(pose), dtype=np.float64) % 4096
        assert found.angles(ticks[:-1]) == pytest.approx(pose[:-1], abs=1.5 / RAD)
        assert found.opening(ticks[-1]) == pytest.approx(pose[-1], abs=0.005)
    for joint, angle in zip(found.joints, person.assembly.model.reference, strict=True):
        assert (joint.lower_rad, joint.upper_rad) == pytest.approx((angle - 0.6, angle + 0.9), abs=0.01)


def test_a_leader_that_is_not_held_still_is_told_by_joint() -> None:
    person = Person("koch")
    person.steps.go_on()
    assert "found none yet: plug it in" in person.steps.problem
    person.feed()
    person.steps.go_on()
    assert "found 0.0 s so far" in person.steps.problem
    person.hold(shake=8)
    person.steps.go_on()
    assert person.steps.step is Step.HOLD
    moving = "shoulder pan moving by 4 ticks"
    problem = f"Wanted the leader held still for a second, found {moving}: keep it still, then go on."
    assert person.steps.problem == problem
    assert person.steps.still == 0.0
    person.hold()
    person.steps.go_on()
    assert person.steps.step is Step.MOVE
    assert person.steps.problem == ""


def test_a_gap_begins_holding_still_anew() -> None:
    person = Person("koch")
    person.hold()
    assert person.steps.ready
    person.t_ns += 500 * MS
    person.feed()
    assert not person.steps.ready


def test_a_joint_that_was_not_moved_is_named() -> None:
    person = Person("koch")
    person.hold()
    person.steps.go_on()
    person.sweep(0)
    person.steps.go_on()
    person.sweep(2)  # not its turn
    person.steps.go_on()
    assert (person.steps.step, person.steps.joint) == (Step.MOVE, 1)
    assert person.steps.problem.startswith("Wanted shoulder lift moved by 5 degrees at least, found 0.0 degrees:")
    person.turn(1, 0.05)
    person.steps.go_on()
    assert person.steps.joint == 1
    person.sweep(1)
    person.steps.go_on()
    assert person.steps.joint == 2
    assert not person.steps.ready  # its sign is not told by what it did before


def test_a_joint_that_was_turned_round_and_round_is_refused() -> None:
    person = Person("koch")
    person.hold()
    person.steps.go_on()
    person.turn(0, 4.0, -3.0)
    person.steps.go_on()
    assert person.steps.problem.startswith("Wanted shoulder pan moved within one turn, found 401 degrees:")


def test_a_trigger_that_hardly_moved_is_refused() -> None:
    person = Person("so101")
    person.hold()
    person.steps.go_on()
    for joint in range(5):
        person.sweep(joint)
        person.steps.go_on()
    person.steps.go_on()
    person.turn(5, 0.97)
    person.steps.go_on()
    assert person.steps.problem.startswith("Wanted a trigger squeezed by 5 to 180 degrees, found 3.")
    with pytest.raises(DeviceError, match="found one at the step squeeze"):
        person.steps.calibration()


def test_back_measures_the_step_before_anew_and_keeps_all_others() -> None:
    person = Person("koch")
    steps = person.steps
    person.hold()
    steps.go_back()
    assert steps.step is Step.HOLD
    steps.go_on()
    person.sweep(0)
    steps.go_on()
    person.sweep(1, up=-0.3, down=-0.1)  # the wrong way first
    steps.go_on()
    person.sweep(2, up=-0.2, down=-0.1)
    steps.go_back()
    assert (steps.step, steps.joint) == (Step.MOVE, 1)
    assert not steps.ready
    assert steps.range_rad == pytest.approx((0.0, 0.0), abs=1e-9)
    person.sweep(1, up=0.5, down=0.2)
    assert steps.range_rad == pytest.approx((-0.2, 0.5), abs=0.01)
    for joint in range(2, 5):
        steps.go_on()
        assert (steps.step, steps.joint) == (Step.MOVE, joint)
        assert not steps.ready, "what was begun with is not done"
        person.sweep(joint)
    steps.go_on()
    steps.go_back()
    assert (steps.step, steps.joint, steps.ready) == (Step.MOVE, 4, False)
    person.sweep(4, up=0.4, down=0.3)
    steps.go_on()
    person.turn(5, 0.5)
    steps.go_on()
    steps.go_back()
    assert steps.step is Step.LET_GO
    person.turn(5, 1.0)
    steps.go_on()
    person.turn(5, 0.4)
    steps.go_on()
    steps.go_back()
    assert (steps.step, steps.done) == (Step.SQUEEZE, False)
    person.turn(5, 0.0)
    steps.go_on()
    found = steps.calibration()
    assert [joint.sign for joint in found.joints] == list(person.assembly.signs)
    reach = [(-0.6, 0.9), (-0.2, 0.5), (-0.6, 0.9), (-0.6, 0.9), (-0.3, 0.4)]
    for joint, middle, (low, high) in zip(found.joints, person.assembly.model.reference, reach, strict=True):
        assert (joint.lower_rad, joint.upper_rad) == pytest.approx((middle + low, middle + high), abs=0.01)
    ticks = np.array(person.assembly.ticks(person.pose), dtype=np.float64)
    assert found.opening(ticks[-1]) == pytest.approx(0.0, abs=0.005)


def test_back_to_the_first_step_takes_the_reference_pose_anew() -> None:
    person = Person("koch")
    person.pose[2] = 0.5  # not how it should be held
    person.hold()
    person.steps.go_on()
    person.sweep(0)
    person.steps.go_back()
    assert person.steps.step is Step.HOLD
    person.turn(2, 0.0)
    person.hold()
    person.steps.go_on()
    for joint in range(5):
        assert not person.steps.ready
        person.sweep(joint)
        person.steps.go_on()
    person.steps.go_on()
    person.turn(5, 0.0)
    person.steps.go_on()
    found = person.steps.calibration().joints[2]
    assert (found.lower_rad, found.upper_rad) == pytest.approx((-0.6, 0.9), abs=0.01)


def test_readings_that_are_none_are_passed_over() -> None:
    steps = Calibrating(SO101, SERIAL, 5)
    steps.feed(np.zeros(5), 0)
    steps.feed(np.full(6, np.nan), 0)
    assert steps.ticks is None


def test_a_copy_with_other_joints_is_straight_in_its_reference_pose() -> None:
    assert GELLO.reference_of(7) == GELLO.reference
    assert KOCH.reference_of(6) == (0.0,) * 6


# Over the wire -----------------------------------------------------------------------------------------------------


def test_a_leader_that_was_calibrated_over_its_wire_tells_its_joints(tmp_path: Path) -> None:
    reference = list(GELLO.reference)
    with LeaderStub("gello", tmp_path, "--baud", "1000000") as stub:
        (device,) = gello(config=tmp_path, port=stub.port, baud=1_000_000, ids="")
        assert isinstance(device, Leader)
        device.open()
        steps = Calibrating(GELLO, stub.port, 7)

        def feed(*angles: float, joint: int = 0) -> None:
            pose = [*reference, 1.0]
            for angle in angles:
                pose[joint] = angle
                stub.move(pose)
                ticks = np.array(ASSEMBLIES["gello"].ticks(pose)) % 4096
                state = read_until(device, lambda s: s is not None and bool(np.all(s.raw % 4096 == ticks)))  # noqa: B023
                assert state is not None
                steps.feed(state.raw, state.t_ns)

        def held() -> bool:
            state = device.read(time.monotonic_ns())
            if state is not None:
                steps.feed(state.raw, state.t_ns)
            return steps.ready

        read_until(device, lambda _: held())
        steps.go_on()
        for joint, angle in enumerate(reference):
            feed(angle + 0.4, angle + 0.8, angle, angle - 0.7, angle, joint=joint)
            steps.go_on()
        steps.go_on()
        feed(0.5, 0.0, joint=7)
        steps.go_on()
        Calibrations(tmp_path).save(steps.calibration())
        stub.move([*reference, 1.0])
        state = read_until(device, lambda state: state is not None and state.gripper == 1.0)
        assert state is not None
        assert state.joints == pytest.approx(reference, abs=2 / RAD)
        device.close()
