"""Libraries for tests of the curation pages: real files, scored against a made-up policy; and how a test waits."""

import shutil
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from episodes import made_up_images, made_up_steps, make_info
from policies import SCRIPTED, random_policy
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QWidget

from accord.app.curating import score_library
from accord.datasets.compatibility import Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.library import Library
from accord.datasets.policy_file import save

DAY_NS = 1_790_000_000 * 10**9


def make_library(folder: Path, operators: tuple[str, ...] = ("ana", "ben", "ana"), steps: int = 60) -> Library:
    """A library with one successful episode for each operator, a minute apart, oldest first."""
    library = Library.create(folder / "library")
    day = library.folder / "episodes" / "2026-09-21"
    day.mkdir(parents=True)
    for i, operator in enumerate(operators):
        path = driven_episode(day, steps, i, operator)
        library.decisions.append("robot", path.stem, Kind.OUTCOME, "success", "the scene saw it done")
    return library


def driven_episode(day: Path, steps: int, number: int, operator: str) -> Path:
    """An episode in which a script drove all the time, so that its steps count."""
    cameras = tuple(CameraInfo(name, 32, 24, 30.0, codec="png") for name in ("front", "side"))
    info = make_info(cameras, operator=operator, wall_ns=DAY_NS + number * 60 * 10**9)
    records = made_up_steps(steps, np.random.default_rng(number))
    records["mode"] = SCRIPTED
    writer = EpisodeWriter(day / f"{info.id}.h5", info)
    writer.append_steps(records)
    for camera in cameras:
        writer.append_images(camera.name, made_up_images(int(steps * 0.6), camera))
    writer.close(Ending.COMPLETE)
    return writer.path


def left_behind(library: Library, steps: int = 60) -> Path:
    """An episode whose recorder died: the copy of a file that is open, which nobody holds."""
    path = library.folder / "episodes" / "2026-09-21" / f"{uuid.uuid4()}.h5"
    info = make_info(id=path.stem, wall_ns=DAY_NS)
    writer = EpisodeWriter(library.folder.parent / "open.h5", info)
    writer.append_steps(made_up_steps(steps, np.random.default_rng(0)))
    writer.flush()
    shutil.copy(writer.path, path)
    writer.close(Ending.COMPLETE)
    return path


def add_policy(library: Library, name: str = "base") -> None:
    """A made-up policy to which no state is novel, and the scores of every episode against it."""
    elsewhere = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))
    policy = replace(random_policy(), fitted_to=elsewhere[:1], held_out=elsewhere[1:], thresholds=Thresholds(3.0, 1e3))
    save(policy, library.policy_folder(name))
    score_library(library.folder, name)


def ids(library: Library) -> list[str]:
    """Of every episode, oldest first."""
    return [entry.id for entry in library.contents().entries]


def wait_for(holds: Callable[[], object], what: str = "", within_s: float = 30.0) -> None:
    """Let the window live until something holds."""
    until_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < until_s, f"waited for {what or holds} for {within_s:g} s"
        QTest.qWait(5)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key where shortcuts are heard."""
    QTest.keyClick(widget, key, modifier)


def pick(box: QComboBox, data: object) -> None:
    """Open a list, go to one of it, and press Return."""
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(box.findData(data), 0))
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    assert box.currentData() == data, "it is not in the list, or cannot be chosen"


def let_go(page: QWidget) -> None:
    """Close a page as the window does, and let Qt delete it."""
    page.close_jobs()  # type: ignore[attr-defined]
    page.close()
    page.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
