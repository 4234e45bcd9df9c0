"""Fitting with a memory: the settings of a fit are kept beside the policy, so that it can be fitted again alike."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.app.curating import fit_policy, score_library
from accord.app.report import Report, silent
from accord.datasets.calibration import Calibration, Quantiles, calibrate
from accord.datasets.episode import Episode
from accord.datasets.errors import AccordError
from accord.datasets.fit_settings import FitSettings
from accord.datasets.heads import MixtureHead
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.strict_json import parse
from accord.datasets.trim import Cuts, stays
from accord.datasets.used import Used

_FILE = "settings.json"
_FIT = 0.95
"""Of the whole, how much of a fit is done before its library is scored [1]."""
_TUPLES = ("observed", "commanded", "hidden")


def fit_and_remember(
    folder: Path,
    name: str,
    episodes: tuple[str, ...],
    settings: FitSettings,
    report: Report = silent,
    cuts: Mapping[str, Cuts] | None = None,
) -> str:
    """As `accord.app.curating.fit_policy`; keep the settings, then score the library against it.

    Raises:
        AccordError: if the name is taken, an episode is missing, or they do not fit together.
    """

    def fitting(fraction: float, text: str, details: Any = None) -> None:
        report(_FIT * fraction, text, details)

    def scoring(fraction: float, text: str, details: Any = None) -> None:
        report(_FIT + (1 - _FIT) * fraction, text, details)

    fitted = fit_policy(folder, name, episodes, settings, fitting, cuts)
    with suppress(OSError):  # the policy is whole without them, and tells most of them itself
        text = json.dumps(asdict(settings), indent=1)
        (Library(folder).policy_folder(fitted) / _FILE).write_text(text, encoding="utf-8")
    score_library(folder, fitted, scoring)  # last: it takes long, and whoever is killed in it has lost nothing
    return fitted


def settings_of(policy: BasePolicy, folder: Path) -> FitSettings:
    """What to fit with to get this policy again; of one without remembered settings, what it tells itself.

    Args:
        policy: the policy.
        folder: where it stands.
    """
    try:
        told = parse((folder / _FILE).read_bytes())
        fields: dict[str, Any] = {name: tuple(value) if name in _TUPLES else value for name, value in told.items()}
        return FitSettings(**(fields | {"quantiles": Quantiles(**told["quantiles"])}))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, AccordError):
        return _told_by(policy)


def _told_by(policy: BasePolicy) -> FitSettings:
    head, weights = policy.head, policy.ensemble.weights
    return FitSettings(
        observed=policy.observed.names,
        commanded=policy.commanded.names,
        members=policy.ensemble.members,
        hidden=tuple(int(weight.shape[2]) for weight in weights[:-1]),
        chunk=head.chunk,
        head="mixture" if isinstance(head, MixtureHead) else "mean",
        modes=head.modes if isinstance(head, MixtureHead) else FitSettings().modes,
    )


def calibrated(library: Library, policy: BasePolicy) -> Calibration:
    """What the held-out episodes say about the thresholds, as they were when the policy was fitted.

    Raises:
        AccordError: if one of them is not in the library, or cannot be scored.
    """
    return calibrate(policy, [_steps(library, episode, policy.used.get(episode)) for episode in policy.held_out])


def _steps(library: Library, episode: str, used: Used | None) -> NDArray[np.void]:
    with Episode(library.find(episode)) as opened:
        steps = opened.steps()
    if used is None or not len(steps):
        return steps
    return np.asarray(steps[stays(steps["t_ns"], int(steps["t_ns"][0]), used.trim, used.cuts)])
