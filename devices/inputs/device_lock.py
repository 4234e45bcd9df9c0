"""Device locks: a device file that somebody reads is locked, so that two hands or programs never read the same one."""

import os
import sys
from pathlib import Path

if sys.platform != "win32":  # where there is nothing to lock
    import fcntl


def lock(descriptor: int) -> None:
    """Lock an open device file; the lock goes with the descriptor, and with the process.

    Raises:
        BlockingIOError: another one has it.
    """
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise
    except OSError:  # nothing that can be locked: read it all the same
        pass


def claim(node: Path) -> int | None:
    """Lock a device file that somebody else opens and reads for us.

    Returns:
        A descriptor to close when done with it; None for a file that cannot be opened, as whoever reads it will say.

    Raises:
        BlockingIOError: another one has it.
    """
    if sys.platform == "win32":
        return None
    try:
        descriptor = os.open(node, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        lock(descriptor)
    except BlockingIOError:
        os.close(descriptor)
        raise
    return descriptor
