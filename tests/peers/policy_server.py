"""A policy server with openpi-client's own messages, for tests. Run in an environment that has openpi-client.

It serves one kind of answer, and a worse one after a given number of good ones. Prints its port, then a line of JSON
for each of the first questions: what was in it.
"""

import argparse
import json
import os
import sys
import threading
import traceback

import numpy as np
from openpi_client import msgpack_numpy
from websockets.sync.server import serve

HEARD = 4
"""Of how many questions it tells: nobody may read what it prints."""
GOAL = np.array([0.5, 0.1, 0.2])


def good(seen):
    """Towards a point over the table, the gripper open: eight commands."""
    way = GOAL - seen["observation/hand_position"]
    twist = np.concatenate([np.clip(2.0 * way, -0.2, 0.2), np.zeros(3)])
    return msgpack_numpy.packb({"actions": np.tile([*twist, 1.0], (8, 1)).astype(np.float32), "took_ms": np.float64(1)})


def lift(seen):
    """Picks up a cube: over it, down, close, up; four commands."""
    hand, cube = seen["observation/hand_position"], seen["observation/cube_position"]
    beside = float(np.hypot(*(cube - hand)[:2]))
    low, held = hand[2] < cube[2] + 0.008, seen["observation/gripper_width"] < 0.06
    gripper = 0.0 if (low and beside < 0.01) or held else 1.0
    height = cube[2] + 0.12 if held else cube[2] if beside < 0.01 else max(hand[2], cube[2] + 0.06)
    w, x, y, z = seen["observation/cube_quaternion"]
    turn = np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z))
    w, x, y, z = seen["observation/hand_quaternion"]
    turn = (turn - np.arctan2(2.0 * (w * z + x * y), 1.0 - 2.0 * (y * y + z * z)) + np.pi / 4) % (np.pi / 2) - np.pi / 4
    way = np.array([*(cube - hand)[:2], height - hand[2]])
    row = [*np.clip(3.0 * way, -0.25, 0.25), 0.0, 0.0, 0.0 if held else 2.0 * turn, gripper]
    return msgpack_numpy.packb({"actions": np.tile(row, (4, 1))})


ANSWERS = {
    "good": good,
    "lift": lift,
    "rubbish": lambda seen: b"\xc1\xff nothing of this is msgpack",
    "list": lambda seen: msgpack_numpy.packb([1, 2, 3]),
    "nothing": lambda seen: msgpack_numpy.packb({"state": np.zeros(3)}),
    "words": lambda seen: msgpack_numpy.packb({"actions": "go left"}),
    "shape": lambda seen: msgpack_numpy.packb({"actions": np.zeros((8, 5))}),
    "flat": lambda seen: msgpack_numpy.packb({"actions": np.zeros(7)}),
    "empty": lambda seen: msgpack_numpy.packb({"actions": np.zeros((0, 7))}),
    "nan": lambda seen: msgpack_numpy.packb({"actions": np.full((8, 7), np.nan)}),
    "objects": lambda seen: b"\x81\xa7actions" + objects(),
    "short": lambda seen: b"\x81\xa7actions" + cut_off(),
}


def objects():
    """An array of objects, which nobody may unpickle; the packer itself refuses to make one."""
    return msgpack_numpy.packb({b"__ndarray__": True, b"data": b"cos\nsystem\n", b"dtype": "|O", b"shape": (1, 7)})


def cut_off():
    """An array that says it is larger than it is."""
    return msgpack_numpy.packb({b"__ndarray__": True, b"data": b"12345678", b"dtype": "<f8", b"shape": (8, 7)})


class Server:
    def __init__(self, arguments):
        self._arguments, self._asked = arguments, 0
        self._lock = threading.Lock()

    def talk(self, connection):
        connection.send(msgpack_numpy.packb({"name": "a server for tests"}))
        for message in connection:
            seen = msgpack_numpy.unpackb(message)
            with self._lock:
                self._asked += 1
                worse = self._asked > self._arguments.after
                if self._asked <= HEARD:
                    tell({key: described(value) for key, value in seen.items()})
            self._reply(connection, seen, worse)

    def _reply(self, connection, seen, worse):
        kind = self._arguments.kind if worse else "good"
        if kind == "die":
            os._exit(3)
        if kind == "close":
            connection.close()
        elif kind == "silent":
            threading.Event().wait()
        elif kind == "text":
            try:
                raise ValueError("the network has no weights")
            except ValueError:
                connection.send(traceback.format_exc())
        else:
            if worse:
                threading.Event().wait(self._arguments.seconds)
            connection.send(ANSWERS[kind](seen))


def described(value):
    return f"{value.dtype}{list(value.shape)}" if isinstance(value, np.ndarray) else value


def tell(told):
    print(json.dumps(told), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=[*ANSWERS, "die", "close", "silent", "text"])
    parser.add_argument("--after", type=int, default=0, help="good answers before that")
    parser.add_argument("--seconds", type=float, default=0.0, help="how long each answer after them takes")
    arguments = parser.parse_args()
    with serve(Server(arguments).talk, "127.0.0.1", 0, compression=None, max_size=None) as server:
        tell({"port": server.socket.getsockname()[1]})
        server.serve_forever()


if __name__ == "__main__":
    sys.exit(main())
