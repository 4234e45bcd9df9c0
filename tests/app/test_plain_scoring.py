"""Plain scores as a job computes them, what an episode reached, and how scores are said in words."""

import json
import time
from math import isnan, nan
from pathlib import Path

import numpy as np
import pytest
from episodes import made_up_steps, make_info
from libraries import add_episode, add_policy, make_library

from accord.app.cli import main
from accord.app.curating import rows
from accord.app.jobs import Job
from accord.app.plain_scoring import base_of, score_plainly
from accord.app.reached import Reached, reached
from accord.app.report import CancelledError
from accord.app.row_scores import AGAINST_POLICY, PLAIN, ROW_SCORES, follows_duration, in_words, row_score
from accord.datasets.decisions import Kind
from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.errors import DatasetError
from accord.datasets.library import Library
from accord.datasets.scores.catalogue import NAMES
from accord.datasets.scores.correlation import Correlation, correlation
from accord.datasets.scores.library import plain_scores


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path / "library")


def ids(library: Library) -> list[str]:
    return [entry.id for entry in library.contents().entries]


def staged(folder: Path, furthest: int) -> Path:
    """An episode that came so far, and lost it again."""
    info = make_info(arm="ur5e", stages=("near", "grasped", "placed"))
    records = made_up_steps(30, np.random.default_rng(0))
    records["stage"][10:20] = furthest
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    writer.append_steps(records)
    writer.close(Ending.COMPLETE)
    return writer.path


def test_the_furthest_stage_is_known_although_it_was_lost_again(tmp_path: Path) -> None:
    found = reached(staged(tmp_path, 2))
    assert found == Reached("ur5e", 2, ("near", "grasped", "placed"))
    assert (found.furthest, found.share) == ("grasped", pytest.approx(2 / 3))
    assert reached(staged(tmp_path, 0)).furthest == ""


def test_an_episode_without_stages_has_no_share(library: Library) -> None:
    found = reached(library.contents().entries[0].path)
    assert (found.arm, found.furthest, found.share) == ("", "", None)


def test_a_job_finds_the_same_scores(library: Library) -> None:
    job = Job("plain scores", score_plainly, library.folder, "base")
    while not job.poll().done:
        time.sleep(0.01)
    job.close()
    found, expected = job.state.result, plain_scores(library, base_of(library, "base"))
    assert found.scores.keys() == set(ids(library)) == found.reached.keys()
    for episode, row in found.scores.items():
        assert list(row.values()) == pytest.approx(list(expected.rows[episode].values()), nan_ok=True)
    assert not found.problems


def test_what_is_discarded_is_compared_with_nothing(library: Library) -> None:
    before = score_plainly(library.folder)
    gone, *stay = ids(library)
    library.decisions.append("curator", gone, Kind.OUTCOME, "discarded")
    after = score_plainly(library.folder, known=stay)
    assert after.scores.keys() == set(stay)
    assert after.reached.keys() == {gone}, "nobody asked for the others again"
    assert all(after.scores[one]["action-divergence"] != before.scores[one]["action-divergence"] for one in stay)
    assert all(after.scores[one]["duration"] == before.scores[one]["duration"] for one in stay)


def test_only_what_was_trimmed_is_read_again(library: Library) -> None:
    score_plainly(library.folder)
    one, *_ = ids(library)
    library.decisions.append("curator", one, Kind.TRIM, [0.1, 0.5])
    told: list[str] = []
    after = score_plainly(
        library.folder, known=ids(library), report=lambda fraction, text, details=None: told.append(text)
    )
    assert [text for text in told if "reading" in text] == ["reading episode 1 of 1"] * 2
    assert after.scores[one]["duration"] == pytest.approx(0.4)


def test_a_job_that_is_stopped_says_so(library: Library) -> None:
    def stop(fraction: float, text: str, details: object = None) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        score_plainly(library.folder, report=stop)
    assert score_plainly(library.folder).scores.keys() == set(ids(library))


def test_the_base_of_no_policy_is_empty(library: Library) -> None:
    assert base_of(library, "") == ()
    assert base_of(library, "base") == ("a", "b", "c")
    with pytest.raises(DatasetError, match="gone"):
        base_of(library, "gone")


def test_every_score_has_a_title_a_tip_and_one_name() -> None:
    names = [one.name for one in ROW_SCORES]
    assert len(set(names)) == len(names) == len(AGAINST_POLICY) + len(PLAIN)
    assert tuple(one.name for one in PLAIN) == NAMES
    assert "high is good" in row_score("path-efficiency").tip
    assert "[m/s]; low is good. Needs a twist and a hand." in row_score("tracking-error").tip
    assert "neither end is better" in row_score("duration").tip
    with pytest.raises(DatasetError, match="none named 'beauty'"):
        row_score("beauty")


def test_values_are_read_as_people_write_them() -> None:
    assert row_score("conflict").text(0.204) == "20 %"
    assert row_score("tracking-error").text(0.01654) == "0.0165 m/s"
    assert row_score("jerk").text(-16.32) == "−16.3"
    assert {one.text(nan) for one in ROW_SCORES} == {"–"}


def test_what_is_not_scored_has_no_value(library: Library) -> None:
    (row, *_) = rows(library)
    assert all(isnan(one.of(row)) for one in ROW_SCORES)


def test_a_score_follows_the_duration_only_where_its_interval_leaves_no_doubt() -> None:
    assert in_words("jerk", Correlation(0.83, 0.71, 0.9, 30)) == "follows the duration: ρ 0.83 (0.71 to 0.90)"
    assert in_words("jerk", Correlation(-0.2, -0.5, 0.1, 30)) == "with the duration: ρ −0.20 (−0.50 to 0.10)"
    assert in_words("jerk", Correlation(nan, nan, nan, 2)) == "with the duration: not known of 2 episodes"
    assert in_words("jerk", Correlation(nan, nan, nan, 0)) == "with the duration: not known"
    assert in_words("duration", Correlation(1, 1, 1, 9)) == "the duration itself"


def test_the_command_prints_plain_scores_and_how_they_go_with_the_duration(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    add_episode(library, 7, "ben")
    for number, episode in enumerate(ids(library)):
        library.decisions.append("curator", episode, Kind.TRIM, [0.0, 0.4 + 0.1 * number])
    words = ["score", "--library", str(library.folder), "--plain"]
    assert main(words) == 0
    out = capsys.readouterr().out
    assert all(id_[:8] in out for id_ in ids(library))
    assert all(name in out for name in NAMES if name != "nearest-base")
    assert "the duration itself" in out
    assert main([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["policy"], len(told["episodes"])) == (None, 4)
    known = plain_scores(library).rows
    for row in told["episodes"]:
        assert row["plain"]["jerk"] == known[row["episode"]]["jerk"]
        assert row["plain"]["nearest-base"] is None
    jerks, durations = ([row["plain"][name] for row in told["episodes"]] for name in ("jerk", "duration"))
    assert told["with_duration"]["jerk"] == correlation(jerks, durations)._asdict()


def test_the_command_tells_of_all_scores_against_a_policy(library: Library, capsys: pytest.CaptureFixture[str]) -> None:
    add_policy(library, "other")
    assert main(["score", "--library", str(library.folder), "--policy", "other", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["with_duration"].keys() == {one.name for one in ROW_SCORES}
    assert told["with_duration"]["conflict"]["episodes"] == 3


def test_all_scores_of_rows_go_with_the_duration_in_their_own_way(library: Library) -> None:
    found = follows_duration(rows(library, "base"))
    assert found.keys() == {one.name for one in ROW_SCORES}
    assert all(one.episodes == 0 for one in found.values()), "no row knows its duration before it is computed"
