"""How fast recorded episodes are drawn again on this machine. Prints one JSON object; run it on an idle machine.

    python benchmarks/render.py [--library FOLDER] [--episodes 10] [--views front,side,wrist] [--size 320x240]

Draws the episodes with one process, then with one on each core. Without a library it first records one with a scripted
operator, as fast as the views can be drawn.
"""

import argparse
import json
import shutil
import tempfile
from pathlib import Path

from accord.app.rendering import render
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.unattended import record_many
from accord.datasets.library import Library
from accord.datasets.render_settings import RenderSettings
from accord.devices.sim.viewpoint import viewpoints


def record(folder: Path, episodes: int) -> None:
    """Episodes of the usual task, as ``accord record`` makes them."""
    session = Session(Settings(folder, time_scale=3.0), operator="benchmark")
    session.use_source("scripted:across-then-down")
    session.start()
    try:
        record_many(session, episodes, lambda finished: None)
    finally:
        session.close()


def draw(folder: Path, settings: RenderSettings, episodes: list[str], workers: int) -> dict[str, float]:
    """Draw everything once, into a set that is thrown away."""
    name = f"benchmark-{workers}"
    shutil.rmtree(folder / "renders" / name, ignore_errors=True)
    report = render(folder, name, settings, episodes, workers)
    shutil.rmtree(report.folder)
    return {
        "workers": report.workers, "images": report.images, "seconds": round(report.seconds, 2),
        "images_per_s": round(report.images_per_s, 1), "cores": round(report.cpu_seconds / report.seconds, 2),
        "cpu_ms_per_image": round(1e3 * report.cpu_seconds / report.images, 2),
    }  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser()
    words.add_argument("--library", type=Path)
    words.add_argument("--episodes", type=int, default=10)
    words.add_argument("--views", default="front,side,wrist")
    words.add_argument("--size", default="320x240")
    words.add_argument("--fine", action="store_true")
    given = words.parse_args()
    width, height = (int(side) for side in given.size.split("x"))
    views = tuple(str(view) for view in viewpoints(given.views))
    settings = RenderSettings(views, width, height, fine=given.fine)
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.library or Path(scratch) / "library"
        if given.library is None:
            record(folder, given.episodes)
        episodes = [entry.id for entry in Library(folder).contents().entries][: given.episodes]
        alone, together = (draw(folder, settings, episodes, workers) for workers in (1, 0))
    ratio = round(together["images_per_s"] / alone["images_per_s"], 2)
    print(json.dumps({"episodes": len(episodes), "one": alone, "all_cores": together, "ratio": ratio}, indent=1))


if __name__ == "__main__":
    main()
