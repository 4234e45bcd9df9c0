"""The page Devices: what it shows of made-up readings, and what it does to a real desk."""

import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import ready, steps

from accord.app.desk import Desk
from accord.app.device_words import Lamp, age, believed, facts, health_line, told
from accord.app.in_reach import Reachable
from accord.app.snapshot import Snapshot
from accord.app.ui import devices_guiding, theme
from accord.app.ui.devices_bars import Bars, bar
from accord.app.ui.devices_driving import driving
from accord.app.ui.devices_guiding import DevicesGuiding
from accord.app.ui.devices_page import DevicesPage
from accord.app.ui.field import Choice, Field
from accord.app.ui.number_field import NumberField
from accord.app.ui.theme import Scheme, Theme
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.keyboard import Keyboard
from accord.devices.inputs.serial_port import Port
from accord.devices.inputs.wire import Plugged
from accord.devices.mapping import Mapping
from accord.devices.setup import Setup
from accord.recorders.status import LoopStatus

WaitFor = Callable[..., None]
USB = Port("/dev/ttyUSB0", "FT232H", "FT6S4DSP", 0x0403, 0x6014)
BOARD = Port("/dev/ttyS0", "n/a", "", None, None)
MICE = tuple(Plugged(f"SpaceMouse {one}", f"S{one}", f"/dev/hidraw{one}", True) for one in (1, 2))
FORBIDDEN = "Wanted to read SpaceMouse 1 at /dev/hidraw1, found no permission: run `sudo cp a b` and plug it in again."


class TableDesk(Desk):
    """A desk whose devices say what a test wants; nothing runs."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.said: dict[str, tuple[Reading, ...]] = {}
        self.watched: tuple[str, ...] = ()

    def watch(self, names: Sequence[str]) -> None:
        self.watched = tuple(names)

    def readings(self, name: str) -> tuple[Reading, ...]:
        return self.said.get(name, ()) if name in self.watched else ()


def reading(
    connected: bool = True, detail: str = "", fresh: bool = True, age_ms: float = 5.0, **state: object
) -> Reading:
    now_ns = time.monotonic_ns()
    health = Health("GELLO", connected, detail, now_ns - 12_000_000, 1234, 3, 98.76, 1.23, 0.8, "FT6S4DSP")
    made = InputState(t_ns=now_ns, **state) if fresh else None  # type: ignore[arg-type]
    channels = tuple(f"joint {i + 1} [tick]" for i in range(8))
    return Reading(made, health, now_ns - int(age_ms * 1e6), channels)


class Rig:
    """A page, its desk, and what is plugged in."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.reach = Reachable()
        patch.setattr(devices_guiding, "look", lambda: self.reach)
        patch.setattr(devices_guiding, "SHOW_NS", 0)
        self.window = QWidget()
        self.window.resize(1200, 740)
        self.page = DevicesPage(self.window)
        self.page.setGeometry(self.window.rect())
        self.desk = TableDesk(folder)
        self.guiding = DevicesGuiding(self.page, self.desk, self.window)
        self.snapshot = Snapshot()
        self.changes = list[None]()
        self.guiding.changed.connect(lambda: self.changes.append(None))
        self.window.show()

    def tick(self) -> None:
        self.guiding.tick(True, self.snapshot)

    def put(self, setup: Setup, *said: Reading) -> None:
        self.desk.put(setup)
        self.desk.said[setup.name] = said
        self.guiding.choose(setup.name)
        self.tick()
        self.tick()

    def look(self, wait_for: WaitFor, holds: Callable[[], bool]) -> None:
        """Open the page anew, which looks what is plugged in, until that shows."""
        self.guiding.tick(False, self.snapshot)

        def ticked() -> bool:
            self.tick()
            return holds()

        wait_for(ticked)

    def kind(self, name: str) -> None:
        """Choose a kind in the form, as a person does."""
        form = self.page.form
        form.kind.setCurrentIndex(form.kind.findData(name))
        form.kind.activated.emit(form.kind.currentIndex())

    @property
    def names(self) -> list[str]:
        return [row.name for row in self.page.devices.rows]


@pytest.fixture
def rig(application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    made = Rig(tmp_path / "desk", monkeypatch)
    made.tick()
    yield made
    made.guiding.close()
    made.window.close()
    made.window.deleteLater()


# What is said of a device --------------------------------------------------------------------------------------------

ANY = Setup("arm", "gello")


@pytest.mark.parametrize(
    ("said", "lamp", "detail"),
    [
        (reading(), Lamp.GOOD, ""),
        (reading(detail="Wanted a calibration."), Lamp.CAUTION, "Wanted a calibration."),
        (reading(fresh=False), Lamp.CAUTION, "Wanted fresh reports from GELLO, found none for 100 ms"),
        (reading(connected=False, detail="Wanted a device.", fresh=False), Lamp.ABSENT, "Wanted a device."),
        (Reading(None, Health("arm", False, "Starting.", 0, 0, 0), 0), Lamp.WAITING, ""),
    ],
)
def test_the_lamp_is_what_the_device_is(said: Reading, lamp: Lamp, detail: str) -> None:
    now_ns = said.beat_ns + 5_000_000
    found = told(ANY, (said,), now_ns)
    assert found.lamp is lamp
    assert found.detail.startswith(detail)
    assert bool(found.detail) == bool(detail)


def test_a_process_that_is_silent_is_not_believed() -> None:
    said = reading()
    later_ns = said.beat_ns + 2_000_000_000
    found = told(ANY, (said,), later_ns)
    assert found.lamp is Lamp.ABSENT
    assert said.state is not None
    assert believed(said, later_ns).state is None
    assert believed(said, said.beat_ns).state is said.state
    assert found.detail == "Wanted a word from the process of GELLO, found silence: it is started again."


def test_the_worse_of_two_hands_counts() -> None:
    good, bad = reading(), reading(connected=False, detail="Wanted its right arm.", fresh=False)
    now_ns = max(good.beat_ns, bad.beat_ns)
    for hands in ((good, bad), (bad, good)):
        found = told(ANY, hands, now_ns)
        assert (found.lamp, found.detail) == (Lamp.ABSENT, "Wanted its right arm.")


def test_health_is_one_line() -> None:
    health = Health("GELLO", True, "", 1_000_000_000, 7, 1, 98.76, 1.23, 0.8, "S")
    assert health_line(health, 1_012_000_000) == "98.8 Hz · jitter 1.2 ms · 12 ms ago · 1 error · battery 80 %"
    silent = Health("pad", True, "", 1_000_000_000, 7, 0)
    assert health_line(silent, 4_000_000_000) == "heard 3 s ago · 0 errors"
    assert age(0, 3_600_000_000_000) == "60 min ago"
    two = dict(facts((Reading(None, health, 1), Reading(None, silent, 1)), 1_012_000_000))
    assert two["Errors"] == "1 / 0"
    assert two["Serial or port"] == "S / –"


# The list and the device that is looked at ---------------------------------------------------------------------------


def test_every_desk_has_a_keyboard_and_a_spacemouse(rig: Rig) -> None:
    assert rig.names == ["keyboard", "spacemouse"]
    assert rig.page.detail.name.text() == "keyboard"
    assert rig.page.detail.remove.isHidden()
    assert rig.page.detail.change.isHidden()
    assert "F1" in rig.page.detail.hint.text()
    assert rig.page.offers.isHidden()
    assert rig.page.broken.isHidden()


def test_a_device_is_told_in_full_and_its_sentence_can_be_copied(rig: Rig) -> None:
    rig.desk.said["spacemouse"] = (reading(connected=False, detail=FORBIDDEN, fresh=False),)
    rig.tick()
    row = rig.page.devices.rows[1]
    assert row.told.lamp is Lamp.ABSENT
    QTest.mouseClick(
        rig.page.devices.viewport(),
        Qt.MouseButton.LeftButton,
        pos=rig.page.devices.visualItemRect(rig.page.devices.item(1)).center(),
    )
    rig.tick()
    detail = rig.page.detail
    assert detail.name.text() == "spacemouse"
    assert detail.problem.text == FORBIDDEN
    detail.problem.copy.click()
    assert QGuiApplication.clipboard().text() == FORBIDDEN
    item = rig.page.devices.item(1)
    assert "not there" in item.data(Qt.ItemDataRole.AccessibleTextRole)
    assert item.toolTip() == FORBIDDEN


def test_numbers_of_its_health_stand_below_their_names(rig: Rig) -> None:
    rig.put(ANY, reading(joints=np.zeros(7), raw=np.arange(8.0)))
    values = {name: value.text() for name, value in rig.page.detail.values.items()}
    assert values["Rate"] == "98.8 Hz"
    assert values["Jitter"] == "1.2 ms"
    assert values["Last report"].endswith(" ms ago")
    assert values["Reports"] == "1\u202f234"
    assert values["Errors"] == "3"
    assert values["Battery"] == "80 %"
    assert values["Serial or port"] == "FT6S4DSP"


def test_a_leader_shows_joints_gripper_buttons_and_raw_numbers(rig: Rig) -> None:
    joints = np.radians([0.0, 45.0, -90.0, 180.0, 10.0, 20.0, 30.0])
    rig.put(ANY, reading(joints=joints, gripper=0.25, buttons=0b101, raw=np.array([0.0, 1024, 2048, 4096, 0, 0, 0, 9])))
    (live, other) = rig.page.detail.hands
    assert other.isHidden()
    assert live.axes.isHidden()
    assert live.pose.isHidden()
    assert [one.text for one in live.joints.bars][:4] == ["0.0°", "45.0°", "−90.0°", "180.0°"]
    assert (live.joints.bars[2].low, live.joints.bars[2].high) == (0.25, 0.5)
    assert live.gripper.bars[0].high == 0.25
    assert (live.buttons.buttons, live.buttons.count) == (0b101, 3)
    assert [one.name for one in live.raw.bars][1] == "joint 2 [tick]"
    assert [one.high for one in live.raw.bars[:4]] == [0.0, 0.25, 0.5, 1.0]
    assert "joint 2 [tick] 1024" in live.raw.accessibleDescription()
    assert rig.page.detail.calibrate[0].isVisible()


def test_a_bar_is_as_long_as_its_unit_says(rig: Rig) -> None:
    said = reading(raw=np.array([175.0, 7.0, -3.0]))
    rig.put(
        Setup("pad", "gamepad"), Reading(said.state, said.health, said.beat_ns, ("x [1/350]", "sequence [1]", "load"))
    )
    x, sequence, load = rig.page.detail.hands[0].raw.bars
    assert (x.low, x.high) == (0.0, 0.5)
    assert sequence.high == 0.0, "what only counts on has no bar"
    assert (load.low, load.high) == (0.0, 0.5), "the furthest that it ever was"


def test_a_deflected_device_shows_its_axes_and_one_that_is_silent_says_so(rig: Rig) -> None:
    axes = np.array([0.5, -1.0, 0, 0, 0, 0.25])
    pad = Setup("pad", "gamepad")
    rig.put(pad, reading(axes=axes))
    live = rig.page.detail.hands[0]
    assert [one.text for one in live.axes.bars] == ["0.50", "−1.00", "0.00", "0.00", "0.00", "0.25"]
    assert (live.axes.bars[1].low, live.axes.bars[1].high) == (0.0, 0.5)
    assert live.joints.isHidden()
    assert not rig.page.detail.calibrate[0].isVisible()
    assert live.silent.isHidden()
    rig.desk.said["pad"] = (reading(fresh=False),)
    rig.tick()
    assert live.axes.isHidden()
    assert live.silent.isVisible()


def test_two_hands_stand_below_each_other(rig: Rig) -> None:
    pose = np.array([0.1, 0.2, 0.3, 1.0, 0.0, 0.0, 0.0])
    rig.put(Setup("exo", "exoskeleton"), reading(pose=pose), reading(pose=-pose))
    left, right = rig.page.detail.hands
    assert (left.name.text(), right.name.text()) == ("LEFT HAND", "RIGHT HAND")
    assert left.pose.bars[1].text == "0.200"
    assert right.pose.bars[1].text == "−0.200"


def test_bars_grow_from_zero_and_what_is_not_known_has_none() -> None:
    assert bar("x", -0.5, "", -1.0, 1.0).low == 0.25
    assert bar("x", 5.0, "", -1.0, 1.0).high == 1.0
    assert bar("x", float("nan"), "", -1.0, 1.0).high == 0.0
    assert bar("x", 3.0, "", 2.0, 4.0) == bar("x", 3.0, "", 2.0, 4.0).__class__("x", "", 0.0, 0.5)


def test_bars_take_as_many_columns_as_there_is_room_for(
    application: QApplication, keep: Callable[[QWidget], QWidget]
) -> None:
    bars = Bars("numbers", most_columns=6)
    keep(bars)
    bars.display([bar(f"{i}", 0.0, "0", -1.0, 1.0) for i in range(7)])
    heights = []
    for width in (100, 450, 2000):
        bars.resize(width, 10)
        bars.show()
        QTest.qWait(1)
        heights.append((bars.columns, bars.height()))
    row = heights[0][1] // 7
    assert heights == [(1, 7 * row), (4, 2 * row), (6, 2 * row)]


# What runs -----------------------------------------------------------------------------------------------------------


def test_processes_are_watched_while_the_page_is_open(rig: Rig) -> None:
    rig.guiding.tick(False, rig.snapshot)
    assert rig.desk.watched == ()
    for name in ("one", "two", "three"):
        rig.desk.put(Setup(name, "gello"))
    rig.guiding.choose("two")
    grown = []
    for _ in range(5):
        rig.tick()
        grown.append(rig.desk.watched)
    assert grown[0] == ("two",), "the one that is looked at first, and no two at once"
    assert grown[1] == ("spacemouse", "two")
    assert grown[3:] == [("spacemouse", "one", "two", "three")] * 2
    rig.desk.remove("one")
    rig.tick()
    assert rig.desk.watched == ("spacemouse", "two", "three")
    rig.guiding.tick(False, rig.snapshot)
    assert rig.desk.watched == ()


def test_figures_change_ten_times_a_second_at_most(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices_guiding, "SHOW_NS", 10**12)
    rig.put(ANY, reading())
    before = rig.page.detail.lamp.lamp
    rig.desk.said["arm"] = (reading(connected=False, fresh=False),)
    rig.tick()
    assert rig.page.detail.lamp.lamp is before
    monkeypatch.setattr(devices_guiding, "SHOW_NS", 0)
    rig.tick()
    assert rig.page.detail.lamp.lamp is Lamp.ABSENT


def test_what_the_loop_reads_is_left_to_it_and_told_by_its_steps(rig: Rig) -> None:
    raw = np.full((1, 64), np.nan)
    raw[0, : len(Keyboard.channels)] = 0.0
    step = steps(1, first_s=time.monotonic(), input__axes=[[0.5, 0, 0, 0, 0, 0]], input__buttons=2, input__raw=raw,
                 input__t_ns=time.monotonic_ns())  # fmt: skip
    loop = LoopStatus(
        source="spacemouse", input_name="SpaceMouse Compact", input_connected=True, input_reports=9, input_rate_hz=62.5
    )
    rig.snapshot = ready(source="spacemouse", loop=loop, newest=step[0])
    rig.guiding.choose("spacemouse")
    rig.tick()
    assert rig.desk.watched == (), "two readers would lock each other out"
    row = rig.page.devices.rows[1]
    assert row.drives
    assert row.told.lamp is Lamp.GOOD
    assert row.told.line.startswith("62.5 Hz")
    assert rig.page.detail.hands[0].axes.bars[0].text == "0.50"
    assert rig.page.detail.hands[0].buttons.buttons == 2
    assert "drives now" in rig.page.detail.kind.text()


@pytest.mark.parametrize(
    ("source", "names"),
    [("none", ()), ("scripted:slow", ()), ("a", ("a",)), ("a+b", ("a", "b")), ("either:spacemouse", ("spacemouse",))],
)
def test_what_drives_is_read_from_the_source(source: str, names: tuple[str, ...]) -> None:
    assert driving(ready(source=source)) == names


# Adding, changing, removing ------------------------------------------------------------------------------------------


def test_a_device_is_added_with_what_its_kind_has_to_be_told(rig: Rig, wait_for: WaitFor) -> None:
    rig.reach = Reachable((USB, BOARD))
    rig.desk.profiles.save("slow", Mapping())
    rig.desk.put(Setup("pedals", "global-keys"))
    rig.look(wait_for, lambda: bool(rig.page.offers.buttons))
    rig.page.add.click()
    form = rig.page.form
    assert form.isVisible()
    rig.kind("gello")
    assert form.name.text() == "gello"
    port = form.fields["port"]
    assert port.count() == 2  # type: ignore[union-attr]
    port.setCurrentIndex(0)  # type: ignore[union-attr]
    port.activated.emit(0)  # type: ignore[union-attr]
    assert port.currentText() == "/dev/ttyUSB0"  # type: ignore[union-attr]
    baud = form.fields["baud"]
    assert isinstance(baud, NumberField)
    baud.setValue(1_000_000)
    form.profile.setCurrentIndex(form.profile.findData("slow"))
    form.pedals.setCurrentIndex(form.pedals.findData("pedals"))
    form.name.setText("left-gello")
    form.save.click()
    expected = Setup("left-gello", "gello", {"port": "/dev/ttyUSB0", "baud": 1_000_000}, "slow", "pedals")
    assert Desk(rig.desk.folder).setup("left-gello") == expected
    rig.tick()
    assert rig.page.looking
    assert rig.page.devices.current == "left-gello"
    assert "profile slow" in rig.page.detail.kind.text()
    assert len(rig.changes) == 1
    rig.look(wait_for, lambda: not rig.page.offers.isVisible())


def test_what_is_wrong_is_said_in_the_form_and_nothing_is_lost(rig: Rig) -> None:
    rig.page.add.click()
    rig.kind("koch")
    form = rig.page.form
    for name, found in (("Left Arm", "'Left Arm'"), ("", "''"), ("keyboard", "'keyboard', which is taken")):
        form.name.setText(name)
        form.save.click()
        assert form.problem.text.startswith("Wanted a name ")
        assert found in form.problem.text
        assert form.isVisible()
        assert form.name.text() == name
    rig.desk.folder.mkdir(exist_ok=True)
    (rig.desk.folder / ".devices.toml.new").mkdir()
    form.name.setText("left-arm")
    form.save.click()
    assert form.problem.text.startswith("Wanted to write what is set up into ")
    assert rig.names == ["keyboard", "spacemouse"]
    assert not rig.changes
    rig.kind("gello")
    assert not form.problem.text


def test_every_kind_has_a_form_whose_defaults_are_what_the_kind_takes(rig: Rig) -> None:
    rig.page.add.click()
    form = rig.page.form
    kinds = [form.kind.itemData(i) for i in range(form.kind.count())]
    assert "keyboard" not in kinds
    assert len(kinds) >= 9
    asked: list[Setup] = []
    form.asked.disconnect()
    form.asked.connect(lambda setup, _before: asked.append(setup))
    for kind in kinds:
        rig.kind(kind)
        assert not form.problem.text
        form.save.click()
        assert not form.problem.text, (kind, form.problem.text)
    assert [(setup.kind, dict(setup.options)) for setup in asked] == [(kind, {}) for kind in kinds]


def test_the_kind_of_a_form_may_be_changed_without_writing_the_port_again(rig: Rig) -> None:
    rig.page.add.click()
    rig.kind("gello")
    rig.page.form.fields["port"].setEditText("/dev/ttyUSB7")  # type: ignore[union-attr]
    rig.kind("network-hand")
    assert isinstance(rig.page.form.fields["port"], NumberField)
    assert isinstance(rig.page.form.fields["axes"], Choice)
    assert isinstance(rig.page.form.fields["token"], Field)
    rig.kind("gello")
    rig.page.form.fields["port"].setEditText("/dev/ttyUSB7")  # type: ignore[union-attr]
    rig.kind("koch")
    assert rig.page.form.fields["port"].currentText() == "/dev/ttyUSB7"  # type: ignore[union-attr]


def test_a_device_is_renamed_and_keeps_the_rest(rig: Rig) -> None:
    rig.put(Setup("arm", "gello", {"port": "/dev/ttyUSB0", "baud": 1_000_000}, "gone"), reading())
    rig.page.detail.change.click()
    form = rig.page.form
    assert form.title.text() == "Change arm"
    assert form.profile.currentText() == "gone (not there)"
    form.name.setText("left")
    form.save.click()
    rig.tick()
    assert rig.names == ["keyboard", "spacemouse", "left"]
    assert rig.desk.setup("left") == Setup("left", "gello", {"port": "/dev/ttyUSB0", "baud": 1_000_000}, "gone")


def test_a_removal_can_be_taken_back_whatever_was_done_meanwhile(rig: Rig) -> None:
    for setup in (ANY, Setup("left", "koch"), Setup("right", "koch")):
        rig.put(setup, reading())
    before = (rig.desk.folder / "devices.toml").read_text()
    rig.guiding.choose("left")
    rig.tick()
    detail, removed = rig.page.detail, rig.page.removed
    assert detail.remove.x() - detail.change.geometry().right() >= 4 * theme.GRID, "apart from all others"
    detail.remove.click()
    rig.tick()
    assert rig.names == ["keyboard", "spacemouse", "arm", "right"]
    rig.page.add.click()
    rig.page.say_problem("Wanted something else.")
    assert "left was removed" in removed.text
    rig.desk.put(Setup("left", "gamepad"))
    removed.acted.emit()
    assert "'left', which is taken" in rig.page.message.text
    rig.desk.remove("left")
    removed.acted.emit()
    rig.tick()
    assert rig.names == ["keyboard", "spacemouse", "arm", "left", "right"]
    assert (rig.desk.folder / "devices.toml").read_text() == before
    assert rig.page.devices.current == "left"
    assert not removed.text + rig.page.message.text


def test_the_mapping_of_what_drives_can_be_asked_for(rig: Rig) -> None:
    asked: list[str] = []
    rig.guiding.mapping_asked.connect(asked.append)
    rig.page.detail.mapping.click()
    rig.put(Setup("pedals", "global-keys"))
    assert rig.page.detail.mapping.isHidden()
    rig.put(ANY, reading())
    rig.page.detail.mapping.click()
    assert asked == ["keyboard", "arm"]


def test_return_keeps_what_is_written_and_escape_and_the_list_leave_it(rig: Rig) -> None:
    rig.window.activateWindow()
    assert QTest.qWaitForWindowActive(rig.window)
    QTest.keyClick(rig.page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert rig.page.form.isVisible()
    QTest.keyClick(rig.page.form, Qt.Key.Key_Escape)
    assert rig.page.looking
    rig.page.add.click()
    rig.page.form.name.setText("second")
    QTest.keyClick(rig.page.form.name, Qt.Key.Key_Return)
    assert rig.page.looking
    assert rig.desk.setup("second").kind == "spacemouse"
    rig.page.add.click()
    QTest.mouseClick(
        rig.page.devices.viewport(),
        Qt.MouseButton.LeftButton,
        pos=rig.page.devices.visualItemRect(rig.page.devices.item(0)).center(),
    )
    assert rig.page.looking


def test_a_file_that_cannot_be_read_is_told_on_the_page(
    application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "devices.toml").write_text("version = 99\n")
    rig = Rig(tmp_path, monkeypatch)
    rig.tick()
    assert rig.page.message.text == rig.desk.problem != ""
    rig.page.add.click()
    rig.kind("koch")
    rig.page.form.save.click()
    assert "mend it, or move it away" in rig.page.form.problem.text
    rig.guiding.close()
    rig.window.close()
    rig.window.deleteLater()


# What is plugged in --------------------------------------------------------------------------------------------------


def test_what_is_plugged_in_is_offered_and_begins_the_form(rig: Rig, wait_for: WaitFor) -> None:
    rig.reach = Reachable((USB, BOARD), MICE)
    rig.look(wait_for, lambda: len(rig.page.offers.buttons) == 3)
    texts = [offer.text for offer in rig.page.offers.offers]
    assert texts == ["SpaceMouse 1, S1", "SpaceMouse 2, S2", "FT232H on /dev/ttyUSB0"]
    rig.page.offers.buttons[1].click()
    form = rig.page.form
    assert form.kind.currentData() == "spacemouse"
    assert form.fields["serial"].currentText() == "S2"  # type: ignore[union-attr]
    form.cancel.click()
    rig.page.offers.buttons[2].click()
    assert form.kind.currentData() == "gello", "the first kind that hangs on a serial port"
    assert form.fields["port"].currentText() == "/dev/ttyUSB0"  # type: ignore[union-attr]


def test_broken_plugins_are_told_at_the_foot(rig: Rig) -> None:
    rig.page.show_broken(("Wanted the device plug-in glove, found ImportError: ask whoever wrote it.",))
    assert rig.page.broken.isVisible()
    assert "glove" in rig.page.broken.text()


# Looks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_the_page_is_drawn_in_both_schemes_and_nothing_is_wider_than_it(
    rig: Rig, application: QApplication, scheme: Scheme
) -> None:
    Theme(application, scheme)
    try:
        rig.put(ANY, reading(joints=np.zeros(7), gripper=0.5, raw=np.arange(8.0)))
        rig.put(Setup("koch", "koch"), reading(connected=False, detail=FORBIDDEN, fresh=False))
        rig.put(Setup("pad", "gamepad"), reading(detail="Wanted more."))
        colours = {rig.page.grab().toImage().pixelColor(4, 4).name()}
        rig.page.add.click()
        rig.page.resize(920, 560)
        QTest.qWait(1)
        assert rig.page.minimumSizeHint().width() <= 920, "beside the rail of the smallest window"
        assert colours == {"#f3f4f6" if scheme is Scheme.LIGHT else "#17191c"}
    finally:
        Theme(application, Scheme.LIGHT)


def test_a_process_that_cannot_be_started_is_told(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(names: Sequence[str]) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(rig.desk, "watch", refuse)
    rig.tick()
    assert rig.page.message.text.startswith("Wanted a process for every device, found Resource temporarily")


def test_changing_one_that_is_gone_meanwhile_is_told(rig: Rig) -> None:
    rig.guiding.choose("nobody")
    rig.guiding.change()
    assert "'nobody'" in rig.page.message.text
