"""Two devices at once: what holds one arm holds both, and each hand has its own gripper."""

import numpy as np
import pytest
from wired import Straight

from accord.devices.command import Command, Observation
from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import RAW_CHANNELS, InputState
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping
from accord.devices.rotation import IDENTITY
from accord.devices.source import Source
from accord.devices.sources.catalogue import Sources, check_source, source_names
from accord.devices.sources.hand import CLOSED, OPEN, Hand
from accord.devices.sources.hands import Hands

MS = 1_000_000
REST = np.zeros(6)
AHEAD, UP = np.eye(6)[0], np.eye(6)[2]
BUTTON = 1


class Wired:
    """An input that says what the test put there."""

    channels: tuple[str, ...] = ()

    def __init__(self, name: str) -> None:
        self.name = name
        self.state: InputState | None = None
        self.reports = 0

    def open(self) -> None: ...

    def close(self) -> None: ...

    def read(self, t_ns: int) -> InputState | None:
        return self.state

    def health(self) -> Health:
        detail = "" if self.state else f"{self.name} is unplugged"
        return Health(self.name, self.state is not None, detail, self.reports, self.reports, 1)


def observed() -> Observation:
    return Observation(
        0, np.zeros(14), np.zeros(14), np.zeros((2, 3)), np.stack((IDENTITY, IDENTITY)), np.array([0.08, 0.02]), {}
    )


class Driver:
    """Both hands of a person, stepped every 20 ms; None is a device that is lost."""

    def __init__(self, mapping: Mapping = Mapping()) -> None:  # noqa: B008 - frozen
        self.devices = Wired("left"), Wired("right")
        self.hands = Hands(*(Hand(device, mapping) for device in self.devices))
        self.t_ns = 1000 * MS

    def __call__(
        self, left: np.ndarray | None, right: np.ndarray | None, buttons: tuple[int, int] = (0, 0), age_ns: int = 0
    ) -> Command:
        self.t_ns += 20 * MS
        for device, axes, pressed in zip(self.devices, (left, right), buttons, strict=True):
            device.state = None if axes is None else InputState(axes, pressed, self.t_ns - age_ns)
            device.reports += 1
        return self.hands.command(observed(), self.t_ns)


@pytest.fixture
def drive() -> Driver:
    made = Driver()
    made(REST, REST)
    return made


def test_each_device_drives_its_own_arm(drive: Driver) -> None:
    source: Source = drive.hands
    command = drive(AHEAD, UP)
    np.testing.assert_allclose(command.twist, 0.25 * np.stack((AHEAD, UP)))
    assert command.gripper.tolist() == [OPEN, OPEN]  # type: ignore[union-attr]
    assert (command.source, command.t_ns) == ("left+right", drive.t_ns)
    assert drive.hands.reason is Hold.NONE
    assert source.mode.name == "HUMAN"


def test_what_both_devices_said_is_recorded(drive: Driver) -> None:
    drive(AHEAD, UP, (0, BUTTON))
    axes, buttons, times, numbers = drive.hands.raw
    np.testing.assert_array_equal(axes, np.stack((AHEAD, UP)))
    assert buttons.tolist() == [0, BUTTON]
    assert times.tolist() == [drive.t_ns, drive.t_ns]
    assert numbers.shape == (2, RAW_CHANNELS)


@pytest.mark.parametrize("lost", [0, 1])
def test_one_device_lost_is_both_lost_and_both_have_to_rest(drive: Driver, lost: int) -> None:
    drive(AHEAD, AHEAD)
    drive(None if lost == 0 else AHEAD, None if lost == 1 else AHEAD)
    assert drive.hands.reason is Hold.INPUT_LOST
    drive(REST if lost == 0 else AHEAD, REST if lost == 1 else AHEAD)
    assert drive.hands.reason is Hold.MUST_REST, "it is back, and the other one is still pushed"
    drive(AHEAD, REST)
    drive(REST, AHEAD)
    assert drive.hands.reason is Hold.MUST_REST, "they never rested at the same moment"
    drive(REST, REST)
    assert drive.hands.reason is Hold.NONE
    assert np.all(drive(AHEAD, AHEAD).twist[:, 0] > 0)


def test_neither_arm_moves_before_both_devices_have_rested() -> None:
    drive = Driver()
    drive(REST, AHEAD)
    assert drive.hands.reason is Hold.MUST_REST
    assert not np.any(drive(AHEAD, AHEAD).twist)
    drive(REST, REST)
    assert drive.hands.reason is Hold.NONE


def test_each_button_closes_its_own_gripper_once_a_press(drive: Driver) -> None:
    openings = []
    for buttons in ((BUTTON, 0), (BUTTON, 0), (0, 0), (BUTTON, BUTTON), (0, 0), (0, BUTTON)):
        openings.append(drive(REST, REST, buttons).gripper.tolist())  # type: ignore[union-attr]
    assert openings == [
        [CLOSED, OPEN], [CLOSED, OPEN], [CLOSED, OPEN], [OPEN, CLOSED], [OPEN, CLOSED], [OPEN, OPEN]
    ]  # fmt: skip


def test_a_press_while_the_other_device_is_lost_opens_nothing(drive: Driver) -> None:
    drive(REST, REST, (BUTTON, 0))
    drive(REST, None)
    drive(REST, None, (BUTTON, 0))
    drive(REST, REST)
    assert drive(REST, REST).gripper.tolist() == [CLOSED, OPEN]  # type: ignore[union-attr]


def test_grippers_stay_as_they_are_when_driving_begins_anew(drive: Driver) -> None:
    drive.hands.reset(np.array([CLOSED, OPEN]))
    assert drive.hands.reason is Hold.MUST_REST
    assert drive(REST, REST).gripper.tolist() == [CLOSED, OPEN]  # type: ignore[union-attr]


def test_a_command_is_as_old_as_the_older_of_the_two(drive: Driver) -> None:
    drive(AHEAD, AHEAD)
    heard_ns = drive.t_ns
    drive.devices[0].state = InputState(AHEAD, 0, heard_ns)
    drive.devices[1].state = InputState(AHEAD, 0, heard_ns + 60 * MS)
    assert drive.hands.command(observed(), heard_ns + 60 * MS).t_ns == heard_ns


@pytest.mark.parametrize(("left", "right", "who"), [(None, REST, "left"), (REST, None, "right")])
def test_health_names_the_device_in_trouble(
    drive: Driver, left: np.ndarray | None, right: np.ndarray | None, who: str
) -> None:
    drive(left, right)
    health = drive.hands.health()
    assert not health.connected
    assert health.name == "left + right"
    assert health.detail == f"{who} is unplugged"
    assert (health.reports, health.refused) == (4, 2)


def test_a_view_is_for_both_hands(drive: Driver) -> None:
    turned = np.diag([-1.0, -1.0, 1.0])
    drive.hands.view_rotation = turned
    assert drive.hands.view_rotation is turned


def test_two_handed_tasks_take_a_device_in_each_hand_and_others_one() -> None:
    assert {"keyboard+spacemouse", "spacemouse+keyboard"} < set(source_names("handover"))
    assert not {"keyboard", "spacemouse"} & set(source_names("handover"))
    assert not [name for name in source_names("square-nut") if "+" in name]
    with pytest.raises(DeviceError, match=r"keyboard\+spacemouse"):
        check_source("keyboard", "handover")
    with pytest.raises(DeviceError, match="for square-nut"):
        check_source("keyboard+spacemouse", "square-nut")


def test_the_catalogue_opens_both_devices_and_keeps_them() -> None:
    keys = KeyWriter()
    sources = Sources("handover", keys.name, {"above": np.eye(3)})
    made = [sources.make(name, 0, "above") for name in ("keyboard+spacemouse", "spacemouse+keyboard")]
    assert [source.health().name for source in made] == ["keyboard + SpaceMouse", "SpaceMouse + keyboard"]  # type: ignore[union-attr]
    sources.close()
    keys.close()


def test_dead_man_buttons_need_not_be_pressed_in_the_same_instant_but_both_held() -> None:
    drive = Driver(Mapping(dead_man_button=1))
    held = 1 << 1
    drive(REST, REST)
    drive(REST, REST, (held, 0))
    assert drive.hands.reason is Hold.LET_GO
    assert not np.any(drive(AHEAD, REST, (held, 0)).twist)
    assert not np.any(drive(AHEAD, REST, (held, held)).twist), "the left one is deflected as the pair begins"
    assert drive.hands.reason is Hold.MUST_REST
    drive(REST, REST, (held, held))
    assert np.all(drive(AHEAD, AHEAD, (held, held)).twist[:, 0] > 0)
    assert not np.any(drive(AHEAD, AHEAD, (held, 0)).twist), "either let go holds both"
    assert drive.hands.reason is Hold.LET_GO


def test_a_loss_of_one_disengages_the_other() -> None:
    drive = Driver(Mapping(dead_man_button=1))
    held = 1 << 1
    drive(REST, REST)
    drive(REST, REST, (held, held))
    drive(None, REST, (0, held))
    drive(REST, REST, (0, held))
    drive(REST, REST, (held, held))
    assert drive.hands.reason is Hold.PRESS_ANEW, "the right one was held all the time"
    drive(REST, REST, (held, 0))
    drive(REST, REST, (held, held))
    assert drive.hands.reason is Hold.NONE


def test_a_carried_device_that_waited_for_the_other_sets_off_from_where_it_is_then() -> None:
    drive = Driver(Mapping(dead_man_button=1))
    held = 1 << 1

    def carry(left: float, right: float, buttons: tuple[int, int]) -> Command:
        drive.t_ns += 20 * MS
        for device, place, pressed in zip(drive.devices, (left, right), buttons, strict=True):
            pose = np.array([place, 0, 0, 1.0, 0, 0, 0])
            device.state = InputState(buttons=pressed, t_ns=drive.t_ns, pose=pose)
        return drive.hands.command(observed(), drive.t_ns)

    carry(0.0, 0.0, (0, 0))
    for place in (0.0, 0.05, 0.1):
        assert not np.any(carry(place, 0.0, (held, 0)).twist)
    assert not np.any(carry(0.1, 0.0, (held, held)).twist)
    assert drive.hands.reason is Hold.NONE
    assert carry(0.115, 0.0, (held, held)).twist[0, 0] == pytest.approx(0.015 / 0.15)


def test_one_leader_beside_a_deflected_device_leads_its_own_arm_only() -> None:
    drive = Driver()
    chain = Straight()
    drive.hands = Hands(
        Hand(drive.devices[0], Mapping(), None, chain), Hand(drive.devices[1], Mapping(engage_button=0), None, chain)
    )
    for buttons in (0, 1, 0, 0):
        drive.t_ns += 20 * MS
        drive.devices[0].state = InputState(t_ns=drive.t_ns)
        drive.devices[1].state = InputState(buttons=buttons, t_ns=drive.t_ns, joints=np.full(7, 0.1))
        command = drive.hands.command(observed(), drive.t_ns)
        if drive.hands.reason is not Hold.NONE:
            assert drive.hands.ghost is not None
            np.testing.assert_array_equal(drive.hands.ghost[7:], 0.1)
    assert drive.hands.reason is Hold.NONE
    assert drive.hands.ghost is None
    assert command.posture is not None
    assert np.isnan(command.posture[:7]).all()
    np.testing.assert_array_equal(command.posture[7:], 0.1)
    drive.hands.engage(False)
    drive.hands.command(observed(), drive.t_ns)
    assert drive.hands.reason is Hold.NOT_ENGAGED


def test_a_mapping_is_for_the_hand_that_is_named(drive: Driver) -> None:
    drive.hands.use_mapping(1, Mapping(linear_m_s=0.1))
    drive(REST, REST)
    np.testing.assert_allclose(drive(AHEAD, AHEAD).twist[:, 0], [0.25, 0.1])
