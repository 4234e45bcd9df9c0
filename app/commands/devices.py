"""``accord devices``: what a person can hold, and how what lies on this desk is doing."""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from accord.app.commands.arguments import add_json, print_json, print_table
from accord.app.desk import Desk
from accord.app.device_words import NOTHING, facts, told
from accord.app.errors import AppError
from accord.app.in_reach import Offer, look, offers
from accord.app.setting_up import forget, read_options, set_up
from accord.app.watched import Reading
from accord.devices.inputs.kinds import broken_plugins, kind_named, kinds
from accord.devices.setup import Setup

_LONGEST_S: Final = 3600.0
_PATIENCE_S: Final = 15.0
"""A process that says nothing for so long after its start is not waited for [s]."""
_RATE_S: Final = 1.0
"""For so long every device is listened to, so that its rate is known [s]."""
_SILENT_S: Final = 3.0
"""A device that says nothing for so long is not waited for [s]."""
_TICK_S: Final = 0.05
_FACTS: Final = ("Rate", "Jitter", "Errors", "Battery", "Serial or port")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord devices``."""
    does = parser.add_mutually_exclusive_group()
    does.add_argument("--add", nargs="+", metavar=("NAME KIND", "OPTION=VALUE"),
                      help="set a device up: its name, its kind, and what the kind has to be told")  # fmt: skip
    does.add_argument("--remove", metavar="NAME", help="forget a device; its calibration stays")
    does.add_argument("--watch", type=float, metavar="SECONDS",
                      help="how long to listen before telling (default: until every device has said something, "
                           f"but {_RATE_S:g} second at least and {_SILENT_S:g} at most)")  # fmt: skip
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Add, remove, or list."""
    if arguments.json and (arguments.add is not None or arguments.remove is not None):
        raise AppError("--json with a list", "it with --add or --remove", "leave out --json")
    desk = Desk()
    if desk.problem:
        print(f"accord: {desk.problem}", file=sys.stderr)
        return 2
    if arguments.add is not None:
        _add(desk, arguments.add)
    elif arguments.remove is not None:
        forget(desk, arguments.remove)
        print(f"{arguments.remove} is forgotten; its calibration stays.")
    else:
        _list(desk, arguments.watch, arguments.json)
    return 0


def _add(desk: Desk, words: Sequence[str]) -> None:
    if len(words) < 2:
        raise AppError("a name and a kind after --add", repr(words[0]), f"choose one of {', '.join(kinds())}")
    name, kind, options = words[0], kind_named(words[1]), words[2:]
    set_up(desk, Setup(name, kind.name, read_options(kind, options)))
    print(f"{name} is set up as {kind.text}.")


def _list(desk: Desk, seconds: float | None, as_json: bool) -> None:
    if seconds is not None and not 0.0 <= seconds <= _LONGEST_S:
        raise AppError(f"--watch from 0 to {_LONGEST_S:.0f} seconds", f"{seconds:g}", "choose a time in between")
    names = [setup.name for setup in desk.setups]
    try:
        _watch(desk, names, seconds)
        now_ns = time.monotonic_ns()
        heard = {name: desk.readings(name) for name in names}
    finally:
        desk.close()
    reach = offers(look(), desk.setups)
    if as_json:
        print_json(_told(desk, heard, reach, now_ns))
    else:
        _print(desk, heard, reach, now_ns)


def _watch(desk: Desk, names: Sequence[str], seconds: float | None) -> None:
    """Until the process of each has begun, and then for so long; None for until each device has said something."""
    desk.watch(names)
    _listen(desk, _PATIENCE_S, lambda: all(one.beat_ns for name in names for one in desk.readings(name)))
    if seconds is not None:
        _listen(desk, seconds)
        return
    begun_s = time.monotonic()
    _listen(desk, _SILENT_S, lambda: all(_has_spoken(one) for name in names for one in desk.readings(name)))
    _listen(desk, begun_s + _RATE_S - time.monotonic())


def _listen(desk: Desk, longest_s: float, enough: Callable[[], bool] = lambda: False) -> None:
    until_s = time.monotonic() + longest_s
    while (left_s := until_s - time.monotonic()) > 0 and not enough():
        time.sleep(min(_TICK_S, left_s))
        desk.tick()


def _has_spoken(reading: Reading) -> bool:
    return reading.state is not None or reading.health.reports > 0


def _print(desk: Desk, heard: dict[str, tuple[Reading, ...]], reach: Sequence[Offer], now_ns: int) -> None:
    rows, details = [], []
    for setup in desk.setups:
        said, known = told(setup, heard[setup.name], now_ns), dict(facts(heard[setup.name], now_ns))
        rows.append((setup.name, setup.kind, said.word, *(known[name] for name in _FACTS)))
        details += [f"{setup.name}: {said.detail}"] if said.detail else []
    print_table(("device", "kind", "state", *(name.lower() for name in _FACTS)), rows)
    for detail in details:
        print(detail)
    print()
    table = [(kind.name, kind.text, " ".join(option.name for option in kind.options) or NOTHING)
             for kind in kinds().values()]  # fmt: skip
    print_table(("kind", "what it is", "options"), table)
    for offer in reach:
        print(f"plugged in, not set up: {offer.text}")
    for sentence in broken_plugins():
        print(sentence)


def _told(desk: Desk, heard: dict[str, tuple[Reading, ...]], reach: Sequence[Offer], now_ns: int) -> dict[str, Any]:
    return {
        "folder": str(desk.folder),
        "devices": [_device(setup, heard[setup.name], now_ns) for setup in desk.setups],
        "kinds": [
            {
                "kind": kind.name, "text": kind.text, "hands": kind.hands, "drives": kind.drives,
                "options": [
                    {"name": one.name, "text": one.text, "default": one.default, "choices": one.choices}
                    for one in kind.options
                ],
            }
            for kind in kinds().values()
        ],
        "plugged_in": [{"text": offer.text, "kind": offer.kind, "options": offer.options} for offer in reach],
        "broken_plugins": broken_plugins(),
    }  # fmt: skip


def _device(setup: Setup, readings: Sequence[Reading], now_ns: int) -> dict[str, Any]:
    said = told(setup, readings, now_ns)
    return {
        "device": setup.name, "kind": setup.kind, "options": dict(setup.options), "profile": setup.profile,
        "pedals": setup.pedals, "state": said.word, "detail": said.detail,
        "hands": [_hand(reading, now_ns) for reading in readings],
    }  # fmt: skip


def _hand(reading: Reading, now_ns: int) -> dict[str, Any]:
    health = reading.health
    age_ms = round((now_ns - health.last_report_ns) / 1e6, 1) if health.last_report_ns else None
    return {
        "name": health.name, "connected": health.connected, "fresh": reading.state is not None, "age_ms": age_ms,
        "rate_hz": health.rate_hz, "jitter_ms": health.jitter_ms, "reports": health.reports, "errors": health.refused,
        "battery": health.battery, "serial": health.serial, "channels": reading.channels,
        "raw": [] if reading.state is None else reading.state.raw.tolist(),
    }  # fmt: skip
