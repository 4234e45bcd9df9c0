"""What would only be found out in use is refused when a device is set up, and nothing is changed then."""

from pathlib import Path

import pytest

from accord.app.desk import Desk
from accord.app.pedals import wishes
from accord.app.setting_up import forget, set_up, take_back
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


def test_what_is_taken_back_stands_where_it_stood_also_beside_what_no_kind_is_known_of(desk: Desk) -> None:
    path = desk.folder / "devices.toml"
    for name in ("middle", "right"):
        set_up(desk, Setup(name, "gello", {"port": f"/dev/{name}"}))
    path.write_text(path.read_text().replace('"middle"\nkind = "gello"', '"middle"\nkind = "of-a-plugin"'))
    before = path.read_bytes()
    for name in ("left", "right"):
        again = Desk(desk.folder)
        forgotten = forget(again, name)
        assert path.read_bytes() != before
        take_back(again, forgotten)
        assert path.read_bytes() == before
    changed = Desk(desk.folder)
    forgotten = forget(changed, "right")
    forget(changed, "left")
    take_back(changed, forgotten)
    assert [one.name for one in changed.setups][2:] == ["right"], "fewer stand before it by now"


def test_what_was_forgotten_is_not_taken_back_onto_a_port_that_another_has_by_now(desk: Desk) -> None:
    forgotten = forget(desk, "left")
    set_up(desk, Setup("other", "koch", {"port": "/dev/ttyUSB0"}))
    with pytest.raises(AccordError, match="which other has"):
        take_back(desk, forgotten)
    assert [one.name for one in desk.setups][2:] == ["other"]
