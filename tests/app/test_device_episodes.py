"""A task that is solved with a device at its real wire, by a script that does to it what a person would.

All devices: `benchmarks/devices.py --episodes FOLDER`.
"""

from pathlib import Path

import numpy as np
import pytest
from wires.people import solve
from wires.place import opened

from accord.app.episode_check import check_episode
from accord.datasets.episode import Episode
from accord.devices.inputs.kinds import kind_named
from accord.devices.source import ControlMode


@pytest.mark.parametrize("name", ["spacemouse", "phone", "gello"])
def test_the_task_is_solved_and_what_was_held_stands_in_the_file(name: str, tmp_path: Path) -> None:
    with opened(name, tmp_path, task="lift") as place:
        path, setup = solve(place), place.wire.setup
    assert check_episode(path, replayed=True).wrong == ()
    with Episode(path) as episode:
        (held,) = episode.info.inputs
        assert episode.field("success")[-1]
        assert (held.device, held.kind, held.profile) == (setup.name, setup.kind, setup.name)
        assert held.mapping["linear_m_s"] == kind_named(setup.kind).mapping.linear_m_s
        assert episode.info.operator == "script-wire"
        assert set(episode.field("mode")) <= {int(ControlMode.HUMAN)}, "it went through everything that a person's does"
        raw, count = episode.field("input/raw"), len(held.channels)
        assert count > 0
        moving = episode.field("sent/twist").any(axis=1)
        assert np.isfinite(raw[moving][:, :count]).all()
        assert np.isnan(raw[:, count:]).all()
        assert np.ptp(raw[moving][:, :count], axis=0).any()
        assert np.all(np.diff(episode.field("input/t_ns")) >= 0)
