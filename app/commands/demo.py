"""``accord demo``: the whole story, without a screen and without a person."""

import argparse
import sys
import time
from dataclasses import asdict
from pathlib import Path

from accord.app.cli import default_library
from accord.app.commands.arguments import Line, add_json, print_json
from accord.app.commands.select import print_selection
from accord.app.demo import Story, run_demo
from accord.app.errors import AppError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord demo``."""
    parser.add_argument("--library", type=Path, metavar="FOLDER",
                        help="folder of a new library (default: beside the default library)")  # fmt: skip
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run it, and print what was kept and why."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    folder = arguments.library or default_library().parent / f"demo-{stamp}"
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AppError(
            "a new folder for the demo", f"{folder}, which is none or is not empty", "name another with --library"
        )

    def tell(text: str) -> None:
        print(text, file=sys.stderr if arguments.json else sys.stdout, flush=True)

    story = run_demo(folder, tell, Line())
    if arguments.json:
        print_json(_told(story))
        return 0
    print()
    print_selection(story.selection)
    export = story.export
    pieces = f" in {export.pieces} pieces" if export.pieces > export.episodes else ""
    print(f"{export.rows} rows of {export.episodes} episodes{pieces}, every image read back and compared")
    print(f"{story.seconds:.0f} s in all; all operators are scripted")
    print(export.path)
    return 0


def _told(story: Story) -> dict[str, object]:
    episodes = [
        {"episode": choice.id, "operator": choice.candidate.operator, "kept": choice.kept, "why": choice.why}
        | {key: getattr(choice.candidate, key)
           for key in ("compatibility", "conflict_share", "novel_share", "duration_s")}
        for choice in story.selection.rows
    ]  # fmt: skip
    export = asdict(story.export) | {"path": str(story.export.path)}
    return {"library": str(story.library), "episodes": episodes, "export": export, "seconds": story.seconds}
