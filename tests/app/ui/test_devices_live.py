"""What the page Devices shows of keys and pedals, which have buttons and nothing else."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from accord.app.device_words import told
from accord.app.ui.devices_detail import DeviceDetail
from accord.app.ui.devices_list import Row
from accord.app.ui.devices_live import DeviceLive
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.setup import Setup


def said(state: InputState, *channels: str) -> Reading:
    return Reading(state, Health("it", True, "", 1, 1, 0), 1, channels)


@pytest.fixture
def live(keep: Callable[[QWidget], QWidget]) -> DeviceLive:
    made = DeviceLive()
    keep(made)
    made.show()
    return made


def test_keys_and_pedals_show_their_buttons_by_name_and_nothing_that_they_have_not(live: DeviceLive) -> None:
    live.display(said(InputState(buttons=0b10, raw=np.array([0.0, 1.0])), "f13", "f14"), drives=False)
    assert live.buttons.isVisible()
    assert not any(part.isVisible() for part in (live.axes, live.joints, live.pose, live.gripper, live.raw))
    assert (live.buttons.count, live.buttons.accessibleDescription()) == (2, "down: 1  f14")
    live.clear()
    live.display(said(InputState(buttons=0b10)))
    assert live.axes.isVisible()
    assert live.buttons.text(1) == "1", "another device has no keys"


def test_the_page_knows_which_kinds_are_keys(keep: Callable[[QWidget], QWidget]) -> None:
    detail = DeviceDetail()
    keep(detail)
    for kind, axes in (("global-keys", False), ("gamepad", True)):
        setup, reading = Setup(kind, kind), said(InputState())
        detail.display(setup, Row(kind, kind, told(setup, (reading,), 1), drives=False), (reading,), 1)
        assert detail.hands[0].axes.isHidden() is not axes


def test_a_glove_shows_every_finger_and_a_device_without_has_no_room_for_them(live: DeviceLive) -> None:
    bends = np.linspace(0.0, 1.0, 15)
    live.display(said(InputState(pose=np.array([0.0, 0, 0, 1, 0, 0, 0]), gripper=0.5, fingers=bends)))
    assert live.fingers.isVisible()
    assert live.fingers.bends == pytest.approx(bends)
    assert live.fingers.accessibleDescription().startswith("thumb spread 0 %, thumb base 7 %")
    live.display(said(InputState(gripper=0.5)))
    assert not live.fingers.isVisible()


def test_numbers_that_round_to_zero_have_no_sign(live: DeviceLive) -> None:
    state = InputState(np.full(6, -0.001), joints=np.full(7, -1e-4), gripper=-0.0, raw=np.array([-0.0, -2.0]))
    live.display(said(state, "count [1]"))
    assert {one.text for one in live.axes.bars} == {"0.00"}
    assert {one.text for one in live.joints.bars} == {"0.0°"}
    assert [one.text for one in live.raw.bars] == ["0", "−2"]
