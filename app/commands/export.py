"""``accord export``: a training set of a selection."""

import argparse
from dataclasses import asdict
from pathlib import Path

from accord.app.commands.arguments import Line, add_json, add_library, print_json, size
from accord.app.exporting import export_selection
from accord.datasets.exporter import ExportSettings
from accord.datasets.library import Library
from accord.datasets.replay_buffer import ReplayBufferExporter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord export``."""
    add_library(parser)
    parser.add_argument("--selection", required=True, help="which episodes")
    parser.add_argument("--out", type=Path, help="what to make (default: exports/SELECTION.zarr in the library)")
    parser.add_argument("--view", action="append", default=[], help="this view (default: all; may be repeated)")
    parser.add_argument("--render", default="", metavar="NAME", help="the images of this render, not the recorded ones")
    parser.add_argument("--size", default="", metavar="WxH", help="of the images (default: as recorded)")
    parser.add_argument("--rate", type=float, default=0.0, metavar="HZ", help="rows per second (default: as recorded)")
    parser.add_argument("--tolerance", type=float, default=50.0, metavar="MS", help="how old an image may be")
    parser.add_argument("--compressor", choices=("zstd", "lz4"), default="zstd", help="lz4 is larger and faster")
    parser.add_argument("--zip", action="store_true", help="one .zarr.zip file, which UMI's loader reads")
    parser.add_argument("--state", action="store_true", help="also store all observations end to end as one array")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Write, read back, compare, and say where it is."""
    width, height = size(arguments.size) if arguments.size else (0, 0)
    settings = ExportSettings(
        views=tuple(arguments.view) or None, width=width, height=height, rate_hz=arguments.rate,
        tolerance_ms=arguments.tolerance, compressor=arguments.compressor, state=arguments.state,
        container="zip" if arguments.zip else "folder", render=arguments.render,
    )  # fmt: skip
    suffix = ReplayBufferExporter().suffix(settings)
    target = arguments.out or Library(arguments.library).export_path(arguments.selection + suffix)
    report = export_selection(arguments.library, arguments.selection, settings, target, Line())
    if arguments.json:
        print_json(asdict(report) | {"path": str(report.path)})
    else:
        print(f"{report.rows} rows of {report.episodes} episodes, {report.size_bytes / 1e6:.1f} MB")
        if report.pieces > report.episodes:
            where = "where steps or images are missing or were left out"
            print(f"{report.pieces} pieces: an episode is cut {where}, never joined over it")
        if report.cut:
            print(f"{report.cut} steps left out: the selection cuts them")
        if report.dropped:
            print(f"{report.dropped} rows left out: a view had no image for them in time")
        print(report.path)
    return 0
