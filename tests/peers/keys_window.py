"""A window in a process of its own that only drives: an empty picture of the robot, and its keys in a block."""

import signal
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from accord.app.ui.keys import HeldKeys
from accord.app.ui.views import Views
from accord.devices.inputs.keyblock import KeyWriter


def main(block: str) -> None:
    """Until it is terminated."""
    application = QApplication(["keys window"])
    window, views = QWidget(), Views()
    window.setWindowTitle(block)
    QHBoxLayout(window).addWidget(views)
    window.setGeometry(0, 0, 400, 300)
    keys, writer = HeldKeys(application), KeyWriter(block)
    keys.changed.connect(lambda: writer.publish(keys.held, time.monotonic_ns()))
    keys.turned.connect(lambda notches: writer.turn(notches, time.monotonic_ns()))
    keys.listen(True)
    tick = QTimer(interval=33)
    tick.timeout.connect(lambda: writer.publish(keys.held, time.monotonic_ns()))
    tick.start()
    window.show()
    signal.signal(signal.SIGTERM, lambda *_: application.quit())  # runs at the next tick
    application.exec()
    writer.close()


if __name__ == "__main__":
    main(sys.argv[1])
