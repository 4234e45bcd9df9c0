"""Latency and cost: what a minute of driving over one wire shows, from the file and from the system."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from wires.place import Place
from wires.trials import moves
from wires.wire import Coded

from accord.datasets.episode import Episode

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one device."""

    reports: int
    """That count."""
    latency_median_ms: float
    """From when a report was put on the wire to the end of the first turn of the loop that sends what it says, or what
    one says that overtook it. Of a bus, which is asked, and of the keyboard's block only what a turn sends can be seen:
    from the question, or from when the window wrote [ms]."""
    latency_p99_ms: float
    turn_ms: float
    """The part of that which a turn takes by itself, median [ms]."""
    cpu: float
    """Share of a core that the device's process takes; NaN for one that the loop reads [1]."""


def cpu_seconds(pid: int) -> float:
    """User and system time of a process [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(value) for value in fields[11:13]) / TICKS_PER_S


def figures(place: Place, seconds: float) -> Figures:
    """Record for so long while the device drives, and look into the file [s]."""
    session, pid = place.session, place.pid
    place.engage()
    episode = session.begin()
    before, began_s = cpu_seconds(pid) if pid else 0.0, time.monotonic()
    ends: list[tuple[int, int]] = []
    while time.monotonic() < began_s + seconds:
        place.tick()
        if not moves(place.steps[-1]):
            place.engage()
        ends += _turn(place)
        time.sleep(1 / 60)
    cpu = (cpu_seconds(pid) - before) / (time.monotonic() - began_s) if pid else float("nan")
    session.end("success")
    place.until(lambda now: now.finished is not None and now.finished.saved, "saved")
    turn_ms = float(np.median([end - begun for begun, end in ends])) / 1e6
    with Episode(session.library.find(episode)) as file:
        t_ns, sent = file.field("t_ns"), file.field("sent/twist")
        driven = sent.reshape(len(sent), -1).any(axis=1)
        if isinstance(place.wire, Coded):
            channel = file.info.inputs[0].channels.index(place.wire.code_channel)
            latency = coded_ms(t_ns, file.field("input/raw")[..., channel], driven, tuple(place.wire.codes))
        else:
            latency = reported_ms(t_ns, file.field("input/t_ns"), driven)
    middle, late = np.percentile(latency, (50, 99)) + turn_ms
    return Figures(len(latency), round(float(middle), 2), round(float(late), 2), round(turn_ms, 2), round(cpu, 3))


def reported_ms(t_ns: np.ndarray, input_ns: np.ndarray, driven: np.ndarray) -> np.ndarray:
    """(n,) for every report that a step was the first to show, how old it was when that step's turn began [ms].

    Args:
        t_ns: (s,) when the turns began [ns].
        input_ns: (s,) or (s, h) when the newest report behind each came [ns].
        driven: (s,) which steps sent a twist.
    """
    newest = input_ns if input_ns.ndim == 1 else input_ns.min(axis=1)
    new = np.diff(newest, prepend=newest[:1]) > 0
    ages: np.ndarray = (t_ns - newest)[new & driven] / 1e6
    return ages


def coded_ms(
    t_ns: np.ndarray, numbers: np.ndarray, driven: np.ndarray, codes: Sequence[tuple[float, int]]
) -> np.ndarray:
    """(n,) for every report, how long before the first turn it was sent that shows it, or a later one [ms].

    By the wire's own clock: a device that the loop reads, or that is asked how it stands, only knows when it was looked
    at. Reports that no turn showed any more, or one that sent nothing, do not count.

    Args:
        t_ns: (s,) when the turns began [ns].
        numbers: (s,) or (s, h) the number of the newest report of each hand.
        driven: (s,) which steps sent a twist.
        codes: see `Coded`; in the order in which they were sent.
    """
    said, sent_ns = (np.array(each) for each in zip(*codes, strict=True))
    shown = np.array([
        min(_newest(said, sent_ns, number, int(at_ns)) for number in np.atleast_1d(each))
        for at_ns, each in zip(t_ns, numbers, strict=True)
    ])  # fmt: skip
    first = np.searchsorted(np.maximum.accumulate(shown), np.arange(len(sent_ns)))
    counts = (first < len(t_ns)) & (sent_ns >= t_ns[0])
    counts[counts] &= driven[first[counts]]
    ages: np.ndarray = (t_ns[first[counts]] - sent_ns[counts]) / 1e6
    return ages


def _newest(said: np.ndarray, sent_ns: np.ndarray, number: float, t_ns: int) -> int:
    """Which report says this number, the last one before this time; −1 for none of the last second."""
    known = np.flatnonzero((said == number) & (sent_ns <= t_ns) & (t_ns - sent_ns < 10**9))
    return int(known[-1]) if len(known) else -1


def _turn(place: Place) -> list[tuple[int, int]]:
    """When the newest turn began, and when its step was written, as nearly as can be seen from here [ns]."""
    steps = place.session._running.steps
    head, until_s = steps.head, time.monotonic() + 0.05
    while steps.head == head and time.monotonic() < until_s:
        time.sleep(0.0001)
    end_ns, newest = time.monotonic_ns(), steps.newest()
    return [] if newest is None or steps.head == head else [(int(newest["t_ns"]), end_ns)]
