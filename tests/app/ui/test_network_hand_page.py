"""The page that a phone opens: its own script, run by Qt's engine for JavaScript, against what Accord understands."""

import json
import re
import time
from importlib.resources import files

import numpy as np
import pytest
from PySide6.QtQml import QJSEngine
from PySide6.QtWidgets import QApplication

from accord.devices.inputs.pose_message import Axes, Move, read_greeting, read_move
from accord.devices.rotation import from_axis_angle, multiply, rotate

PAGE = (files("accord.assets") / "network_hand.html").read_text(encoding="utf-8")
FORWARD, LEFT, UP = np.eye(3)

BROWSER = """
const elements = {}, said = [], timers = [], sockets = [];
function element(id) {
  return { id: id, hidden: false, disabled: true, value: "0.25", heard: {},
    classList: { add() {}, remove() {}, toggle() {} }, setPointerCapture() {},
    addEventListener(name, call) { this.heard[name] = call; } };
}
const document = { getElementById: (id) => elements[id] || (elements[id] = element(id)), hidden: false,
  body: element("body"), addEventListener() {}, createElement: () => ({ getContext: () => ({}) }) };
const window = { heard: {}, addEventListener(name, call) { this.heard[name] = call; } };
const location = { hash: "#token=correct-horse", protocol: "http:", host: "localhost:8741" };
const navigator = { userAgent: "Mozilla/5.0 (Linux; Android 16; Pixel 8 Build/X) AppleWebKit" };
const performance = { now: () => 1234.5 };
function URLSearchParams(text) { this.get = (name) => text.startsWith(name + "=") ? text.split("=")[1] : null; }
function setInterval(call) { timers.push(call); return timers.length; }
function clearInterval() {}
function setTimeout() {}
function WebSocket(address) {
  this.address = address; this.readyState = 1; this.bufferedAmount = 0; sockets.push(this);
}
WebSocket.OPEN = 1;
WebSocket.prototype.send = function (text) { said.push(text); };
WebSocket.prototype.close = function () { this.readyState = 3; };
"""
"""As much of a browser as the page asks for, one without WebXR."""


class Browser:
    """The page, open."""

    def __init__(self, more: str = "") -> None:
        self._engine = QJSEngine()
        scripts = re.findall(r"<script[^>]*>(.*?)</script>", PAGE, re.DOTALL)
        assert len(scripts) == 2
        # One program, because Qt's engine keeps what a program declares from others; so it evaluates what it is asked.
        self._run("\n".join([BROWSER, more, *scripts, "function ask(program) { return eval(program); }"]))

    def _run(self, program: str) -> object:
        answer = self._engine.evaluate(program)
        assert not answer.isError(), f"line {answer.property('lineNumber').toInt()}: {answer.toString()}"
        return answer.toVariant()

    def do(self, program: str) -> object:
        return self._run(f"ask({json.dumps(program)})")

    def begin(self) -> None:
        self.do("begin()")
        deadline = time.monotonic() + 20.0
        while not self.do("sockets.length"):  # promises, one after another
            assert time.monotonic() < deadline, "it never connected"
            QApplication.processEvents()
        self.do("sockets[0].onopen()")

    def newest(self) -> str:
        return str(self.do("said[said.length - 1]"))

    def move(self) -> Move:
        self.do("timers[0]()")
        return read_move(self.newest(), Axes.WEBXR)


@pytest.fixture
def browser(application: QApplication) -> Browser:
    return Browser()


def test_it_greets_with_the_token_behind_the_hash(browser: Browser) -> None:
    browser.begin()
    greeting = read_greeting(browser.newest())
    assert (greeting.token, greeting.name, greeting.axes) == ("correct-horse", "Pixel 8 Build", Axes.WEBXR)
    assert browser.do("sockets[0].address") == "ws://localhost:8741/hand"


def test_it_tells_how_a_phone_is_turned_where_a_finger_moved_it_and_what_is_pressed(browser: Browser) -> None:
    browser.begin()
    browser.do("window.heard.deviceorientation({ alpha: 0, beta: 0, gamma: 0 })")
    still = browser.move()
    assert still.pose == pytest.approx([0, 0, 0, 1, 0, 0, 0])
    assert (still.buttons, still.gripper, still.time_ms) == (0, 0.25, 1234.5)
    browser.do("""
        elements.move.heard.pointerdown({ pointerId: 1, clientX: 100, clientY: 100 });
        elements.move.heard.pointermove({ clientX: 150, clientY: 0 });
        elements.b.heard.pointerdown({ pointerId: 2, clientX: 0, clientY: 0 });
    """)
    moved = browser.move()
    assert moved.pose[:3] == pytest.approx([0.1, -0.05, 0.0])
    assert moved.buttons == 0b101
    browser.do("elements.move.heard.pointerup({}); elements.height.heard.pointerdown({ clientX: 0, clientY: 200 })")
    browser.do("elements.height.heard.pointermove({ clientX: 0, clientY: 100 })")
    assert browser.move().pose[2] == pytest.approx(0.1)


def test_two_fingers_on_both_pads_are_move_until_both_are_gone(browser: Browser) -> None:
    browser.begin()
    browser.do("window.heard.deviceorientation({ alpha: 0, beta: 0, gamma: 0 })")
    for pad in ("move", "height"):
        browser.do(f"elements.{pad}.heard.pointerdown({{ pointerId: 1, clientX: 0, clientY: 0 }})")
    browser.do("elements.move.heard.pointerup({})")
    assert browser.move().buttons == 1
    browser.do("elements.height.heard.lostpointercapture({})")
    assert browser.move().buttons == 0


HEADSET = """
navigator.xr = { isSessionSupported: (mode) => Promise.resolve(mode === "immersive-vr"),
  requestSession: () => Promise.resolve({ heard: {}, inputSources: [], updateRenderState() {},
    addEventListener(name, call) { this.heard[name] = call; }, end: () => Promise.resolve(),
    requestReferenceSpace: () => Promise.resolve("local"), requestAnimationFrame(call) { this.next = call; } }) };
function XRWebGLLayer() {}
const placed = (x, quaternion) => ({ transform: { position: { x: x, y: 1.2, z: -0.4 }, orientation: quaternion } });
const controller = (handedness, trigger) => ({
  handedness: handedness, targetRayMode: "tracked-pointer", gripSpace: handedness,
  gamepad: { buttons: [{ pressed: trigger > 0.5, value: trigger }, { pressed: true }, {}, {}, {}, {}] } });
let head = placed(9, { x: 0, y: 0, z: 0, w: 1 });
const frame = { getViewerPose: () => head,
  getPose: (space) => placed(space === "right" ? 0.5 : -0.5, { x: 0, y: 0.6, z: 0, w: 0.8 }) };
"""
"""A headset with two controllers, as far as the page asks for one."""


class TestWithWebXR:
    @pytest.fixture
    def browser(self, browser: Browser) -> Browser:
        browser = Browser(HEADSET)
        browser.begin()
        return browser

    @staticmethod
    def frame(browser: Browser) -> Move:
        browser.do("session.next(16, frame)")
        return read_move(browser.newest(), Axes.WEBXR)

    def test_the_right_controller_is_the_hand(self, browser: Browser) -> None:
        browser.do("session.inputSources = [controller('left', 0), controller('right', 0.75)]")
        move = self.frame(browser)
        assert move.pose == pytest.approx([0.4, -0.5, 1.2, 0.8, 0, 0, 0.6])
        assert (move.buttons, move.gripper) == (1, 0.25)

    def test_without_a_controller_the_device_itself_is_and_a_finger_is_move(self, browser: Browser) -> None:
        assert self.frame(browser).pose[:3] == pytest.approx([0.4, -9, 1.2])
        browser.do("session.heard.selectstart()")
        assert self.frame(browser).buttons == 1
        browser.do("session.heard.selectend()")
        assert self.frame(browser).buttons == 0

    def test_where_tracking_is_lost_nothing_is_sent(self, browser: Browser) -> None:
        self.frame(browser)
        sent = browser.do("said.length")
        browser.do("head = null; session.next(32, frame); head = placed(1, {}); head.emulatedPosition = true")
        browser.do("session.next(48, frame)")
        assert browser.do("said.length") == sent

    def test_taking_the_headset_off_ends_it(self, browser: Browser) -> None:
        browser.do("session.heard.end()")
        assert browser.do("[sockets[0].readyState, elements.begin.hidden]") == [3, False]


def test_nothing_is_sent_while_the_socket_is_full_closed_or_nobody_looks(browser: Browser) -> None:
    browser.begin()
    browser.do("window.heard.deviceorientation({ alpha: 0, beta: 0, gamma: 0 })")
    browser.move()
    sent = browser.do("said.length")
    for stop, go_on in (
        ("sockets[0].bufferedAmount = 600", "sockets[0].bufferedAmount = 0"),
        ("sockets[0].readyState = 3", "sockets[0].readyState = 1"),
        ("document.hidden = true", "document.hidden = false"),
    ):
        browser.do(f"{stop}; timers[0](); {go_on}")
    assert browser.do("said.length") == sent


def test_a_refusal_is_shown_and_ends_it(browser: Browser) -> None:
    browser.begin()
    browser.do("sockets[0].onclose({ code: 1008, reason: 'Wanted the token of this start, found another one.' })")
    assert browser.do("[elements.said.textContent, elements.begin.hidden, elements.move.disabled]") == [
        "Wanted the token of this start, found another one.",
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("angles", "turn"),
    [
        ((90, 0, 0), from_axis_angle(UP, np.pi / 2)),
        ((0, 90, 0), from_axis_angle(-LEFT, np.pi / 2)),
        ((0, 0, 90), from_axis_angle(FORWARD, np.pi / 2)),
    ],
)
def test_the_angles_of_a_phone_turn_it_about_up_right_and_forward(
    browser: Browser, angles: tuple[int, int, int], turn: np.ndarray
) -> None:
    """By the specification alpha turns about the axis out of the screen, beta about the one to the right of the phone,
    gamma about the one to its top, all right-handed. A phone that lies flat with its top to the north points forward.
    """
    browser.begin()
    browser.do("window.heard.deviceorientation({{ alpha: {}, beta: {}, gamma: {} }})".format(*angles))
    quaternion = browser.move().pose[3:]
    for axis in np.eye(3):
        np.testing.assert_allclose(rotate(quaternion, axis), rotate(turn, axis), atol=1e-9)


def test_the_turns_follow_each_other_alpha_then_beta_then_gamma_about_the_phone_s_own_axes(browser: Browser) -> None:
    alpha, beta, gamma = 30, -50, 70
    browser.begin()
    browser.do(f"window.heard.deviceorientation({{ alpha: {alpha}, beta: {beta}, gamma: {gamma} }})")
    turns = (from_axis_angle(axis, np.radians(by)) for axis, by in ((UP, alpha), (-LEFT, beta), (FORWARD, gamma)))
    first, second, third = turns
    expected = multiply(multiply(first, second), third)
    quaternion = browser.move().pose[3:]
    np.testing.assert_allclose(quaternion * np.sign(quaternion[0] * expected[0]), expected, atol=1e-9)


def test_a_controller_s_squeeze_is_move(browser: Browser) -> None:
    assert browser.do("bitsOf([true, false, false, false, false, false])") == 0
    assert browser.do("bitsOf([false, true, false, false, true, false])") == 0b11
    assert browser.do("bitsOf([false, false, false, true, false, true])") == 0b1100
