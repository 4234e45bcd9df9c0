"""Joints: what the numbers of a robosuite state mean, read from the model's own text without building the model.

A robosuite state is [time, qpos, qvel]; which joint each number belongs to follows from the order of the joints in
the MJCF: a body's joints first, then its child bodies, in the order of the text. The meshes and textures that such a
model names are seldom beside it, so it can seldom be built, and nothing here needs it to be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import DatasetError
from accord.datasets.importers.demonstration import Column, column
from accord.datasets.importers.foreign_file import plain_name

_SIZES: Final = {"hinge": (1, 1), "slide": (1, 1), "ball": (4, 3), "free": (7, 6)}
"""How many numbers of qpos and of qvel a joint has."""
_UNITS: Final = {"hinge": "rad", "slide": "m"}
_WORD = re.compile(r"_?joint.*$|_.*$")
"""What follows a robot's name in those of its joints: ``robot0_joint1``, ``gripper0_finger_joint1``."""


@dataclass(frozen=True, slots=True)
class Joint:
    """One joint of a model."""

    name: str
    kind: str
    """``hinge``, ``slide``, ``ball`` or ``free``."""


def joints_of(model_xml: str, where: str) -> tuple[Joint, ...]:
    """The joints of a model, in the order of its state.

    Args:
        model_xml: MJCF.
        where: it was found, for the error.

    Raises:
        DatasetError: if it is no such text.
    """
    if "<!DOCTYPE" in model_xml or "<!ENTITY" in model_xml:  # a text that grows while it is read
        raise DatasetError(f"the model's XML in {where}", "one with entities", "leave this file out")
    try:
        root = ElementTree.fromstring(model_xml)
    except (ElementTree.ParseError, ValueError) as error:
        raise DatasetError(f"the model's XML in {where}", f"{error}", "restore it from a copy") from error
    return tuple(joint for world in root.findall("worldbody") for joint in _below(world))


def _below(world: ElementTree.Element) -> Iterator[Joint]:
    waiting = [world]
    while waiting:
        body = waiting.pop()
        for element in body:
            if element.tag in ("joint", "freejoint"):
                kind = "free" if element.tag == "freejoint" else element.get("type", "hinge")
                yield Joint(element.get("name", ""), kind)
        waiting.extend(reversed(body.findall("body")))


def split_state(states: NDArray[np.float64], joints: tuple[Joint, ...], where: str) -> tuple[Column, ...]:
    """The states as fields: positions and velocities of each robot's joints, and of everything that moves freely.

    Args:
        states: (N, D) time, qpos, qvel.
        joints: of the model.
        where: they were found, for the error.

    Raises:
        DatasetError: if the joints do not make up the states.
    """
    sizes = [_SIZES.get(joint.kind, (0, 0)) for joint in joints]
    positions, velocities = (sum(size[i] for size in sizes) for i in (0, 1))
    if states.shape[1] != 1 + positions + velocities:
        wanted = f"states of {1 + positions + velocities} numbers, as the model of {where} has it"
        raise DatasetError(wanted, f"{states.shape[1]}", "use the model that it was recorded with")
    parts: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
    at, speed_at = 1, 1 + positions
    for joint, (size, speeds) in zip(joints, sizes, strict=True):
        position, velocity = states[:, at : at + size], states[:, speed_at : speed_at + speeds]
        at, speed_at = at + size, speed_at + speeds
        for name, unit, values in _named(joint, position, velocity):
            parts.setdefault((f"observation/{plain_name(name, where)}", unit), []).append(values)
    return tuple(column(name, np.concatenate(values, axis=1), unit) for (name, unit), values in parts.items())


def _named(
    joint: Joint, position: NDArray[np.float64], velocity: NDArray[np.float64]
) -> Iterator[tuple[str, str, NDArray[np.float64]]]:
    if joint.kind in _UNITS:
        of, unit = _WORD.sub("", joint.name) or "unnamed", _UNITS[joint.kind]
        kind = "joint" if joint.kind == "hinge" else "slide_joint"
        yield f"{of}_{kind}_position", unit, position
        yield f"{of}_{kind}_velocity", f"{unit}/s", velocity
        return
    of = joint.name or "unnamed"
    if joint.kind == "free":
        yield f"{of}_position", "m", position[:, :3]
    yield f"{of}_quaternion", "1", position[:, -4:]
    yield f"{of}_velocity", "m/s, rad/s" if joint.kind == "free" else "rad/s", velocity
