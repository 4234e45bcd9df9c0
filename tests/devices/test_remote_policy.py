"""A remote policy against real server processes that speak with openpi-client's own messages."""

import socket
import subprocess
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from peers.environment import openpi
from peers.policy_servers import PolicyServer, serve
from rollouts import run

from accord.devices.errors import DeviceError
from accord.devices.limits import Hold
from accord.devices.policies.openpi_wire import pack, unpack
from accord.devices.policies.remote import LostPolicyError, RemotePolicy
from accord.devices.policies.views import Views
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.policy import Asking, PolicySource
from accord.recorders.step import step_schema

__all__ = ["openpi", "serve"]
Serve = Callable[..., PolicyServer]

LOCKSTEP = Asking(wait_s=30.0, patience_s=30.0)
"""Simulated time stands still for every answer, so that what comes out is the same on a busy machine."""


def drive(address: str, asking: Asking = LOCKSTEP, most_s: float = 1.0) -> tuple[np.ndarray, PolicySource]:
    """Steps of a robot that this server drives."""
    robot = Workcell()
    with RemotePolicy(address, "go there") as policy:
        source = PolicySource(policy, address, robot.observation_fields, 50.0, robot, asking)
        return run(robot, source, seed=0, most_s=most_s), source


def one_step() -> np.void:
    """The beginning of an episode, as a policy sees it."""
    robot = Workcell()
    schema = step_schema(robot.observation_fields, robot.state_size)
    names = [field.name for field in schema if field.name.startswith("observation/")]
    step = np.zeros(1, schema.only([*names, "physics/state"]).dtype)
    step["physics/state"] = robot.state()
    return step[0]


# Messages ----------------------------------------------------------------------------------------------------------


def test_what_we_pack_openpi_reads_and_the_other_way_round(openpi: Path) -> None:
    program = """
import sys
import numpy as np
from openpi_client import msgpack_numpy
told = msgpack_numpy.unpackb(sys.stdin.buffer.read())
assert told["prompt"] == "lift — the cube"
assert told["observation/a"].dtype == np.float64 and told["observation/a"].tolist() == [1.5, -2.0], told
assert told["observation/width"].shape == () and told["observation/width"] == 0.25, told
picture = told["observation/image/front"]
assert picture.dtype == np.uint8 and picture.shape == (4, 6, 3) and picture[1, 2, 0] == 36, picture
back = {**told, "actions": np.ones((2, 7), np.float32), "number": np.float32(0.5), "flag": np.bool_(True)}
sys.stdout.buffer.write(msgpack_numpy.packb(back))
"""
    picture = (np.arange(72).reshape(4, 6, 3) * 1.5).astype(np.uint8)
    told = {"prompt": "lift — the cube", "observation/a": np.array([1.5, -2.0]), "observation/width": np.array(0.25)}
    told |= {"observation/image/front": picture}
    done = subprocess.run([str(openpi), "-I", "-c", program], input=pack(told), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    back = unpack(done.stdout)
    assert back["actions"].dtype == np.float32
    assert back["actions"].shape == (2, 7)
    assert (back["number"], back["flag"]) == (0.5, True)
    assert np.array_equal(back["observation/image/front"], picture)
    assert np.array_equal(back["observation/a"], told["observation/a"])


def array(dtype: object, data: object, shape: object) -> bytes:
    """An array as somebody else may have packed it."""
    return pack({b"__ndarray__": True, b"dtype": dtype, b"data": data, b"shape": shape})


EIGHT = b"12345678"
NO_MESSAGES = {
    "nothing": b"",
    "a byte that means nothing": b"\xc1",
    "half a map": b"\x81\xa1a",
    "a pit of lists": b"\x91" * 100_000 + b"\x01",
    "two messages": pack({"a": 1}) + b"\x00",
    "objects": array("|O", EIGHT, [1]),
    "objects that are none": array("O", b"", [0]),
    "records": array("V8", EIGHT, [1]),
    "a record that numpy would read": array("f8,f8", EIGHT * 2, [1]),
    "letters": array("<U2", EIGHT, [1]),
    "times": array("<M8[ns]", EIGHT, [1]),
    "imaginary numbers": array("<c16", EIGHT * 2, [1]),
    "more than there is": array("<f8", EIGHT, [2]),
    "less than nothing": array("<f8", EIGHT, [-1]),
    "a text as bytes": array("<f8", "text", [1]),
    "a number as bytes": array("<f8", 7, [1]),
    "nothing of very much": array("<f8", b"", [0, 2**62, 2**62]),
    "a word as shape": array("<f8", EIGHT, "no"),
    "no shape": pack({b"__ndarray__": True}),
    "a list as type": array(["<f8"], EIGHT, [1]),
    "one object": pack({b"__npgeneric__": True, b"dtype": "|O", b"data": 1}),
    "a word as number": pack({b"__npgeneric__": True, b"dtype": "<f8", b"data": "word"}),
    "no number": pack({b"__npgeneric__": True}),
}


@pytest.mark.parametrize("data", NO_MESSAGES.values(), ids=NO_MESSAGES)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        unpack(data)


def test_what_cannot_travel_is_not_packed() -> None:
    with pytest.raises(TypeError, match="set"):
        pack({"a": {1, 2}})


# A server that does what it shall ----------------------------------------------------------------------------------


def test_openpi_s_own_client_takes_our_test_server_for_one_of_its_kind(openpi: Path, serve: Serve) -> None:
    server = serve("good")
    program = f"""
import numpy as np
from openpi_client.websocket_client_policy import WebsocketClientPolicy
policy = WebsocketClientPolicy({server.address!r})
assert policy.get_server_metadata() == {{"name": "a server for tests"}}
actions = policy.infer({{"observation/hand_position": np.zeros(3), "prompt": "go"}})["actions"]
assert actions.shape == (8, 7) and actions.dtype == np.float32
"""
    done = subprocess.run([str(openpi), "-I", "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_server_drives_the_hand_where_it_wants(serve: Serve) -> None:
    server = serve("good")
    steps, source = drive(server.address, most_s=4.0)
    goal = np.array([0.5, 0.1, 0.2])
    assert np.linalg.norm(steps["observation/hand_position"][-1] - goal) < 0.01
    assert set(steps["hold"]) == {int(Hold.NONE)}
    assert (source.questions, source.too_late) == (200 // 8, 0)
    heard = server.heard()
    assert heard["prompt"] == "go there"
    assert heard["observation/nut_position"] == "float64[3]"
    assert heard["observation/gripper_width"] == "float64[]"
    assert "physics/state" not in heard, "nobody has that on a real robot"


def test_pictures_are_sent_where_they_are_wanted(serve: Serve) -> None:
    server, robot = serve("good"), Workcell()
    views = Views(robot.model_xml, ("front", "wrist"), 64, 48)
    with RemotePolicy(server.address, "go there", views) as policy:
        assert policy.act(one_step()).shape == (8, 7)
    views.close()
    heard = server.heard()
    assert heard["observation/image/front"] == heard["observation/image/wrist"] == "uint8[48, 64, 3]"


def test_a_view_that_is_none_is_refused() -> None:
    with pytest.raises(DeviceError, match="'back'"):
        Views(Workcell().model_xml, ("back",), 64, 48)


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody else can be given this port
        with pytest.raises(DeviceError, match="refused"):
            RemotePolicy(f"ws://127.0.0.1:{taken.getsockname()[1]}", "go")


def test_a_server_of_another_kind_is_told() -> None:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        server.RequestHandlerClass.log_message = lambda *_: None  # type: ignore[method-assign, assignment]
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(DeviceError, match=f"a policy server at ws://127.0.0.1:{server.server_port}"):
            RemotePolicy(f"ws://127.0.0.1:{server.server_port}", "go")
        thread.join()


# Servers that do not -----------------------------------------------------------------------------------------------

WRONG = {
    "rubbish": "bytes that are no message",
    "list": "a list in place of a map",
    "nothing": "without an array of actions",
    "words": "without an array of actions",
    "shape": "(8, 5)",
    "flat": "(7,)",
    "empty": "(0, 7)",
    "nan": "finite",
    "objects": "an array of '|O'",
    "short": "with other bytes",
    "text": "ValueError: the network has no weights",
    "die": "closed the connection",
    "close": "closed the connection",
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_server_that_goes_wrong_holds_the_robot_and_is_told_in_one_sentence(kind: str, serve: Serve) -> None:
    server = serve(kind, "--after", "2")
    steps, source = drive(server.address, most_s=0.5)
    assert list(steps["hold"]) == [Hold.NONE] * 16 + [Hold.STALE_COMMAND] * 9
    assert steps["sent/twist"][:16].any(axis=1).all()
    assert not steps["sent/twist"][16:].any()
    assert isinstance(source.failure, DeviceError)
    assert WRONG[kind] in str(source.failure)
    assert str(source.failure).startswith("Wanted")
    assert "\n" not in str(source.failure)
    assert isinstance(source.failure, LostPolicyError) == (kind in ("die", "close"))


def test_a_server_that_is_killed_in_the_middle_holds_the_robot(serve: Serve) -> None:
    server, robot = serve("good"), Workcell()
    with RemotePolicy(server.address, "go there") as policy:
        source = PolicySource(policy, "remote", robot.observation_fields, 50.0, robot, LOCKSTEP)
        assert not run(robot, source, seed=0, most_s=0.16)["hold"].any()
        server.kill()
        steps = run(robot, source, seed=0, most_s=0.1)
    assert set(steps["hold"]) == {int(Hold.STALE_COMMAND)}
    assert isinstance(source.failure, LostPolicyError)


def test_a_server_that_falls_silent_holds_the_robot_until_patience_is_over(serve: Serve) -> None:
    server = serve("silent", "--after", "1")
    steps, source = drive(server.address, Asking(wait_s=0.1, patience_s=0.4), most_s=0.8)
    assert not steps["hold"][:11].any(), "the answer, and what may act after its last command"
    assert set(steps["hold"][11:]) == {int(Hold.STALE_COMMAND)}
    assert "within 0.4 s" in str(source.failure)


def test_a_server_that_answers_late_costs_held_steps_and_drives_on(serve: Serve) -> None:
    server = serve("good", "--after", "1", "--seconds", "0.25")
    steps, source = drive(server.address, Asking(wait_s=0.1, patience_s=30.0), most_s=1.0)
    assert source.failure is None
    assert source.too_late > 0
    assert steps["hold"].any()
    assert not steps["hold"][:11].any()
    steps, source = drive(server.address, Asking(wait_s=30.0, patience_s=30.0), most_s=1.0)
    assert not steps["hold"].any(), "who waits longer holds nothing"


def test_closing_does_not_wait_for_an_answer_and_may_be_done_twice(serve: Serve) -> None:
    policy = RemotePolicy(serve("silent").address, "go")
    policy.ask(one_step())
    assert policy.answer(0.01) is None
    policy.close()
    policy.close()
