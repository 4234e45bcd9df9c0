"""Which devices a desk has: a file that comes out as it went in, and that no mistake can spoil."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.errors import DeviceError
from accord.devices.setup import Setup, load_setups, save_setups

GOOD = 'version = 1\n\n[[device]]\nname = "mouse"\nkind = "spacemouse"\n'
TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=30)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "desk" / "devices.toml"


def test_no_file_is_no_device(path: Path) -> None:
    assert load_setups(path) == ()


@given(TEXTS, TEXTS, st.integers(0, 10_000_000))
def test_what_is_kept_is_what_is_read(profile: str, port: str, baud: int) -> None:
    import tempfile

    setups = (
        Setup("left-gello", "gello", {"port": port, "baud": baud}, profile, "pedals"),
        Setup("pedals", "global-keys"),
        Setup("arms", "exoskeleton", {"upper_arm": 0.3, "udp": 47_801}),
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "devices.toml"
        save_setups(setups, path)
        assert load_setups(path) == setups


def test_it_is_a_file_that_a_person_can_read(path: Path) -> None:
    save_setups((Setup("mouse", "spacemouse", {"serial": "A1"}),), path)
    assert tomllib.loads(path.read_text()) == {
        "version": 1,
        "device": [{"name": "mouse", "kind": "spacemouse", "profile": "", "pedals": "", "options": {"serial": "A1"}}],
    }
    assert list(path.parent.iterdir()) == [path], "no draft is left"


def test_what_is_left_out_of_a_file_has_its_default(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(GOOD)
    assert load_setups(path) == (Setup("mouse", "spacemouse"),)


def test_a_device_whose_plug_in_is_not_installed_is_kept(path: Path) -> None:
    setup = Setup("stick", "no-such-kind", {"port": 3, "name": "x", "loud": True, "full": 0.5})
    save_setups((setup,), path)
    assert load_setups(path) == (setup,)
    assert not setup.known


@pytest.mark.parametrize("name", ["", "Mouse", "1st", "a+b", "either:a", "a b", "a" * 41, "none", "scripted", "policy"])
def test_a_name_that_no_source_could_have_is_refused(name: str) -> None:
    with pytest.raises(DeviceError, match="Wanted a name for a device, found"):
        Setup(name, "spacemouse")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"version = ", "Wanted devices in "),
        (b"\xff\xfe", "Wanted devices in "),
        (b"", "found version None"),
        (b"version = 2\n", "Wanted version 1 of "),
        (b'version = "1"\n', "found version '1'"),
        (b"version = 1\ndevice = 3\n", "Wanted tables [[device]] in "),
        (b"version = 1\ndevice = [3]\n", "Wanted tables [[device]] in "),
        (GOOD.encode() + b'colour = "red"\n', "found colour"),
        (GOOD.encode() + b"profile = 3\n", "Wanted texts and a table of options"),
        (GOOD.encode() + b"options = 3\n", "Wanted texts and a table of options"),
        (GOOD.encode() + b'options = { prot = "x" }\n', "found 'prot'"),
        (GOOD.encode() + b"options = { serial = 3 }\n", "as str, found 3"),
        (GOOD.encode() + b"options = { serial = [] }\n", "as str, found []"),
        (GOOD.replace("mouse", "M M").encode(), "found 'M M'"),
        (b"version = 1\n[[device]]\n", "found ''"),
        (GOOD.encode() + GOOD.encode()[12:], "found two called mouse"),
    ],
)
def test_a_bad_file_is_one_sentence_and_stays_as_it_is(path: Path, text: bytes, found: str) -> None:
    path.parent.mkdir()
    path.write_bytes(text)
    with pytest.raises(DeviceError) as error:
        load_setups(path)
    assert found in str(error.value)
    assert "\n" not in str(error.value)
    assert path.read_bytes() == text


def test_a_folder_in_its_place_is_said(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(DeviceError, match=r"Wanted devices in .*directory"):
        load_setups(path)


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ("lab = { gain = 2.0 }", "for lab of stick, found {'gain': 2.0}"),
        ("keys = [1, 2]", "for keys of stick, found [1, 2]"),
        ("day = 2026-01-01", "for day of stick, found datetime.date"),
        ('"two words" = 1', "found 'two words'"),
    ],
)
def test_options_that_could_not_be_written_again_are_refused_of_a_kind_too_that_is_not_here(
    path: Path, options: str, found: str
) -> None:
    path.parent.mkdir()
    path.write_text(f'version = 1\n[[device]]\nname = "stick"\nkind = "magic"\noptions = {{ {options} }}\n')
    with pytest.raises(DeviceError) as error:
        load_setups(path)
    assert found in str(error.value)


def test_options_of_a_kind_that_is_not_here_are_kept(path: Path) -> None:
    setups = (Setup("stick", "magic", {"gain_2": 2.5, "on": True, "port": "A", "count": 3}),)
    save_setups(setups, path)
    assert load_setups(path) == setups


@pytest.mark.parametrize("wrong", ["twice", "line"])
def test_what_cannot_be_kept_leaves_the_file_as_it_was(path: Path, wrong: str) -> None:
    mouse = Setup("mouse", "spacemouse")
    save_setups((mouse,), path)
    before = path.read_bytes()
    bad = (mouse, mouse) if wrong == "twice" else (mouse, Setup("other", "gello", {"port": "a\nb"}))
    with pytest.raises(DeviceError, match="two called mouse" if wrong == "twice" else "a text on one line"):
        save_setups(bad, path)
    assert path.read_bytes() == before
