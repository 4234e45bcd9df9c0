"""``accord render``: recorded simulated episodes drawn again, from any view."""

import argparse
import sys
from dataclasses import asdict

from accord.app.commands.arguments import Line, add_json, add_library, print_json, size
from accord.app.rendering import RenderReport, render
from accord.datasets.library import Library
from accord.datasets.render_settings import RenderSettings
from accord.datasets.selection import Selection
from accord.devices.sim.viewpoint import viewpoints

_VIEWS = (
    "cameras of the scene or free ones, with commas between them: front,wrist,free:90,-30,1.2 (azimuth and elevation "
    "in degrees, distance in metres, then if wanted the point X,Y,Z that it looks at; top=free:0,-90,1 gives it a name)"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord render``."""
    add_library(parser)
    parser.add_argument("--name", required=True, help="what this set of pictures is called, for accord export --render")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--episodes", nargs="+", metavar="ID", help="these (default: every finished episode)")
    which.add_argument("--selection", help="those that this selection keeps")
    parser.add_argument("--views", required=True, metavar="VIEWS", help=_VIEWS)
    parser.add_argument("--size", default="320x240", metavar="WxH", help="of every picture (default: %(default)s)")
    parser.add_argument("--depth", action="store_true", help="also how far everything is, in millimetres of 16 bits")
    parser.add_argument("--segmentation", action="store_true", help="also to which body every pixel belongs")
    parser.add_argument("--fine", action="store_true", help="with multisampling and shadows; much slower without a GPU")
    parser.add_argument("--rate", type=float, default=0.0, metavar="HZ",
                        help="pictures per second (default: at the moments of the recorded ones)")  # fmt: skip
    parser.add_argument("--workers", type=int, default=0, metavar="N", help="processes (default: one on each core)")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Draw what is missing, and say how fast; 1 if an episode could not be drawn."""
    width, height = size(arguments.size)
    settings = RenderSettings(
        views=tuple(str(view) for view in viewpoints(arguments.views)), width=width, height=height,
        depth=arguments.depth, segmentation=arguments.segmentation, fine=arguments.fine, rate_hz=arguments.rate,
    )  # fmt: skip
    episodes = arguments.episodes
    if arguments.selection:
        episodes = Selection.load(Library(arguments.library).known_selection(arguments.selection)).kept
    report = render(arguments.library, arguments.name, settings, episodes, arguments.workers, Line())
    if arguments.json:
        print_json(asdict(report) | {"folder": str(report.folder), "images_per_s": report.images_per_s})
    else:
        _print(report)
    for sentence in report.problems:
        print(sentence, file=sys.stderr)
    return 1 if report.problems else 0


def _print(report: RenderReport) -> None:
    if report.there:
        print(f"{report.there} episodes were there already")
    if report.drawn:
        cores = report.cpu_seconds / report.seconds
        print(
            f"{report.images} images of {report.drawn} episodes in {report.seconds:.1f} s: "
            f"{report.images_per_s:.1f} images/s with {report.workers} processes on {cores:.1f} cores"
        )
    print(report.folder)
