"""The command line: ``accord`` opens the window, ``accord VERB`` does one thing without it."""

import argparse
import importlib
import logging
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from accord.app.errors import AppError
from accord.datasets.errors import AccordError

VERBS = {
    "window": "open the window (what accord alone does)",
    "demo": "the whole story with scripted operators: record, fit, score, select, export",
    "tasks": "list tasks, factors and strategies; try them out, draw them",
    "record": "record episodes without the window",
    "import": "make episodes of the demonstrations in a robomimic or robosuite file",
    "library": "list the episodes of a library",
    "fit": "fit a base policy to chosen episodes",
    "elicit": "lead a scripted operator to episodes that agree with a base policy",
    "score": "score episodes against a base policy",
    "select": "decide by a rule which episodes to keep",
    "render": "draw recorded simulated episodes again, from any view",
    "export": "make a training set of a selection",
    "evaluate": "roll a policy out, and say how often it succeeds",
    "recover": "save episodes whose recorder was killed",
    "devices": "list what a person can hold, and how the devices of this desk are",
    "stub": "run a complete fake device at the other end of a real wire",
    "check": "check this machine, a library, or an export",
}
"""Verb → what it does. Each is a module of `accord.app.commands`, imported when it is wanted."""
_MODULES = {"import": "importing"}
"""Of verbs that Python keeps for itself."""


def default_library() -> Path:
    """Where episodes go when nobody says where: ``$ACCORD_LIBRARY``, or a folder at home."""
    return Path(os.environ.get("ACCORD_LIBRARY") or Path.home() / "Accord" / "library")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the words it is given as every other error is said."""

    def error(self, message: str) -> NoReturn:
        """See `argparse.ArgumentParser.error`.

        Raises:
            AppError: always.
        """
        raise AppError(f"arguments of {self.prog}", message, f"see {self.prog} --help")


def parser(verb: str | None) -> argparse.ArgumentParser:
    """The parser, with the arguments of one verb."""
    top = _Parser(prog="accord", description="Collect and curate robot demonstrations.")
    top.add_argument("--version", action="version", version=f"accord {version('accord')}")
    verbs = top.add_subparsers(dest="verb", metavar="VERB")
    for name, what in VERBS.items():
        sub = verbs.add_parser(name, help=what, description=f"accord {name}: {what}.")
        if name == verb:
            command = importlib.import_module(f"accord.app.commands.{_MODULES.get(name, name)}")
            command.add_arguments(sub)
            sub.set_defaults(run=command.run)
    return top


def _check_verb(verb: str) -> None:
    if verb not in VERBS and not verb.startswith("-"):
        near = get_close_matches(verb, VERBS, 1)
        remedy = f"did you mean {near[0]}" if near else "see accord --help"
        raise AppError(f"one of {', '.join(VERBS)}", repr(verb), remedy)


def main(words: Sequence[str] | None = None) -> int:
    """Run one command; its exit code is 0, 1 when a check found something, 2 for bad input, 130 for Ctrl+C."""
    given = list(sys.argv[1:] if words is None else words)
    if not given or (given[0].startswith("-") and given[0] not in ("-h", "--help", "--version")):
        given = ["window", *given]
    logging.basicConfig(level=logging.WARNING, format="accord: %(message)s")
    try:
        _check_verb(given[0])
        arguments = parser(given[0]).parse_args(given)
        return int(arguments.run(arguments))
    except AccordError as error:
        print(f"accord: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader of our output has seen enough
        sys.stderr.close()
        return 0
    except OSError as error:  # a disk that is full or gone, a folder that may not be written
        found = f"{error.strerror or error}" + (f" at {error.filename}" if error.filename else "")
        told = AppError(
            "to read and write what was named", found, "check the disk and the permissions, or name another"
        )
        print(f"accord: {told}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
