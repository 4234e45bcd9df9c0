"""``accord record``: the same processes as the window, without it."""

import argparse
import math
from dataclasses import asdict

from accord.app.commands.arguments import (
    add_json,
    add_library,
    add_mapping,
    add_variation,
    print_json,
    read_mapping,
    read_variation,
    size,
)
from accord.app.commands.by_hand import record_by_hand
from accord.app.commands.window import open_on_screen
from accord.app.desk import Desk
from accord.app.episode_check import lost_words
from accord.app.errors import AppError
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Finished
from accord.app.unattended import record_many
from accord.datasets.episode import Episode
from accord.devices.inputs.kinds import kinds
from accord.devices.sources.catalogue import check_source
from accord.devices.sources.held import EITHER, devices_of


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord record``."""
    add_library(parser)
    parser.add_argument("--task", default="square-nut", help="what to demonstrate (default: %(default)s)")
    parser.add_argument("--arm", default="", help="which arm (default: the task's usual one)")
    add_variation(parser)
    parser.add_argument("--source", required=True, metavar="NAME", help=_sources())
    parser.add_argument("--episodes", type=int, default=1, metavar="N", help="how many (default: %(default)s)")
    parser.add_argument("--operator", required=True, help="who drives, or stands beside the script")
    parser.add_argument("--policy", default="", help="score live against this base policy of the library")
    add_mapping(parser)
    parser.add_argument("--seed", type=int, default=0, help="of the first scene (default: %(default)s)")
    parser.add_argument("--rate", type=float, default=50.0, metavar="HZ", help="of the loop (default: %(default)s)")
    parser.add_argument("--size", default="320x240", metavar="WxH", help="of every view (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=1.0, help="times real time, for scripted operators")
    parser.add_argument("--instruction", default="", help="what the operator is asked to do (default: the task's)")
    add_json(parser)


def _sources() -> str:
    """Who can drive. The kinds are those that there are, plug-ins too."""
    held = ", ".join(kind.name for kind in kinds().values() if kind.drives)
    return (
        "who drives: scripted:NAME; keyboard (opens the window); a device by the name that it was set up with, "
        f"LEFT+RIGHT for two, or {EITHER}DEVICE for one that drives two arms by turns. accord devices --add sets "
        f"a device up, accord devices lists those that are. Kinds of devices: {held}"
    )


def run(arguments: argparse.Namespace) -> int:
    """Record, and say what became of every episode."""
    if arguments.episodes < 1:
        raise AppError("one episode or more", f"{arguments.episodes}", "give --episodes a positive number")
    width, height = size(arguments.size)
    settings = Settings(
        arguments.library, arguments.task, arguments.arm, arguments.rate, width=width, height=height,
        time_scale=arguments.speed, mapping=read_mapping(arguments.mapping),
        variation=read_variation(arguments.variation),
    )  # fmt: skip
    check_source(arguments.source, arguments.task, Desk().drivers)
    if "keyboard" in devices_of(arguments.source):
        if arguments.json or arguments.episodes != 1 or arguments.instruction:
            wanted = f"--source {arguments.source} without --episodes, --json and --instruction"
            raise AppError(wanted, "one of them", "leave it out: keys need the window, and there you choose the rest")
        return open_on_screen(settings, arguments)  # keys go to the window that has the focus, and to nothing else
    return _record(arguments, settings)


def _record(arguments: argparse.Namespace, settings: Settings) -> int:
    session = Session(settings, arguments.operator, arguments.seed)
    session.instruction = arguments.instruction
    session.use_source(arguments.source)
    session.use_policy(arguments.policy)
    session.start()
    done: list[Finished] = []

    def said(finished: Finished) -> None:
        done.append(finished)
        if not arguments.json:
            with Episode(session.library.find(finished.episode)) as episode:
                text = f"{finished.outcome}, {finished.duration_s:.1f} s{lost_words(episode)}"
            still = f", no arm moved: {finished.still}" if finished.doubt else ""
            print(f"episode {len(done)} of {arguments.episodes}  {finished.episode}  {text}{still}", flush=True)

    try:
        if arguments.source.startswith("scripted:"):
            record_many(session, arguments.episodes, said)
        else:
            record_by_hand(session, arguments.episodes, said)
    finally:
        session.close()
        if arguments.json:
            print_json([_told(finished) for finished in done])
    return 0


def _told(finished: Finished) -> dict[str, object]:
    score = {key: None if math.isnan(value) else value for key, value in asdict(finished.score).items()}
    return {
        "episode": finished.episode,
        "outcome": finished.outcome,
        **score,
        "duration_s": finished.duration_s,
        "still": finished.still,
    }
