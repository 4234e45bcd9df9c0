"""Libraries made for tests of the app without a screen: real files with made-up contents."""

from dataclasses import replace
from pathlib import Path

import numpy as np
from episodes import SCHEMA, made_up_images, made_up_steps, make_info
from policies import SCRIPTED, random_policy

from accord.app.curating import choose_episodes, score_library
from accord.datasets.compatibility import Thresholds
from accord.datasets.decisions import Kind
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EpisodeWriter
from accord.datasets.library import Library
from accord.datasets.policy_file import save
from accord.datasets.schema import Field, Schema
from accord.datasets.selection import Rule

OTHER_FIELDS = Schema(
    tuple(Field(f.name, (2,), f.dtype, f.unit) if f.name == "observation/nut_position" else f for f in SCHEMA)
)
"""As if the scene had been another one."""


def add_episode(library: Library, number: int, operator: str = "ana", outcome: str = "success", **info: object) -> Path:
    """An episode in which a script drove all the time, so that its steps count."""
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    told = make_info((camera,), operator=operator, wall_ns=(1_790_000_000 + 60 * number) * 10**9, **info)
    records = made_up_steps(40, np.random.default_rng(number))
    records["mode"] = SCRIPTED
    writer = EpisodeWriter(library.new_episode_path(told), told)
    writer.append_steps(records)
    writer.append_images("front", made_up_images(24, camera))
    writer.close(Ending.COMPLETE)
    library.decisions.append("robot", told.id, Kind.OUTCOME, outcome)
    return writer.path


def add_policy(library: Library, name: str, schema: Schema = SCHEMA) -> Path:
    """A made-up policy."""
    policy = replace(random_policy(dtype=schema.dtype), name=name, thresholds=Thresholds(3.0, 1e3))
    folder = library.policy_folder(name)
    save(policy, folder)
    return folder


def make_library(folder: Path) -> Library:
    """Three episodes of two operators, scored against a base policy, with a selection that keeps two of them."""
    library = Library.create(folder)
    for number, operator in enumerate(("ana", "ben", "ana")):
        add_episode(library, number, operator)
    add_policy(library, "base")
    score_library(folder, "base")
    choose_episodes(library, "kept", Rule(operators=("ana",)))
    return library
