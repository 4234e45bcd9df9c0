"""Checking: is this machine fit to record, and is what stands on its disk whole?"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from zipfile import is_zipfile

from accord.app.desk import Desk
from accord.app.episode_check import check_episode
from accord.app.report import Report, silent
from accord.datasets.errors import AccordError, ExportError
from accord.datasets.library import Library
from accord.datasets.policy_file import load
from accord.datasets.render_settings import RenderedSet, render_names
from accord.datasets.rendered import Rendered
from accord.datasets.replay_buffer_rules import broken_rules
from accord.datasets.selection import Selection
from accord.devices.errors import NotConnectedError
from accord.devices.inputs.kinds import broken_plugins
from accord.devices.inputs.spacemouse import find_all
from accord.devices.inputs.spacemouse import inputs as space_mice
from accord.devices.sim.cameras import camera_infos
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.workcell import Workcell
from accord.recorders.disk import BEGIN_WITH


class Grade(StrEnum):
    """How a check came out."""

    GOOD = "good"
    NOTE = "note"
    """Something cannot be used, and nothing is broken."""
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found."""

    what: str
    grade: Grade
    text: str


def _try(what: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(what, Grade.GOOD, look())
    except AccordError as error:
        return Finding(what, Grade.BAD, str(error))


def check_machine(library: Path) -> Iterator[Finding]:
    """Whether this machine can draw, record, show and fit."""
    yield _try("views", _draw)
    yield _shared_memory()
    place = next(folder for folder in (library, *library.absolute().parents) if folder.exists())
    free = shutil.disk_usage(place).free
    grade = Grade.GOOD if free > BEGIN_WITH else Grade.BAD
    yield Finding("disk", grade, f"{free / 2**30:.1f} GiB free at {place}; an episode needs {BEGIN_WITH / 2**30:.1f}")
    screen = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or sys.platform != "linux"
    qt = find_spec("PySide6") is not None
    told = "Qt is here" if qt else "Qt is not installed: pip install 'accord[window]'"
    yield Finding("window", Grade.GOOD if screen and qt else Grade.NOTE, told + ("" if screen else "; no display"))
    torch = find_spec("torch") is not None
    told = "torch is here" if torch else "no torch: this machine can score, but not fit (pip install 'accord[fit]')"
    yield Finding("fitting", Grade.GOOD if torch else Grade.NOTE, told)
    yield _space_mouse()
    yield from _devices()


def _draw() -> str:
    workcell = Workcell()
    with Renderer(workcell.model_xml, 160, 120) as renderer:
        spread = [
            float(renderer.draw(workcell.state(), info.name).std()) for info in camera_infos(workcell, 160, 120, 30)
        ]
    workcell.close()
    return f"{len(spread)} views drawn with {os.environ.get('MUJOCO_GL', 'the default')} OpenGL"


def _shared_memory() -> Finding:
    folder = Path("/dev/shm")
    if not folder.is_dir():
        return Finding("shared memory", Grade.GOOD, "not limited by a folder on this system")
    free = shutil.disk_usage(folder).free
    grade = Grade.GOOD if free > 64 * 2**20 else Grade.BAD
    return Finding("shared memory", grade, f"{free / 2**20:.0f} MiB free; three 640×480 views need 64")


def _space_mouse() -> Finding:
    try:
        mice = find_all()
    except NotConnectedError as error:
        return Finding("SpaceMouse", Grade.NOTE, str(error))
    readable = [mouse.name for mouse in mice if mouse.readable]
    if readable:
        return Finding("SpaceMouse", Grade.GOOD, f"{', '.join(readable)}: connected")
    (device,) = space_mice()
    device.open()
    device.read(0)
    health = device.health()
    device.close()
    if health.connected:
        return Finding("SpaceMouse", Grade.GOOD, f"{health.name} is connected")
    return Finding("SpaceMouse", Grade.NOTE, health.detail or "none is connected")


def _devices() -> Iterator[Finding]:
    """What the person has set up, and plug-ins; whether they work is said by ``accord devices``."""
    desk = Desk()
    if desk.problem:
        yield Finding("devices", Grade.BAD, desk.problem)
    else:
        names = [setup.name for setup in desk.setups]
        yield Finding("devices", Grade.GOOD, f"{', '.join(names)}; `accord devices` says how they are")
    if desk.doubt:
        yield Finding("devices", Grade.NOTE, desk.doubt)
    for sentence in broken_plugins():
        yield Finding("plug-in", Grade.BAD, sentence)


def check_library(folder: Path, replayed: bool = False, report: Report = silent) -> Iterator[Finding]:
    """Whether every file of a library can be read and makes sense.

    Args:
        folder: of the library.
        replayed: also give every simulated episode's commands to the simulator again and compare the states, and draw
            some of its pictures again from the states and compare these.
        report: is told how far it is.

    Raises:
        LibraryError: if there is no library.
    """
    library = Library(folder)
    contents = library.contents()
    for i, entry in enumerate(contents.entries):
        report(i / len(contents.entries), f"episode {i + 1} of {len(contents.entries)}")
        yield _try(f"episode {entry.id[:8]}", lambda path=entry.path: _check_episode(path, replayed))  # type: ignore[misc]
    for sentence in contents.damaged:
        yield Finding("episode", Grade.BAD, sentence)
    for path in contents.left_behind:
        yield Finding("episode", Grade.BAD, f"{path.name} was left behind by a crash: run accord recover")
    for name in library.policy_names():
        yield _try(f"policy {name}", lambda name=name: _check_policy(library, name))  # type: ignore[misc]
    for name in library.selection_names():
        yield _try(f"selection {name}", lambda name=name: _check_selection(library, name))  # type: ignore[misc]
    for name in render_names(folder):
        yield _try(f"render {name}", lambda name=name: _check_render(library, RenderedSet.open(folder, name)))  # type: ignore[misc]
    count = len(library.decisions.history())
    yield Finding("decisions", Grade.GOOD, f"{count} in the log")
    report(1.0, "checked")


def _check_episode(path: Path, replayed: bool) -> str:
    checked = check_episode(path, replayed)
    if checked.wrong:
        raise AccordError(f"a whole episode in {path.name}", "; ".join(checked.wrong), "leave it out of exports")
    return checked.text


def _check_render(library: Library, drawn: RenderedSet) -> str:
    recorded = {path.name for path in (library.folder / "episodes").glob("*/*.h5")}
    paths = sorted(drawn.folder.glob("*.h5"))
    for path in paths:
        with Rendered(path) as rendered:
            for camera in rendered.cameras:
                for i in range(len(rendered.image_times(camera.name))):
                    rendered.pixels(camera, i)
    gone = [path.name for path in paths if path.name not in recorded]
    if not gone:
        return f"images of {len(paths)} episodes"
    of = "an episode that is" if len(gone) == 1 else "episodes that are"
    return f"images of {len(paths)} episodes; {len(gone)} of {of} gone; may be deleted: {', '.join(gone)}"


def _check_policy(library: Library, name: str) -> str:
    policy = load(library.policy_folder(name))
    return f"fitted to {len(policy.fitted_to)} episodes"


def _check_selection(library: Library, name: str) -> str:
    selection = Selection.load(library.selection_path(name))
    for episode in selection.kept:
        library.find(episode)
    return f"keeps {len(selection.kept)} of {len(selection.rows)}"


def check_export(path: Path) -> Finding:
    """Whether a training set keeps the rules of its loader.

    Raises:
        ExportError: if there is none.
    """
    if path.is_file() and not is_zipfile(path):
        raise ExportError(f"a training set at {path}", "a file that is no zip", "name a .zarr folder or a .zarr.zip")
    try:
        wrong = broken_rules(path)
    except IndexError:
        wrong = ["meta/episode_ends is empty"]
    text = "; ".join(wrong) or "keeps every rule of its loader"
    return Finding(f"export {path.name}", Grade.BAD if wrong else Grade.GOOD, text)
