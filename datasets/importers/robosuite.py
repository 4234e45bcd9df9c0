"""Reading raw robosuite HDF5 files: states and the model's XML, no observations, demos numbered from 1.

Layout (robosuite, "Human Demonstrations")::

    data                 date, time, env, env_info (JSON), repository_version
      demo_<number>      model_file: the XML; in files of old versions the name of another file
        states (N, D)    [time, qpos, qvel], before the action of the same row
        actions (N, A)
"""

import numpy as np

from accord.datasets.errors import DatasetError
from accord.datasets.importers.demonstration import COMMAND, Column, Demonstration, check_lengths, column
from accord.datasets.importers.foreign_file import ForeignFile
from accord.datasets.importers.joints import joints_of, split_state
from accord.datasets.importers.robomimic import Environment, as_json


def environment_of(file: ForeignFile) -> Environment:
    """What the attributes of ``data`` say; the rate is in the states' own clock.

    Raises:
        DatasetError: if they are damaged.
    """
    text = file.text("data", "env_info")
    as_json(text, "env_info", file.name)
    when = f"{file.text('data', 'date')} {file.text('data', 'time')}".strip()
    return Environment(file.text("data", "env"), text, recorded=when)


def read_demo(file: ForeignFile, name: str) -> Demonstration:
    """Read one demo.

    Raises:
        DatasetError: if it is damaged, or its model is not in the file.
    """
    group, where = f"data/{name}", f"{name} of {file.name}"
    model = file.text(group, "model_file").strip()
    if not model.startswith("<"):
        found = f"only the name of another file ({model[:80]})" if model else "none"
        remedy = "without it the states cannot be told apart; take a file that holds its models"
        raise DatasetError(f"the model's XML in {where}", found, remedy)
    states, actions = file.array(f"{group}/states"), file.array(f"{group}/actions")
    if states.ndim != 2 or actions.ndim != 2 or not actions.shape[1]:
        found = f"shapes {states.shape} and {actions.shape}"
        raise DatasetError(f"states and actions of two dimensions in {where}", found, "leave this file out")
    check_lengths(where, {"states": len(states), "actions": len(actions)}, file.count(group, "num_samples"))
    clock_s = states[:, 0] - states[0, 0]
    if (np.diff(clock_s) <= 0).any():
        raise DatasetError(f"a clock that goes on in the states of {where}", "one that does not", "leave it out")
    columns: tuple[Column, ...] = split_state(states, joints_of(model, where), where)
    columns = (*columns, column(COMMAND, actions), column("simulator/state", states))
    left_out = sorted({*file.members(group)} - {"states", "actions"})
    return Demonstration(name, columns, clock_s, (*left_out, "model_file"))
