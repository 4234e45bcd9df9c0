"""A program that writes an episode and says after every flush how much is safe, until it is killed."""

import sys
import time
from pathlib import Path

import numpy as np
from episodes import made_up_images, made_up_steps, make_info

from accord.datasets.episode_info import CameraInfo
from accord.datasets.episode_writer import EpisodeWriter

STEPS, IMAGES = 3000, 600
CAMERAS = tuple(CameraInfo(name, 32, 24, 30.0, codec="png") for name in ("front", "side"))


def main(folder: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    info = make_info(CAMERAS)
    writer = EpisodeWriter(folder / f"{info.id}.h5", info)
    steps, images = made_up_steps(STEPS, np.random.default_rng(0)), made_up_images(IMAGES, CAMERAS[0])
    while writer.steps < STEPS - 20 and writer.images["side"] < IMAGES - 5:
        writer.append_steps(steps[writer.steps : writer.steps + int(rng.integers(1, 20))])
        for camera in CAMERAS:
            done = writer.images[camera.name]
            writer.append_images(camera.name, images[done : done + int(rng.integers(0, 5))])
        writer.flush()
        sys.stdout.write(f"{writer.steps} {writer.images['front']} {writer.images['side']}\n")
        sys.stdout.flush()
    time.sleep(60)  # until it is killed


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
