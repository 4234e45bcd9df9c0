"""Page: the study's table and picture, put between the marks of docs/study.md; the words around them are by hand."""

from pathlib import Path

import numpy as np
from studies.design import CELLS, MEASURES, TASKS
from studies.picture import draw
from studies.results import Results

from accord.datasets.intervals import Share

BEGIN, END = "<!-- made by benchmarks/study.py -->", "<!-- end of what is made -->"
TOLD = {
    "base": "base set alone",
    "naive": "base + naive (all new episodes)",
    "elicited": "base + elicited, judged by conflict share",
    "elicited-ours": "base + elicited, judged by incompatibility (ours)",
    "random": "base + kept at random",
    "conflict-steps": "base + naive without conflicting steps",
    "conflict": "base + filtered by conflict share",
    "compatibility": "base + filtered by compatibility M",
    "incompatibility": "base + filtered by incompatibility (ours)",
    "departure": "base + filtered by departure (ours, combined)",
    "duration": "base + filtered by duration (longest dropped)",
    "mutual-information": "base + filtered by mutual information",
    "action-divergence": "base + filtered by action divergence",
    "smoothness": "base + filtered by smoothness",
    "nearest-base": "base + filtered by nearest base episode",
}


def write_page(results: Results, docs: Path) -> None:
    """Everything known so far."""
    page = docs / "study.md"
    (docs / "study").mkdir(exist_ok=True)
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    made = "\n\n".join(("", successes(results), detections(results), beside(results), effort(results), ""))
    page.write_text(f"{before}{BEGIN}{made}{END}{after}")
    (docs / "study" / "success.svg").write_text(draw(results, {cell: TOLD[cell] for cell in done(results)}))


def done(results: Results) -> list[str]:
    """Cells of which something is known."""
    return [cell for cell in CELLS if any(results.share(task, cell) for task in TASKS)]


def successes(results: Results) -> str:
    """One row per cell, one column per task."""
    tasks = [task for task in TASKS if results.share(task, "naive")]
    head = (*(f"`{task}`" for task in tasks), "mean", "over naive")
    lines = ["| trained on | " + " | ".join(head) + " |", "|---" * (len(head) + 1) + "|"]
    for cell in done(results):
        shares = {task: results.share(task, cell) for task in tasks}
        shown = [_shown(shares[task], results.per_seed(task, cell)) for task in tasks]
        lines.append(f"| {TOLD[cell]} | " + " | ".join((*shown, *_over_naive(results, cell, tasks))) + " |")
    words = (
        "Successes in per cent, their 95 % interval (Wilson), of how many rollouts, and in brackets each seed's rate. "
        "The interval takes rollouts as independent; those of one seed share a policy and its data, so look at the "
        "seeds too. *Over naive* is the mean difference in points, over tasks and seeds that both have."
    )
    return words + "\n\n" + "\n".join(lines)


def _shown(share: Share | None, seeds: dict[int, float]) -> str:
    if share is None:
        return ""
    low, high = share.interval
    rates = ", ".join(f"{100 * rate:.0f}" for rate in seeds.values())
    return f"{100 * share.value:.0f} ({100 * low:.0f} to {100 * high:.0f}) of {share.of} [{rates}]"


def _over_naive(results: Results, cell: str, tasks: list[str]) -> tuple[str, str]:
    """Mean success over the tasks, and how much more than naive that is, pair by pair, with its range."""
    pairs = []
    for task in tasks:
        mine, naive = results.per_seed(task, cell), results.per_seed(task, "naive")
        pairs += [(mine[seed], naive[seed]) for seed in mine.keys() & naive.keys()]
    if not pairs:
        return "", ""
    success, naive_success = np.array(pairs).T * 100
    more = success - naive_success
    return f"{success.mean():.0f}", f"{more.mean():+.0f} ({more.min():+.0f} to {more.max():+.0f})"


def detections(results: Results) -> str:
    """AUROC of every score against every foreign strategy, and what it follows."""
    columns = [(task, strategy) for task in results.tasks for strategy in TASKS[task].foreign]
    found = {task: results.detections(task) for task in results.tasks}
    names = list(dict.fromkeys(name for some in found.values() for one in some for name in one))
    head = "| score | " + " | ".join(f"`{task}` {strategy}" for task, strategy in columns) + " | ρ with duration |"
    lines = [head, "|---" * (len(columns) + 2) + "|"]
    for name in names:
        values = [np.mean([one[name][strategy] for one in found[task]]) for task, strategy in columns]
        follows = [one[name]["duration"] for some in found.values() for one in some]
        known = [value for value in follows if np.isfinite(value)]
        last = f"{np.mean(known):+.2f}" if known else ""
        lines.append(f"| {name} | " + " | ".join(f"{value:.2f}" for value in values) + f" | {last} |")
    words = (
        "How well each score tells an operator with a strategy of its own from one with the base set's: AUROC (chance "
        "that the foreign episode has the worse value; 0.5 is none), mean over the seeds. And Spearman's ρ of the "
        "score, turned so that more is worse, with the duration."
    )
    return words + "\n\n" + "\n".join(lines)


def beside(results: Results) -> str:
    """One row per score: how well it detects, beside the success that its filter leads to."""
    found = {task: results.detections(task) for task in results.tasks}
    names = list(dict.fromkeys(name for some in found.values() for one in some for name in one))
    head = "| score | " + " | ".join(f"`{task}` AUROC | success" for task in results.tasks) + " |"
    lines = [head, "|---" * (2 * len(results.tasks) + 1) + "|"]
    for name in names:
        cells = []
        for task in results.tasks:
            share = results.share(task, name) if name in MEASURES else None
            auroc = np.mean([one[name]["all"] for one in found[task]])
            cells += [f"{auroc:.3f}", f"{100 * share.value:.0f}" if share else ""]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    words = (
        "Each score's AUROC against all foreign episodes of a task together, beside the success, in per cent, of the "
        "policy trained on base + the third that the score likes best. Success is empty where nothing was filtered by "
        "a score: novel and far share and transition diversity have no better end, jerk goes with the duration, which "
        "has its own filter, and the others were not tried, because each filter is a policy more per task and seed."
    )
    return words + "\n\n" + "\n".join(lines)


def effort(results: Results) -> str:
    """How many tries eliciting took."""
    lines = [line for line in results.lines if "tries" in line]
    if not lines:
        return ""
    told = [f"`{line['task']}` seed {line['seed']}: {line['elicited']} of {line['tries']}" for line in lines]
    return "Episodes accepted of those tried while eliciting: " + "; ".join(told) + "."
