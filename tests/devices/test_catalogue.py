"""A person at a screen: what is pushed left goes left in the picture, whichever view is looked at."""

import os
import re
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from wired import MS, Wired

from accord.devices.errors import DeviceError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.inputs.keys import Key
from accord.devices.inputs.stateblock import StateWriter
from accord.devices.limits import Hold
from accord.devices.mapping import EXOSKELETON_DEFAULT, PEDAL, Follow, Mapping
from accord.devices.rotation import to_matrix
from accord.devices.sim.cameras import camera_infos, headings
from accord.devices.sim.workcell import Workcell
from accord.devices.sources import catalogue
from accord.devices.sources.catalogue import Sources, check_source, source_names, usual_held
from accord.devices.sources.driver import Driver
from accord.devices.sources.hand import Hand
from accord.devices.sources.hands import Hands
from accord.devices.sources.held import Held, for_hands

PERIOD_NS = 20_000_000


def in_picture(workcell: Workcell, view: str, point: NDArray[np.float64]) -> NDArray[np.float64]:
    """Column, row [px] and depth [m] of a point of the base frame."""
    camera = next(info for info in camera_infos(workcell, 640, 480, 30.0) if info.name == view)
    in_camera = to_matrix(np.array(camera.pose[3:])).T @ (point - np.array(camera.pose[:3]))
    column, row, depth = np.array(camera.intrinsics).reshape(3, 3) @ in_camera
    return np.array([column / depth, row / depth, depth])


def moved(view: str, key: Key) -> NDArray[np.float64]:
    """How the hand goes through the picture while a key is held for half a second."""
    workcell, keys = Workcell(), KeyWriter()
    sources = Sources("square-nut", keys.name, headings(workcell))
    source = sources.make("keyboard", 0, view)
    assert source is not None
    start = in_picture(workcell, view, workcell.observe(0).hand_position)
    for step in range(30):
        t_ns = 10**9 + step * PERIOD_NS
        keys.publish({key} if step >= 5 else set(), t_ns)
        observation = workcell.observe(t_ns)
        sent, _ = workcell.limits.apply(source.command(observation, t_ns), observation, t_ns)
        workcell.apply(sent)
    end = in_picture(workcell, view, workcell.observe(0).hand_position)
    sources.close()
    keys.close()
    workcell.close()
    return end - start


@pytest.mark.parametrize("view", ["front", "side"])
def test_keys_move_the_hand_as_the_picture_shows_it(view: str) -> None:
    assert moved(view, Key.A)[0] < -5, "left is left"
    assert moved(view, Key.D)[0] > 5, "right is right"
    assert moved(view, Key.R)[1] < -5, "up is up"
    assert moved(view, Key.F)[1] > 5, "down is down"
    assert moved(view, Key.W)[2] > 0.01, "forward is away from whoever looks"
    assert moved(view, Key.S)[2] < -0.01


def test_a_view_that_moves_is_driven_like_the_first_one() -> None:
    workcell, keys = Workcell(), KeyWriter()
    known = headings(workcell)
    assert set(known) == {"front", "side"}
    sources = Sources("square-nut", keys.name, known)
    assert np.array_equal(sources.make("keyboard", 0, "wrist").view_rotation, known["front"])  # type: ignore[union-attr]
    sources.close()
    keys.close()
    workcell.close()


def test_an_unknown_source_is_refused_with_those_that_exist() -> None:
    with pytest.raises(DeviceError, match="keyboard, spacemouse, scripted:across-then-down"):
        check_source("joystick", "square-nut")
    for name in source_names("square-nut"):
        check_source(name, "square-nut")


# What there is to choose from -------------------------------------------------------------------------------------

JOINTS = frozenset({Follow.JOINTS})
DESK = {
    "keyboard": Driver("keyboard"),
    "spacemouse": Driver("spacemouse"),
    "right-gello": Driver("gello", gives=JOINTS),
    "left-gello": Driver("gello", gives=JOINTS),
    "exo": Driver("exoskeleton", 2, frozenset({Follow.JOINTS, Follow.POSE})),
    "puck": Driver("spacemouse"),
}


def test_for_two_hands_one_device_alone_comes_first_then_two_of_a_kind_then_two_that_are_moved_alike() -> None:
    offered = [name for name in source_names("handover", DESK) if not name.startswith("scripted:")]
    alone = ["exo", *(f"either:{name}" for name in DESK if name != "exo")]
    of_a_kind = ["spacemouse+puck", "left-gello+right-gello", "puck+spacemouse"]
    alike = ["keyboard+spacemouse", "keyboard+puck", "spacemouse+keyboard", "puck+keyboard"]
    assert offered == [*alone, *of_a_kind, *alike]
    assert source_names("handover", DESK)[-1].startswith("scripted:")
    one = source_names("lift", DESK)
    assert one[: len(DESK)] == tuple(DESK)


@pytest.mark.parametrize(
    ("left", "right", "pairs"),
    [
        ("l_arm", "r_arm", {"l_arm+r_arm"}),
        ("Left arm", "other", {"Left arm+other"}),
        ("right", "other", {"other+right"}),
        ("leftover", "upright", {"leftover+upright", "upright+leftover"}),
        ("left-one", "left-two", set()),
    ],
)
def test_a_name_that_says_left_or_right_is_offered_for_that_hand(left: str, right: str, pairs: set[str]) -> None:
    names = source_names("handover", {left: Driver("gello"), right: Driver("gello")})
    assert {name for name in names if "+" in name} == pairs


def test_whoever_names_any_two_devices_may_drive_with_them() -> None:
    for name in ("right-gello+left-gello", "keyboard+left-gello", *source_names("handover", DESK)):
        check_source(name, "handover", DESK)
    for name in ("exo+keyboard", "puck+puck", "puck+nobody", "either:puck+keyboard", "puck", "keyboard+puck+exo"):
        with pytest.raises(DeviceError, match="a source for handover"):
            check_source(name, "handover", DESK)
    with pytest.raises(DeviceError, match="a source for lift"):
        check_source("keyboard+left-gello", "lift", DESK)


# What is held -----------------------------------------------------------------------------------------------------

EXO = tuple(Held("exo", "exoskeleton", EXOSKELETON_DEFAULT, block=f"accord-test-none-{hand}") for hand in range(2))
PUCK = Held("puck", "gamepad", Mapping(), block="accord-test-none")


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Block or serial of every input that was made → ``open`` or ``closed``."""
    found: dict[str, str] = {}

    class Counted(Wired):
        def __init__(self, which: str) -> None:
            super().__init__(which)
            found[which] = "made"

        def open(self) -> None:
            found[self.name] = "open"

        def close(self) -> None:
            found[self.name] = "closed"

    monkeypatch.setattr(catalogue, "Published", lambda name, block, stale_ns: Counted(block))
    monkeypatch.setattr(catalogue, "space_mice", lambda serial: (Counted(f"mouse {serial}"),))
    monkeypatch.setattr(catalogue, "Keyboard", lambda block: Counted("keyboard"))
    return found


def test_of_a_device_for_two_hands_the_right_one_drives_a_robot_with_one(opened: dict[str, str]) -> None:
    one, two = (Sources(task, "", {}) for task in ("lift", "handover"))
    assert isinstance(one.make("exo", 0, "", for_hands(EXO, 1)), Hand)
    assert opened == {EXO[1].block: "open"}
    assert isinstance(two.make("exo", 0, "", for_hands(EXO, 2)), Hands)


@pytest.mark.parametrize(
    ("task", "name", "held"),
    [
        ("lift", "exo", EXO),
        ("lift", "either:puck", (PUCK,)),
        ("handover", "puck", (PUCK,)),
        ("handover", "exo+puck", (*EXO, PUCK)),
        ("handover", "either:exo", EXO),
    ],
)
def test_what_is_held_for_another_number_of_hands_is_refused(
    task: str, name: str, held: tuple[Held, ...], opened: dict[str, str]
) -> None:
    sources = Sources(task, "", {})
    sources.make("mine", 0, "", (PUCK,) if task == "lift" else EXO)
    before = dict(opened)
    with pytest.raises(DeviceError, match=f"Wanted what drives the . hand.s. of {task}, found {re.escape(name)}"):
        sources.make(name, 0, "", held)
    assert opened == before, "who drove goes on driving"


def test_inputs_that_the_next_source_does_not_use_are_closed_for_others_to_open(opened: dict[str, str]) -> None:
    view = {"front": np.eye(3)}
    sources = Sources("lift", "", view)
    sources.make("spacemouse", 0, "front")
    sources.make("spacemouse", 0, "front")
    assert opened == {"mouse ": "open"}
    sources.make("keyboard", 0, "front")
    assert opened == {"mouse ": "closed", "keyboard": "open"}
    with pytest.raises(DeviceError):
        sources.make("nonsense", 0, "front")
    assert opened["keyboard"] == "open", "a refusal changes nothing"
    sources.make("none", 0, "front")
    assert opened["keyboard"] == "closed"
    sources.make("spacemouse", 0, "front")
    assert opened["mouse "] == "open"


def test_the_one_that_drives_either_arm_is_held_as_what_it_is() -> None:
    assert [held.kind for held in usual_held("either:keyboard")] == ["keyboard"]


def test_a_pedal_whose_process_dies_holds_before_100_ms_are_over() -> None:
    blocks = [f"accord-test-{os.getpid()}-{os.urandom(4).hex()}" for _ in range(2)]
    device, pedal = (StateWriter(block) for block in blocks)
    mapping = Mapping(dead_man_button=PEDAL)
    sources = Sources("lift", "", {}, period_s=0.02)
    hand = sources.make("puck", 0, "", (replace(PUCK, mapping=mapping, block=blocks[0], pedal_block=blocks[1]),))
    assert isinstance(hand, Hand)
    well, held_after = Health("one", True, "", 0, 0, 0), 0
    workcell = Workcell("lift")
    for turn in range(20):
        t_ns = 10**9 + turn * 20 * MS
        axes = np.eye(6)[0] * (turn > 3)
        device.publish(InputState(axes, t_ns=t_ns), well, t_ns)
        if turn < 8:
            pedal.publish(InputState(buttons=int(turn > 1), t_ns=t_ns), well, t_ns)
        hand.command(workcell.observe(t_ns), t_ns)
        if turn in (6, 7):
            assert hand.reason is Hold.NONE
        elif turn > 7 and hand.reason is not Hold.NONE and not held_after:
            assert hand.reason is Hold.INPUT_LOST
            held_after = (turn - 7) * 20
    assert 0 < held_after <= 100
    for one in (sources, device, pedal, workcell):
        one.close()
