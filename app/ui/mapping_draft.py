"""Draft: a mapping while somebody edits it, with the way back. Knows no toolkit."""

from dataclasses import replace
from typing import Any

from accord.devices.errors import DeviceError
from accord.devices.joint_map import STILL, JointMap
from accord.devices.mapping import Mapping

PARTS = ("order", "signs", "scales", "offsets_rad")
"""Of a `JointMap`."""


class Draft:
    """One mapping, what was saved of it, and what it was before each change."""

    def __init__(self, saved: Mapping, default: Mapping) -> None:
        """Nothing is changed yet.

        Args:
            saved: as the profile has it.
            default: of the kind of device.
        """
        self.saved, self.default, self.mapping = saved, default, saved
        self._before: list[Mapping] = []
        self._after: list[Mapping] = []

    @property
    def changed(self) -> bool:
        """Whether something would be lost without saving."""
        return self.mapping != self.saved

    @property
    def may_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._before)

    @property
    def may_redo(self) -> bool:
        """Whether there is one to make again."""
        return bool(self._after)

    def change(self, **fields: Any) -> str:
        """Change some fields; a sentence if that is no mapping, and then nothing has changed."""
        try:
            changed = replace(self.mapping, **fields)
        except DeviceError as error:
            return str(error)
        self.become(changed)
        return ""

    def become(self, mapping: Mapping) -> None:
        """Change all of it."""
        if mapping != self.mapping:
            self._before.append(self.mapping)
            self._after.clear()
            self.mapping = mapping

    def undo(self) -> None:
        """Take the last change back."""
        if self._before:
            self._after.append(self.mapping)
            self.mapping = self._before.pop()

    def redo(self) -> None:
        """Make the change again that was taken back."""
        if self._after:
            self._before.append(self.mapping)
            self.mapping = self._after.pop()

    def keep(self) -> None:
        """It was saved as it is now; changes before that can still be taken back."""
        self.saved = self.mapping


def with_item(values: tuple[Any, ...], index: int, value: Any) -> tuple[Any, ...]:
    """The same values but for one."""
    return (*values[:index], value, *values[index + 1 :])


def swapped(order: tuple[int, ...], axis: int, device_axis: int) -> tuple[int, ...]:
    """The order in which this axis of the hand follows that axis of the device; who had that gets what this one had."""
    other = order.index(device_axis)
    return with_item(with_item(order, other, order[axis]), axis, device_axis)


def whole(joints: JointMap, count: int) -> JointMap:
    """The same map written out for so many joints of the robot; what is missing of one for fewer is one to one."""
    usual = tuple(range(count)), (1,) * count, (1.0,) * count, (0.0,) * count
    told = (getattr(joints, name) for name in PARTS)
    parts = ((*part[:count], *rest[len(part[:count]) :]) for part, rest in zip(told, usual, strict=True))
    return JointMap(*parts)


def matched(joints: JointMap, leader: tuple[float, ...], robot: tuple[float, ...]) -> JointMap:
    """The map with offsets such that the robot, as it stands now, is where the leader leads it to.

    Args:
        joints: of any length.
        leader: joints of the leader now [rad].
        robot: joints of the robot now [rad].

    Raises:
        DeviceError: if that is no map.
    """
    full = whole(joints, len(robot))
    offsets = []
    for order, sign, scale, offset, stands in zip(
        full.order, full.signs, full.scales, full.offsets_rad, robot, strict=True
    ):
        if order == STILL:
            offsets.append(stands)
        else:
            offsets.append(stands - sign * scale * leader[order] if order < len(leader) else offset)
    return replace(full, offsets_rad=tuple(round(one, 4) for one in offsets))
