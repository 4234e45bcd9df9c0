"""Choosing: what a rule makes of every candidate, in words; and two controls that show what a filter is worth."""

import hashlib
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from accord.datasets.errors import LibraryError
from accord.datasets.selection import OWN_SCORES, Candidate, Choice, Rule, Selection, unit_of
from accord.datasets.step_filter import DROPS, LEAST_SHARE, JudgedSteps, StepCuts, cuts_of


def choose(
    candidates: Iterable[Candidate],
    rule: Rule,
    name: str = "",
    wall_ns: int = 0,
    steps: Mapping[str, JudgedSteps] | None = None,
) -> Selection:
    """Decide about every candidate.

    Args:
        candidates: in the order that they shall have in the training set.
        rule: what an episode must be.
        name: of the selection.
        wall_ns: now (since 1970) [ns].
        steps: episode → the steps of what its trim leaves, for a rule that cuts some of them.

    Raises:
        LibraryError: if more episodes shall be dropped for comparison than would be kept.
    """
    known = steps or {}
    rows = [_decide(candidate, rule, known.get(candidate.id)) for candidate in candidates]
    rows = _drop(rows, rule.drop_longest, _by_length, f"one of the {rule.drop_longest} longest")
    drawn = f"one of {rule.drop_random} drawn by lot, seed {rule.seed}"
    rows = _drop(rows, rule.drop_random, lambda choice: _lot(choice, rule.seed), drawn)
    return Selection(name, rule, tuple(rows), wall_ns)


def _decide(candidate: Candidate, rule: Rule, steps: JudgedSteps | None) -> Choice:
    if candidate.outcome == "discarded":
        return Choice(candidate, False, "discarded while it was recorded")
    if candidate.verdict == "reject":
        return Choice(candidate, False, "rejected by the curator")
    if candidate.verdict == "accept":
        return _accepted(candidate, rule, steps)
    against = next(_objections(candidate, rule), None)
    if against:
        return Choice(candidate, False, against)
    return _cut(candidate, rule, steps)


def _accepted(candidate: Candidate, rule: Rule, steps: JudgedSteps | None) -> Choice:
    """It stays, whatever its scores are; whole, unless the rule asks for cuts in such episodes too."""
    word = "accepted by the curator"
    cuts = _cuts(rule, steps) if rule.cut_accepted else None
    if cuts is None or not cuts.cuts:
        return Choice(candidate, True, word)
    if cuts.share < LEAST_SHARE:
        return Choice(candidate, True, f"{word}, and whole: {_too_little(rule, cuts)}")
    return Choice(candidate, True, f"{word}, {_all_but(rule, cuts)}", cuts.cuts)


def _cut(candidate: Candidate, rule: Rule, steps: JudgedSteps | None) -> Choice:
    word = "meets every condition"
    if not rule.drop_steps:
        return Choice(candidate, True, word)
    cuts = _cuts(rule, steps)
    if cuts is None:
        return Choice(candidate, False, _unscored(rule))
    if not cuts.cuts:
        return Choice(candidate, True, word)
    if cuts.share < LEAST_SHARE:
        return Choice(candidate, False, _too_little(rule, cuts))
    return Choice(candidate, True, _all_but(rule, cuts), cuts.cuts)


def _cuts(rule: Rule, steps: JudgedSteps | None) -> StepCuts | None:
    """None where nothing shall be cut, or nobody knows what."""
    if steps is None or rule.drop_steps not in steps.wrong:
        return None
    return cuts_of(steps.t_s, steps.wrong[rule.drop_steps], rule.least_piece_s)


def _all_but(rule: Rule, cuts: StepCuts) -> str:
    """``all but 31 conflicting steps (0.62 s) and 12 too few to keep beside them (0.24 s), in 3 pieces``."""
    text = f"all but {_steps(cuts.wrong, f'{DROPS[rule.drop_steps]} step')} ({cuts.wrong * cuts.period_s:.2f} s)"
    if cuts.between:
        text += f" and {cuts.between} too few to keep beside them ({cuts.between * cuts.period_s:.2f} s)"
    return f"{text}, in {_steps(cuts.pieces, 'piece')}"


def _too_little(rule: Rule, cuts: StepCuts) -> str:
    word = DROPS[rule.drop_steps]
    return f"only {100 * cuts.share:.0f} % would stay without its {word} steps, less than a third"


def _steps(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _unscored(rule: Rule) -> str:
    return f"not scored against {rule.policy or 'a base policy'}"


def _objections(candidate: Candidate, rule: Rule) -> Iterator[str]:
    """Every reason against it, the plainest first."""
    if candidate.outcome not in rule.outcomes:
        yield f"outcome {candidate.outcome} is not chosen"
    if candidate.rollout and not rule.rollouts:
        yield "a policy drove, nobody demonstrated"
    if rule.tasks and candidate.task not in rule.tasks:
        yield f"task {candidate.task} is not chosen"
    if rule.operators and candidate.operator not in rule.operators:
        yield f"operator {candidate.operator} is not chosen"
    for what, value, limit, side, wrong in _limits(candidate, rule):
        if limit is None:
            continue
        if value is None:
            yield _unscored(rule)
        elif wrong(value, limit):
            yield f"{what} {100 * value:.3g} % is {side} {100 * limit:.3g} %"
    yield from _score_objections(candidate, rule)


_Limit = tuple[str, float | None, float | None, str, Callable[[float, float], bool]]


def _limits(candidate: Candidate, rule: Rule) -> tuple[_Limit, ...]:
    return (
        ("conflict", candidate.conflict_share, rule.max_conflict_share, "over", operator.gt),
        ("compatibility", candidate.compatibility, rule.min_compatibility, "under", operator.lt),
        ("novelty", candidate.novel_share, rule.max_novel_share, "over", operator.gt),
    )


def _score_objections(candidate: Candidate, rule: Rule) -> Iterator[str]:
    """Against any other score, with its unit."""
    for name, (least, largest) in rule.scores.items():
        value, unit = candidate.scores.get(name), unit_of(name)
        if value is None:
            yield _unscored(rule) if name in OWN_SCORES else f"{name} is not known"
        elif least is not None and value < least:
            yield f"{name} {value:.4g}{unit} is under {least:.4g}{unit}"
        elif largest is not None and value > largest:
            yield f"{name} {value:.4g}{unit} is over {largest:.4g}{unit}"


def _drop(rows: list[Choice], count: int, rank: Callable[[Choice], Any], which: str) -> list[Choice]:
    """Drop so many of those that a rule keeps, the lowest rank first; what the curator accepted stays.

    Raises:
        LibraryError: if there are not so many.
    """
    kept = [choice for choice in rows if choice.kept and choice.candidate.verdict != "accept"]
    if count > len(kept):
        raise LibraryError(f"{count} episodes to drop for comparison", f"{len(kept)} that meet the rule", "drop fewer")
    dropped = {choice.id for choice in sorted(kept, key=rank)[:count]}
    why = f"{which}, dropped to compare with"
    return [replace(row, kept=False, why=why, cuts=()) if row.id in dropped else row for row in rows]


def _by_length(choice: Choice) -> tuple[float, str]:
    """The longest first; among equals by id, so that the order of the library decides nothing."""
    return -choice.candidate.length_s, choice.id


def _lot(choice: Choice, seed: int) -> bytes:
    """A lot that depends on the seed and the episode alone: neither on the order nor on the version of a library."""
    return hashlib.sha256(f"{seed} {choice.id}".encode()).digest()
