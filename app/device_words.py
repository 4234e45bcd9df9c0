"""Device words: how a device of the desk is doing, in a lamp, a word and a line. Knows no toolkit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Final

from accord.app.watched import Reading
from accord.devices.health import Health
from accord.devices.setup import Setup

SILENT_NS: Final = 500_000_000
"""A device's process that has said nothing for so long is not believed any more [ns]."""
NOTHING: Final = "–"
_KEYBOARD: Final = "The window reads it: nothing has to be connected."


class Lamp(IntEnum):
    """How a device is doing; the worst of two hands counts."""

    GOOD = 0
    """It is connected, and what it says is fresh."""
    WAITING = 1
    """Nothing is known of it yet."""
    CAUTION = 2
    """It is connected, and something has to be done or waited for."""
    ABSENT = 3
    """It is not there."""


WORDS: Final = {
    Lamp.GOOD: "connected", Lamp.WAITING: "starting", Lamp.CAUTION: "needs something", Lamp.ABSENT: "not there",
}  # fmt: skip
"""For those who cannot see the lamp."""


@dataclass(frozen=True, slots=True)
class Told:
    """A device as a person is told of it."""

    lamp: Lamp
    line: str
    """Rate, jitter, age, errors, battery; or why nothing is known."""
    detail: str = ""
    """What is wrong and what to do, or empty."""

    @property
    def word(self) -> str:
        """What the lamp means."""
        return WORDS[self.lamp]


def told(setup: Setup, readings: Sequence[Reading], now_ns: int) -> Told:
    """What there is to say of a device.

    Args:
        setup: the device.
        readings: one for each hand; none where nothing reads it.
        now_ns: the time (CLOCK_MONOTONIC) [ns].
    """
    if setup.kind == "keyboard":
        return Told(Lamp.GOOD, _KEYBOARD)
    if not readings:
        return Told(Lamp.WAITING, "Not watched yet.")
    hands = [(_lamp(reading, now_ns), reading) for reading in readings]
    lamp, worst = max(hands, key=lambda hand: hand[0])
    if lamp is Lamp.WAITING:
        return Told(lamp, "Its process starts.")
    details = tuple(dict.fromkeys(_detail(lamp, reading) for lamp, reading in hands))
    line = health_line(worst.health, now_ns) if worst.health.reports else WORDS[lamp].capitalize()
    return Told(lamp, line, " ".join(filter(None, details)))


def believed(reading: Reading, now_ns: int) -> Reading:
    """The same, without what a process said last that is silent since."""
    return replace(reading, state=None) if now_ns - reading.beat_ns > SILENT_NS else reading


def _lamp(reading: Reading, now_ns: int) -> Lamp:
    if not reading.beat_ns:
        return Lamp.WAITING
    if now_ns - reading.beat_ns > SILENT_NS or not reading.health.connected:
        return Lamp.ABSENT
    health = reading.health
    return Lamp.CAUTION if health.detail or health.notice or reading.state is None else Lamp.GOOD


def _detail(lamp: Lamp, reading: Reading) -> str:
    health = reading.health
    if lamp is Lamp.ABSENT and health.connected:
        return f"Wanted a word from the process of {health.name}, found silence: it is started again."
    if lamp is Lamp.CAUTION and reading.state is None and not health.detail:
        return f"Wanted fresh reports from {health.name}, found none for 100 ms: see whether it is switched on."
    return health.detail or health.notice


def health_line(health: Health, now_ns: int) -> str:
    """``100.0 Hz · jitter 0.8 ms · 12 ms ago · 3 errors · battery 80 %``, of it what is known."""
    rate = f"{health.rate_hz:.1f} Hz · jitter {health.jitter_ms:.1f} ms" if health.rate_hz else ""
    errors = f"{health.refused} error{'s' * (health.refused != 1)}"
    battery = "" if health.battery is None else f"battery {health.battery:.0%}".replace("%", " %")
    heard = ("" if rate else "heard ") + age(health.last_report_ns, now_ns) if health.last_report_ns else ""
    return " · ".join(filter(None, (rate, heard, errors, battery)))


def age(then_ns: int, now_ns: int) -> str:
    """How long ago something was, in a unit that suits it."""
    elapsed_s = max(0, now_ns - then_ns) / 1e9
    if elapsed_s < 1.0:
        return f"{1000 * elapsed_s:.0f} ms ago"
    return f"{elapsed_s:.0f} s ago" if elapsed_s < 100.0 else f"{elapsed_s / 60:.0f} min ago"


def facts(readings: Sequence[Reading], now_ns: int) -> tuple[tuple[str, str], ...]:
    """Name and value of everything that a device says about itself; two hands' values stand beside each other."""
    each = [_facts(reading.health, now_ns) for reading in readings] or [_facts(Health("", False, "", 0, 0, 0), now_ns)]
    return tuple((name, " / ".join(dict.fromkeys(one[name] for one in each))) for name in each[0])


def _facts(health: Health, now_ns: int) -> dict[str, str]:
    known = health.reports > 0
    return {
        "Rate": f"{health.rate_hz:.1f} Hz" if health.rate_hz else NOTHING,
        "Jitter": f"{health.jitter_ms:.1f} ms" if health.rate_hz else NOTHING,
        "Last report": age(health.last_report_ns, now_ns) if known and health.last_report_ns else NOTHING,
        "Reports": f"{health.reports:,}".replace(",", "\u202f") if known else NOTHING,
        "Errors": f"{health.refused}" if known or health.refused else NOTHING,
        "Battery": NOTHING if health.battery is None else f"{health.battery:.0%}".replace("%", " %"),
        "Serial or port": health.serial or NOTHING,
    }
