"""EnsemblePolicy: drives by a base policy, by the mean of its members or by one of them."""

import numpy as np

from accord.datasets.ensemble import Ensemble, ForwardPass
from accord.datasets.errors import PolicyError
from accord.datasets.policy import BasePolicy
from accord.devices.command import Vector


class EnsemblePolicy:
    """The commands of a chunk, from one step on. Limit numpy to one thread around it, as for a `LiveScorer`."""

    def __init__(self, base: BasePolicy, member: int | None = None) -> None:
        """Make its buffers.

        Args:
            base: whose predictions.
            member: which of its members, from 1; None for the mean of all.

        Raises:
            PolicyError: if there is no such member.
        """
        ensemble = base.ensemble if member is None else _only(base, member)
        self._base, self._forward = base, ForwardPass(ensemble, 1)

    def act(self, step: np.void) -> Vector:
        """(H, A) the commands from this step on, see `accord.devices.policies.policy.Policy`.

        Raises:
            PolicyError: if a field that it was fitted to is missing, of another shape, or not finite.
        """
        seen = self._base.observation_normalisation.apply(self._base.observations(step))
        chunk: Vector = self._base.as_commands(self._forward(seen))[0]
        return chunk


def _only(base: BasePolicy, member: int) -> Ensemble:
    """The one member as an ensemble of its own."""
    most, one = base.ensemble.members, slice(member - 1, member)
    if not 1 <= member <= most:
        raise PolicyError(f"a member 1 to {most} of {base.name}", f"{member}", "name one of these")
    weights, biases = base.ensemble.weights, base.ensemble.biases
    return Ensemble(tuple(weight[one] for weight in weights), tuple(bias[one] for bias in biases))
