"""Every kind of device: its options are checked, ours can be made, and a plug-in can do no harm."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from accord.devices.errors import DeviceError
from accord.devices.input import RAW_CHANNELS
from accord.devices.inputs import kinds
from accord.devices.inputs.kind import Kind, Option
from accord.devices.inputs.kinds import broken_plugins, kind_named

OURS = tuple(kind.name for kind in kinds._BUILT_IN)
THING = Kind(
    "thing", "Thing", "accord.devices.inputs.spacemouse:inputs",
    (Option("port", "where it is", ""), Option("speed", "bit/s", 9600), Option("scale", "m", 1.0),
     Option("axes", "which way", "up", ("up", "down")), Option("loud", "whether it beeps", False)),
)  # fmt: skip


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Which plug-ins there are is found out once; here, in every test."""
    forget()
    yield
    forget()


def forget() -> None:
    for known in (kinds.kinds, kinds.broken_plugins, kinds._plugins):
        known.cache_clear()


@pytest.mark.parametrize("name", OURS)
def test_each_of_ours_is_made_unopened_with_its_usual_options(name: str, tmp_path: Path) -> None:
    kind = kind_named(name)
    if name == "keyboard":
        pytest.skip("the window's own: the loop makes it")
    made = kind.make({"udp": 47_801} if kind.hands == 2 else {}, tmp_path)
    assert len(made) == kind.hands
    for device in made:
        assert device.name
        assert len(device.channels) <= RAW_CHANNELS
        assert device.read(1) is None
        assert not device.health().connected
        device.close()


def test_every_name_is_one_that_a_file_and_a_source_can_hold() -> None:
    assert len(set(OURS)) == len(OURS)
    for kind in map(kind_named, OURS):
        assert set(kind.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
        names = [option.name for option in kind.options]
        assert len(set(names)) == len(names)
        assert all(not option.choices or option.default in option.choices for option in kind.options)


def test_what_is_not_given_is_as_usual_and_a_whole_number_is_a_number() -> None:
    assert THING.checked({"scale": 2}) == {"port": "", "speed": 9600, "scale": 2, "axes": "up", "loud": False}


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"prot": "x"}, "found 'prot': choose of port, speed, scale, axes, loud"),
        ({"port": 3}, "Wanted port of thing as str, found 3: say where it is"),
        ({"speed": "fast"}, "Wanted speed of thing as int, found 'fast'"),
        ({"speed": True}, "Wanted speed of thing as int, found True"),
        ({"speed": 1.5}, "as int, found 1.5"),
        ({"scale": "1"}, "as float, found '1'"),
        ({"loud": 1}, "as bool, found 1"),
        ({"axes": "left"}, "found 'left': choose one of up, down"),
    ],
)
def test_a_wrong_option_is_refused_in_one_sentence(options: dict[str, object], found: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError) as error:
        THING.make(options, tmp_path)  # type: ignore[arg-type]
    assert found in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("maker", ["accord.devices.inputs.none_such:inputs", "accord.devices.inputs.spacemouse:none"])
def test_a_driver_that_cannot_be_loaded_is_said(maker: str, tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"Wanted what drives Thing, found .*: run `pip install"):
        Kind("thing", "Thing", maker).make({}, tmp_path)


def test_an_unknown_kind_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(DeviceError, match="found 'joystick': choose one of keyboard, spacemouse"):
        kind_named("joystick")


def plugged_in(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    points = [EntryPoint(f"number-{i}", value, kinds.ENTRY_POINTS) for i, value in enumerate(values)]
    monkeypatch.setattr(kinds, "entry_points", lambda group: points)
    forget()


def test_a_plug_in_is_a_kind_like_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "THING", THING, raising=False)
    plugged_in(monkeypatch, "accord.devices.inputs.kinds:THING")
    assert kind_named("thing") is THING
    assert broken_plugins() == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("accord_none_such:KIND", "ModuleNotFoundError"),
        ("accord.devices.inputs.kinds:NONE_SUCH", "AttributeError"),
        ("accord.devices.inputs.kinds:ENTRY_POINTS", "found 'accord.inputs': see docs/devices.md"),
        ("accord.devices.inputs.kinds:KEYBOARD", "found the name 'keyboard', which is taken"),
    ],
)
def test_a_plug_in_that_is_none_is_left_out_and_said(monkeypatch: pytest.MonkeyPatch, value: str, found: str) -> None:
    monkeypatch.setattr(kinds, "KEYBOARD", kinds._BUILT_IN[0], raising=False)
    monkeypatch.setattr(kinds, "THING", THING, raising=False)
    plugged_in(monkeypatch, value, "accord.devices.inputs.kinds:THING", "accord.devices.inputs.kinds:THING")
    assert tuple(kinds.kinds()) == (*OURS, "thing")
    first, second = broken_plugins()
    assert "the plug-in number-0" in first or "plug-in number-0," in first
    assert found in first
    assert "number-2" in second
    assert "'thing', which is taken" in second


def test_a_plug_in_that_raises_whatever_it_likes_is_left_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "accord_bad_plugin.py").write_text("raise ZeroDivisionError('at import')\n")
    monkeypatch.syspath_prepend(tmp_path)
    plugged_in(monkeypatch, "accord_bad_plugin:KIND")
    assert tuple(kinds.kinds()) == OURS
    assert broken_plugins() == (
        "Wanted the device plug-in number-0, found ZeroDivisionError('at import'): ask whoever wrote it.",
    )
