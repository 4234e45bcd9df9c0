"""What a pedal asks of the window: once, when it goes down."""

from collections.abc import Mapping

from accord.app.pedals import Pedals
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.setup import Setup

WELL = Health("keys", True, "", 0, 0, 0)


class Desk:
    """A desk whose devices say what a test wants."""

    def __init__(self, setups: tuple[Setup, ...]) -> None:
        self.setups = setups
        self.down: Mapping[str, int | None] = {}

    def readings(self, name: str) -> tuple[Reading, ...]:
        if name not in self.down:
            return ()
        buttons = self.down[name]
        return (Reading(None if buttons is None else InputState(buttons=buttons), WELL, 0),)


def desk(does: str = "record, success,none, redo") -> Desk:
    return Desk((Setup("feet", "global-keys", {"keys": "f13,f14,f15,f16", "does": does}), Setup("mouse", "spacemouse")))


def asked(pedals: Pedals, on: Desk, buttons: int | None) -> tuple[str, ...]:
    on.down = {"feet": buttons, "mouse": 0b1}
    return pedals.pressed()


def test_a_pedal_asks_once_when_it_goes_down() -> None:
    on = desk()
    pedals = Pedals(on)  # type: ignore[arg-type]
    assert asked(pedals, on, 0) == ()
    assert asked(pedals, on, 0b0001) == ("record",)
    assert asked(pedals, on, 0b0001) == (), "it is still down"
    assert asked(pedals, on, 0b1011) == ("success", "redo")
    assert asked(pedals, on, 0) == ()
    assert asked(pedals, on, 0b0001) == ("record",)


def test_one_that_is_down_when_it_is_first_seen_asks_for_nothing() -> None:
    on = desk()
    pedals = Pedals(on)  # type: ignore[arg-type]
    assert pedals.pressed() == (), "nothing is said yet"
    assert asked(pedals, on, 0b0001) == ()
    assert asked(pedals, on, 0) == ()
    assert asked(pedals, on, 0b0001) == ("record",)


def test_pedals_that_were_lost_are_let_go_and_pressed_anew() -> None:
    on = desk()
    pedals = Pedals(on)  # type: ignore[arg-type]
    assert asked(pedals, on, 0) == ()
    assert asked(pedals, on, 0b0010) == ("success",)
    assert asked(pedals, on, None) == ()
    assert asked(pedals, on, 0b0010) == (), "nobody knows when it went down"


def test_a_word_that_is_none_and_one_that_nobody_knows_ask_for_nothing() -> None:
    on = desk("none,dance,,hold")
    pedals = Pedals(on)  # type: ignore[arg-type]
    assert asked(pedals, on, 0) == ()
    assert asked(pedals, on, 0b11111) == ("hold",)
