from collections.abc import Callable

import numpy as np
import pytest
from snapshots import ready, steps

from accord.app.snapshot import Finished, LiveScore, Snapshot, State
from accord.app.ui.strip import Agreement
from accord.app.ui.trace import BARS, Trace


@pytest.fixture
def panel(keep: Callable[[Agreement], Agreement]) -> Agreement:
    return keep(Agreement())


def scored(
    compatibility: float, error: float, novelty: float, count: int = 5, first_s: float = 100.0, episode: str = "id"
) -> Snapshot:
    new = steps(count, first_s, score__compatibility=compatibility, score__error=error, score__novelty=novelty)
    return ready(policy="base-v2", steps=new, error_limit=3.0, novelty_limit=1.0, episode=episode)


def test_five_steps_at_50_hz_make_one_bar() -> None:
    trace = Trace()
    trace.feed(scored(0.8, 1.0, 0.1).steps, 3.0, 1.0)
    (bar,) = trace.bars
    assert (bar.scored, bar.conflict, bar.is_novel) == (5, 0, False)
    assert bar.compatibility == pytest.approx(0.8)


def test_a_step_is_in_conflict_only_where_the_state_is_familiar() -> None:
    trace = Trace()
    trace.feed(scored(0.0, 5.0, 0.1).steps, 3.0, 1.0)
    trace.feed(scored(1.0, 5.0, 2.0, first_s=100.1).steps, 3.0, 1.0)
    familiar, unfamiliar = trace.bars
    assert (familiar.conflict, familiar.is_novel) == (5, False)
    assert (unfamiliar.conflict, unfamiliar.is_novel) == (0, True)


def test_what_is_older_than_ten_seconds_is_forgotten() -> None:
    trace = Trace()
    for i in range(2 * BARS):
        trace.feed(scored(0.5, 1.0, 0.1, first_s=i / 10).steps, 3.0, 1.0)
    assert len(trace.bars) == BARS
    trace.feed(steps(1, 1000.0), 3.0, 1.0)  # not scored, but time goes on
    assert trace.bars == ()


def test_steps_without_a_score_make_no_bar() -> None:
    trace = Trace()
    assert trace.feed(steps(5), 3.0, 1.0)
    assert trace.bars == ()
    assert not trace.feed(np.empty(0, [("t_ns", "i8")]), 3.0, 1.0)


def test_the_mean_stands_with_both_shares_and_the_duration(panel: Agreement) -> None:
    panel.display(ready(policy="base-v2", score=LiveScore(0.834, 0.04, 0.12), elapsed_s=12.4, episode="id"))
    texts = (panel.compatibility.text(), panel.conflict.text(), panel.novel.text(), panel.duration.text())
    assert texts == ("0.83", "4 %", "12 %", "12.4 s")
    assert panel.headline.text() == "Agreement with base-v2"


def test_between_episodes_the_last_one_s_duration_stands(panel: Agreement) -> None:
    panel.display(ready(finished=Finished("id", "success", 7.0, LiveScore(), saved=True)))
    assert panel.duration.text() == "7.0 s"


def test_where_the_verdict_says_them_the_last_numbers_go_with_their_scene(
    keep: Callable[[Agreement], Agreement],
) -> None:
    panel, score = keep(Agreement(keeps_last=False)), LiveScore(0.8, 0.04, 0.12)
    over = {"policy": "base-v2", "score": score, "finished": Finished("id", "success", 7.0, score, saved=True)}
    panel.display(ready(**over, state=State.RESETTING))
    assert (panel.compatibility.text(), panel.duration.text()) == ("0.80", "7.0 s")
    panel.display(ready(**over))
    assert (panel.compatibility.text(), panel.conflict.text(), panel.duration.text()) == ("–", "–", "0.0 s")


def test_practice_shows_no_numbers_of_the_episode_before(panel: Agreement) -> None:
    panel.display(scored(0.8, 1.0, 0.1))
    panel.display(ready(policy="base-v2", score=LiveScore(0.8), practice=True))
    assert panel.compatibility.text() == "–"
    assert not panel.strip.trace.bars


def test_without_a_policy_it_says_what_to_do(panel: Agreement) -> None:
    panel.display(ready())
    assert panel.strip.hint.startswith("Choose a base policy")
    assert panel.compatibility.text() == "–"


def test_another_policy_begins_an_empty_strip(panel: Agreement) -> None:
    panel.display(scored(0.5, 1.0, 0.1))
    assert panel.strip.trace.bars
    panel.display(ready(policy="base-v3"))
    assert not panel.strip.trace.bars


def test_the_strip_begins_with_the_episode_and_what_is_between_episodes_is_grey(panel: Agreement) -> None:
    panel.resize(800, 200)
    panel.display(scored(0.0, 9.0, 0.1, episode=""))
    assert [bar.idle for bar in panel.strip.trace.bars] == [True]
    painted = panel.strip.grab().toImage()
    grey = painted.pixelColor(painted.width() - 3, painted.height() - 2)
    assert max(grey.red(), grey.green(), grey.blue()) - min(grey.red(), grey.green(), grey.blue()) < 24
    panel.display(scored(0.5, 1.0, 0.1, first_s=100.1, episode="first"))
    panel.display(scored(0.5, 1.0, 0.1, first_s=100.2, episode="first"))
    panel.display(scored(0.5, 1.0, 0.1, first_s=100.3, episode=""))
    assert [bar.idle for bar in panel.strip.trace.bars] == [False, False, True]
    panel.display(scored(0.5, 1.0, 0.1, first_s=100.4, episode="second"))
    assert len(panel.strip.trace.bars) == 1


def test_height_and_colour_say_the_same(panel: Agreement) -> None:
    panel.resize(800, 200)
    panel.display(scored(1.0, 0.0, 0.1))
    painted = panel.strip.grab().toImage()
    right = painted.width() - 3
    green = painted.pixelColor(right, 3)
    assert green.green() > green.red()
    panel.display(scored(0.0, 9.0, 0.1, first_s=100.1))
    painted = panel.strip.grab().toImage()
    assert painted.pixelColor(right, 3) == painted.pixelColor(2, 3)
    red = painted.pixelColor(right, painted.height() - 2)
    assert red.red() > red.green()


def test_who_practises_sees_agreement_in_colour_and_between_episodes_it_is_grey(panel: Agreement) -> None:
    new = steps(5, 100.0, score__compatibility=0.8, score__error=1.0, score__novelty=0.1)
    told = {"policy": "base-v2", "steps": new, "error_limit": 3.0, "novelty_limit": 1.0}
    panel.display(ready(**told, practice=True))
    assert [bar.idle for bar in panel.strip.trace.bars] == [False]
    panel.strip.trace.clear()
    panel.display(ready(**told))
    assert [bar.idle for bar in panel.strip.trace.bars] == [True]


def test_where_the_two_signs_of_an_unfamiliar_state_disagree_it_is_said(panel: Agreement) -> None:
    panel.display(ready(policy="base-v2", score=LiveScore(0.8, 0.0, 0.1, 0.3, 0.25), elapsed_s=1.0, episode="id"))
    assert panel.disputed.text() == "25 %"
