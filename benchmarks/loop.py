"""What a minute of recording costs with the window open. Prints one JSON object; run it on an idle machine.

    python benchmarks/loop.py [--seconds 60] [--rates 50 100] [--sizes 320x240 640x480]

Opens the real window on a virtual display (software rendering), records with a scripted operator from three views at
30 Hz, with a base policy scoring every step if a library with one is named, and looks at what is in the file.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.ui.live import Choices
from accord.app.ui.theme import Scheme, Theme
from accord.app.ui.window import Window
from accord.datasets.episode import Episode
from accord.datasets.library import Library

EPISODE_S = 7.0
"""Shorter than the script needs, so that every end is the benchmark's own [s]."""
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@contextmanager
def virtual_display() -> Iterator[str]:
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(write,), stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as said:
        display = f":{said.readline().strip()}"
    try:
        yield display
    finally:
        server.terminate()
        server.wait()


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and of the children that it waited for [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(int(value) for value in fields[11:13]) / TICKS_PER_S


def open_window(settings: Settings, policy: str) -> Window:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    look = Theme(app, Scheme.LIGHT)
    window = Window(app, Choices(settings, "benchmark", "scripted:across-then-down", policy), look)
    window.show()
    window.start()
    return window


def record(seconds: float, rate: float, width: int, height: int, library: Path, policy: str) -> dict[str, object]:
    """One run, in this process: it holds the window."""
    window = open_window(Settings(library, rate_hz=rate, width=width, height=height), policy)
    while window.live.session is None or window.live.session.state is not State.READY:
        QTest.qWait(50)
    QTest.qWait(1000)
    session = window.live.session
    processes = {child.name: child.process.pid for child in session._running.children} | {"window": os.getpid()}
    ready_ms, episodes, before = [], [], {name: cpu_seconds(pid or 0) for name, pid in processes.items()}
    began_s = time.monotonic()
    while time.monotonic() - began_s < seconds:
        episodes.append(session.begin())
        until_s = min(time.monotonic() + EPISODE_S, began_s + seconds)
        while time.monotonic() < until_s:
            QTest.qWait(20)
        ended_s = time.monotonic()
        session.end("failure")
        while session.tick().state is not State.READY:
            time.sleep(0.001)
        ready_ms.append(1e3 * (time.monotonic() - ended_s))
    spent = {name: cpu_seconds(pid or 0) - before[name] for name, pid in processes.items()}
    wall_s = time.monotonic() - began_s
    QTest.qWait(1500)
    window.close()
    return {"rate_hz": rate, "size": f"{width}x{height}", "policy": policy, "episodes": len(episodes),
            "wall_s": round(wall_s, 1), **look_into(library, episodes),
            "cpu_s": {name: round(value, 1) for name, value in spent.items()},
            "ready_after_end_ms": [round(value, 1) for value in ready_ms]}  # fmt: skip


def look_into(library: Path, episodes: list[str]) -> dict[str, object]:
    """What is in the files."""
    late, steps_lost, images_lost, images, seconds = [], 0, 0, 0, 0.0
    for id_ in episodes:
        with Episode(Library(library).find(id_)) as episode:
            late.append(episode.field("late_ns") / 1e6)
            steps_lost += episode.steps_lost
            images_lost += sum(episode.images_lost(camera.name) for camera in episode.info.cameras)
            images += sum(len(episode.image_times(camera.name)) for camera in episode.info.cameras)
            seconds += episode.duration_s
    p50, p99, worst = np.percentile(np.concatenate(late), (50, 99, 100))
    return {
        "steps": int(sum(map(len, late))), "late_p50_ms": round(float(p50), 3), "late_p99_ms": round(float(p99), 3),
        "late_max_ms": round(float(worst), 3), "steps_lost": steps_lost, "images_lost": images_lost,
        "images_per_view_and_s": round(images / 3 / seconds, 2),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--rates", type=float, nargs="+", default=[50.0, 100.0])
    parser.add_argument("--sizes", nargs="+", default=["320x240", "640x480"])
    parser.add_argument("--library", type=Path, help="a library with a base policy, e.g. the demo's; it is copied")
    parser.add_argument("--policy", default="", help="its base policy, to score every step with")
    parser.add_argument("--inside", nargs=5, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        seconds, rate, size, library, policy = arguments.inside
        width, height = map(int, size.split("x"))
        print(json.dumps(record(float(seconds), float(rate), width, height, Path(library), policy)))
        return
    runs = []
    with virtual_display() as display, tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            for rate in arguments.rates:
                library = Path(folder) / f"{size}-{rate:g}"
                if arguments.library:
                    shutil.copytree(arguments.library, library, ignore=shutil.ignore_patterns("exports", "episodes"))
                inside = [str(arguments.seconds), str(rate), size, str(library), arguments.policy]
                environment = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
                command = [sys.executable, __file__, "--inside", *inside]
                done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
                runs.append(json.loads(done.stdout.splitlines()[-1]))
    print(json.dumps({"cores": os.cpu_count(), "load_before": os.getloadavg()[2], "runs": runs}, indent=2))


if __name__ == "__main__":
    main()
