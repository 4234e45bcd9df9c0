import multiprocessing
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
from policies import random_policy
from PySide6.QtWidgets import QApplication

from accord.app.desk import Desk
from accord.app.session import Session
from accord.app.settings import Settings
from accord.app.snapshot import State
from accord.app.ui.live import Choices, Live, _newest_policy
from accord.datasets.library import Library
from accord.datasets.policy_file import save
from accord.devices.limits import Hold
from accord.devices.setup import Setup


def keep(library: Library, name: str, task: str, age_s: int) -> None:
    save(replace(random_policy(), name=name, task=task, rate_hz=50.0), library.policy_folder(name))
    os.utime(library.policy_folder(name) / "policy.json", (1e9 - age_s, 1e9 - age_s))


def test_the_newest_base_policy_of_the_task_is_chosen_unless_one_was_asked_for(tmp_path: Path) -> None:
    library, settings = Library.create(tmp_path / "library"), Settings(tmp_path / "library", task="square-nut")
    assert _newest_policy(library, settings) == ""
    keep(library, "old", "square-nut", 30)
    keep(library, "new", "square-nut", 20)
    keep(library, "other", "another", 10)
    assert _newest_policy(library, settings) == "new"
    assert _newest_policy(library, replace(settings, rate_hz=20.0)) == ""
    (library.policy_folder("new") / "policy.json").write_text("nothing")
    os.utime(library.policy_folder("new") / "policy.json", (1e9, 1e9))
    assert _newest_policy(library, settings) == "old"


def test_who_chooses_again_before_it_runs_leaves_no_process_behind(
    application: QApplication, tmp_path: Path, wait_for: Callable[..., None]
) -> None:
    settings = Settings(tmp_path / "library", width=64, height=48, begin_with=0, stop_at=0)
    live = Live(Choices(settings))
    live.open(Choices(settings))
    wait_for(lambda: live._sessions)
    live.open(Choices(replace(settings, arm="ur5e")))
    wait_for(lambda: live.running)
    assert live.session is not None
    assert live.session.scene.arm == "ur5e"
    assert live._sessions == [live.session]
    live.close()
    assert not multiprocessing.active_children()


def test_a_slow_loop_hears_the_window_though_a_tick_of_it_comes_late(
    application: QApplication, tmp_path: Path, wait_for: Callable[..., None]
) -> None:
    """At 20 Hz the loop holds when it hears nothing for 40 ms; here no tick comes for a whole second."""
    settings = Settings(tmp_path / "library", width=64, height=48, rate_hz=20.0)
    live = Live(Choices(settings))
    live.open(Choices(settings))
    wait_for(lambda: live.running and live.tick(frozenset()).state is State.READY)
    session = live.session
    assert session is not None
    wait_for(lambda: live.tick(frozenset()).loop.hold == Hold.NONE)
    steps = session._running.steps
    first = steps.head
    wait_for(lambda: steps.head > first + 20)
    holds = steps.since(first).items["hold"]
    assert np.count_nonzero(holds == Hold.WINDOW_SILENT) < 5, "none on a machine with nothing else to do"
    live.close()


def test_two_devices_that_nobody_is_offered_go_on_driving_when_the_desk_changes(
    application: QApplication, tmp_path: Path
) -> None:
    live, asked, offered = Live(Choices(Settings(tmp_path / "library"))), list[str](), list[tuple[str, ...]]()
    live.desk = Desk(tmp_path / "desk")
    live.desk.put(Setup("arm", "gello"))
    driving = SimpleNamespace(by_hand=True, source="keyboard+arm")
    settings = SimpleNamespace(task="handover")
    live.session = cast(
        Session, SimpleNamespace(settings=settings, state=State.READY, driving=driving, use_source=asked.append)
    )
    live.devices_changed.connect(offered.append)
    live.offer_devices()
    assert asked == ["keyboard+arm"]
    assert "keyboard+arm" not in offered[0], "one is pushed, the other leads"
    assert "either:arm" in offered[0]
    live.desk.remove("arm")
    live.offer_devices()
    assert asked[-1] == "none"
