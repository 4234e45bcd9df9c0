"""What cannot be a base set is refused with the episode that is to blame."""

from collections.abc import Callable

import numpy as np
import pytest
from episodes import SCHEMA
from numpy.lib import recfunctions
from numpy.typing import NDArray
from policies import drive

from accord.datasets.base_set import check_base
from accord.datasets.errors import PolicyError

Steps = NDArray[np.void]


def whole() -> list[tuple[str, Steps]]:
    return [(f"episode-{i}", drive("across", i)[:30]) for i in range(3)]


def _drop(name: str) -> Callable[[Steps], Steps]:
    return lambda steps: recfunctions.drop_fields(steps, name, usemask=False)


def _two_hands(steps: Steps) -> Steps:
    dtype = [(f.name, f.dtype, (2, 6) if f.name == "sent/twist" else f.shape) for f in SCHEMA]
    made = np.zeros(len(steps), dtype)
    made["mode"] = steps["mode"]
    return made


def _not_a_number(steps: Steps) -> Steps:
    steps["observation/nut_position"][4, 1] = np.nan
    return steps


@pytest.mark.parametrize(
    ("change", "wanted", "found"),
    [
        (_drop("observation/nut_position"), "observation/nut_position in every base episode", "in episode-"),
        (_drop("sent/gripper"), "sent/gripper in every base episode", "sent/twist, sent/posture in episode-"),
        (_two_hands, r"sent/twist of shape \(6,\) in every base episode", r"\(2, 6\) in episode-"),
        (_not_a_number, "finite numbers in every step in every base episode", "observation/nut_position"),
    ],
)
def test_an_episode_that_differs_is_named(change: Callable[[Steps], Steps], wanted: str, found: str) -> None:
    episodes = whole()
    episodes[2] = ("episode-2", change(episodes[2][1]))
    with pytest.raises(PolicyError, match=f"{wanted}.*{found}.*: leave that episode out"):
        check_base(episodes)


def test_a_field_that_only_the_first_lacks_is_missed_all_the_same() -> None:
    episodes = whole()
    episodes[0] = ("episode-0", _drop("observation/nut_position")(episodes[0][1]))
    with pytest.raises(PolicyError, match="observation/nut_position in every base episode"):
        check_base(episodes)


def test_one_episode_in_which_somebody_drove_is_no_base() -> None:
    episodes = whole()
    for _, steps in episodes[1:]:
        steps["mode"] = 0
    for few in (episodes, whole()[:1]):
        with pytest.raises(PolicyError, match="two base episodes or more, found 1 in which somebody drove"):
            check_base(few)
    with pytest.raises(PolicyError, match="two base episodes or more, found none"):
        check_base([])


def test_what_never_varies_is_refused_and_a_single_constant_dimension_is_not() -> None:
    episodes = whole()
    for _, steps in episodes:
        steps["sent/gripper"], steps["sent/twist"][:, 3:] = 1.0, 0.0
    check_base(episodes)
    for _, steps in episodes:
        steps["sent/twist"] = 0.1
    with pytest.raises(PolicyError, match="commands that vary, found the same sent/twist, sent/gripper in every step"):
        check_base(episodes)


def test_only_the_chosen_fields_have_to_be_there() -> None:
    episodes = whole()
    episodes[1] = ("episode-1", _drop("observation/nut_position")(episodes[1][1]))
    check_base(episodes, seen=["observation/hand_position"], done=["sent/twist"])
