"""Lives of workers for tests: functions of a module, as a spawned process needs them."""

import os
from multiprocessing.connection import Connection
from pathlib import Path

from accord.app.errors import AppError


def square(plan: str, connection: Connection) -> None:
    """Squares numbers; tells who it was."""
    while (number := connection.recv()) is not None:
        connection.send((plan, number * number, os.getpid()))


def die_of_seven(plan: str, connection: Connection) -> None:
    """Squares numbers, and dies of a seven."""
    while (number := connection.recv()) is not None:
        if number == 7:
            os._exit(5)
        connection.send(number * number)


def refuse(plan: str, connection: Connection) -> None:
    """Cannot even begin."""
    connection.recv()
    connection.send(AppError("a tool", "none", "buy one"))


def go_on_until_stopped(folder: Path, connection: Connection) -> None:
    """Never ends by itself, and tidies up."""
    number = connection.recv()
    begun = folder / f"{number}.begun"
    begun.touch()
    connection.poll(None)
    begun.rename(folder / f"{number}.tidied")
