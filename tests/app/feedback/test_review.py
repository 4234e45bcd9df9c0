"""A whole review of a real episode: moments, paths, lines in every view, the counterpart; and what is missing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from policies import random_policy
from simulated import cell, schema_of, simulated_library

from accord.app.feedback.projection import Projection
from accord.app.feedback.review import Reviewer
from accord.datasets.compatibility import Thresholds
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import save


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return simulated_library(tmp_path_factory.mktemp("reviewed") / "library", (40, 45, 120))


@pytest.fixture
def ids(library: Library) -> list[str]:
    return [entry.id for entry in sorted(library.contents().entries, key=lambda entry: entry.summary.steps)]


@pytest.fixture
def fitted(library: Library, ids: list[str]) -> Callable[..., BasePolicy]:
    def make(name: str, thresholds: Thresholds, fitted_to: tuple[str, ...] | None = None) -> BasePolicy:
        base = tuple(ids[:2]) if fitted_to is None else fitted_to
        made = random_policy(2, (8,), dtype=schema_of(cell()).dtype)
        policy = replace(made, name=name, fitted_to=base, held_out=(), thresholds=thresholds)
        if not library.policy_folder(name).exists():
            save(policy, library.policy_folder(name))
        return policy

    return make


def test_a_review_has_what_every_view_and_both_sides_show(
    library: Library, ids: list[str], fitted: Callable[..., BasePolicy]
) -> None:
    fitted("strict", Thresholds(1e-6, 1e6))
    review = Reviewer(library, "strict").review(ids[2])
    assert (review.episode, review.what, review.missing) == (ids[2], "conflicts", "")
    assert review.counterpart is not None
    assert review.counterpart.episode in ids[:2]
    assert review.counterpart.path == library.find(review.counterpart.episode)
    assert review.moments
    length = {entry.id: entry.summary.steps for entry in library.contents().entries}
    for reviewed in review.moments:
        assert reviewed.steps[0] == reviewed.moment.first
        assert reviewed.steps[-1] < length[ids[2]]
        assert len(reviewed.matches) == len(reviewed.steps)
        assert all(0 <= match < length[review.counterpart.episode] for match in reviewed.matches)
        assert list(reviewed.matches) == sorted(reviewed.matches), "time goes on in both"
        assert set(reviewed.lines) == {"front", "side", "wrist"}
        steps = len(reviewed.steps)
        assert reviewed.lines["front"].person.shape == (1, steps, 1, 2), "the view stands still"
        assert reviewed.lines["wrist"].person.shape == (steps, steps, 1, 2), "the view moves with the hand"
        assert reviewed.back is not None


def test_the_mark_of_a_step_stands_where_the_hand_is_in_its_picture(
    library: Library, ids: list[str], fitted: Callable[..., BasePolicy]
) -> None:
    fitted("strict", Thresholds(1e-6, 1e6))
    review = Reviewer(library, "strict").review(ids[2])
    with Episode(review.path) as episode:
        projection, reviewed = Projection(episode.model_xml()), review.moments[-1]
        for number in (0, len(reviewed.steps) - 1):
            step = reviewed.steps[number]
            projection.show(episode.field("physics/state")[step])
            hand = episode.field("observation/hand_position")[step]
            for camera in episode.cameras:
                lines = reviewed.lines[camera.name].person
                place = lines[min(number, len(lines) - 1)][number, 0] * (camera.width, camera.height) - 0.5
                np.testing.assert_allclose(place, projection.pixels(camera, hand), atol=1e-6)


def test_where_nothing_conflicts_another_sign_tells_the_moments_or_none_does(
    library: Library, ids: list[str], fitted: Callable[..., BasePolicy]
) -> None:
    fitted("lenient", Thresholds(1e9, 1e6))
    review = Reviewer(library, "lenient").review(ids[2])
    assert (review.moments, review.what) == ((), "")
    assert review.counterpart is not None


def test_without_its_base_episodes_only_the_counterpart_is_missing(
    library: Library, ids: list[str], fitted: Callable[..., BasePolicy]
) -> None:
    gone = "00000000-0000-4000-8000-000000000000"
    fitted("orphan", Thresholds(1e-6, 1e6), (gone,))
    review = Reviewer(library, "orphan").review(ids[2])
    assert review.counterpart is None
    assert review.missing.startswith("Wanted base episodes of orphan, found none of them in the library")
    assert all(reviewed.matches == () for reviewed in review.moments)
    fitted("itself", Thresholds(1e-6, 1e6), (ids[2],))
    assert Reviewer(library, "itself").review(ids[2]).counterpart is None, "never the episode itself"


def test_what_cannot_be_reviewed_is_one_sentence(
    library: Library, ids: list[str], fitted: Callable[..., BasePolicy], tmp_path: Path
) -> None:
    with pytest.raises(AccordError, match="Wanted a base policy of this library"):
        Reviewer(library, "nobody")
    fitted("strict", Thresholds(1e-6, 1e6))
    with pytest.raises(AccordError, match="found none"):
        Reviewer(library, "strict").review("ffffffff-0000-4000-8000-000000000000")
