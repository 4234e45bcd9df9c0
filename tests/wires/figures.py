"""Latency and cost: what a minute of driving over one wire shows, from the file and from the system."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from wires.hid import SpaceMouseWire
from wires.place import Place
from wires.trials import moves

from accord.datasets.episode import Episode

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one device."""

    reports: int
    """That were seen in the file."""
    latency_median_ms: float
    """From when a report was on the wire (for a bus: from the question) to the end of the first turn of the loop that
    sends what it says, the newest or an older one [ms]."""
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
        if isinstance(place.wire, SpaceMouseWire):
            latency = coded_ms(file.field("t_ns"), file.field("input/raw")[:, 5], place.wire.codes)
        else:
            latency = reported_ms(file.field("t_ns"), file.field("input/t_ns"), file.field("sent/twist"))
    middle, late = np.percentile(latency, (50, 99)) + turn_ms
    return Figures(len(latency), round(float(middle), 2), round(float(late), 2), round(turn_ms, 2), round(cpu, 3))


def reported_ms(t_ns: np.ndarray, input_ns: np.ndarray, sent: np.ndarray) -> np.ndarray:
    """(n,) for every report that a step was the first to show, how old it was when that step's turn began [ms].

    Args:
        t_ns: (s,) when the turns began [ns].
        input_ns: (s,) or (s, h) when the newest report behind each came [ns].
        sent: (s, …) twists.
    """
    newest = input_ns if input_ns.ndim == 1 else input_ns.min(axis=1)
    new = np.diff(newest, prepend=newest[:1]) > 0
    driven = sent.reshape(len(sent), -1).any(axis=1)
    ages: np.ndarray = (t_ns - newest)[new & driven] / 1e6
    return ages


def coded_ms(t_ns: np.ndarray, numbers: np.ndarray, codes: list[tuple[int, int]]) -> np.ndarray:
    """(n,) the same for a device that the loop reads itself, which only knows when it looked [ms].

    Args:
        t_ns: (s,) when the turns began [ns].
        numbers: (s,) the last number of the newest report.
        codes: number and time of every report that was sent [ns].
    """
    ages = []
    for i in np.flatnonzero(np.diff(numbers) != 0.0) + 1:
        sent = [when for code, when in codes if code == numbers[i] and 0 <= t_ns[i] - when < 10**9]
        ages += [(t_ns[i] - sent[-1]) / 1e6] if sent else []
    return np.array(ages)


def _turn(place: Place) -> list[tuple[int, int]]:
    """When the newest turn began, and when its step was written, as nearly as can be seen from here [ns]."""
    steps = place.session._running.steps
    head, until_s = steps.head, time.monotonic() + 0.05
    while steps.head == head and time.monotonic() < until_s:
        time.sleep(0.0001)
    end_ns, newest = time.monotonic_ns(), steps.newest()
    return [] if newest is None or steps.head == head else [(int(newest["t_ns"]), end_ns)]
