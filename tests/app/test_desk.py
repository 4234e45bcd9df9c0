"""What lies on a desk: real processes around real drivers, with nothing or a stub at the other end of the wire."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing import active_children
from pathlib import Path

import pytest
from leader_stub import LeaderStub, calibrate

from accord.app.desk import Desk
from accord.app.device_words import Lamp, believed, facts, told
from accord.app.driving import Driving
from accord.app.errors import AppError
from accord.app.readiness import check_may_begin
from accord.app.setting_up import forget, read_options, set_up
from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.watched import Reading
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.kinds import kind_named
from accord.devices.inputs.published import Published
from accord.devices.mapping import Mapping
from accord.devices.setup import Setup, save_setups
from accord.devices.stubs.leader_arms import ASSEMBLIES
from accord.recorders.status import LoopStatus

NOBODY = Setup("mouse", "spacemouse", {"serial": "none-such"})
"""A SpaceMouse that nobody has."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "desk")
    yield made
    made.close()


@pytest.fixture(scope="module")
def stub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LeaderStub]:
    with LeaderStub("koch", tmp_path_factory.mktemp("koch")) as made:
        yield made


@pytest.fixture
def arm(desk: Desk, stub: LeaderStub) -> str:
    """The name of a leader on this desk, watched and heard."""
    stub.mend()
    desk.put(Setup("arm", "koch", {"port": stub.port}))
    desk.watch(["arm"])
    wait_for(desk, lambda: heard(desk, "arm").state is not None)
    return "arm"


def wait_for(desk: Desk, holds: Callable[[], bool], patience_s: float = 30.0) -> None:
    until_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until_s, [(one.name, desk.readings(one.name)) for one in desk.setups]
        time.sleep(0.01)
        desk.tick()


def heard(desk: Desk, name: str) -> Reading:
    return desk.readings(name)[0]


def fresh(desk: Desk, name: str) -> bool:
    return believed(heard(desk, name), time.monotonic_ns()).state is not None


def running(name: str) -> bool:
    return any(child.name == f"accord-device {name}" for child in active_children())


def pid_of(name: str) -> int:
    (found,) = (child.pid for child in active_children() if child.name == f"accord-device {name}")
    assert found is not None
    return found


def see(holds: Callable[[], bool], patience_s: float = 30.0) -> None:
    """The same without the desk's own turns, which would start again what ended: so it stays to be seen."""
    until_s = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until_s, "it never came to that"
        time.sleep(0.01)


def lamp(desk: Desk, name: str) -> Lamp:
    return told(desk.setup(name), desk.readings(name), time.monotonic_ns()).lamp


# What runs -----------------------------------------------------------------------------------------------------------


def test_nothing_runs_until_it_is_watched_and_ends_when_it_is_not(desk: Desk) -> None:
    desk.put(NOBODY)
    assert not desk.readings("mouse")
    assert told(NOBODY, (), 0).lamp is Lamp.WAITING
    starting = Reading(None, Health("mouse", False, "Starting.", 0, 0, 0), 0)
    assert told(NOBODY, (starting,), time.monotonic_ns()).lamp is Lamp.WAITING
    desk.watch(["mouse", "keyboard"])
    assert not desk.readings("keyboard"), "the window reads it"
    wait_for(desk, lambda: bool(heard(desk, "mouse").beat_ns))
    said = told(NOBODY, desk.readings("mouse"), time.monotonic_ns())
    assert said.lamp is Lamp.ABSENT
    assert said.detail.startswith("Wanted the SpaceMouse none-such, found ")
    desk.watch(())
    assert not desk.readings("mouse")
    wait_for(desk, lambda: not running("mouse"))


def test_what_a_device_says_arrives_with_the_names_of_its_numbers(desk: Desk, arm: str, stub: LeaderStub) -> None:
    reading = heard(desk, arm)
    while reading.state is None or reading.health.rate_hz < 20.0:  # one that stands still for a moment comes back
        wait_for(desk, lambda: heard(desk, arm).state is not None and heard(desk, arm).health.rate_hz > 20.0)
        reading = heard(desk, arm)
    assert reading.channels[0] == "shoulder pan [tick]"
    assert reading.state.raw.shape == (len(reading.channels),)
    assert reading.health.serial == stub.port
    said, known = told(desk.setup(arm), (reading,), reading.beat_ns), dict(facts((reading,), reading.beat_ns))
    assert said.lamp is Lamp.CAUTION
    assert "calibrate it on the page Devices" in said.detail
    assert said.line.startswith(known["Rate"])
    assert known["Serial or port"] == stub.port


def test_an_unplugged_device_is_told_and_comes_back(desk: Desk, arm: str, stub: LeaderStub) -> None:
    stub.say("unplug")
    wait_for(desk, lambda: lamp(desk, arm) is Lamp.ABSENT)
    assert heard(desk, arm).state is None
    stub.say("plug")
    wait_for(desk, lambda: heard(desk, arm).state is not None)


def test_a_killed_process_is_told_and_starts_again(desk: Desk, arm: str) -> None:
    killed = pid_of(arm)
    os.kill(killed, signal.SIGKILL)
    see(lambda: lamp(desk, arm) is Lamp.ABSENT)
    wait_for(desk, lambda: running(arm) and pid_of(arm) != killed and fresh(desk, arm))


def test_a_process_that_hangs_is_told_and_started_again(desk: Desk, arm: str) -> None:
    hung = pid_of(arm)
    os.kill(hung, signal.SIGSTOP)
    see(lambda: lamp(desk, arm) is Lamp.ABSENT)
    assert "it is started again" in told(desk.setup(arm), desk.readings(arm), time.monotonic_ns()).detail
    wait_for(desk, lambda: running(arm) and pid_of(arm) != hung and fresh(desk, arm))


def test_options_that_cannot_be_are_said_by_the_process_and_not_tried_again(desk: Desk) -> None:
    desk.put(Setup("arm", "koch", {"ids": "1,1"}))
    desk.watch(["arm"])
    wait_for(desk, lambda: bool(heard(desk, "arm").beat_ns))
    assert heard(desk, "arm").health.detail.startswith("Wanted 2 to 17 different ids of servos")
    process = pid_of("arm")
    first_ns = heard(desk, "arm").beat_ns
    wait_for(desk, lambda: heard(desk, "arm").beat_ns > first_ns)
    assert pid_of("arm") == process


# Driving -------------------------------------------------------------------------------------------------------------


def test_what_a_person_holds_is_read_through_its_block(desk: Desk, stub: LeaderStub) -> None:
    stub.mend()
    desk.put(Setup("arm", "koch", {"port": stub.port}))
    (held,) = desk.hold("arm")
    assert (held.device, held.kind, held.block) == ("arm", "koch", desk.blocks("arm")[0])
    device = Published("arm", held.block)
    device.open()
    wait_for(desk, lambda: device.read(time.monotonic_ns()) is not None)
    (info,) = desk.inputs((held,), LoopStatus())
    assert info.device == "arm"
    assert info.name == ASSEMBLIES["koch"].model.text
    assert info.serial == stub.port
    assert info.channels[-1] == "trigger [tick]"
    device.close()


def test_what_drives_goes_on_when_nobody_watches_and_ends_with_the_last_hold(desk: Desk, arm: str) -> None:
    desk.hold(arm)
    process = pid_of(arm)
    desk.watch(())
    assert pid_of(arm) == process
    desk.hold("none")
    desk.tick()
    assert not desk.readings(arm)


def test_pedals_are_held_with_what_they_belong_to(desk: Desk) -> None:
    desk.put(Setup("pedals", "global-keys"))
    desk.put(Setup("mouse", "spacemouse", NOBODY.options, pedals="pedals"))
    (held,) = desk.hold("mouse")
    assert held.block == "", "the loop reads it"
    assert held.serial == "none-such"
    assert held.pedal_block == desk.blocks("pedals")[0]
    wait_for(desk, lambda: bool(heard(desk, "pedals").beat_ns))


def test_a_choice_that_is_refused_leaves_who_drives_as_it_is(desk: Desk, arm: str) -> None:
    desk.profiles.save("calm", Mapping())
    desk.put(Setup("broken", "gamepad", profile="calm"))
    (desk.folder / "profiles" / "calm.toml").write_text("version = ")
    desk.hold(arm)
    desk.watch(())
    process = pid_of(arm)
    for wrong in ("broken", "nobody", f"{arm}+broken"):
        with pytest.raises(DeviceError):
            desk.hold(wrong)
        desk.tick()
        assert pid_of(arm) == process
        assert not desk.readings("broken")


def test_what_is_no_pedal_is_refused_as_one(desk: Desk) -> None:
    desk.put(Setup("pedals", "global-keys"))
    before = (desk.folder / "devices.toml").read_bytes()
    for wrong in (
        Setup("mouse", "spacemouse", pedals="mouse"),
        Setup("mouse", "spacemouse", pedals="keyboard"),
        Setup("pedals", "global-keys", pedals="pedals"),
    ):
        with pytest.raises(DeviceError, match=r"^Wanted pedals for .*, which is none: choose keys or pedals"):
            desk.put(wrong, wrong.name if wrong.name == "pedals" else "")
    with pytest.raises(DeviceError, match="a device of this desk, found 'feet'"):
        desk.put(Setup("mouse", "spacemouse", pedals="feet"))
    assert (desk.folder / "devices.toml").read_bytes() == before


@pytest.mark.parametrize("pedals", ["mouse", "keyboard"])
def test_what_is_no_pedal_in_a_file_is_refused_when_it_is_held(tmp_path: Path, pedals: str) -> None:
    save_setups((Setup("mouse", "spacemouse", pedals=pedals),), tmp_path / "devices.toml")
    desk = Desk(tmp_path)
    with pytest.raises(DeviceError, match=f"Wanted pedals for mouse, found '{pedals}', which is none"):
        desk.hold("mouse")
    assert not desk.readings("mouse")


def test_blocks_have_names_that_every_system_takes(desk: Desk) -> None:
    names = ["a" * 40, "a" * 39, "b"]
    for name in names:
        desk.put(Setup(name, "exoskeleton"))
    blocks = [block for name in names for block in desk.blocks(name)]
    assert len(set(blocks)) == 6
    assert max(map(len, blocks)) <= 30, "macOS takes 31 with the stroke before it"
    assert desk.blocks("b") == desk.blocks("b")


# What an episode says of it ------------------------------------------------------------------------------------------


def chosen(desk: Desk, folder: Path, name: str) -> Driving:
    def refuse(aim: str) -> None:
        assert aim

    driving = Driving(Settings(folder / "library", task="lift"), desk, lambda _: None, refuse)
    driving.choose(name)
    return driving


def may_begin(desk: Desk, driving: Driving) -> str:
    """Why not, or nothing."""
    try:
        check_may_begin(State.READY, "somebody", driving, practice=False, returned=False, desk=desk)
    except AppError as error:
        return str(error)
    return ""


def test_no_episode_begins_before_the_device_has_said_what_its_numbers_are(
    desk: Desk, stub: LeaderStub, tmp_path: Path
) -> None:
    stub.mend()
    desk.put(Setup("arm", "koch", {"port": stub.port}))
    driving = chosen(desk, tmp_path, "arm")
    assert may_begin(desk, driving) in (
        "Wanted what arm says before it is recorded, found Starting: wait until it is there, or choose another device.",
        "",  # it started faster than we looked
    )
    wait_for(desk, lambda: not may_begin(desk, driving))
    (info,) = desk.inputs(driving.held, LoopStatus())
    assert info.channels[-1] == "trigger [tick]"


def test_no_episode_begins_with_a_device_that_cannot_be_made(desk: Desk, tmp_path: Path) -> None:
    desk.put(Setup("arm", "koch", {"ids": "1,1"}))
    driving = chosen(desk, tmp_path, "arm")
    wait_for(desk, lambda: "Wanted 2 to 17 different ids of servos" in may_begin(desk, driving))


def test_what_the_loop_reads_is_written_down_as_the_loop_knows_it(desk: Desk, tmp_path: Path) -> None:
    driving = chosen(desk, tmp_path, "spacemouse")
    assert not may_begin(desk, driving)
    loop = LoopStatus(source="spacemouse", input_name="SpaceMouse Compact", input_serial="S7")
    (info,) = desk.inputs(driving.held, loop)
    assert (info.name, info.serial) == ("SpaceMouse Compact", "S7")
    assert info.channels == kind_named("spacemouse").channels
    (info,) = desk.inputs(driving.held, replace(loop, source="keyboard"))
    assert (info.name, info.serial) == (kind_named("spacemouse").text, ""), "the loop does not read it yet"


def test_a_mapping_that_nobody_kept_has_no_profile(desk: Desk, tmp_path: Path) -> None:
    desk.profiles.save("calm", Mapping(linear_m_s=0.05))
    desk.choose_profile("spacemouse", "calm")
    driving = chosen(desk, tmp_path, "spacemouse")
    (info,) = desk.inputs(driving.held, LoopStatus())
    assert info.profile == "calm"
    (held,) = driving.held
    (info,) = desk.inputs((replace(held, mapping=Mapping(), profile=""),), LoopStatus())
    assert (info.profile, info.mapping["linear_m_s"]) == ("", Mapping().linear_m_s)


def test_one_that_drives_and_is_removed_ends(desk: Desk, arm: str) -> None:
    desk.hold(arm)
    desk.remove(arm)
    desk.tick()
    assert not desk.readings(arm)
    with pytest.raises(DeviceError, match=r"Wanted a device of this desk, found 'arm'"):
        desk.hold(arm)


def test_a_changed_device_begins_anew_with_what_was_changed(desk: Desk, arm: str, stub: LeaderStub) -> None:
    set_up(desk, Setup("left", "koch", {"port": stub.port, "ids": "1,2,3"}), arm)
    desk.watch(["left"])
    wait_for(desk, lambda: heard(desk, "left").state is not None)
    assert heard(desk, "left").channels == ("joint 1 [tick]", "joint 2 [tick]", "trigger [tick]")
    assert not desk.readings(arm)
    wait_for(desk, lambda: not running(arm))


# What is written down ------------------------------------------------------------------------------------------------


def test_what_is_set_up_is_there_at_the_next_start(desk: Desk) -> None:
    desk.profiles.save("slow", Mapping(linear_m_s=0.05))
    set_up(desk, NOBODY)
    desk.choose_profile("mouse", "slow")
    assert desk.mapping("mouse").linear_m_s == 0.05
    again = Desk(desk.folder)
    assert again.setups == desk.setups
    assert again.setup("mouse").profile == "slow"
    assert {name: one.kind for name, one in again.drivers.items()} == {
        "keyboard": "keyboard", "spacemouse": "spacemouse", "mouse": NOBODY.kind,
    }  # fmt: skip
    assert forget(again, "mouse").setup.name == "mouse"
    assert [one.name for one in Desk(desk.folder).setups] == ["keyboard", "spacemouse"]


def test_the_usual_spacemouse_can_be_changed_and_renamed(desk: Desk) -> None:
    set_up(desk, Setup("spacemouse", "spacemouse", {"serial": "S1"}), "spacemouse")
    assert [one.options for one in desk.setups if one.name == "spacemouse"] == [{"serial": "S1"}]
    set_up(desk, Setup("left", "spacemouse", {"serial": "S1"}), "spacemouse")
    assert [one.name for one in desk.setups] == ["keyboard", "spacemouse", "left"]


def test_a_name_that_is_taken_changes_nothing(desk: Desk) -> None:
    set_up(desk, NOBODY)
    before = (desk.folder / "devices.toml").read_bytes()
    for setup, instead_of in ((NOBODY, ""), (Setup("keyboard", "koch"), ""), (Setup("spacemouse", "koch"), "mouse")):
        with pytest.raises(DeviceError, match="which is taken: choose another"):
            set_up(desk, setup, instead_of)
    assert (desk.folder / "devices.toml").read_bytes() == before


@pytest.mark.parametrize(
    "text",
    ["version = 1\n[[device]]\nname =", "version = 99\n", 'version = 1\n[[device]]\nname = "?"\nkind = "gello"\n'],
)
def test_a_broken_file_is_told_and_left_as_it_is(tmp_path: Path, text: str) -> None:
    path = tmp_path / "devices.toml"
    path.write_text(text)
    desk = Desk(tmp_path)
    assert desk.problem.startswith("Wanted ")
    assert [one.name for one in desk.setups] == ["keyboard", "spacemouse"]
    with pytest.raises(DeviceError, match="mend it, or move it away"):
        set_up(desk, NOBODY)
    assert path.read_text() == text


def test_a_device_whose_plug_in_is_gone_is_told_and_stays_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "devices.toml").write_text('version = 1\n[[device]]\nname = "stick"\nkind = "magic"\n')
    desk = Desk(tmp_path)
    assert not desk.problem
    assert desk.doubt.startswith("Wanted what drives stick, found no kind magic")
    assert "stick" not in desk.drivers
    set_up(desk, NOBODY)
    again = Desk(tmp_path)
    assert NOBODY in again.setups
    assert again.doubt == desk.doubt
    with pytest.raises(DeviceError, match="a kind of device"):
        desk.put(Setup("other", "magic"))
    again.remove("stick")
    assert not Desk(tmp_path).doubt


def test_a_folder_that_cannot_be_written_is_told_and_nothing_is_changed(desk: Desk) -> None:
    (desk.folder / ".devices.toml.new").mkdir(parents=True)
    with pytest.raises(AppError, match=r"^Wanted to write what is set up into .*: make room there, or allow it\.$"):
        set_up(desk, NOBODY)
    assert "mouse" not in [one.name for one in desk.setups]


def test_options_are_read_as_what_they_are() -> None:
    koch = kind_named("koch")
    assert read_options(koch, ["port=/dev/ttyACM0", "baud=57600"]) == {"port": "/dev/ttyACM0", "baud": 57600}
    for words in (["port"], ["port=a", "port=b"], ["=a"]):
        with pytest.raises(AppError, match="each option once"):
            read_options(koch, words)
    for word in ("baud=fast", "colour=red"):
        with pytest.raises(DeviceError):
            read_options(koch, [word])


def test_a_calibration_is_found_by_the_process(desk: Desk, arm: str, stub: LeaderStub) -> None:
    calibrate("koch", stub.port, desk.calibrations)
    states: list[InputState | None] = []

    def calibrated() -> bool:
        states.append(heard(desk, arm).state)
        return lamp(desk, arm) is Lamp.GOOD and states[-1] is not None and states[-1].joints is not None

    wait_for(desk, calibrated)
    state = states[-1]
    assert state is not None
    assert state.joints == pytest.approx([0.0] * 5, abs=1e-6)


def test_a_file_that_somebody_changed_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    mine, other = Desk(tmp_path), Desk(tmp_path)
    set_up(other, Setup("phone", "network-hand"))
    before = (tmp_path / "devices.toml").read_text()
    with pytest.raises(DeviceError, match="look at it as it is now"):
        set_up(mine, NOBODY)
    assert (tmp_path / "devices.toml").read_text() == before
    set_up(mine, NOBODY)
    assert {"phone", NOBODY.name} <= {one.name for one in mine.setups}
    (tmp_path / "devices.toml").write_text("rubbish")
    with pytest.raises(DeviceError, match="mend it, or move it away"):
        mine.remove("phone")
    assert (tmp_path / "devices.toml").read_text() == "rubbish"


def test_devices_stay_in_their_order_whatever_is_changed(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.profiles.save("calm", Mapping())
    for name in ("one", "two", "three"):
        desk.put(Setup(name, "network-hand", {"port": 1000 + len(name)}))
    desk.choose_profile("keyboard", "calm")
    desk.choose_profile("one", "calm")
    desk.put(Setup("deux", "network-hand"), instead_of="two")
    order = ["keyboard", "spacemouse", "one", "deux", "three"]
    assert [one.name for one in desk.setups] == order
    assert [one.name for one in Desk(tmp_path).setups] == order
