"""Fitting from the command line, with every setting; what is said of the base set; and fitting again alike."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from policies import random_policy
from two_ways import ids_of, make_two_ways

from accord.app.base_look import BaseLook, base_parts
from accord.app.cli import main
from accord.app.fitting import calibrated, fit_and_remember, settings_of
from accord.app.policy_summary import summaries
from accord.datasets.decisions import Kind
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.heads import MixtureHead
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import load, save

SMALL = ["--members", "2", "--layers", "16", "8"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_two_ways(tmp_path_factory.mktemp("made") / "library").folder


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    """A copy that a test may change."""
    return Library(Path(shutil.copytree(made, tmp_path / "library")))


def fit(library: Library, *words: str) -> int:
    return main(["fit", "--library", str(library.folder), *words])


def fitted(library: Library, capsys: pytest.CaptureFixture[str], name: str, *words: str) -> dict[str, Any]:
    """Fit, and what is said of it in JSON."""
    capsys.readouterr()
    assert fit(library, "--policy", name, "--json", *words) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fit of three updates: how good it is does not matter here."""
    monkeypatch.setattr("accord.app.commands.fit._USUAL", FitSettings(updates=3, most_epochs=1))


@pytest.mark.usefixtures("quick")
def test_every_setting_reaches_the_policy_and_is_remembered(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    seen = ["observation/hand_position", "relative/nut_position"]
    words = [
        "--observe",
        *seen,
        "--chunk",
        "3",
        "--no-skip-idle",
        "--head",
        "mixture",
        "--modes",
        "2",
        "--keep",
        "last",
    ]
    fitted(library, capsys, "all", *SMALL, *words, "--operator", "ana", "--seed", "4")
    policy = load(library.policy_folder("all"))
    assert policy.observed.names == tuple(seen)
    assert isinstance(policy.head, MixtureHead)
    assert (policy.head.chunk, policy.head.modes, policy.ensemble.members) == (3, 2, 2)
    assert [weight.shape[2] for weight in policy.ensemble.weights[:-1]] == [16, 8]
    remembered = settings_of(policy, library.policy_folder("all"))
    assert (remembered.skip_idle, remembered.keep, remembered.seed) == (False, "last", 4)
    assert (remembered.observed, remembered.hidden, remembered.updates) == (tuple(seen), (16, 8), 3)


def test_a_fit_that_is_killed_while_it_scores_remembers_its_settings(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("torch")

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("accord.app.fitting.score_library", killed)
    asked = FitSettings(name="new", hidden=(16, 8), members=2, updates=3, most_epochs=1, seed=7, keep="last")
    with pytest.raises(KeyboardInterrupt):
        fit_and_remember(library.folder, "new", tuple(ids_of(library, "ana")), asked)
    policy = load(library.policy_folder("new"))
    assert settings_of(policy, library.policy_folder("new")) == asked


def test_a_fit_tells_how_far_it_is_from_reading_to_the_last_score(library: Library) -> None:
    pytest.importorskip("torch")
    told: list[tuple[float, str]] = []

    def report(fraction: float, text: str, details: Any = None) -> None:
        told.append((fraction, text))

    asked = FitSettings(name="new", hidden=(16, 8), members=2, updates=3, most_epochs=1)
    fit_and_remember(library.folder, "new", tuple(ids_of(library, "ana")), asked, report)
    assert [fraction for fraction, _ in told] == sorted(fraction for fraction, _ in told)
    assert told[0] == (0.0, "reading episodes")
    assert told[-1] == (1.0, f"scored {len(library.contents().entries)} episodes")
    assert max(fraction for fraction, text in told if text.startswith("epoch")) == pytest.approx(0.95)
    assert len(library.index.scores(load(library.policy_folder("new")).fingerprint)) == len(library.contents().entries)


@pytest.mark.usefixtures("quick")
def test_a_base_set_of_two_strategies_is_said_with_the_episodes_of_each(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    told = fitted(library, capsys, "both", *SMALL)
    assert {frozenset(group) for group in told["strategies"]} == {
        frozenset(ids_of(library, "ana")), frozenset(ids_of(library, "ben"))
    }  # fmt: skip
    assert told["warnings"][0].startswith("The base set holds 2 strategies")
    assert fit(library, "--policy", "one", *SMALL, "--operator", "ana") == 0
    out, errors = capsys.readouterr()
    assert "strategies" not in errors
    assert "rest on only 2 held-out episodes" in errors
    steps = sum(len(one) for one in [calibrated(library, load(library.policy_folder("one"))).held_out])
    assert f"% of {steps:,} held-out steps of 2 episodes." in out


@pytest.mark.usefixtures("quick")
def test_fitting_again_takes_the_same_episodes_and_settings_as_they_are_now(
    library: Library, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    fitted(library, capsys, "first", *SMALL, "--operator", "ana", "--chunk", "2", "--seed", "3")
    ana = ids_of(library, "ana")
    library.decisions.append("curator", ana[0], Kind.OUTCOME, "discarded")
    library.decisions.append("curator", ana[1], Kind.TRIM, [0.0, 1.0])
    assert fit(library, "--policy", "second", "--again", "first") == 0
    said = capsys.readouterr().out
    assert said.startswith("first: 2 of its 7 episodes changed since: ")
    assert "second is fitted to them as they are now" in said
    first, second = (load(library.policy_folder(name)) for name in ("first", "second"))
    assert {*second.fitted_to, *second.held_out} == {*first.fitted_to, *first.held_out} - {ana[0]}
    assert second.used[ana[1]].trim == (0.0, 1.0)
    settings = [settings_of(policy, library.policy_folder(policy.name)) for policy in (first, second)]
    assert replace(settings[1], name="first") == settings[0]
    listed = summaries(library, ("first", "second"))
    assert [bool(one.stale) for one in listed] == [True, False]
    assert [one.episodes for one in listed] == [7, 6]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--chunk", "0"], "Wanted --chunk of 1 or more, found 0"),
        (["--layers", "8", "0"], "Wanted --layers of 1 or more, found 0"),
        (["--seed", "-1"], "Wanted a seed of 0 or more"),
        (["--observe", "observation/moon"], "Wanted steps with observation/moon"),
        (["--observe", "relative/hand_quaternion"], "Wanted a position (3,)"),
        (["--again", "nothing"], "Wanted a base policy"),
    ],
)
def test_settings_that_cannot_be_are_one_sentence(
    library: Library, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert fit(library, "--policy", "new", *words) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"accord: {said}")
    assert errors.count("\n") == 1
    assert not library.policy_folder("new").exists()


def made_up(library: Library, **changes: Any) -> BasePolicy:
    """A policy without remembered settings, as from before."""
    ana = ids_of(library, "ana")
    policy = replace(random_policy(hidden=(32, 16)), name="old", fitted_to=tuple(ana[:4]), held_out=tuple(ana[4:]))
    save(replace(policy, **changes), library.policy_folder("old"))
    return load(library.policy_folder("old"))


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"chunk": 0}', '{"moon": 1}'])
def test_a_policy_without_readable_settings_tells_most_of_them_itself(library: Library, damage: str) -> None:
    policy, folder = made_up(library), library.policy_folder("old")
    if damage:
        (folder / "settings.json").write_text(damage)
    found = settings_of(policy, folder)
    assert (found.observed, found.hidden, found.members) == (policy.observed.names, (32, 16), 5)
    assert (found.chunk, found.head, found.commanded) == (1, "mean", policy.commanded.names)


def test_the_calibration_takes_held_out_episodes_as_they_were_when_it_was_fitted(library: Library) -> None:
    policy = made_up(library)
    whole = calibrated(library, policy)
    with_trim = replace(policy, used={policy.held_out[0]: _trimmed(library, policy.held_out[0])})
    part = calibrated(library, with_trim)
    assert len(part.held_out) < len(whole.held_out)
    assert part.held_out.error[0] == pytest.approx(whole.held_out.error[0])
    library.find(policy.held_out[0]).unlink()
    with pytest.raises(AccordError):
        calibrated(library, policy)


def _trimmed(library: Library, episode: str) -> Any:
    from accord.datasets.episode import Episode
    from accord.datasets.used import Used

    with Episode(library.find(episode)) as opened:
        return Used.of(opened, (0.0, 0.5))


def test_a_policy_that_cannot_be_read_is_listed_as_that(library: Library) -> None:
    made_up(library)
    (library.policy_folder("old") / "weights.npz").write_bytes(b"none")
    (one,) = summaries(library, ("old",))
    assert "weights" in one.problem
    assert one.stale == ""


def test_a_look_tells_what_every_episode_has_and_reads_only_what_changed(library: Library) -> None:
    ana, ben = ids_of(library, "ana"), ids_of(library, "ben")
    look = BaseLook.of(base_parts(library, (*ana, *ben, "gone")))
    assert "observation/hand_position" in look.usual
    assert "relative/nut_position" in look.usual
    assert set(look.usual) < set(look.fields)
    assert not any(name.endswith("t_ns") for name in look.fields)
    assert len(look.split.groups) == 2
    assert BaseLook.of(base_parts(library, ana)).split.warning == ""
    library.find(ben[0]).write_bytes(b"no episode")
    left = BaseLook.of(base_parts(library, (*ana, *ben))).split
    assert ben[0] not in np.concatenate(left.groups)
    assert BaseLook.of([]) == BaseLook()
