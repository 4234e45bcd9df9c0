"""The episode in progress and the one before it: how long it is, and whether anything moved in it."""

from pathlib import Path

import numpy as np
import pytest
from episodes import make_info
from snapshots import steps

from accord.app.meter import Meter
from accord.app.recording import Recording
from accord.datasets.decisions import Decisions
from accord.devices.limits import Hold


@pytest.fixture
def recording(tmp_path: Path) -> Recording:
    return Recording(Decisions(tmp_path / "curation.sqlite"))


def silent() -> Meter:
    meter = Meter(50)
    meter.feed(steps(5, hold=int(Hold.INPUT_LOST)), None)
    return meter


def test_an_episode_without_motion_is_told_of_while_it_counts_and_nothing_is_thrown_away(recording: Recording) -> None:
    recording.begin(make_info(source="gello"))
    assert recording.doubt == ""
    recording.conclude("failure", 2.0, silent())
    assert recording.doubt == (
        "No arm moved in the last episode, because the input device was silent. "
        "It is kept as a failure: discard it, or do it over."
    )
    assert recording.count == 1
    recording.overrule("discarded", "ada")
    assert recording.doubt == ""
    recording.overrule("success", "ada")
    assert "kept as a success" in recording.doubt
    recording.begin(make_info(source="gello"))
    assert recording.doubt == ""


@pytest.mark.parametrize(
    ("source", "outcome"), [("scripted:made-up", "failure"), ("gello", "discarded"), ("gello", "incomplete")]
)
def test_of_a_script_and_of_what_does_not_count_nothing_is_said(
    recording: Recording, source: str, outcome: str
) -> None:
    recording.begin(make_info(source=source))
    recording.conclude(outcome, 2.0, silent())
    assert recording.doubt == ""


def test_an_episode_with_motion_is_not_doubted(recording: Recording) -> None:
    recording.begin(make_info(source="gello"))
    meter = silent()
    meter.feed(steps(1, sent__twist=np.eye(6)[0]), None)
    recording.conclude("failure", 2.0, meter)
    assert recording.doubt == ""


def test_an_episode_is_as_long_as_its_steps_say(recording: Recording) -> None:
    some = steps(51, first_s=10.0)
    assert recording.elapsed_s(some, some[-1]) == 0.0, "nothing is recorded"
    recording.begin(make_info())
    assert recording.elapsed_s(some[:0], some[0]) == 0.0
    assert recording.elapsed_s(some, some[-1]) == pytest.approx(1.0)
    later = steps(1, first_s=12.0)
    assert recording.elapsed_s(later, later[0]) == pytest.approx(2.0)
