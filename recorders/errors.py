"""What can go wrong in the processes of a session."""

from accord.datasets.errors import AccordError


class RecorderError(AccordError):
    """A ring, a process or a recording cannot be made or has ended."""
