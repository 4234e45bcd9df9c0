import os
from dataclasses import replace
from pathlib import Path

from policies import random_policy

from accord.app.settings import Settings
from accord.app.ui.live import _newest_policy
from accord.datasets.library import Library
from accord.datasets.policy_file import save


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
