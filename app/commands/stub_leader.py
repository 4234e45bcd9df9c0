"""``accord stub`` for leader arms: servos on a pseudo-terminal, which wait to be asked."""

import argparse
import signal
import sys
from math import inf
from pathlib import Path
from typing import Final

from accord.app.errors import AppError
from accord.devices.inputs.leaders import LEADERS
from accord.devices.stubs.faults import read_fault

LEADER_LINES: Final = (
    "move JOINT … TRIGGER [rad, 0 to 1], play FILE, silent ID … (or all), rubbish ID …, twins ID …, late SECONDS, "
    "model ID NUMBER, whole, unplug, plug, torque and quit"
)
"""Words that a leader arm obeys; see `accord.devices.stubs.leader_arms` and, for the last one, `leader_run`."""


def run_leader(arguments: argparse.Namespace) -> int:
    """Run until Ctrl+C, the end of the lines, or for as long as asked for.

    Raises:
        AccordError: if an argument is wrong, or is one of a device that sends by itself.
    """
    link = _link(arguments)
    try:  # Windows has no pseudo-terminals
        from accord.devices.stubs.leader_arms import LeaderArm  # noqa: PLC0415
        from accord.devices.stubs.leader_run import QUIT, serve, timed_lines  # noqa: PLC0415
    except ImportError as error:
        raise AppError("a pseudo-terminal", str(error), "run it on Linux or macOS") from error
    arm = LeaderArm(arguments.name, link)
    timed = [line for fault in arguments.fault for line in timed_lines(read_fault(fault))]
    timed = [(at_s, line) for at_s, line in timed if at_s < inf]
    if arguments.motion is not None:
        line = f"play {arguments.motion}"
        problem = arm.obey(line)  # begins it, or says why not
        if problem.startswith("wrong"):
            raise AppError(f"a motion of {arguments.name}", problem.removeprefix("wrong "), "name another file")
        timed.append((0.0, line))
    if arguments.seconds < inf:
        timed.append((arguments.seconds, QUIT))

    def told(line: str) -> None:
        port = line.removeprefix("port ")
        print(line if port == line else f"{LEADERS[arguments.name].text} at {port}", flush=True)

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that its link goes with it
    serve(arm, told, timed, sys.stdin.fileno() if arguments.lines else None)
    return 0


def _link(arguments: argparse.Namespace) -> str:
    """The path that its port shall have; empty for none.

    Raises:
        AppError: if an option is not one of a leader arm, or something else stands there.
    """
    asked = {
        "--udp": arguments.udp, "--window": arguments.window, "--record": arguments.record,
    }  # fmt: skip
    for option, value in asked.items():
        if value is not None and value is not False:
            raise AppError(f"{option} with an exoskeleton", f"it with {arguments.name}", f"leave out {option}")
    path: Path = arguments.serial
    if path.exists() and not path.is_symlink() and path != Path():
        raise AppError(f"a place for a link at {path}", "a file", "name another path, or remove it")
    return "" if path == Path() else str(path)
