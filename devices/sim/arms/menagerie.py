"""Menagerie: robots of MuJoCo's menagerie by name. The one import of `mujoco_menagerie`, which knows where they are.

Their files come from a folder (MENAGERIE_ROOT) or from the package's cache (MENAGERIE_CACHE_DIR), into which it
downloads a robot when it is first wanted.
"""

import difflib
import urllib.error
import urllib.request
from functools import lru_cache
from http.client import HTTPException
from pathlib import Path

import mujoco_menagerie  # type: ignore[import-untyped]

from accord.devices.errors import DeviceError
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.arms.catalogue import MENAGERIE
from accord.devices.sim.arms.foreign_arm import foreign_arm
from accord.devices.sim.task import Stage, Task

_PATIENCE_S = 4.0
"""How long the place to download from may take to answer [s]."""
_REMEDY = "connect to the network once, or set MENAGERIE_ROOT to a copy of the menagerie"


def menagerie_arm(name: str) -> Arm:
    """The arm ``menagerie:NAME`` with its own gripper taken off.

    It may download up to 120 MB, and takes a few seconds for its meshes when a process first asks for it: never call it
    on the window's thread.

    Raises:
        DeviceError: if there is no such robot, its files cannot be had, or it is not one arm that stands still.
    """
    robot = _robot(name)
    folder = _folder(robot)
    # The robot by itself, first as its makers like it, then in its variants: without a hand, with another one.
    entries = [entry for entry in robot.entry_points if entry.kind == "robot" and not entry.is_mjx]
    entries.sort(key=lambda entry: entry.name != robot.default_model)
    return _made(name, tuple(folder / entry.file for entry in entries))


def menagerie_task(name: str) -> Task:
    """The task ``menagerie:NAME``: the robot at an empty table, to look at and to drive. It never succeeds.

    It asks for no file, so that it is quick.

    Raises:
        DeviceError: if there is no such robot.
    """
    robot = _robot(name)
    return Task(
        name=name,
        instruction=f"Drive the {robot.display_name} about; there is nothing to do.",
        time_limit_s=600.0,
        scene="room.xml",
        parts=dict,
        objects=(),
        place=lambda values, rng: {},
        stages=(Stage("done", lambda moment: False),),
        arms=(name,),
    )


@lru_cache(maxsize=4)
def _made(name: str, files: tuple[Path, ...]) -> Arm:
    return foreign_arm(name, files)


def _robot(name: str) -> mujoco_menagerie.Robot:
    bare, known = name.removeprefix(MENAGERIE), mujoco_menagerie.names()
    if bare in known:
        return mujoco_menagerie.get(bare)
    near = [other for other in known if bare and bare in other] or difflib.get_close_matches(bare, known, 5, 0.5)
    near = near or [robot.name for robot in mujoco_menagerie.robots("arm")]
    raise DeviceError("the name of a robot of the menagerie", repr(bare), f"name one such as {', '.join(near)}")


def _folder(robot: mujoco_menagerie.Robot) -> Path:
    """Where its files are; downloads them if they are nowhere."""
    cache = mujoco_menagerie.Cache()
    wanted = f"the files of {robot.name}"
    if not cache.root and not cache.is_cached(robot):
        _knock(f"{cache.base_url}/{robot.asset}", wanted)
    try:
        return Path(robot.path(cache, None))
    except (mujoco_menagerie.MenagerieError, OSError, ValueError, HTTPException) as error:
        raise DeviceError(wanted, " ".join(str(error).split()), _REMEDY) from error


def _knock(url: str, wanted: str) -> None:
    """See whether anybody is there to download from; the package itself would try for minutes."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, method="HEAD"), timeout=_PATIENCE_S):
            pass
    except urllib.error.HTTPError:
        pass  # somebody is; the package says better what is wrong
    except (OSError, ValueError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise DeviceError(wanted, f"{url} out of reach ({reason})", _REMEDY) from error
