"""What can go wrong at the end of a wire."""

from accord.datasets.errors import AccordError


class DeviceError(AccordError):
    """An input, a robot, a camera or a scene cannot be used."""


class NotConnectedError(DeviceError):
    """The device is not there, or may not be opened."""
