"""Who drives, and what the loop is told of what that person holds."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from wires.place import opened

from accord.app.driving import Driving
from accord.app.settings import Settings
from accord.devices.mapping import Mapping as AxisMapping
from accord.devices.sources.driver import Driver
from accord.devices.sources.held import Held, devices_of
from accord.recorders.requests import Request, UseMapping, UseSource

MINE, KEPT, TRIED = AxisMapping(linear_m_s=0.11), AxisMapping(linear_m_s=0.12), AxisMapping(linear_m_s=0.13)


class Desk:
    """Has a gamepad and an exoskeleton, each with a profile."""

    drivers: Mapping[str, Driver] = {"pad": Driver("gamepad"), "exo": Driver("exoskeleton", 2)}

    def hold(self, source: str) -> tuple[Held, ...]:
        names = [(name, hand) for name in devices_of(source) for hand in range(self.drivers[name].hands)]
        return tuple(Held(name, "any", KEPT, "calm", f"{name}-{hand}") for name, hand in names)


class Told:
    """A driving that tells its requests to a list."""

    def __init__(self, folder: Path, **changes: object) -> None:
        self.requests: list[Request] = []
        settings = Settings(folder, **changes)  # type: ignore[arg-type]
        self.driving = Driving(settings, Desk(), self.requests.append, lambda what: None)  # type: ignore[arg-type]

    def choose(self, name: str) -> tuple[Held, ...]:
        self.driving.choose(name)
        self.driving.begin()
        (asked,) = self.requests[-1:]
        assert isinstance(asked, UseSource)
        assert asked.held == self.driving.held
        return asked.held


def test_of_a_device_for_two_hands_the_right_one_drives_a_robot_with_one(tmp_path: Path) -> None:
    assert [held.block for held in Told(tmp_path, task="lift").choose("exo")] == ["exo-1"]
    assert [held.block for held in Told(tmp_path, task="handover").choose("exo")] == ["exo-0", "exo-1"]


def test_a_mapping_that_was_given_is_what_the_loop_and_the_episode_are_told(tmp_path: Path) -> None:
    (held,) = Told(tmp_path, task="lift", mapping=MINE).choose("pad")
    assert (held.mapping, held.profile) == (MINE, ""), "it is no profile of anybody"
    (held,) = Told(tmp_path, task="lift").choose("pad")
    assert (held.mapping, held.profile) == (KEPT, "calm")


def test_a_mapping_that_was_taken_later_stays_from_one_episode_to_the_next(tmp_path: Path) -> None:
    told = Told(tmp_path, task="lift", mapping=MINE)
    told.choose("pad")
    told.driving.remap(0, TRIED)
    assert told.requests[-1] == UseMapping(0, TRIED)
    told.driving.begin()
    assert told.requests[-1] == UseSource("pad", held=told.driving.held)
    assert [(held.mapping, held.profile) for held in told.driving.held] == [(TRIED, "")]
    assert told.choose("pad")[0].mapping == KEPT, "what the person has for it since"


def test_a_mapping_is_for_the_hand_that_it_is_tried_in(tmp_path: Path) -> None:
    told = Told(tmp_path, task="handover")
    told.choose("exo")
    told.driving.remap(1, TRIED)
    assert [held.mapping for held in told.driving.held] == [KEPT, TRIED]
    assert [held.profile for held in told.driving.held] == ["calm", ""]


def test_a_cockpit_drives_a_robot_with_one_arm(tmp_path: Path) -> None:
    with opened("cockpit", tmp_path, task="lift") as place:
        place.engage()
        step = place.steps[-1]
        assert step["sent/twist"].shape == (6,)
        assert np.isfinite(step["input/raw"]).any()
