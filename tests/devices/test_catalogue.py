"""A person at a screen: what is pushed left goes left in the picture, whichever view is looked at."""

import numpy as np
import pytest
from numpy.typing import NDArray

from accord.devices.errors import DeviceError
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.inputs.keys import Key
from accord.devices.rotation import to_matrix
from accord.devices.sim.cameras import camera_infos, headings
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.catalogue import Sources, check_source, source_names

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
