"""Running a leader arm without the arm: a process of its own, at the far end of the wire, moved by lines of text.

It says ``port PATH`` first, then obeys one line after the other (`accord.devices.stubs.leader_arms`) until ``quit``.
"""

import argparse
import os
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from accord.devices.errors import DeviceError
from accord.devices.stubs.faults import Fault, Trouble, read_fault
from accord.devices.stubs.leader_arms import ASSEMBLIES, LeaderArm
from accord.devices.stubs.servo_line import ServoLine

LINES: Final = {
    Trouble.SILENT: ("silent all", "whole"),
    Trouble.RUBBISH: ("rubbish all", "whole"),
    Trouble.LATE: ("late 0.3", "whole"),
    Trouble.UNPLUGGED: ("unplug", "plug"),
}
"""Lines that make a trouble and end it."""
QUIT: Final = "quit"
_IDLE_S: Final = 0.5
_MOST_BYTES: Final = 4096


def timed_lines(fault: Fault) -> tuple[tuple[float, str], ...]:
    """The lines that make a trouble and end it, each with its time since the beginning [s].

    Raises:
        DeviceError: for a trouble that a device has which nobody asks, as these are asked.
    """
    if fault.trouble not in LINES:
        raise DeviceError("a fault of a leader arm", repr(str(fault.trouble)), f"choose one of {', '.join(LINES)}")
    begin, end = LINES[fault.trouble]
    return (fault.at_s, begin), (fault.at_s + fault.lasts_s, end)


def serve(
    arm: LeaderArm, told: Callable[[str], None], timed: Sequence[tuple[float, str]] = (), words: int | None = None
) -> None:
    """The whole life of the process: until ``quit``, or until nobody holds the other end of `words`.

    Args:
        arm: the arm.
        told: takes what it says.
        timed: lines to obey so long after the beginning [s].
        words: file descriptor that lines come from too; None for none.
    """
    arm.line.plug()
    told(f"port {arm.line.path}")
    try:
        for line in _lines(arm, timed, words):
            if line == QUIT:
                break
            told(arm.obey(line))
    finally:
        arm.line.unplug()


def _lines(arm: LeaderArm, timed: Sequence[tuple[float, str]], words: int | None) -> Iterator[str]:
    """The lines as they come, the timed ones in time. Meanwhile the arm answers its host."""
    begun_s, later, heard = time.monotonic(), sorted(timed, reverse=True), b""
    while True:
        now_s = time.monotonic() - begun_s
        while later and later[-1][0] <= now_s:
            yield later.pop()[1]
        ready = _ready(arm.line, words, later[-1][0] - now_s if later else _IDLE_S)
        if words is not None and words in ready:
            chunk = os.read(words, _MOST_BYTES)
            *lines, heard = (heard + chunk).split(b"\n")
            yield from (line.decode(errors="replace").strip() for line in lines)
            if not chunk:
                return
        arm.turn()


def _ready(line: ServoLine, words: int | None, next_s: float) -> list[int]:
    """Wait for a line of text, for the host, or for the next thing to do; what of the first two there is."""
    due_s = line.next_s(time.monotonic())
    timeout_s = min(_IDLE_S, next_s, _IDLE_S if due_s is None else due_s)
    ends = [end for end in (words, line.fileno) if end is not None]
    return select.select(ends, [], [], max(0.0, timeout_s))[0]


def main(arguments: Sequence[str]) -> None:
    """``python -m accord.devices.stubs.leader_run gello --link PATH``."""
    parser = argparse.ArgumentParser(description="A leader arm without the arm, on a pseudo-terminal.")
    parser.add_argument("name", choices=tuple(ASSEMBLIES))
    parser.add_argument("--link", default="", help="path that its port shall have")
    parser.add_argument("--baud", type=int, default=0, help="of its bus [bit/s]")
    parser.add_argument("--old", action="store_true", help="its Dynamixels do not know fast sync read")
    parser.add_argument("--fault", action="append", default=[], metavar="NAME@S[+S]",
                        help=f"fail from then on, or for so long: {', '.join(LINES)}")  # fmt: skip
    said = parser.parse_args(arguments)
    timed = [line for fault in said.fault for line in timed_lines(read_fault(fault))]

    def told(line: str) -> None:
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    serve(LeaderArm(said.name, said.link, said.baud, fast=not said.old), told, timed, sys.stdin.fileno())


if __name__ == "__main__":
    main(sys.argv[1:])
