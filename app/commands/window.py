"""``accord``: the window."""

import argparse
import os
import sys

from accord.app.commands.arguments import add_library, add_mapping, add_variation, read_mapping, read_variation, size
from accord.app.errors import AppError
from accord.app.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord window``."""
    add_library(parser)
    parser.add_argument("--task", default="square-nut", help="what to demonstrate (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=50.0, metavar="HZ", help="of the loop (default: %(default)s)")
    parser.add_argument("--size", default="320x240", metavar="WxH", help="of every view (default: %(default)s)")
    parser.add_argument("--operator", default="", help="who drives")
    parser.add_argument(
        "--source", default="", help="who gives the commands, e.g. keyboard, spacemouse or keyboard+spacemouse"
    )
    parser.add_argument("--policy", default="", help="the base policy to score against")
    parser.add_argument("--arm", default="", help="which arm (default: the task's usual one)")
    add_variation(parser)
    add_mapping(parser)
    parser.add_argument("--seed", type=int, default=0, help="of the first scene (default: %(default)s)")


def run(arguments: argparse.Namespace) -> int:
    """Open the window and stay until it is closed."""
    width, height = size(arguments.size)
    settings = Settings(
        arguments.library, arguments.task, arguments.arm, arguments.rate, width=width, height=height,
        mapping=read_mapping(arguments.mapping), variation=read_variation(arguments.variation),
    )  # fmt: skip
    return open_on_screen(settings, arguments)


def open_on_screen(settings: Settings, arguments: argparse.Namespace) -> int:
    """Open the window on this machine's screen.

    Raises:
        AppError: if there is none, or the window is not installed.
    """
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not screen:
        raise AppError("a screen for the window", "no display", "set DISPLAY, or run accord demo, which needs none")
    try:
        from accord.app.ui.main import open_window  # noqa: PLC0415  Qt is an optional dependency
    except ImportError as error:
        raise AppError("Qt for the window", str(error), "run pip install 'accord[window]'") from error
    return open_window(
        settings,
        operator=arguments.operator,
        source=arguments.source,
        policy=arguments.policy,
        seed=arguments.seed,
    )
