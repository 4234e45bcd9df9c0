from pathlib import Path

import pytest

from accord.devices.errors import DeviceError
from accord.devices.mapping import GAMEPAD_DEFAULT, SPACEMOUSE_DEFAULT, Mapping
from accord.devices.profiles import Profiles


@pytest.fixture
def profiles(tmp_path: Path) -> Profiles:
    made = Profiles(tmp_path / "profiles")
    made.save("calm", SPACEMOUSE_DEFAULT)
    return made


def test_no_folder_is_no_profile(tmp_path: Path) -> None:
    assert Profiles(tmp_path / "none").names() == ()


def test_what_is_saved_is_found_by_its_name(profiles: Profiles, tmp_path: Path) -> None:
    profiles.save("quick", GAMEPAD_DEFAULT)
    assert profiles.names() == ("calm", "quick")
    assert Profiles(tmp_path / "profiles").load("quick") == GAMEPAD_DEFAULT


def test_saving_again_replaces(profiles: Profiles) -> None:
    profiles.save("calm", Mapping(linear_m_s=0.1))
    assert profiles.load("calm").linear_m_s == 0.1
    assert profiles.names() == ("calm",)


def test_a_profile_can_be_renamed_and_deleted(profiles: Profiles) -> None:
    profiles.rename("calm", "calmer")
    assert profiles.names() == ("calmer",)
    assert profiles.load("calmer") == SPACEMOUSE_DEFAULT
    profiles.delete("calmer")
    assert profiles.names() == ()


def test_a_name_that_is_taken_is_refused_and_both_stay(profiles: Profiles) -> None:
    profiles.save("quick", GAMEPAD_DEFAULT)
    with pytest.raises(DeviceError, match="'calm', which is taken"):
        profiles.rename("quick", "calm")
    assert profiles.load("calm") == SPACEMOUSE_DEFAULT
    assert profiles.load("quick") == GAMEPAD_DEFAULT


@pytest.mark.parametrize("name", ["", "../calm", "a b", ".hidden", "calm.toml", "-x", "a" * 41, "ü", "a\n"])
def test_a_name_is_a_plain_word(profiles: Profiles, name: str) -> None:
    with pytest.raises(DeviceError, match="plain word"):
        profiles.save(name, Mapping())
    with pytest.raises(DeviceError, match="plain word"):
        profiles.rename("calm", name)
    assert profiles.names() == ("calm",)


def test_a_profile_that_is_not_there_is_one_sentence(profiles: Profiles) -> None:
    for act in (profiles.load, profiles.delete, lambda name: profiles.rename(name, "other")):
        with pytest.raises(DeviceError, match="Wanted a profile, found 'none': choose one of those there are: calm"):
            act("none")


def test_a_broken_file_is_told_listed_and_never_overwritten(profiles: Profiles, tmp_path: Path) -> None:
    path = tmp_path / "profiles" / "calm.toml"
    text = path.read_text().replace("version = 2", "version = 7")
    path.write_text(text)
    with pytest.raises(DeviceError, match="version in"):
        profiles.load("calm")
    with pytest.raises(DeviceError, match="which is broken") as caught:
        profiles.save("calm", Mapping())
    assert "\n" not in str(caught.value)
    assert path.read_text() == text
    assert profiles.names() == ("calm",)
    profiles.delete("calm")
    profiles.save("calm", Mapping())


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "profiles").write_text("a file")
    with pytest.raises(DeviceError, match="Wanted to write"):
        Profiles(tmp_path / "profiles").save("calm", Mapping())
    with pytest.raises(DeviceError, match="Wanted profiles in"):
        Profiles(tmp_path / "profiles").names()


def test_files_of_others_are_no_profiles(profiles: Profiles, tmp_path: Path) -> None:
    (tmp_path / "profiles" / "notes.txt").write_text("mine")
    (tmp_path / "profiles" / ".calm.toml.new").write_text("half")
    assert profiles.names() == ("calm",)
