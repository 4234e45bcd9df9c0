"""What a person is told of a device that works, and of which there is something to know all the same."""

from dataclasses import replace

import numpy as np
import pytest
from wired import Person, Wired

from accord.app.device_words import Lamp, told
from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.mapping import Follow, Mapping
from accord.devices.setup import Setup

PAD = Setup("pad", "gamepad")
RADIO = "Wanted Pad on a cable, found it on radio: use one where the robot could do harm."
WELL = Health("Pad", True, "", 1, 1, 0, notice=RADIO)
NOW_NS = 10**9


@pytest.mark.parametrize(
    ("health", "lamp", "said"),
    [
        (replace(WELL, notice=""), Lamp.GOOD, ""),
        (WELL, Lamp.CAUTION, RADIO),
        (replace(WELL, detail="Wanted a calibration."), Lamp.CAUTION, "Wanted a calibration."),
        (replace(WELL, connected=False, detail="Wanted a pad."), Lamp.ABSENT, "Wanted a pad."),
    ],
)
def test_what_is_wrong_is_said_before_what_is_to_be_known(health: Health, lamp: Lamp, said: str) -> None:
    found = told(PAD, (Reading(InputState(), health, NOW_NS),), NOW_NS)
    assert (found.lamp, found.detail) == (lamp, said)


class Noticed(Wired):
    """A device that works and has something to say."""

    def health(self) -> Health:
        return replace(super().health(), notice=RADIO)


def test_what_is_to_be_known_of_a_device_hides_nothing_that_keeps_it_from_driving() -> None:
    drive = Person(Mapping(follow=Follow.POSE))
    drive.device = drive.hand.device = Noticed("pad")
    assert not np.any(drive.rest().twist)
    assert drive.hand.health().detail.startswith("Wanted the pose of a hand from pad, found deflections")
    assert drive.hand.health().notice == RADIO
    plain = Person()
    plain.device = plain.hand.device = Noticed("pad")
    plain.rest()
    assert plain.hand.health().detail == ""
