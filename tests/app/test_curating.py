"""What a curator decides holds: for scores, for fits, for exports."""

from pathlib import Path

import numpy as np
import pytest
from episodes import START_NS, make_episode
from policies import random_policy

from accord.app.cli import main
from accord.app.curating import choose_episodes, rows, score_library
from accord.app.errors import AppError
from accord.app.exporting import export_selection
from accord.datasets.decisions import Kind
from accord.datasets.episode import Episode
from accord.datasets.exporter import ExportSettings
from accord.datasets.library import Library
from accord.datasets.policy_file import load, save
from accord.datasets.scoring import score_episode
from accord.datasets.selection import Rule


@pytest.fixture
def library(tmp_path: Path) -> Library:
    made = Library.create(tmp_path / "my library é")
    for seed in range(3):
        path = make_episode(made.folder / "episodes" / "2026-11-21", steps=150, seed=seed)
        made.decisions.append("recorder", path.stem, Kind.OUTCOME, "success")
    return made


def first(library: Library) -> str:
    return library.contents().entries[0].id


def test_a_trim_counts_from_the_first_step_for_scores_too(library: Library) -> None:
    save(random_policy(), library.policy_folder("base"))
    score_library(library.folder, "base")
    episode = first(library)
    library.decisions.append("me", episode, Kind.TRIM, [1.0, 2.0])
    row = next(row for row in rows(library, "base") if row.entry.id == episode)
    policy = load(library.policy_folder("base"))
    with Episode(library.find(episode)) as recorded:
        scored = score_episode(policy, recorded)
    since_s = (scored.t_ns - START_NS) / 1e9
    inside = (since_s >= 1.0) & (since_s <= 2.0)
    verdicts = scored.steps.judge(policy.thresholds)
    assert row.score is not None
    assert 0 < np.count_nonzero(inside) < len(inside)
    assert row.score.compatibility == pytest.approx(verdicts.compatibility[inside].mean())
    assert row.score.duration_s == 1.0


def test_a_selection_is_stamped_and_not_replaced_unasked(library: Library) -> None:
    selection = choose_episodes(library, "all", Rule())
    assert selection.wall_ns > 1_700_000_000 * 10**9
    with pytest.raises(AppError, match="which exists"):
        choose_episodes(library, "all", Rule(), replaced=False)


def test_limits_on_scores_need_a_policy(library: Library) -> None:
    with pytest.raises(AppError, match="a base policy for limits"):
        choose_episodes(library, "all", Rule(max_conflict_share=0.1))
    assert library.selection_names() == ()


def test_a_fit_to_episodes_of_two_rates_is_refused_and_changes_nothing(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    slower = make_episode(library.folder / "episodes" / "2026-11-21", steps=150, seed=7, rate_hz=25.0)
    library.decisions.append("recorder", slower.stem, Kind.OUTCOME, "success")
    library.contents()
    before = {path: path.read_bytes() for path in library.folder.rglob("*.h5")}
    decided = library.decisions.present()
    assert main(["fit", "--library", str(library.folder), "--policy", "both"]) == 2
    out, errors = capsys.readouterr()
    found = "tasks square-nut at 25 Hz, 50 Hz"
    sentence = f"Wanted base episodes of one task and rate, found {found}: choose fewer episodes."
    assert (out, errors) == ("", f"accord: {sentence}\n")
    assert library.policy_names() == ()
    assert not library.policy_folder("both").exists()
    assert {path: path.read_bytes() for path in library.folder.rglob("*.h5")} == before
    assert library.decisions.present() == decided


@pytest.mark.parametrize(
    ("kind", "value"), [(Kind.VERDICT, "reject"), (Kind.OUTCOME, "discarded"), (Kind.TRIM, [0.5, 1.0])]
)
def test_an_export_refuses_a_selection_that_somebody_decided_against(
    library: Library, kind: Kind, value: object
) -> None:
    choose_episodes(library, "all", Rule())
    library.decisions.append("me", first(library), kind, value)
    target = library.export_path("all.zarr")
    with pytest.raises(AppError, match="decided otherwise since: select again"):
        export_selection(library.folder, "all", ExportSettings(), target)
    assert not target.exists()
    library.decisions.undo("me")
    assert export_selection(library.folder, "all", ExportSettings(), target).episodes == 3
