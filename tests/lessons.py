"""Small libraries with a base policy for tests of lessons: scripted episodes of the simulator, without pictures."""

import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.app.eliciting.elicitation import Elicitation
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.plan import Plan
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import Snapshot
from accord.datasets.compatibility import Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.episode_info import Ending, EpisodeInfo
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.fit_settings import FitSettings
from accord.datasets.library import Library
from accord.datasets.policy import BasePolicy
from accord.datasets.policy_file import save
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.scripted import ScriptedOperator
from accord.recorders.stepped import Stepped

BASE, FOREIGN = "across-then-down", "down-then-across"
TINY = FitSettings(name="base", task="square-nut", rate_hz=50.0, hidden=(32, 32), members=3, updates=120)
STRICT = Thresholds(0.3, 1e3)
"""Every state is familiar, and many steps conflict: whether anything conflicts is no matter of luck."""
EPISODES = 5
_DAY_NS = 1_790_000_000 * 10**9


def make_base(folder: Path) -> None:
    """A library of base episodes by a script, and a policy fitted to them."""
    from accord.datasets.fit import fit

    library, bench = Library.create(folder), Stepped(Workcell("square-nut"))
    episodes = []
    for number in range(EPISODES):
        steps = bench.drive(ScriptedOperator("square-nut", BASE, number), number)
        episodes.append((add(library, bench, steps, f"scripted:{BASE}", number), steps))
    save(fit(episodes, TINY).with_thresholds(STRICT), library.policy_folder("base"))
    bench.robot.close()


def add(
    library: Library, bench: Stepped, steps: NDArray[np.void], source: str, number: int, outcome: str = "success"
) -> str:
    """Put steps into a library as an episode that somebody recorded; its id."""
    robot = bench.robot
    info = EpisodeInfo(
        id=str(uuid.uuid4()), task="square-nut", instruction="put it on", operator="script-1", source=source,
        station="test", seed=number, rate_hz=50.0, wall_ns=_DAY_NS + number * 10**9, monotonic_ns=0,
        schema=bench.schema, simulator=robot.simulator, arm=robot.arm,
    )  # fmt: skip
    writer = EpisodeWriter(library.new_episode_path(info), info, robot.model_xml)
    writer.append_steps(steps)
    writer.close(Ending.COMPLETE)
    library.decisions.append("recorder", info.id, Kind.OUTCOME, outcome)
    return info.id


def tiny(policy: BasePolicy, name: str) -> FitSettings:
    """Settings of a refit that takes no time."""
    return FitSettings(name=name, hidden=(32, 32), members=3, updates=120)


def plan(**changes: object) -> Plan:
    """One that accepts everything that succeeds, unless told otherwise."""
    given = {"name": "one", "policy": "base", "task": "square-nut", "operator": "op-1", "accepted": 2, "limit": 1.0}
    return Plan(**(given | changes))  # type: ignore[arg-type]


def idle_session(library: Path) -> Session:
    """A session that does not run: enough for everything of a lesson but driving."""
    return Session(Settings(library, width=64, height=48))


def until(held: Elicitation, aim: Stage | Callable[[Lesson], object], within_s: float = 60.0) -> Lesson:
    """Tick a lesson until it is in a stage, or a condition holds of it."""
    deadline, now = time.monotonic() + within_s, Snapshot()
    while True:
        lesson = held.lesson
        if lesson.stage is aim if isinstance(aim, Stage) else aim(lesson):
            return lesson
        assert not held.problem, held.problem
        assert time.monotonic() < deadline, f"{lesson.stage}, {held.busy}"
        held.tick(now)
        time.sleep(0.005)


def copied(template: Path, folder: Path) -> Path:
    """A library of one's own."""
    shutil.copytree(template, folder)
    return folder
