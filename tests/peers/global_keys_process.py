"""Keys without focus, read in a process of their own as a device's process does it: ``BLOCK KEYS``."""

import signal
import sys
import time

from accord.devices.inputs.global_keys import GlobalKeys
from accord.devices.inputs.stateblock import StateWriter


def main(block: str, keys: str) -> None:
    """Until it is terminated."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    device, writer = GlobalKeys(keys), StateWriter(block)
    try:
        device.open()
        while True:
            t_ns = time.monotonic_ns()
            writer.publish(device.read(t_ns), device.health(), t_ns)
            device.wait(0.02)
    finally:
        device.close()
        writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
