"""``accord recover``: save episodes whose recorder was killed."""

import argparse
import sys

from accord.app.commands.arguments import add_json, add_library, print_json
from accord.app.curating import recover_all
from accord.datasets.library import Library


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord recover``."""
    add_library(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Recover all, and say what was saved."""
    saved, problems = recover_all(Library(arguments.library))
    if arguments.json:
        rows = [
            {"episode": row.episode, "steps": row.steps, "images": row.images, "duration_s": row.duration_s}
            for row in saved
        ]
        print_json({"recovered": rows, "problems": problems})
    else:
        for row in saved:
            print(f"{row.episode}  {row.duration_s:.1f} s, {row.steps} steps, {row.images} images")
        print(f"{len(saved)} recovered" if saved else "nothing to recover")
    for sentence in problems:
        print(sentence, file=sys.stderr)
    return 1 if problems else 0
