"""Which serial port a leader hangs on."""

from accord.devices.errors import NotConnectedError
from accord.devices.inputs.serial_port import ports, there_are


def leader_port(leader: str, port: str) -> str:
    """The port that was given, by its path or its adapter's serial number, or else the only one of USB.

    Args:
        leader: what a person calls the leader.
        port: path of a serial port, serial number of a USB adapter, or empty.

    Raises:
        NotConnectedError: if none was given, and there is none or more than one.
    """
    if port:
        return next((one.device for one in ports() if one.serial == port), port)
    found = [one.device for one in ports() if one.vendor is not None]
    if not found:
        remedy = "plug its adapter in, or give the port"
        raise NotConnectedError(f"the {leader} on a USB serial port", f"none among these: {there_are()}", remedy)
    if len(found) > 1:
        raise NotConnectedError(f"the {leader} on the only USB serial port", ", ".join(found), "choose one as its port")
    return found[0]
