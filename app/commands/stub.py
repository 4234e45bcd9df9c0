"""``accord stub``: a device without the device, at the other end of a real wire."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path

from accord.app.commands.stub_leader import LEADER_LINES, run_leader
from accord.app.errors import AppError
from accord.datasets.errors import AccordError
from accord.devices.inputs.leaders import LEADERS
from accord.devices.stubs.airexo import AIREXO
from accord.devices.stubs.cockpit import COCKPIT
from accord.devices.stubs.ends import Plug, PtyEnd, UdpEnd
from accord.devices.stubs.exo_run import ExoRun, Watcher
from accord.devices.stubs.exo_stub import Body, Build
from accord.devices.stubs.faults import Trouble, read_fault
from accord.devices.stubs.recorded_motion import MotionFile, RecordedMotion, read_motion

WORN = {"airexo": AIREXO, "cockpit": COCKPIT}
"""Stubs of exoskeletons by name."""
STUBS = (*WORN, *LEADERS)
"""Every stub."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord stub``."""
    parser.add_argument("name", metavar="NAME", help=f"which: {', '.join(STUBS)}")
    wire = parser.add_mutually_exclusive_group(required=True)
    wire.add_argument("--udp", type=int, metavar="PORT", help="send there on this machine")
    wire.add_argument("--serial", nargs="?", type=Path, const=Path(), metavar="LINK",
                      help="make a pseudo-terminal, and a link to it if one is named")  # fmt: skip
    parser.add_argument("--to", default="127.0.0.1", metavar="ADDRESS", help="send there (default: %(default)s)")
    mover = parser.add_mutually_exclusive_group()
    mover.add_argument("--window", action="store_true", help="open a window with a slider for everything")
    mover.add_argument("--motion", type=Path, metavar="FILE", help="move as in this table (t_s,NAME,…)")
    mover.add_argument("--lines", action="store_true",
                       help="obey lines on the standard input: of an exoskeleton NAME VALUE and fault NAME, of a "
                            f"leader arm {LEADER_LINES}")  # fmt: skip
    mover.add_argument("--still", action="store_true", help="do not move (the default)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="write the motion into a table")
    parser.add_argument("--rate", type=int, default=100, metavar="HZ", help="of its packets (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=inf, metavar="S", help="end after so long")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME@S[+S]",
                        help=f"fail from then on, or for so long: {', '.join(Trouble)}")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl+C, the window's end, or for as long as asked for."""
    if arguments.name in LEADERS:
        return run_leader(arguments)
    build = WORN.get(arguments.name)
    if build is None:
        raise AppError("a stub", repr(arguments.name), f"choose one of {', '.join(STUBS)}")
    if arguments.to != "127.0.0.1" and arguments.udp is None:
        raise AppError("--to with --udp", "it with --serial", "leave out --to")
    faults = [read_fault(words) for words in arguments.fault]
    motion = None if arguments.motion is None else read_motion(arguments.motion, build)
    body = Body(build)
    with _recorder(arguments.record, build) as watchers:
        moved = [] if motion is None else [_mover(motion)]
        stub = ExoRun(body, _plug(arguments), arguments.rate, faults, [*moved, *watchers])
        place = f"{build.name} at {stub.name}"
        return _window(body, stub, arguments.seconds, place) if arguments.window else _alone(stub, arguments, place)


def _plug(arguments: argparse.Namespace) -> Plug:
    if arguments.udp is not None:
        return lambda: UdpEnd(arguments.udp, arguments.to)
    link = None if arguments.serial == Path() else arguments.serial
    return lambda: PtyEnd(link)


def _mover(motion: RecordedMotion) -> Watcher:
    return lambda t_s, body: body.hold(motion.at(t_s))


@contextmanager
def _recorder(path: Path | None, build: Build) -> Iterator[list[Watcher]]:
    """What writes the motion down; nothing that is there already is lost.

    Raises:
        AppError: if the file is there already.
    """
    if path is None:
        yield []
        return
    try:
        file = path.open("x", newline="", encoding="utf-8")
    except FileExistsError as error:
        raise AppError(f"a new file {path}", "one that is there", "name another, or remove it") from error
    table = MotionFile(file, build)
    try:
        yield [lambda t_s, body: table.write(t_s, body.values())]
    finally:
        file.close()
        if not table.rows:
            path.unlink()


def _alone(stub: ExoRun, arguments: argparse.Namespace, place: str) -> int:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stub.end())
    print(place, flush=True)
    if arguments.lines:
        threading.Thread(target=_obey, args=(stub,), daemon=True).start()
    stub.run(arguments.seconds)
    return 0


def _obey(stub: ExoRun) -> None:
    """Do what the standard input says, and end with it."""
    for line in sys.stdin:
        try:
            stub.obey(line)
        except AccordError as error:
            print(f"accord: {error}", file=sys.stderr, flush=True)
    stub.end()


def _window(body: Body, stub: ExoRun, seconds: float, place: str) -> int:
    try:
        from accord.app.ui.stub_window import open_stub_window  # noqa: PLC0415  Qt is an optional dependency
    except ImportError as error:
        raise AppError("Qt for the window", str(error), "run pip install 'accord[window]', or use --motion") from error
    print(place, flush=True)
    return open_stub_window(body, stub, seconds)
