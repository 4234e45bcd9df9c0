"""What can go wrong in the app itself."""

from accord.datasets.errors import AccordError


class AppError(AccordError):
    """Something was asked of the app that it cannot do now."""
