"""Report: how long work says how far it is, and hears that it shall stop."""

from typing import Any, Protocol

from accord.app.errors import AppError


class CancelledError(AppError):
    """The person stopped it; nothing was left behind."""

    def __init__(self) -> None:
        super().__init__("the work done", "that it was cancelled", "start it again when you like")

    def __reduce__(self) -> tuple[type["CancelledError"], tuple[()]]:  # type: ignore[override]
        """It says the same every time."""
        return type(self), ()


class Report(Protocol):
    """Called by long work, often."""

    def __call__(self, fraction: float, text: str, details: Any = None) -> None:
        """Say how far it is.

        Args:
            fraction: of the whole, 0 to 1.
            text: what is being done, in a few words.
            details: more, for who knows this work.

        Raises:
            CancelledError: if it shall stop.
        """
        ...


def silent(fraction: float, text: str, details: Any = None) -> None:
    """A report to nobody."""
