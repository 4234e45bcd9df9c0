"""What the scores say of recorded human demonstrations whose returns are known. Nothing is tuned to them.

    python benchmarks/real_data.py FILE --rate-hz 100 [--write docs/real-data.md]

Again and again a base policy is fitted to a random half of the episodes and scores the other half, then the other way
round, so that each episode is scored once per round by a policy that never saw it. A score of an episode is its mean
over the rounds. Beside each score stands Spearman's ρ with the returns and with the duration.
"""

import argparse
import json
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from accord.app.importing import import_file
from accord.datasets.compatibility import EpisodeScore
from accord.datasets.episode import Episode
from accord.datasets.fit import fit
from accord.datasets.fit_settings import FitSettings
from accord.datasets.importers.demonstration import REWARD
from accord.datasets.importers.imported import Told
from accord.datasets.importers.origin import origin_of
from accord.datasets.library import Library
from accord.datasets.scores.catalogue import SCORES
from accord.datasets.scores.correlation import Correlation, correlation
from accord.datasets.scores.motion import Motion
from accord.datasets.scores.table import score_library

BEGIN, END = "<!-- table -->", "<!-- end of table -->"
_GOOD_END = {
    "compatibility": "high", "conflict_share": "low", "novel_share": "low", "far_share": "low",
    "disputed_share": "", "incompatibility": "low",
}  # fmt: skip
Scores = dict[str, dict[str, float]]
"""Score → episode → value."""


@dataclass(frozen=True)
class Demo:
    id: str
    name: str
    records: NDArray[np.void]
    reward_sum: float
    duration_s: float
    rate_hz: float
    task: str


def demos_of(file: Path, told: Told, folder: Path) -> list[Demo]:
    """Through the library, as everybody's episodes come."""
    report = import_file(folder, file, told)
    library, made = Library(folder), []
    for id_ in report.imported:
        path = library.find(id_)
        origin = origin_of(path)
        assert origin is not None
        with Episode(path) as episode:
            steps, info = episode.steps(), episode.info
            reward = float(steps[REWARD].sum())
            made.append(Demo(id_, origin.demo, steps, reward, episode.duration_s, info.rate_hz, info.task))
    return made


def halves(demos: list[Demo], seed: int) -> Iterator[tuple[list[Demo], list[Demo]]]:
    """A random half and the rest, then the rest and the half."""
    order = np.random.default_rng(seed).permutation(len(demos))
    one, other = ([demos[i] for i in part] for part in np.array_split(order, 2))
    yield one, other
    yield other, one


def of_half(base: list[Demo], others: list[Demo], seed: int, settings: dict[str, int]) -> Scores:
    """Every score that rests on a base, of the episodes that are not in it."""
    given = FitSettings(seed=seed, rate_hz=base[0].rate_hz, task=base[0].task, **settings)
    policy = fit([(demo.id, demo.records) for demo in base], given)
    found: Scores = defaultdict(dict)
    for demo in others:
        steps = policy.score_steps(demo.records)
        score = EpisodeScore.of(demo.id, steps.judge(policy.thresholds), demo.duration_s)
        for name in (field.name for field in fields(score) if field.name not in ("episode", "duration_s")):
            found[name][demo.id] = float(getattr(score, name))
        found["error"][demo.id] = float(steps.error.mean())
        found["novelty"][demo.id] = float(steps.novelty.mean())
        found["distance"][demo.id] = float(steps.distance.mean())
    kept = {demo.id for demo in base}
    for id_, row in plain(demos=[*base, *others], base=kept).items():
        if id_ not in kept:
            found["nearest-base"][id_] = row["nearest-base"]
    return found


def plain(demos: list[Demo], base: set[str]) -> dict[str, dict[str, float]]:
    motions = [Motion.of(demo.id, demo.task, demo.rate_hz, demo.records) for demo in demos]
    return {id_: dict(row) for id_, row in score_library(motions, base).items()}


def run(demos: list[Demo], rounds: int, settings: dict[str, int]) -> tuple[Scores, dict[str, list[float]]]:
    """Means over the rounds, and ρ with the return within each half."""
    returns = {demo.id: demo.reward_sum for demo in demos}
    every: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    within: dict[str, list[float]] = defaultdict(list)
    for seed in range(rounds):
        for base, others in halves(demos, seed):
            for name, values in of_half(base, others, seed, settings).items():
                for id_, value in values.items():
                    every[name][id_].append(value)
                within[name].append(correlation(list(values.values()), [returns[id_] for id_ in values]).rho)
    means = {name: {id_: fmean(values) for id_, values in of.items()} for name, of in every.items()}
    rows = plain(demos, set())
    for score in SCORES:
        if score.name != "nearest-base":
            means[score.name] = {id_: row[score.name] for id_, row in rows.items()}
    return means, within


def told(found: Correlation) -> str:
    if not np.isfinite(found.rho):
        return "not known"
    return f"{found.rho:+.2f} ({found.low:+.2f} … {found.high:+.2f})"


def table(demos: list[Demo], means: Scores, within: dict[str, list[float]]) -> str:
    """Rows for scores that are known; what is not known is named below."""
    good = _GOOD_END | {"error": "low", "novelty": "low", "distance": "low"}
    good |= {s.name: {True: "high", False: "low", None: ""}[s.high_is_good] for s in SCORES}
    lines = ["| score | good end | ρ with the return | ρ with the duration | within a half |", "|---|---|---|---|---|"]
    unknown = []
    for name, values in means.items():
        column = [values[demo.id] for demo in demos]
        with_return = correlation(column, [demo.reward_sum for demo in demos])
        with_duration = correlation(column, [demo.duration_s for demo in demos])
        if not np.isfinite(with_return.rho):
            unknown.append(name)
            continue
        known = [rho for rho in within.get(name, []) if np.isfinite(rho)]
        spread = f"{min(known):+.2f} … {max(known):+.2f}" if known else "–"
        durations = "1" if name == "duration" else told(with_duration)
        lines.append(f"| {name} | {good[name] or '–'} | {told(with_return)} | {durations} | {spread} |")
    return "\n".join([*lines, "", f"Not known, or the same for all, here: {', '.join(unknown) or 'none'}."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--rate-hz", type=float)
    parser.add_argument("--rounds", type=int, default=5, help="two fits each")
    parser.add_argument("--updates", type=int, help="of a fit (default: the usual ones)")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page, between its marks")
    parser.add_argument("--json", type=Path, help="put every number into this file")
    given = parser.parse_args()
    settings = {"updates": given.updates} if given.updates else {}
    began, cpu = time.monotonic(), time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        demos = demos_of(given.file, Told(rate_hz=given.rate_hz), Path(folder) / "library")
    means, within = run(demos, given.rounds, settings)
    wall_s, cpu_s = time.monotonic() - began, time.process_time() - cpu
    took = f"{len(demos)} episodes, {given.rounds} rounds of two fits, {cpu_s:.0f} s of work, {wall_s:.0f} s in all."
    text = f"{table(demos, means, within)}\n\n{took}"
    print(text)
    if given.json:
        named = {demo.id: demo.name for demo in demos}
        scores = {score: {named[id_]: value for id_, value in of.items()} for score, of in means.items()}
        returns = {demo.name: demo.reward_sum for demo in demos}
        given.json.write_text(json.dumps({"returns": returns, "scores": scores, "within": within}, indent=1))
    if given.write:
        page = given.write.read_text()
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        given.write.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


if __name__ == "__main__":
    main()
