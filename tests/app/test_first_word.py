"""Until when the silence of a device that was chosen is no failure."""

import numpy as np

from accord.app.first_word import PATIENCE_NS, FirstWord
from accord.devices.limits import Hold
from accord.recorders.status import LoopStatus


def step(t_ns: int) -> np.void:
    return np.array((t_ns,), [("t_ns", "i8")])[()]


def loop(hold: Hold, source: str = "gello") -> LoopStatus:
    return LoopStatus(source=source, hold=int(hold))


def test_a_device_that_never_spoke_is_awaited_for_three_seconds_since_it_is_listened_to() -> None:
    word = FirstWord()
    assert not word.awaited("gello", loop(Hold.NO_SOURCE, "none"), step(10**12)), "nobody listens to it yet"
    began_ns = 2 * 10**12
    assert word.awaited("gello", loop(Hold.INPUT_LOST), step(began_ns))
    assert not word.awaited("gello", loop(Hold.NO_SOURCE, "none"), step(began_ns + 1)), "the scene is set"
    assert word.awaited("gello", loop(Hold.INPUT_LOST), step(began_ns + PATIENCE_NS - 1))
    assert not word.awaited("gello", loop(Hold.INPUT_LOST), step(began_ns + PATIENCE_NS))
    assert not word.awaited("gello", loop(Hold.INPUT_LOST), step(began_ns)), "it was told once"


def test_one_that_spoke_and_is_silent_is_lost_at_once_but_another_is_awaited_anew() -> None:
    word = FirstWord()
    assert word.awaited("gello", loop(Hold.INPUT_LOST), step(5))
    assert not word.awaited("gello", loop(Hold.APART), step(6))
    assert not word.awaited("gello", loop(Hold.INPUT_LOST), step(7))
    assert word.awaited("koch", loop(Hold.INPUT_LOST, "koch"), step(8))


def test_nothing_is_known_before_the_first_step() -> None:
    assert not FirstWord().awaited("gello", loop(Hold.INPUT_LOST), None)
