"""What is wrong with the steps of an episode, as a rule needs it that cuts some of them."""

import numpy as np

from accord.datasets.compatibility import Thresholds
from accord.datasets.index import TimedScores
from accord.datasets.library import Entry
from accord.datasets.step_filter import JudgedSteps
from accord.datasets.trim import stays


def judged_steps(entry: Entry, known: TimedScores | None, thresholds: Thresholds) -> JudgedSteps | None:
    """The scored steps of what the trim leaves of an episode; None where it is not scored.

    Args:
        entry: the episode.
        known: the scores of its steps, or None.
        thresholds: of the base policy that they were scored against.
    """
    if known is None:
        return None
    first_ns = entry.summary.first_ns
    inside = stays(known.t_ns, first_ns, entry.curation.trim)
    verdicts = known.steps.only(inside).judge(thresholds)
    wrong = {"conflict": verdicts.conflict}
    if np.isfinite(verdicts.incompatibility).all():  # a policy of before there was this score does not know it
        wrong["incompatible"] = verdicts.incompatible
    return JudgedSteps((known.t_ns[inside] - first_ns) / 1e9, wrong)
