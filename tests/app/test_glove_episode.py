"""A hand with fingers does a task, led finger by finger by a glove over a cockpit's wire: what the episode says."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from wires.exo import GLOVE
from wires.people import solve
from wires.place import opened

from accord.app.episode_check import check_episode
from accord.datasets.episode import Episode
from accord.devices.fingers import BENDS, CHANNELS, Fingers
from accord.devices.inputs.exo_packet import FULL
from accord.devices.limits import Hold
from accord.devices.sim.workcell import Workcell


@pytest.fixture(scope="module")
def hand() -> Fingers:
    found = Workcell("ball").fingers
    assert found is not None
    return found


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The episode."""
    with opened("cockpit", tmp_path_factory.mktemp("glove"), task="ball") as place:
        return solve(place)


@pytest.fixture
def episode(path: Path) -> Iterator[Episode]:
    with Episode(path) as opened_one:
        yield opened_one


def bends(episode: Episode) -> np.ndarray:
    """(steps, 15) how the person's fingers were bent, from the raw numbers of the glove."""
    (held,) = episode.info.inputs
    channels = [held.channels.index(f"{name} [1/{FULL}]") for name in CHANNELS]
    return np.array([GLOVE.bends(words) for words in episode.field("input/raw")[:, channels]])


def test_the_task_is_solved_and_replays_bit_for_bit(path: Path, episode: Episode) -> None:
    assert check_episode(path, replayed=True).wrong == ()
    assert episode.field("success")[-1]
    assert [one.kind for one in episode.info.inputs] == ["cockpit"]


def test_every_finger_joint_is_sent_where_its_channel_of_the_glove_says(episode: Episode, hand: Fingers) -> None:
    asked, sent = episode.field("requested/fingers"), episode.field("sent/fingers")
    led = np.isfinite(asked).all(axis=1) & (episode.field("hold") == Hold.NONE)
    assert led.sum() > 100
    told = np.array([hand.bent(one) for one in bends(episode)])
    follows = np.abs(asked - told) < 1e-9
    kept = np.vstack((follows[:1], asked[1:] == sent[:-1]))  # engaged anew, until the person's joint has come there
    assert (follows | kept)[led].all()
    assert follows[led].mean() > 0.5
    np.testing.assert_allclose(sent[led], asked[led], atol=1e-9)
    still = np.flatnonzero(~led[1:])  # it is held, or was engaged anew and the hand has not closed around the ball yet
    np.testing.assert_array_equal(sent[1:][still], sent[:-1][still])
    assert np.isfinite(sent).all(), "always, to a hand with fingers"


def test_the_fingers_go_by_themselves_and_not_as_one_gripper(episode: Episode, hand: Fingers) -> None:
    sent, reached = episode.field("sent/fingers"), episode.field("observation/finger_position")
    assert sent.shape[1] == reached.shape[1] == len(CHANNELS)
    assert (np.ptp(sent, axis=0)[BENDS] > 0.2).all(), "all of them close"
    assert (np.ptp(sent, axis=0)[~BENDS] > 0.01).sum() >= 4, "and the open hand is spread, but for the middle finger"
    closed = (sent - hand.open) / np.where(BENDS, hand.closed - hand.open, 1.0)
    assert np.ptp(closed[:, BENDS], axis=1).max() > 0.2, "no opening of a gripper does that"
    assert (np.ptp(reached, axis=0)[BENDS] > 0.1).all()
