"""StepLog: the steps of one episode in plain memory, for who writes them and reads them in one process."""

import numpy as np
from numpy.typing import DTypeLike, NDArray


class StepLog:
    """Where a loop puts its steps when nobody else follows it, in place of a `accord.recorders.ring.Ring`."""

    def __init__(self, dtype: DTypeLike) -> None:
        self.dtype: np.dtype[np.void] = np.dtype(dtype)
        self._steps = np.empty(256, self.dtype)
        self.head = 0
        """How many were written."""

    def write(self, item: NDArray[np.void] | np.void) -> int:
        """Write one step.

        Returns:
            Its number.
        """
        if self.head == len(self._steps):
            self._steps = np.concatenate((self._steps, np.empty_like(self._steps)))
        self._steps[self.head] = item
        self.head += 1
        return self.head - 1

    @property
    def steps(self) -> NDArray[np.void]:
        """(n,) all of them."""
        return self._steps[: self.head]
