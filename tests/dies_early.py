"""A module that cannot be imported by a process of its own, as where a library is missing there."""

import multiprocessing

if multiprocessing.parent_process() is not None:
    raise ImportError("as if a library were missing")


def life(plan: bytes, connection: object) -> None:
    """Never lived."""
