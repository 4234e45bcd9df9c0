"""The mapping page shows what counts for what is followed: of a device that is there, and of one that never was."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from mapped import AXES, moment, shown, step
from PySide6.QtWidgets import QWidget

from accord.app.gives import given, usual
from accord.app.ui.mapping_curve import Curve
from accord.app.ui.mapping_draft import Draft
from accord.app.ui.mapping_editor import MappingEditor
from accord.app.ui.mapping_scope import scope
from accord.devices.input import InputState
from accord.devices.inputs.kinds import kind_named, kinds
from accord.devices.mapping import (
    CARRIED_DEFAULT,
    EXOSKELETON_DEFAULT,
    GAMEPAD_DEFAULT,
    LEADER_DEFAULT,
    Follow,
    GripperMode,
    Mapping,
)  # fmt: skip

Keep = Callable[[QWidget], QWidget]
Open = Callable[..., MappingEditor]
DEFLECTED, CARRIED, LED = (frozenset({one}) for one in (Follow.DEFLECTION, Follow.POSE, Follow.JOINTS))
SEVEN, POSE = np.zeros(7), np.array([0.1, 0.2, 0.3, 1.0, 0.0, 0.0, 0.0])


@pytest.fixture
def opened(keep: Keep) -> Open:
    """An editor with a device that nobody has heard yet."""

    def make(mapping: Mapping, gives: frozenset[Follow], hands: int = 1) -> MappingEditor:
        editor = MappingEditor()
        keep(editor)
        editor.resize(1300, 740)
        editor.edit("it", "Device", "", (), Draft(mapping, mapping), hands, gives)
        editor.show()
        return editor

    return make


def seen(editor: MappingEditor) -> set[str]:
    """Fields that are shown."""
    form, axes = editor.form, editor.axes
    fields: dict[str, QWidget] = {
        **form.choices, **form.numbers, **editor.buttons.choices, "turns": form.turns, "gains": axes.gains[0],
        "exponents": axes.exponents[0], "joints": editor.joints.rows[0].scale,
    }  # fmt: skip
    hidden = {name for name, field in fields.items() if field.isHidden()}
    for tab, names in enumerate(({"gains", "exponents"}, {"joints"})):
        if not editor.fields.tabs.isTabVisible(tab):
            hidden |= names
    return set(fields) - hidden


ALWAYS = {"gripper", "gripper_button", "clutch_button", "dead_man_button", "switch_button"}
MOTION = {"frame", "gains", "slow_button", "fast_button", "slow_factor", "fast_factor"}


@pytest.mark.parametrize(
    ("mapping", "gives", "counts"),
    [
        (GAMEPAD_DEFAULT, DEFLECTED, ALWAYS | MOTION | {"exponents", "linear_m_s", "angular_rad_s"}),
        (CARRIED_DEFAULT, CARRIED, ALWAYS | MOTION | {"scale", "turns", "engage_button"}),
        (LEADER_DEFAULT, LED, ALWAYS | {"joints", "engage_within_rad", "engage_button"}),
    ],
)
def test_only_what_counts_for_the_device_is_shown(
    opened: Open, mapping: Mapping, gives: frozenset[Follow], counts: set[str]
) -> None:
    assert seen(opened(mapping, gives)) == counts


def test_what_would_count_with_another_follow_is_greyed_and_says_so(opened: Open) -> None:
    editor = opened(EXOSKELETON_DEFAULT, CARRIED | LED, hands=2)
    assert "switch_button" not in seen(editor), "it has a hand for each arm"
    assert {"follow", "joints", "scale", "engage_within_rad"} < seen(editor)
    field, reason = editor.form.numbers["engage_within_rad"], "It counts where the robot follows joint by joint"
    assert not field.isEnabled()
    assert field.toolTip().startswith(reason)
    assert not editor.joints.rows[0].scale.isEnabled()
    assert editor.joints.idle.text().startswith(reason)
    assert [editor.form.choices["follow"].itemData(i) for i in range(3)] == ["auto", "pose", "joints"]
    editor.form.choices["follow"].chosen.emit("joints")
    assert field.isEnabled()
    assert field.toolTip().startswith("How far any joint")
    assert editor.joints.rows[0].scale.isEnabled()
    assert not editor.axes.gains[0].isEnabled()
    assert "where the hand is" in editor.axes.idle.text()
    assert not editor.form.numbers["scale"].isEnabled()


def test_the_word_of_the_device_counts_once_it_is_heard_and_rest_says_nothing(opened: Open) -> None:
    editor = opened(Mapping(), DEFLECTED)
    shown(editor, moment(InputState()))
    assert "exponents" in seen(editor)
    shown(editor, moment(InputState(pose=POSE)))
    assert "exponents" not in seen(editor)
    assert "scale" in seen(editor)
    shown(editor, moment(None))
    assert "scale" in seen(editor), "it was unplugged, and is what it was"
    leader = opened(LEADER_DEFAULT, LED)
    shown(leader, moment(InputState(gripper=0.5)))
    assert seen(leader) >= {"joints"}, "one without a calibration says nothing of its joints yet"


def test_joints_that_do_not_fit_can_be_mapped_while_the_hand_is_followed(opened: Open) -> None:
    editor = opened(LEADER_DEFAULT, LED)
    shown(editor, moment(InputState(joints=np.zeros(5), pose=POSE, gripper=0.5),
                         newest=step(observation__joint_position=SEVEN)))  # fmt: skip
    assert editor.fields.tabs.currentIndex() == 0, "what is followed"
    assert editor.axes.gains[0].isEnabled()
    assert editor.joints.rows[0].scale.isEnabled()
    assert not editor.form.numbers["engage_within_rad"].isEnabled()


def test_a_hand_that_does_not_turn_has_no_rows_for_turns(opened: Open) -> None:
    editor = opened(replace(CARRIED_DEFAULT, turns=False), CARRIED)
    assert [gain.isEnabled() for gain in editor.axes.gains] == [True] * 3 + [False] * 3
    assert "does not turn" in editor.axes.gains[5].toolTip()
    editor.form.turns.click()
    assert editor.axes.gains[5].isEnabled()


def test_a_button_and_a_factor_without_effect_are_greyed(opened: Open) -> None:
    editor = opened(GAMEPAD_DEFAULT, DEFLECTED)
    assert editor.form.numbers["slow_factor"].isEnabled()
    assert editor.form.numbers["fast_factor"].toolTip() == "No button is for fast."
    editor.form.choices["gripper"].chosen.emit(str(GripperMode.PROPORTIONAL))
    assert not editor.buttons.choices["gripper_button"].isEnabled()
    editor.form.choices["gripper"].chosen.emit(str(GripperMode.HOLD))
    choice = editor.buttons.choices["gripper_button"]
    assert choice.isEnabled()
    assert "opens and closes" in choice.toolTip()
    carried = opened(CARRIED_DEFAULT, CARRIED)
    assert carried.buttons.choices["engage_button"].toolTip() == "The dead-man button engages the device."


def test_a_profile_of_another_device_can_be_told_to_follow_this_one(opened: Open) -> None:
    editor = opened(replace(GAMEPAD_DEFAULT, follow=Follow.JOINTS), DEFLECTED)
    assert "follow" in seen(editor)
    editor.form.choices["follow"].chosen.emit("auto")
    assert not {"follow", "joints"} & seen(editor)


@pytest.mark.parametrize("follow", list(Follow))
def test_whatever_is_followed_what_counts_is_shown(follow: Follow) -> None:
    for gives in (DEFLECTED, CARRIED, LED, CARRIED | LED, DEFLECTED | CARRIED | LED):
        now = scope(Mapping(follow=follow), gives, None)
        for field in Mapping.__slots__:
            if not now.idle(field) and field not in ("follow",):
                assert now.shows(field), (field, gives)


def test_every_kind_gives_something_and_a_leader_its_joints() -> None:
    assert all(usual(kind) for kind in kinds().values())
    assert usual(kind_named("spacemouse")) == usual(kind_named("gamepad")) == DEFLECTED
    assert usual(kind_named("network-hand")) == CARRIED
    assert Follow.JOINTS in usual(kind_named("gello"))
    assert usual(kind_named("cockpit")) == CARRIED | LED
    assert given(InputState(axes=AXES)) == DEFLECTED


# Two hands ----------------------------------------------------------------------------------------------------------


def test_each_column_says_whose_hand_it_is_and_the_axes_that_they_are_for_both(opened: Open) -> None:
    editor = opened(EXOSKELETON_DEFAULT, CARRIED | LED, hands=2)
    both = np.zeros(1, [("observation/hand_position", "f8", (2, 3)), ("observation/joint_position", "f8", (2, 7))])
    shown(editor, moment(InputState(pose=POSE), newest=both[0], hand=1, side="left"))
    said, _asked, done = (title.text() for title in editor.live.titles)
    assert (said, done) == ("THE DEVICE'S LEFT HAND SAYS", "THE ROBOT'S RIGHT HAND DOES")
    assert editor.axes.heads[1].text() == "BOTH HANDS"
    assert editor.axes.hands[1].text() == "y left"
    shown(editor, moment(InputState(pose=POSE)))
    assert editor.live.titles[0].text() == "THE DEVICE SAYS"


# The curve ----------------------------------------------------------------------------------------------------------


def test_the_curve_ends_at_the_speed_that_it_stands_for(keep: Keep) -> None:
    mapping = Mapping(linear_m_s=0.2, angular_rad_s=1.5, gains=(1, 2, 1, 1, 0.5, 0), signs=(1, 1, -1, 1, 1, 1))
    curves = [Curve(axis, "any") for axis in range(6)]
    for curve in curves:
        keep(curve)
        curve.show_mapping(mapping)
    assert [curve.speed for curve in curves] == [
        "0.200 m/s", "0.400 m/s", "−0.200 m/s", "1.50 rad/s", "0.75 rad/s", "0.00 rad/s",
    ]  # fmt: skip
    assert "0.400 m/s" in curves[1].accessibleName()
    heights = [curve.place(1, 0).y() - curve.place(1, curve.outputs[-1]).y() for curve in curves]
    assert heights == pytest.approx([heights[1] * share for share in (0.5, 1.0, -0.5, 0.5, 0.25, 0.0)])
    assert 0 < heights[1] < curves[1].height()
    for curve in curves:
        curve.show_mapping(replace(mapping, gains=(1.0,) * 6))
    assert curves[0].place(1, 0).y() - curves[0].place(1, curves[0].outputs[-1]).y() == pytest.approx(heights[1])
    assert curves[1].speed == "0.200 m/s"
