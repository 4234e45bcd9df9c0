"""The process that rolls out: seeds in, rollouts out."""

import os
import signal
from contextlib import suppress
from multiprocessing.connection import Connection

from accord.app.report import CancelledError
from accord.app.rolling import Rolling
from accord.app.rollout import RolloutPlan
from accord.datasets.errors import AccordError
from accord.datasets.threads import at_most


def life(plan: RolloutPlan, connection: Connection) -> None:
    """See `accord.app.crew.work_off`: things are (number, seed)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; who started us decides
    os.nice(5)  # a person who drives beside it comes first
    with suppress(EOFError, BrokenPipeError, ConnectionResetError, CancelledError), at_most(1):
        try:
            with Rolling(plan) as rolling:
                while (thing := connection.recv()) is not None:
                    number, seed = thing
                    # Whatever comes in the middle of a rollout is the wish to stop.
                    connection.send(rolling.roll(number, seed, stopped=connection.poll))
        except CancelledError:
            raise
        except AccordError as error:
            connection.send(error)
