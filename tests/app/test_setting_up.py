"""What would only be found out in use is refused when a device is set up, and nothing is changed then."""

from pathlib import Path

import pytest

from accord.app.desk import Desk
from accord.app.pedals import wishes
from accord.app.setting_up import set_up
from accord.datasets.errors import AccordError
from accord.devices.setup import Setup

GELLO = Setup("left", "gello", {"port": "/dev/ttyUSB0"})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    set_up(made, GELLO)
    return made


@pytest.mark.parametrize(
    ("setup", "told"),
    [
        (Setup("twin", "gello", {"port": "/dev/ttyUSB0"}), "/dev/ttyUSB0, which left has: choose another, or remove"),
        (Setup("twin", "so101", {"port": "/dev/ttyUSB0"}), "/dev/ttyUSB0, which left has"),
        (Setup("foot", "global-keys", {"keys": "f99"}), "f99"),
        (Setup("foot", "global-keys", {"keys": "f13", "does": "dance"}), "'dance'"),
        (Setup("foot", "global-keys", {"keys": "f13", "does": "record,redo"}), "2 wishes"),
        (Setup("exo", "exoskeleton"), "found neither"),
        (Setup("phone", "network-hand", {"address": "here"}), "an IP address"),
        (Setup("left", "koch", {"port": "/dev/ttyUSB1"}), "which is taken"),
    ],
)
def test_a_device_that_could_not_be_used_is_refused(desk: Desk, setup: Setup, told: str) -> None:
    before = (desk.folder / "devices.toml").read_bytes()
    with pytest.raises(AccordError, match=r"^Wanted .+, found .+: .+\.$") as refused:
        set_up(desk, setup)
    assert told in str(refused.value)
    assert (desk.folder / "devices.toml").read_bytes() == before


def test_a_device_may_keep_its_port_when_it_is_changed(desk: Desk) -> None:
    set_up(desk, Setup("right", "gello", {"port": "/dev/ttyUSB0"}), instead_of="left")
    assert [one.name for one in desk.setups if one.kind == "gello"] == ["right"]


def test_a_single_pedal_records_where_nobody_says_what_it_does(desk: Desk) -> None:
    foot = Setup("foot", "global-keys", {"keys": "f13"})
    set_up(desk, foot)
    assert wishes(foot)[0] == "record"
    assert wishes(GELLO) == ()
