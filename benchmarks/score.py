"""What scoring and fitting cost on this machine. Prints one JSON object; run it on an idle machine."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from episodes import made_up_steps
from policies import SCRIPTED, knowing, random_policy

from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.live_scorer import LiveScorer
from accord.datasets.policy import BasePolicy
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped

EPISODES, STEPS, SEEDS = 30, 200, 3


def episodes() -> list[tuple[str, NDArray[np.void]]]:
    made = [(f"episode-{i}", made_up_steps(STEPS, np.random.default_rng(i))) for i in range(EPISODES)]
    for _, records in made:
        records["mode"] = SCRIPTED
    return made


def times_us(call: Callable[[int], object], count: int) -> NDArray[np.float64]:
    taken = np.empty(count)
    for i in range(count):
        before = time.perf_counter_ns()
        call(i)
        taken[i] = (time.perf_counter_ns() - before) / 1e3
    return taken


def live(policy: BasePolicy, records: NDArray[np.void]) -> dict[str, float]:
    scorer = LiveScorer(policy)
    whole = times_us(lambda i: scorer.score(records[i % len(records)]), 4000)
    seen, done = policy.observations(records), policy.actions(records)
    vectors = times_us(lambda i: scorer.score_vectors(seen[i % len(seen)], done[i % len(done)]), 4000)
    named = {"record": whole, "vectors": vectors}
    return {f"{name}_p{p}_us": round(float(np.percentile(t, p)), 1) for name, t in named.items() for p in (50, 99)}


def batch(policy: BasePolicy, records: NDArray[np.void]) -> dict[str, float]:
    """Steps per second of `score_steps`, and of its matrix products alone."""
    weights, batch_size = policy.ensemble.weights, 512
    inputs = [np.ones((policy.ensemble.members, batch_size, weight.shape[1]), np.float32) for weight in weights]
    outputs = [np.matmul(a, b) for a, b in zip(inputs, weights, strict=True)]
    products = lambda _: [np.matmul(a, b, out=c) for a, b, c in zip(inputs, weights, outputs, strict=True)]  # noqa: E731
    bare = batch_size / (np.median(times_us(products, 20)) / 1e6)
    scored = len(records) / (np.median(times_us(lambda _: policy.score_steps(records), 5)) / 1e6)
    return {"steps_per_s": round(scored), "bare_products_per_s": round(bare), "share": round(scored / bare, 3)}


def fits() -> list[dict[str, float]]:
    """What a fit to 30 scripted episodes costs, and how much better one is that may take ten times as long.

    Which three episodes are held out decides more than any setting, so each seed is compared with itself.
    """
    bench = Stepped(Workcell("square-nut", 25.0))
    made = [(f"{i}", bench.drive(ScriptedOperator("square-nut", "across-then-down", i), i)) for i in range(EPISODES)]
    usual = FitSettings(rate_hz=25.0)
    ten = {name: 10 * getattr(usual, name) for name in ("updates", "most_epochs", "patience")}
    return [compared(made, replace(usual, seed=seed), ten) for seed in range(SEEDS)]


def compared(made: list[tuple[str, NDArray[np.void]]], usual: FitSettings, longer: dict[str, int]) -> dict[str, float]:
    """A fit and a longer one: seconds from the first to the last line of `fit`, and of all threads together."""
    wall, cpu = time.perf_counter(), time.process_time()
    short = fit(made, usual).metrics
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    long = fit(made, replace(usual, **longer)).metrics
    return {
        "steps": short["steps"], "epochs": short["epochs"], "seconds": round(wall, 1), "cpu_seconds": round(cpu, 1),
        "validation_error": round(short["validation_error"], 5), "long_error": round(long["validation_error"], 5),
        "long_epochs": long["epochs"], "over_long": round(short["validation_error"] / long["validation_error"], 4),
    }  # fmt: skip


def main() -> None:
    made = episodes()
    records = np.concatenate([steps for _, steps in made])
    whole = knowing(random_policy(hidden=(512, 512)), [steps for _, steps in made])
    # the paper's measure alone, then with the distance to base states, then with our own score as well
    policies = {"paper": replace(whole, states=None, usual=None), "distance": replace(whole, usual=None), "all": whole}
    figures: dict[str, object] = {}
    with threadpool_limits(1):
        for name, policy in policies.items():
            figures[f"{name}_live_one_core"] = live(policy, records)
            figures[f"{name}_batch_one_core"] = batch(policy, records)
    for name, policy in policies.items():
        figures[f"{name}_batch_all_cores"] = batch(policy, records)
    figures["fits"] = fits()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
