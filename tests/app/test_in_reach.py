"""What is plugged in and not set up yet."""

from accord.app.in_reach import Reachable, offers, suggestions
from accord.devices.inputs.serial_port import Port
from accord.devices.inputs.wire import Plugged
from accord.devices.setup import Setup

USB = Port("/dev/ttyUSB0", "FT232H", "FT6S4DSP", 0x0403, 0x6014)
BOARD = Port("/dev/ttyS0", "n/a", "", None, None)
MICE = tuple(Plugged(f"SpaceMouse {one}", f"S{one}", f"/dev/hidraw{one}", True) for one in (1, 2))
PADS = tuple(Plugged("Pad", f"usb-{one}/input0", f"/dev/input/event{one}", True) for one in (1, 2))


def test_only_what_nobody_has_set_up_is_offered() -> None:
    any_mouse, first = Setup("spacemouse", "spacemouse"), Setup("left", "spacemouse", {"serial": "S1"})
    reach = Reachable((USB, BOARD), MICE)
    assert [offer.options for offer in offers(reach, (any_mouse, first))] == [{"port": "/dev/ttyUSB0"}]
    assert not offers(Reachable((), MICE[:1]), (any_mouse,)), "it is that one"
    for port in ("/dev/ttyUSB0", "FT6S4DSP"):
        assert not offers(Reachable((USB,)), (Setup("arm", "gello", {"port": port}),))
    assert suggestions(reach, "gello", "baud") == ()
    assert suggestions(reach, "spacemouse", "serial")[1] == ("S2", "SpaceMouse 2, S2")


def test_gamepads_are_offered_by_number_or_port_as_long_as_not_every_one_is_set_up() -> None:
    pads = Reachable(pads=PADS)
    assert [offer.options for offer in offers(pads, ())] == [{"serial": "usb-1/input0"}, {"serial": "usb-2/input0"}]
    assert len(offers(pads, (Setup("pad", "gamepad"),))) == 2, "one of them may be any; from two on they are told apart"
    assert not offers(pads, (Setup("pad", "gamepad"), Setup("other", "gamepad")))
    left = Setup("left", "gamepad", {"serial": "usb-1/input0"})
    assert [offer.text for offer in offers(pads, (left,))] == ["Pad, usb-2/input0"]
    assert suggestions(pads, "gamepad", "serial")[1] == ("usb-2/input0", "Pad, usb-2/input0")
    assert suggestions(pads, "spacemouse", "serial") == ()
