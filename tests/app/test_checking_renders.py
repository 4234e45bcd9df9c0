"""Checking pictures that were drawn again: those of an episode that is gone are named."""

from pathlib import Path

from simulated import simulated_library

from accord.app.checking import Finding, Grade, check_library
from accord.app.rendering import render
from accord.datasets.render_settings import RenderSettings


def test_pictures_of_an_episode_that_is_gone_are_named(tmp_path: Path) -> None:
    folder = simulated_library(tmp_path / "library", (4, 4, 4)).folder
    render(folder, "views", RenderSettings(("front",), 32, 32), workers=1)

    def finding() -> Finding:
        return next(one for one in check_library(folder) if one.what == "render views")

    assert (finding().grade, finding().text) == (Grade.GOOD, "images of 3 episodes")
    one, two, _ = sorted((folder / "episodes").glob("*/*.h5"))
    one.unlink()
    assert finding().text == f"images of 3 episodes; 1 of an episode that is gone; may be deleted: {one.name}"
    assert finding().grade is Grade.GOOD, "nothing is broken"
    two.unlink()
    assert f"2 of episodes that are gone; may be deleted: {one.name}, {two.name}" in finding().text
