"""Every device at its real wire: faults, latency and CPU, and a task solved with each. Prints JSON.

    python benchmarks/devices.py --faults [--trials 100] [--devices spacemouse gello] [--troubles silent]
    python benchmarks/devices.py --latency [--seconds 20]
    python benchmarks/devices.py --episodes FOLDER

The far ends of the wires are those of tests/wires; between them and the file everything is what a person uses. Run it
on an idle machine.
"""

import argparse
import json
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from wires.daemon import Gone
from wires.figures import figures
from wires.people import solve
from wires.place import WIRES, opened
from wires.trials import End, Trial, trial, troubles

from accord.app.episode_check import check_episode
from accord.datasets.episode import Episode
from accord.devices.stubs.faults import Trouble

TASKS = {"exoskeleton": ("handover",), "cockpit": ("handover", "ball")}
"""What is solved with each; `lift` with the others. `ball` is done by a hand with fingers, which a glove moves."""
MOVED_RAD = 0.1
"""A finger joint that was sent further than this moved [rad]."""


def faults(name: str, trials: int, chosen: Sequence[str]) -> dict[str, Any]:
    """All trials of one device, or those of the chosen troubles."""
    chance, done = random.Random(0), []
    with tempfile.TemporaryDirectory() as folder, opened(name, Path(folder)) as place:
        for _ in range(trials):
            done += [trial(place, one, chance) for one in troubles(place) if not chosen or one in chosen]
    return {
        "device": name,
        **{trouble: summed(done, trouble) for trouble in dict.fromkeys(one.trouble for one in done)},
    }


def summed(done: Iterable[Trial], trouble: str) -> dict[str, Any]:
    """What came of one trouble."""
    ours = [one for one in done if one.trouble == trouble]
    held = [one.held_ms for one in ours if not np.isnan(one.held_ms)]
    times = {} if not held else {
        "held_median_ms": round(float(np.median(held)), 1), "held_worst_ms": round(max(held), 1),
        "later_than_100_ms": sum(one > 100.0 for one in held),
    }  # fmt: skip
    why = dict(Counter(one.why for one in ours if one.why))
    return {"trials": len(ours), **times, "held_by": why, "wrong_steps": sum(one.wrong for one in ours)}


def latency(name: str, seconds: float) -> dict[str, Any]:
    """One device, while three or more views are recorded."""
    with tempfile.TemporaryDirectory() as folder, opened(name, Path(folder), 320, 240) as place:
        return {"device": name, **asdict(figures(place, seconds))}


def episode(name: str, task: str, folder: Path) -> dict[str, Any]:
    """One task that is solved; its episode stays in the folder."""
    began_s = time.monotonic()
    with opened(name, folder / f"{name}-{task}", 320, 240, task) as place:
        path = solve(place)
    checked = check_episode(path, replayed=True)
    with Episode(path) as file:
        held = [f"{one.device} ({one.kind}, {len(one.channels)} channels)" for one in file.info.inputs]
        raw = bool(np.isfinite(file.field("input/raw")).any())
        done = bool(file.field("success")[-1])
        fingers = _fingers(file)
    return {"device": name, "task": task, "success": done, "inputs": held, "raw": raw, **fingers,
            "wrong": checked.wrong, "checked": checked.text, "took_s": round(time.monotonic() - began_s, 1),
            "path": str(path)}  # fmt: skip


def _fingers(file: Episode) -> dict[str, Any]:
    """How many finger joints a hand with fingers has, and how many of them moved."""
    if "sent/fingers" not in file.info.schema:
        return {}
    sent = file.field("sent/fingers")
    return {"finger_joints": sent.shape[1], "finger_joints_moved": int((np.ptp(sent, axis=0) > MOVED_RAD).sum())}


def main() -> None:
    parser = argparse.ArgumentParser()
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--faults", action="store_true")
    what.add_argument("--latency", action="store_true")
    what.add_argument("--episodes", type=Path, metavar="FOLDER", help="record them into libraries in there")
    parser.add_argument("--trials", type=int, default=100)
    parser.add_argument("--troubles", nargs="+", default=(), choices=(*Trouble, *End, *Gone), help="these only")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--devices", nargs="+", choices=WIRES, default=WIRES)
    arguments = parser.parse_args()
    print(json.dumps({"cores": os.cpu_count(), "load_before": os.getloadavg()[0]}), flush=True)
    for name in arguments.devices:
        if arguments.faults:
            print(json.dumps(faults(name, arguments.trials, arguments.troubles)), flush=True)
        elif arguments.latency:
            print(json.dumps(latency(name, arguments.seconds)), flush=True)
        else:
            for task in TASKS.get(name, ("lift",)):
                print(json.dumps(episode(name, task, arguments.episodes)), flush=True)


if __name__ == "__main__":
    main()
