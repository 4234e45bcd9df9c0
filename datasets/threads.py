"""How many threads matrix products may use. The only door to threadpoolctl.

Threads of a matrix product wait for each other by spinning. Beside a loop, a camera and a window that want the same
cores they spend most of their time doing that: a fit that takes ten seconds alone took minutes.
"""

import os
from contextlib import AbstractContextManager

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

BESIDE_OTHERS = max(1, (os.cpu_count() or 1) - 1)
"""For long work beside a running session: leave a core to whoever drives."""


def at_most(threads: int) -> AbstractContextManager[object]:
    """Within it, no matrix product uses more threads."""
    limits: AbstractContextManager[object] = threadpool_limits(threads)
    return limits
