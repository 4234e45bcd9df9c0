"""The mapping page where a glove leads a hand with fingers: bends, what they ask, and what the robot's fingers do."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from episodes import OBSERVATION
from hypothesis import given
from hypothesis import strategies as st
from mapped import AXES, HEALTH, Driving, driven, moment, shown, step
from PySide6.QtCore import QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from accord.app.desk import Desk
from accord.app.ui import theme
from accord.app.ui.finger_bars import FingerBars
from accord.app.ui.live import Live
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_fingers import NO_BENDS, as_bends
from accord.app.ui.mapping_guiding import MappingGuiding
from accord.app.ui.mapping_moment import Moment, ask
from accord.app.watched import Reading
from accord.datasets.schema import Field
from accord.devices.command import Vector
from accord.devices.fingers import BENDS, CHANNELS, Fingers
from accord.devices.input import InputState
from accord.devices.mapping import SPACEMOUSE_DEFAULT, Follow, GripperMode, Mapping
from accord.devices.rotation import IDENTITY
from accord.devices.setup import Setup
from accord.recorders.step import step_schema

Keep = Callable[[QWidget], QWidget]

NAMES = tuple(name for name in CHANNELS if name not in ("middle spread", "little outer"))
AT = np.array([CHANNELS.index(name) for name in NAMES])
LOWER, UPPER = np.where(BENDS[AT], 0.1, -0.2), np.where(BENDS[AT], 1.6, 0.4)
HAND = Fingers(NAMES, LOWER, UPPER, np.where(BENDS[AT], 0.1, 0.0), np.where(BENDS[AT], UPPER, 0.0))
GLOVE = np.where(BENDS, np.linspace(0.1, 0.9, 15), np.linspace(-0.8, 0.8, 15))
GLOVED = Mapping(follow=Follow.POSE, gripper=GripperMode.PROPORTIONAL)
POSE = np.array([0.1, 0.0, 0.2, 1.0, 0.0, 0.0, 0.0])
WORN = InputState(pose=POSE, gripper=0.5, fingers=GLOVE, t_ns=1)


def fingered(hands: int = 1, **fields: object) -> np.void:
    """A step of a robot whose hands have fingers."""
    each = () if hands == 1 else (hands,)
    own = tuple(
        replace(field, shape=(7 * hands,) if "joint" in field.name else (*each, *field.shape)) for field in OBSERVATION
    )
    bent = Field("observation/finger_position", (*each, len(NAMES)), "float64", "rad")
    made = np.zeros(1, step_schema((*own, bent), 0, hands).dtype)
    values: dict[str, Any] = {"observation__hand_quaternion": IDENTITY, "observation__gripper_width": 0.1} | fields
    for name, value in values.items():
        made[name.replace("__", "/")] = value
    return cast(np.void, made[0])


def gloved(state: InputState | None = WORN, **changes: Any) -> Moment:
    return moment(state, **({"name": "gloves", "newest": fingered(), "fingers": HAND} | changes))


@pytest.fixture
def editor(keep: Keep) -> MappingEditor:
    made = MappingEditor()
    keep(made)
    made.resize(1200, 740)
    made.edit("gloves", "Exoskeleton", "", (), Draft(GLOVED, GLOVED), 1, frozenset({Follow.POSE}))
    made.show()
    return made


def strips(editor: MappingEditor) -> tuple[FingerBars, ...]:
    live = editor.live
    return live.bends, live.asked_fingers, live.fingers


def test_the_hand_that_is_named_is_the_one_that_is_seen(keep: Keep) -> None:
    editor, asked = MappingEditor(), list[int]()
    keep(editor)
    editor.edit("gloves", "Exoskeleton", "", (), Draft(GLOVED, GLOVED), 2, frozenset({Follow.POSE}))
    editor.hand_chosen.connect(asked.append)
    editor.display(gloved(side="right", drives=True))
    assert (editor.bar.hand.currentText(), editor.bar.hand.isEnabled()) == ("Right", False)
    editor.display(gloved(side="left", newest=fingered(2)))
    assert (editor.bar.hand.currentText(), editor.bar.hand.isEnabled()) == ("Left", True)
    assert asked == [], "nobody has chosen"


# Joints as a glove would tell them --------------------------------------------------------------------------------


@given(st.lists(st.floats(-1, 1), min_size=15, max_size=15))
def test_joints_that_follow_a_glove_are_told_as_its_bends(told: list[float]) -> None:
    glove = np.where(BENDS, np.abs(told), told)
    bends = as_bends(HAND, HAND.bent(glove))
    assert bends[AT] == pytest.approx(glove[AT], abs=1e-9)
    assert np.isnan(np.delete(bends, AT)).all(), "the hand has no such joints"


def test_a_joint_that_cannot_move_is_at_rest_and_no_hand_tells_nothing() -> None:
    stiff = replace(HAND, lower=HAND.open, upper=HAND.open, closed=HAND.open)
    assert (as_bends(stiff, HAND.open)[AT] == 0.0).all()
    assert np.isnan(as_bends(None, np.zeros(0))).all()


# What is asked ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "buttons", "wanted"),
    [
        (GripperMode.PROPORTIONAL, 0, HAND.bent(GLOVE)),
        (GripperMode.HOLD, 0, HAND.open),
        (GripperMode.HOLD, 1, HAND.closed),
        (GripperMode.TOGGLE, 0, np.full(len(NAMES), np.nan)),
    ],
)
def test_fingers_follow_in_proportion_and_else_the_hand_as_a_whole(
    mode: GripperMode, buttons: int, wanted: Vector
) -> None:
    asked = ask(replace(GLOVED, gripper=mode), gloved(replace(WORN, buttons=buttons)))
    assert asked.fingers == pytest.approx(wanted, nan_ok=True)
    assert bool(asked.whole) == (mode is not GripperMode.PROPORTIONAL)
    assert np.isnan(asked.sent_fingers).all(), "another device drives"


def test_each_of_two_hands_is_asked_of_its_own_row() -> None:
    sent = np.stack([HAND.open, HAND.bent(GLOVE)])
    newest = fingered(2, sent__fingers=sent, observation__finger_position=sent + 0.01)
    for hand in (0, 1):
        now = gloved(newest=newest, hand=hand, drives=True)
        assert ask(GLOVED, now).sent_fingers == pytest.approx(sent[hand])
        assert now.of_fingers("observation/finger_position") == pytest.approx(sent[hand] + 0.01)


# The live strip ---------------------------------------------------------------------------------------------------


def test_bends_what_they_ask_and_what_the_fingers_do_stand_finger_by_finger(editor: MappingEditor) -> None:
    sent, reached = HAND.bent(0.9 * GLOVE), HAND.bent(0.7 * GLOVE)
    newest = fingered(sent__fingers=sent, observation__finger_position=reached)
    shown(editor, gloved(newest=newest, drives=True))
    says, asks, does = strips(editor)
    assert all(strip.isVisible() for strip in strips(editor))
    assert says.bends == pytest.approx(GLOVE)
    assert asks.bends[AT] == pytest.approx(GLOVE[AT])
    assert asks.marks[AT] == pytest.approx(0.9 * GLOVE[AT])
    assert does.bends[AT] == pytest.approx(0.7 * GLOVE[AT])
    assert does.marks[AT] == pytest.approx(0.9 * GLOVE[AT])
    assert not editor.live.robot_note.isVisible()
    assert editor.live.does.rows[6].value == 0.1, "the gripper's bar stays"


def test_a_gripper_shows_what_it_always_did(editor: MappingEditor) -> None:
    height = editor.live.height()
    shown(editor, gloved(newest=step(), fingers=None))
    assert not any(strip.isVisible() for strip in strips(editor))
    assert editor.live.height() == height
    assert not editor.live.robot_note.isVisible()
    assert editor.form.choices["gripper"].currentText() == "as far as the device says"


def test_with_a_device_without_fingers_the_hand_opens_as_a_whole_and_it_is_said(editor: MappingEditor) -> None:
    editor.edit("mouse", "SpaceMouse", "", (), Draft(SPACEMOUSE_DEFAULT, SPACEMOUSE_DEFAULT))
    shown(editor, gloved(InputState(AXES)))
    assert not any(strip.isVisible() for strip in strips(editor))
    assert editor.live.robot_note.text() == "The robot's hand opens and closes as a whole."
    assert editor.form.choices["gripper"].currentText() == "each press switches it"


def test_the_gripper_row_says_what_a_glove_does_in_each_mode(editor: MappingEditor) -> None:
    shown(editor, gloved())
    choice, button = editor.form.choices["gripper"], editor.buttons.choices["gripper_button"]
    assert choice.currentText() == "finger by finger"
    assert [choice.itemText(i) for i in range(choice.count())] == [
        "whole hand, each press", "whole hand, while held", "finger by finger",
    ]  # fmt: skip
    assert not button.isEnabled()
    assert button.toolTip() == "The device says by itself how far each finger bends, see Gripper."
    choice.chosen.emit("hold")
    shown(editor, gloved())
    assert editor.draft.mapping.gripper is GripperMode.HOLD
    assert choice.currentText() == "whole hand, while held"
    assert button.isEnabled()
    assert editor.live.robot_note.text().startswith("The robot's hand opens and closes as a whole, by its button: ")


def test_room_and_words_stay_while_the_glove_is_silent_and_go_with_it(editor: MappingEditor) -> None:
    shown(editor, gloved())
    height = editor.live.height()
    shown(editor, gloved(None, health=replace(HEALTH, connected=False)))
    assert editor.live.height() == height
    assert np.isnan(editor.live.bends.bends).all(), "nothing old is shown as new"
    assert editor.form.choices["gripper"].currentText() == "finger by finger"
    shown(editor, gloved(None, newest=None, fingers=None))
    assert editor.live.height() == height
    assert np.isnan(editor.live.fingers.bends).all(), "the robot is gone"
    editor.edit("mouse", "SpaceMouse", "", (), Draft(SPACEMOUSE_DEFAULT, SPACEMOUSE_DEFAULT))
    shown(editor, moment(InputState(AXES)))
    assert editor.live.height() < height
    assert editor.form.choices["gripper"].currentText() == "each press switches it"


def test_the_desk_s_glove_and_the_session_s_hand_meet_on_the_page(
    editor: MappingEditor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, scene = Desk(tmp_path), SimpleNamespace(cameras=(), fingers=HAND)
    snapshot = replace(driven("keyboard"), newest=fingered(observation__finger_position=HAND.closed))
    live = SimpleNamespace(session=SimpleNamespace(driving=Driving(), scene=scene), running=True, snapshot=snapshot)
    monkeypatch.setattr(desk, "readings", lambda name: (Reading(WORN, HEALTH, 1),))
    monkeypatch.setattr(desk, "setup", lambda name: Setup("gloves", "network-hand"))
    guiding = MappingGuiding(editor, desk, cast(Live, live), editor)
    guiding.open("gloves")
    for _ in range(3):
        guiding.tick(True, live.snapshot)
    assert editor.live.bends.bends == pytest.approx(GLOVE)
    assert editor.live.fingers.bends[AT] == pytest.approx(np.where(BENDS[AT], 1.0, 0.0))
    live.running = False
    for _ in range(3):
        guiding.tick(True, live.snapshot)
    assert np.isnan(editor.live.fingers.bends).all()


# The bars themselves ----------------------------------------------------------------------------------------------


@pytest.fixture
def bars(keep: Keep) -> FingerBars:
    made = FingerBars("Fingers")
    keep(made)
    made.resize(300, made.height())
    made.show()
    return made


@pytest.mark.parametrize(("name", "value"), [("index base", 0.5), ("little outer", 1.0), ("thumb spread", -0.6)])
def test_a_finger_s_bar_reaches_as_far_as_its_value_says(bars: FingerBars, name: str, value: float) -> None:
    channel = CHANNELS.index(name)
    bends = np.zeros(15)
    bends[channel] = value
    bars.show_bends(bends)
    image, accent, track = bars.grab().toImage(), theme.accent(bars.palette()), bars.track(channel)
    for short, filled in ((0.9, True), (1.1, False)):
        if abs(value * short) > 1.0:
            continue
        at = bars.at(channel, value * short)
        x, y = (track.center().x(), at) if BENDS[channel] else (at, track.center().y())
        assert (image.pixelColor(round(x), round(y)) == accent) is filled, (short, x, y)


def test_a_joint_that_the_hand_lacks_is_not_drawn(bars: FingerBars) -> None:
    lacking = CHANNELS.index("little outer")
    empty = bars.grab().toImage()
    bars.show_bends(as_bends(HAND, HAND.open))
    at, ground = bars.track(lacking).center().toPoint(), bars.palette().color(bars.backgroundRole())
    assert bars.grab().toImage().pixelColor(at) == ground
    assert empty.pixelColor(at) != ground, "while nothing is known every bar is there"


def test_the_mouse_learns_which_joint_it_is_on_and_who_cannot_see_hears_all(bars: FingerBars) -> None:
    marks = NO_BENDS.copy()
    marks[CHANNELS.index("ring base")] = 0.75
    bars.show_bends(np.full(15, 0.5), marks)
    at = bars.track(CHANNELS.index("ring base")).center().toPoint()
    QApplication.sendEvent(bars, QHelpEvent(QHelpEvent.Type.ToolTip, at, bars.mapToGlobal(at)))
    assert QToolTip.text() == "ring base 50 %, told 75 %"
    away = QPoint(bars.width() - 1, bars.height() - 1)
    QApplication.sendEvent(bars, QHelpEvent(QHelpEvent.Type.ToolTip, away, bars.mapToGlobal(away)))
    assert bars.accessibleDescription().count(",") == 15, "one for each bar, and one for the mark"
