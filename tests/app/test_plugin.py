"""The plug-in of docs/devices.md: installed, found, held to the contract, and driving the robot."""

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from contracts.inputs import MS, START_NS, InputContract
from wires.phone import free_port
from wires.place import Place
from wires.pump import Pump

from accord.app.desk import Desk
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot, State
from accord.datasets.episode import Episode
from accord.devices.errors import DeviceError
from accord.devices.input import Input
from accord.devices.inputs import kinds
from accord.devices.limits import Hold
from accord.devices.mapping import Mapping
from accord.devices.setup import Setup
from accord.devices.stubs.faults import Trouble

PACKAGE = Path(__file__).parents[1] / "peers" / "plugin_package"
PAGE = Path(__file__).parents[2] / "docs" / "devices.md"


@pytest.fixture(scope="module", autouse=True)
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Installed as a person would, into a folder of its own; nothing is fetched."""
    folder = tmp_path_factory.mktemp("plugin")
    source = shutil.copytree(PACKAGE, folder / "source")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    words = [sys.executable, "-m", "pip", "install", *offline, "--target", str(folder / "site"), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder / "site")
        forget()
        yield folder / "site"
    sys.modules.pop("accord_udp_stick", None)
    forget()


def forget() -> None:
    """Which plug-ins there are is found out once."""
    for known in (kinds.kinds, kinds.broken_plugins, kinds._plugins):
        known.cache_clear()


def test_it_is_found_by_its_entry_point() -> None:
    kind = kinds.kind_named("udp-stick")
    assert (kind.text, kind.hands, kind.in_loop, kind.drives) == ("UDP stick", 1, False, True)
    assert kinds.broken_plugins() == ()


def test_what_is_wrong_with_its_options_is_said_in_a_sentence(tmp_path: Path) -> None:
    kind = kinds.kind_named("udp-stick")
    for options, found in (({"port": 0}, "found 0"), ({"full": 0.0}, "found 0"), ({"prot": 1}, "found 'prot'")):
        with pytest.raises(DeviceError, match=found):
            kind.make(options, tmp_path)


def test_the_page_shows_the_very_same_file() -> None:
    blocks = re.findall(r"```(?:python|toml)\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    for name in ("accord_udp_stick.py", "pyproject.toml"):
        assert (PACKAGE / name).read_text(encoding="utf-8") in blocks, name


class Rig:
    """The stick, and a person who moves it; see `contracts.inputs.Rig`."""

    def __init__(self) -> None:
        self.port = free_port()
        (self.device,) = kinds.kind_named("udp-stick").make({"port": self.port}, Path())
        self.device: Input
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._plugged = False

    def plug(self) -> None:
        self._plugged = True

    def unplug(self) -> None:
        self._plugged = False

    def say(self, line: bytes) -> None:
        if self._plugged:
            self._socket.sendto(line, ("127.0.0.1", self.port))

    def deflect(self, t_ns: int) -> None:
        self.device.read(t_ns)  # so that the port is there
        self.say(b"1 0 0 0 0 0 0")

    def let_go(self, t_ns: int) -> None:
        self.device.read(t_ns)
        self.say(b"0 0 0 0 0 0 0")

    def close(self) -> None:
        self.device.close()
        self._socket.close()


@pytest.fixture
def stick() -> Iterator[Rig]:
    rig = Rig()
    yield rig
    rig.close()


class TestThePluginIsAnInput(InputContract):
    @pytest.fixture
    def rig(self, stick: Rig) -> Rig:
        return stick


def test_rubbish_is_counted_and_moves_nothing(stick: Rig) -> None:
    stick.plug()
    stick.device.open()
    InputContract.at_rest(stick, START_NS)
    for line in (b"", b"1 0 0", b"a b c d e f g", b"nan 0 0 0 0 0 0", b"1 0 0 0 0 0 -1", b"1 0 0 0 0 0 1.5"):
        stick.say(line)
    state = stick.device.read(START_NS + 10 * MS)
    assert state is not None
    assert state.at_rest
    assert stick.device.health().refused == 6


def test_a_port_that_another_program_has_is_said_and_taken_when_it_is_free(stick: Rig) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", stick.port))
        stick.plug()
        stick.device.open()
        assert stick.device.read(START_NS) is None
        assert re.fullmatch(r"Wanted UDP port \d+ for the stick, found .*: close .*\.", stick.device.health().detail)
    assert InputContract.at_rest(stick, START_NS + 1000 * MS)


def test_it_drives_the_robot_from_a_process_of_its_own(tmp_path: Path) -> None:
    port, axes = free_port(), np.zeros(6)
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    desk = Desk(tmp_path / "desk")
    desk.profiles.save("plain", Mapping())
    desk.put(Setup("stick", "udp-stick", {"port": port}, profile="plain"))
    session = Session(Settings(tmp_path / "library", width=64, height=48), operator="script-1", desk=desk)

    def send(line: bytes) -> None:
        sender.sendto(line, ("127.0.0.1", port))

    pump: Pump[bytes] = Pump(lambda _: f"{' '.join(map(str, axes))} 0".encode(), send, lambda said: b"?", 50.0)
    try:
        session.use_source("stick")
        session.start()
        place = Place(None, session)  # type: ignore[arg-type]
        place.until(lambda now: now.state is State.READY and place.hears, "ready")
        place.until(lambda now: now.loop.hold == Hold.NONE, "driven")
        episode = session.begin()

        def turned(now: Snapshot) -> bool:
            """Turn; whoever was held meanwhile, by a machine that stood still, comes to rest first."""
            if now.loop.hold in (Hold.MUST_REST, Hold.NONE):
                axes[5] = 0.5 if now.loop.hold == Hold.NONE else 0.0
            return bool(place.steps[-1]["sent/twist"][5] == 0.5)

        place.until(turned, "turned")
        pump.trouble = Trouble.SILENT
        place.until(lambda _: not place.steps[-1]["sent/twist"].any(), "held")
        pump.trouble = None
        place.until(lambda _: place.hears, "heard again")
        place.wait(0.2)
        assert not place.steps[-1]["sent/twist"].any(), "it has to come to rest first"
        axes[5] = 0.0
        place.until(lambda now: now.loop.hold == Hold.NONE, "driven again")
        session.end("success")
        place.until(lambda now: now.finished is not None and now.finished.saved, "saved")
        with Episode(session.library.find(episode)) as file:
            (held,) = file.info.inputs
            assert (held.device, held.kind, held.name, held.serial) == (
                "stick",
                "udp-stick",
                "udp stick",
                f"UDP {port}",
            )
            assert held.channels[5] == "yaw [1]"
            raw = file.field("input/raw")
            assert set(np.unique(raw[:, 5])) == {0.0, 0.5}
    finally:
        pump.end()
        sender.close()
        session.close()
        desk.close()
