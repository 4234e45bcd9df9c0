"""The views of one episode at one step, from a real file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from episodes import made_up_images, made_up_steps, make_episode, make_info

from accord.app.ui.elicit_wall import Wall
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.errors import AccordError


def shade(wall: Wall, view: str) -> int:
    """Of the picture that is shown."""
    image = wall.views[view].grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).red()


@pytest.fixture
def wall(keep: Callable[[Wall], Wall]) -> Wall:
    made = keep(Wall("Your episode"))
    made.resize(640, 480)
    made.show()
    return made


def test_every_view_shows_its_newest_picture_at_a_step(wall: Wall, tmp_path: Path) -> None:
    wall.open(make_episode(tmp_path, 100, views=("front", "side")))
    assert tuple(wall.views) == ("front", "side")
    for step in (0, 10, 50):
        wall.show_step(step, {})
        newest = max(i for i, shown in enumerate(int(n * 50 / 30) for n in range(60)) if shown <= step)
        assert shade(wall, "front") == shade(wall, "side") == newest
    wall.enlarge("side")
    assert wall.views["side"].width() > wall.views["front"].width()
    wall.open(None)
    assert not any(view.has_picture for view in wall.views.values())


def test_a_picture_of_another_moment_is_said_to_be_one(wall: Wall, tmp_path: Path) -> None:
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    info = make_info((camera,))
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    writer.append_steps(made_up_steps(100, np.random.default_rng(0)))
    writer.append_images("front", made_up_images(6, camera))  # then the camera was starved
    writer.close(Ending.COMPLETE)
    wall.open(writer.path)
    wall.show_step(8, {})
    assert wall.views["front"].caption == "front"
    wall.show_step(78, {})
    assert wall.views["front"].caption == "front   1.4 s earlier: pictures were lost"
    assert wall.picture_steps(78) == {"front": 8}


def test_the_loop_s_own_count_of_steps_is_not_the_episode_s(wall: Wall, tmp_path: Path) -> None:
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    info = make_info((camera,))
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    steps, images = made_up_steps(100, np.random.default_rng(0)), made_up_images(60, camera)
    steps["step"] += 7000  # the loop ran for a while before the episode began
    writer.append_steps(steps)
    writer.append_images("front", [EncodedImage(one.data, one.t_ns, one.step + 7000) for one in images])
    writer.close(Ending.COMPLETE)
    wall.open(writer.path)
    for step in (0, 10, 50, 99):
        wall.show_step(step, {})
        newest = max(i for i, one in enumerate(images) if one.step <= step)
        assert shade(wall, "front") == newest
        assert wall.picture_steps(step) == {"front": images[newest].step}
        assert wall.views["front"].caption == "front"


def test_a_real_camera_s_picture_is_of_the_step_of_its_time(wall: Wall, tmp_path: Path) -> None:
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    info = make_info((camera,))
    writer = EpisodeWriter(tmp_path / f"{info.id}.h5", info)
    images = made_up_images(60, camera)
    writer.append_steps(made_up_steps(100, np.random.default_rng(0)))
    writer.append_images("front", [EncodedImage(one.data, one.t_ns, -1) for one in images])
    writer.close(Ending.COMPLETE)
    wall.open(writer.path)
    wall.show_step(50, {})
    assert shade(wall, "front") == max(i for i, one in enumerate(images) if one.step <= 50)


def test_a_file_that_cannot_be_read_is_one_sentence(wall: Wall, tmp_path: Path) -> None:
    (tmp_path / "broken.h5").write_bytes(b"nothing")
    with pytest.raises(AccordError, match="Wanted an Accord episode"):
        wall.open(tmp_path / "broken.h5")
