"""What the plain scores of a library cost on this machine, and what thinning loses. Prints one JSON object."""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from policies import drive

from accord.datasets.scores import table
from accord.datasets.scores.consistency import action_divergence, transition_diversity
from accord.datasets.scores.correlation import correlation
from accord.datasets.scores.information import mutual_information
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.sketch import Pool, Sketch
from accord.datasets.scores.strategies import split
from accord.datasets.threads import at_most

EPISODES, BASE, RATE_HZ = 1000, 30, 100.0


def made_up(count: int) -> list[Motion]:
    """A made-up hand in two strategies, of about 300 steps each; not a demonstration."""
    ways = ("across", "across", "across", "down")
    return [Motion.of(f"{i:04}", "made-up", RATE_HZ, drive(ways[i % 4], i, RATE_HZ)) for i in range(count)]


def seconds(call: Callable[[], object]) -> dict[str, float]:
    """On the clock, and of all cores together, which counts where others use the machine as well."""
    before, used = time.perf_counter(), time.process_time()
    call()
    return {"clock": round(time.perf_counter() - before, 1), "cpu": round(time.process_time() - used, 1)}


def cost(count: int = EPISODES, workers: int = 1) -> dict[str, object]:
    """Seconds for every plain score of so many episodes, reading them not included."""
    motions = made_up(count)
    base = [motion.episode for motion in motions[:BASE]]
    sketches = [Sketch.of(motion) for motion in motions]
    pool = Pool.of(sketches)
    with at_most(1):
        parts = {
            "own": seconds(lambda: [table.own_scores(motion) for motion in motions]),
            "action-divergence": seconds(lambda: action_divergence(pool, workers)),
            "transition-diversity": seconds(lambda: transition_diversity(pool, workers)),
            "mutual-information": seconds(lambda: mutual_information(pool)),
            "strategies of the base": seconds(lambda: split(motions[:BASE])),
        }
        whole = seconds(lambda: table.score_library(motions, base, workers))
    steps = sum(len(motion) for motion in motions)
    return {"episodes": count, "steps": steps, "base": BASE, "workers": workers, "seconds": whole, "parts": parts}


def thinning(count: int = 60) -> dict[str, float]:
    """Spearman's ρ between the scores of episodes from a sketch and from all their steps."""
    motions = made_up(count)
    few, all_steps = (Pool.of([Sketch.of(m, n) for m in motions]) for n in (0, 100_000))
    scores = {
        "action-divergence": action_divergence, "transition-diversity": transition_diversity,
        "mutual-information": mutual_information,
    }  # fmt: skip
    return {name: round(correlation(score(few), score(all_steps)).rho, 3) for name, score in scores.items()}


def main() -> None:
    print(json.dumps({"one_core": cost(), "two_threads": cost(workers=2), "thinning": thinning()}, indent=1))


if __name__ == "__main__":
    main()
