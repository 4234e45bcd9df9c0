"""A phone or headset over a real socket, with the real client."""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.error import HTTPError

import numpy as np
import pytest
from contracts.inputs import MS, START_NS
from phone import HERE, TOKEN, Phone, move
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from accord.devices.errors import DeviceError
from accord.devices.input import InputState
from accord.devices.inputs import hand_server
from accord.devices.inputs.network_hand import NetworkHand, inputs
from accord.devices.inputs.pose_message import Axes


class Desk:
    """A network hand on a free port. Time is made up, for it and its phones, and stands still unless a test says."""

    def __init__(self, clock: Callable[[], int] | None = None) -> None:
        self.now_ns = START_NS
        self.clock = clock or (lambda: self.now_ns)
        self.hand = NetworkHand(port=0, token=TOKEN, clock=self.clock)
        self.hand.open()
        self.port = int(self.hand.health().serial.rpartition(":")[2])
        self._phones: list[Phone] = []

    def phone(self, token: str = TOKEN, **greeting: object) -> Phone:
        self._phones.append(Phone(self.port, token, self.clock, **greeting))
        return self._phones[-1]

    def driving(self, **greeting: object) -> Phone:
        """A phone that is let in and has said where it is."""
        phone = self.phone(**greeting)
        phone.move()
        self.wait_for(lambda: self.read() is not None, "a move")
        return phone

    def read(self) -> InputState | None:
        return self.hand.read(self.clock())

    def wait_for(self, holds: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 20.0
        while not holds():
            assert time.monotonic() < deadline, f"waited in vain for {what}: {self.hand.health()}"
            self.hand.wait(0.005)

    def refuses(self, before: int) -> None:
        self.wait_for(lambda: self.hand.health().refused > before, "a refusal")

    def close(self) -> None:
        for phone in self._phones:
            phone.close()
        self.hand.close()
        self.hand.close()


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


def test_a_move_arrives_in_accord_s_axes(desk: Desk) -> None:
    phone = desk.phone()
    half = np.sqrt(0.5)
    phone.move(quaternion=[half, 0, half, 0], buttons=5, gripper=0.25)
    desk.wait_for(lambda: desk.read() is not None, "a move")
    state = desk.read()
    assert state is not None
    assert state.pose == pytest.approx([0.3, -0.1, 0.2, half, 0, 0, half])
    assert (state.buttons, state.gripper, state.continuous, state.at_rest) == (5, 0.25, True, True)
    assert state.t_ns == desk.now_ns
    told = dict(zip(desk.hand.channels, state.raw, strict=True))
    assert (told["x [m]"], told["z [m]"], told["gripper [1]"], told["buttons [1]"]) == (0.1, -0.3, 0.25, 5)
    health = desk.hand.health()
    assert (health.name, health.connected, health.detail) == ("network hand: Pixel 8", True, "")
    assert (health.reports, health.refused) == (1, 0)


def test_a_sender_may_use_accord_s_axes_and_tell_no_gripper(desk: Desk) -> None:
    desk.driving(axes="accord")
    state = desk.read()
    assert state is not None
    assert state.pose == pytest.approx([0.1, 0.2, -0.3, 1, 0, 0, 0])
    assert state.gripper is None


def test_the_newest_message_counts_and_a_tap_between_two_reads_is_seen_once(desk: Desk) -> None:
    phone = desk.driving()
    for x, buttons in ((0.2, 1), (0.3, 3), (0.4, 1)):
        phone.move(position=[x, 0, 0], buttons=buttons)
    desk.wait_for(lambda: desk.hand.health().reports == 4, "four moves")
    first, second = desk.read(), desk.read()
    assert first is not None
    assert second is not None
    assert first.pose is not None
    assert (first.pose[1], first.buttons, second.buttons) == (-0.4, 3, 1)


def test_nobody_there_is_said_with_the_address_to_open(desk: Desk) -> None:
    assert desk.read() is None
    health = desk.hand.health()
    assert not health.connected
    address = f"http://127.0.0.1:{desk.port}/#token={TOKEN}"
    assert health.detail == f"Wanted a phone or headset, found none: open {address} there."


def test_a_wrong_token_is_told_and_after_three_of_them_each_costs_a_second(desk: Desk) -> None:
    took = []
    for _ in range(4):
        began = time.monotonic()
        code, reason = desk.phone("wrong-token").why_closed()
        took.append(time.monotonic() - began)
        assert code == 1008
        assert reason.startswith("Wanted the token of this start, found another one: ")
    assert min(took[:3]) < 0.9
    assert took[3] >= 1.0
    assert TOKEN not in reason
    assert desk.hand.health().refused == 4
    assert desk.read() is None
    desk.driving()
    assert desk.hand.health().connected


@pytest.mark.parametrize("token", ["", "ünïcode", "correct-horse ", "CORRECT-HORSE"])
def test_what_is_nearly_the_token_is_none(desk: Desk, token: str) -> None:
    assert desk.phone(token).why_closed()[0] == 1008


@pytest.mark.parametrize("greeting", ["rubbish", b"\x00\x01", {"name": "x"}, {"token": TOKEN, "axes": "left"}, move()])
def test_who_does_not_greet_is_sent_away(desk: Desk, greeting: object) -> None:
    with connect(f"ws://{HERE}:{desk.port}/hand", compression=None) as phone:
        phone.send(greeting if isinstance(greeting, str | bytes) else json.dumps(greeting))
        with pytest.raises(ConnectionClosed) as closed:
            phone.recv(timeout=10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.reason.endswith("see docs/network-hand.md.")
    assert desk.read() is None


def closed_with(stranger: ClientConnection) -> tuple[int, str]:
    """Code and reason of one that said nothing and was sent away."""
    with pytest.raises(ConnectionClosed) as closed:
        stranger.recv(timeout=10)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


def test_strangers_who_say_nothing_keep_nobody_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest of them makes room, and may come again."""
    monkeypatch.setattr(hand_server, "_GREETS_WITHIN_S", 60.0)
    wanted = "Wanted a greeting with the token at once, found 4 newer connections: see docs/network-hand.md."
    with ExitStack() as stay:
        strangers = [stay.enter_context(connect(f"ws://{HERE}:{desk.port}/hand", compression=None)) for _ in range(6)]
        assert [closed_with(stranger) for stranger in strangers[:2]] == [(1013, wanted)] * 2
        for _ in range(6):
            phone = desk.driving()
            assert desk.hand.health().connected
            phone.vanish()
            desk.wait_for(lambda: not desk.hand.health().connected, "its end")


def test_who_is_silent_is_sent_away_and_may_come_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_server, "_GREETS_WITHIN_S", 0.1)
    with connect(f"ws://{HERE}:{desk.port}/hand", compression=None) as stranger:
        code, reason = closed_with(stranger)
    assert (code, reason) == (
        1013,
        "Wanted a greeting with the token at once, found silence: see docs/network-hand.md.",
    )


def test_those_who_guess_wrong_take_no_place_while_they_wait(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_server, "DELAY_S", 0.02)
    server = desk.hand._server
    assert server is not None
    with server._guessing:  # as while one waits for its answer
        for token in (*["wrong-token"] * 6, TOKEN):
            last = desk.phone(token)
            desk.wait_for(lambda: not server._waiting, "its greeting")
    last.move()
    desk.wait_for(lambda: desk.read() is not None, "a move")
    desk.wait_for(lambda: desk.hand.health().refused == 6, "the wrong ones")


def test_rubbish_is_refused_and_counted_and_what_is_good_still_counts(desk: Desk) -> None:
    phone = desk.driving()
    rubbish = [
        "",
        "[1, 2]",
        "NaN",
        b"\x80\x04",
        "[" * 1500,
        json.dumps(move(position=[0, 0])),
        json.dumps(move(color=1)),
    ]
    for number, message in enumerate(rubbish, start=1):
        phone.say(message)
        desk.wait_for(lambda number=number: desk.hand.health().refused == number, "a refusal")  # type: ignore[misc]
    phone.move(position=[0, 0, -0.5])
    desk.wait_for(lambda: desk.hand.health().reports == 2, "the good move")
    state = desk.read()
    assert state is not None
    assert state.pose is not None
    assert state.pose[0] == 0.5
    assert desk.hand.health().detail == ""


def test_only_rubbish_is_silence_and_says_what_is_wrong_with_it(desk: Desk) -> None:
    phone = desk.driving()
    phone.say(move(quaternion=[1, 1, 0, 0]))
    desk.refuses(0)
    assert desk.hand.read(desk.now_ns + 101 * MS) is None
    health = desk.hand.health()
    assert health.connected
    assert health.detail.startswith("Wanted a quaternion of length 1, found one of 1.41: ")


def test_a_message_that_is_too_large_ends_the_connection(desk: Desk) -> None:
    phone = desk.driving()
    phone.say("x" * 4096)
    assert phone.why_closed()[0] == 1009
    desk.wait_for(lambda: not desk.hand.health().connected, "its end")
    desk.refuses(0)
    assert desk.read() is None
    assert desk.hand.health().detail.startswith("Wanted messages of at most 2048 bytes, found a larger one: ")


def test_silence_in_motion_is_stale_after_100_ms_and_ends_with_the_next_message(desk: Desk) -> None:
    phone = desk.driving()
    state = desk.read()
    assert state is not None
    assert desk.hand.read(state.t_ns + 100 * MS) is not None
    assert desk.hand.read(state.t_ns + 101 * MS) is None
    assert desk.hand.read(state.t_ns + 1000 * MS) is None
    detail = "Wanted a pose from Pixel 8 every 100 ms, found silence: look at its screen."
    assert desk.hand.health().detail == detail
    phone.move(position=[0, 0, -1])
    desk.wait_for(lambda: desk.read() is not None, "the next move")
    assert desk.hand.health().detail == ""


def test_messages_that_waited_are_not_played_back(desk: Desk) -> None:
    phone = desk.driving()
    for waited_ms in (1000, 800, 600, 400, 200):
        phone.move(waited_ms, position=[9, 9, 9])
    desk.wait_for(lambda: desk.hand.health().refused == 5, "five late ones")
    phone.move(position=[0, 0, -1])
    desk.wait_for(lambda: desk.hand.health().reports == 2, "the one that is not")
    state = desk.read()
    assert state is not None
    assert state.pose is not None
    assert state.pose[0] == 1.0


class Stalling:
    """A network that can stand still: what is sent meanwhile arrives afterwards, all at once."""

    def __init__(self, port: int) -> None:
        self._listener, self.flows = socket.create_server((HERE, 0)), threading.Event()
        self.port: int = self._listener.getsockname()[1]
        self.flows.set()
        self._threads = [threading.Thread(target=self._run, args=(port,))]
        self._threads[0].start()

    def _run(self, port: int) -> None:
        phone, _ = self._listener.accept()
        with phone, socket.create_connection((HERE, port)) as hand:
            back = threading.Thread(target=self._carry, args=(hand, phone, threading.Event()))
            back.start()
            self._carry(phone, hand, self.flows)
            back.join()

    def _carry(self, source: socket.socket, target: socket.socket, flows: threading.Event) -> None:
        """Until one end closes; the way back never stands still."""
        with suppress(OSError):
            while data := source.recv(4096):
                if flows is self.flows:
                    flows.wait()
                target.sendall(data)
        for end in (source, target):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.flows.set()
        self._listener.close()
        for thread in self._threads:
            thread.join(20)


def test_a_network_that_stalls_in_motion_holds_the_robot_and_never_plays_the_past_back() -> None:
    """The position says when it was sent. Whatever is read was sent within 200 ms: 100 on its way, 100 since then."""
    desk = Desk(time.monotonic_ns)
    network = Stalling(desk.port)
    phone = Phone(network.port)
    began_ns = time.monotonic_ns()
    ages_ms: list[float] = []
    none, newest_s = 0, 0.0
    while newest_s < 1.0:  # sent after the stall
        elapsed_s = (time.monotonic_ns() - began_ns) / 1e9
        assert elapsed_s < 20.0, desk.hand.health()
        (network.flows.clear if 0.4 < elapsed_s < 1.0 else network.flows.set)()
        phone.move(position=[elapsed_s, 0, 0])
        desk.hand.wait(0.01)
        t_ns = time.monotonic_ns()
        state = desk.hand.read(t_ns)
        none += state is None
        if state is not None:
            assert state.pose is not None
            newest_s = -state.pose[1]  # right is −y
            ages_ms.append((t_ns - began_ns) / 1e6 - newest_s * 1000)
    phone.close()
    network.close()
    desk.close()
    assert none > 5
    assert len(ages_ms) > 5
    assert max(ages_ms) < 200 + 20, "and 20 for the quickest on its way"
    assert desk.hand.health().refused > 5


def test_nothing_but_late_messages_for_a_second_make_it_connect_anew(desk: Desk) -> None:
    """As when the clock of a phone stood still while it slept."""
    phone = desk.driving()
    for refused in range(1, 12):
        desk.now_ns += 99 * MS
        phone.move(60_000)
        desk.wait_for(lambda refused=refused: desk.hand.health().refused == refused, "a refusal")  # type: ignore[misc]
        assert desk.hand.health().connected
    desk.now_ns += 99 * MS
    phone.move(60_000)
    code, reason = phone.why_closed()
    assert code == 1013
    assert "late messages" in reason
    desk.wait_for(lambda: not desk.hand.health().connected, "its end")
    again = desk.phone()
    again.move(60_000)
    desk.wait_for(lambda: desk.read() is not None, "a move by the clock as it is now")


def test_twice_as_fast_is_as_good_and_the_rate_is_told(desk: Desk) -> None:
    phone = desk.driving()
    for rate_hz in (50, 100):
        for number in range(1, 65):
            desk.now_ns += 1_000_000_000 // rate_hz
            before = desk.hand.health().reports
            phone.move(position=[0, 0, -number / 1000])
            desk.wait_for(lambda before=before: desk.hand.health().reports > before, "each move")  # type: ignore[misc]
        state, health = desk.read(), desk.hand.health()
        assert state is not None
        assert state.pose is not None
        assert state.pose[0] == pytest.approx(0.064)
        assert health.refused == 0
        assert health.rate_hz == pytest.approx(rate_hz)


def test_a_second_sender_is_refused_with_a_sentence_and_the_first_goes_on(desk: Desk) -> None:
    phone = desk.driving()
    code, reason = desk.phone(name="Quest 3").why_closed()
    assert code == 1008
    assert reason == "Wanted to be the only one who drives, found Pixel 8: close its page first."
    phone.move()
    desk.wait_for(lambda: desk.hand.health().reports == 2, "the first one's move")
    assert desk.hand.health().name == "network hand: Pixel 8"


def test_a_sender_that_fell_silent_loses_its_place_to_the_next(desk: Desk) -> None:
    first = desk.driving()
    desk.now_ns += hand_server.SILENT_NS + 1
    second = desk.driving(name="Quest 3")
    assert desk.hand.health().name == "network hand: Quest 3"
    with suppress(OSError, ConnectionClosed):
        first.move(position=[9, 9, 9])
    second.move(position=[0, 0, -1])
    desk.wait_for(lambda: (state := desk.read()) is not None and state.pose is not None and state.pose[0] == 1.0, "it")
    assert desk.hand.health().refused == 0


def test_one_that_vanishes_in_motion_is_lost_within_100_ms_and_comes_back(desk: Desk) -> None:
    phone = desk.driving()
    phone.vanish()
    assert desk.hand.read(desk.now_ns + 101 * MS) is None
    desk.wait_for(lambda: not desk.hand.health().connected, "its end")
    assert desk.hand.health().detail.startswith("Wanted a phone or headset, found that Pixel 8 went away: open http://")
    desk.driving()
    assert desk.hand.health().connected


def test_a_sender_too_far_away_to_answer_within_100_ms_may_not_drive(desk: Desk) -> None:
    """A client of bare bytes, which never answers a ping."""
    with socket.create_connection((HERE, desk.port), timeout=10) as bare:
        bare.sendall(
            b"GET /hand HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )
        greeting = json.dumps({"token": TOKEN}).encode()
        bare.sendall(bytes([0x81, 0x80 | len(greeting), 0, 0, 0, 0]) + greeting)
        desk.refuses(0)
        assert desk.hand.health().detail.startswith("Wanted an answer within 100 ms, found none: ")
    assert desk.read() is None


def test_the_page_is_served_without_the_token_and_other_paths_are_not() -> None:
    desk = Desk()
    try:
        with urllib.request.urlopen(f"http://{HERE}:{desk.port}/?x=1", timeout=10) as answer:
            page = answer.read().decode()
            assert answer.headers.get_content_type() == "text/html"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "<title>Accord" in page
        assert TOKEN not in page
        assert "://" not in page.replace('"wss://"', "").replace('"ws://"', ""), "it loads nothing from elsewhere"
        with pytest.raises(HTTPError, match="404") as refused:
            urllib.request.urlopen(f"http://{HERE}:{desk.port}/etc/passwd", timeout=10)
        refused.value.close()
    finally:
        desk.close()


def test_a_port_that_is_taken_is_said_and_had_once_it_is_free() -> None:
    taken = socket.create_server((HERE, 0))
    port = taken.getsockname()[1]
    hand = NetworkHand(port=port, token=TOKEN)
    hand.open()
    assert hand.read(0) is None
    assert hand.health().detail.startswith(
        f"Wanted port {port} at 127.0.0.1 for the network hand, found another program"
    )
    taken.close()
    assert hand.read(400 * MS) is None
    assert "another program" in hand.health().detail, "it is tried twice a second"
    assert hand.read(500 * MS) is None
    assert hand.health().detail.startswith("Wanted a phone or headset")
    hand.close()


def test_an_address_that_is_not_ours_is_said() -> None:
    hand = NetworkHand("192.0.2.1", 0, TOKEN)
    hand.open()
    assert hand.read(0) is None
    assert "found that this computer has no such address: choose 127.0.0.1." in hand.health().detail
    hand.close()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"address": "example.org"}, "Wanted an IP address to listen at, found 'example.org': say 127.0.0.1."),
        ({"port": 70000}, "Wanted a port from 1 to 65535, found 70000: say 8741."),
        ({"token": "short"}, "Wanted a token of at least 8 letters, found 5: say a longer one, or none."),
        ({"axes": "left"}, "Wanted axes of accord, webxr, found 'left': choose one of them."),
    ],
)
def test_wrong_options_are_refused(options: dict[str, object], sentence: str, tmp_path: object) -> None:
    with pytest.raises(DeviceError) as refused:
        inputs(**({"config": tmp_path, "address": HERE, "port": 0, "token": "", "axes": "webxr"} | options))  # type: ignore[arg-type]
    assert str(refused.value) == sentence


def test_a_token_is_drawn_at_every_start_and_nothing_listens_beside_this_computer() -> None:
    first, second = (NetworkHand(port=0) for _ in range(2))
    assert first.token != second.token
    assert len(first.token) == 10
    assert first.address.startswith("http://127.0.0.1:")
    assert NetworkHand("::1", 0, TOKEN, Axes.WEBXR).address == f"http://[::1]:0/#token={TOKEN}"


def test_not_opened_opened_twice_and_closed_it_reads_as_none_and_gives_its_port_back(desk: Desk) -> None:
    closed = NetworkHand(port=0, token=TOKEN)
    assert closed.read(0) is None
    assert closed.health().detail == "not opened"
    phone = desk.driving()
    desk.hand.open()
    assert desk.read() is not None
    desk.hand.close()
    assert desk.read() is None
    assert (desk.hand.health().detail, desk.hand.health().connected) == ("not opened", False)
    with pytest.raises(ConnectionClosed):
        phone.socket.recv(timeout=10)
    socket.create_server((HERE, desk.port)).close()


def test_the_example_of_the_documentation_drives() -> None:
    desk = Desk(time.monotonic_ns)
    page = (Path(__file__).parents[2] / "docs" / "network-hand.md").read_text(encoding="utf-8")
    program = page.partition("```python\n")[2].partition("```")[0]
    program = program.replace("8741", str(desk.port)).replace("k3x9mpw2ra", TOKEN)
    sender = subprocess.Popen([sys.executable, "-c", program])
    desk.wait_for(lambda: desk.hand.health().reports >= 20, "its poses")
    health = desk.hand.health()
    state = desk.hand.read(health.last_report_ns)
    sender.terminate()
    sender.wait()
    desk.close()
    assert health.name == "network hand: my tracker"
    assert state is not None
    assert state.pose is not None
    assert 0.01 <= state.pose[0] <= 0.1


def test_its_threads_do_not_keep_a_process_alive_that_forgot_to_close_it() -> None:
    program = (
        "import time; from accord.devices.inputs.network_hand import NetworkHand\n"
        "hand = NetworkHand(port=0); hand.open(); hand.read(time.monotonic_ns()); print(hand.health().detail)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.startswith("Wanted a phone or headset")
    assert done.stderr == ""
