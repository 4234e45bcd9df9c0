"""JointTable: for each joint of the robot, which of the leader's moves it, and how; drawn against where it stands."""

from functools import partial
from math import degrees, radians
from typing import Final

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.button import Button
from accord.app.ui.field import Choice
from accord.app.ui.figures import rounded
from accord.app.ui.labels import label, wrapped
from accord.app.ui.mapping_bars import Bar, Bars
from accord.app.ui.mapping_draft import matched, whole, with_item
from accord.app.ui.mapping_scope import Scope
from accord.app.ui.number_field import NumberField
from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.joint_map import STILL, USUAL, JointMap
from accord.devices.mapping import Mapping

_MOST: Final = 999.0


class JointTable(QWidget):
    """A line for each joint of the robot."""

    changed = Signal(str, object)
    """``joints``, and the new `JointMap`."""
    refused = Signal(str)
    """Why that is no map; one sentence."""
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.mapping = Mapping()
        self._leader: Vector | None = None
        self._robot: Vector = np.zeros(0)
        self.rows: list[_Row] = []
        self.match = Button(
            "Match here", "mdi6.arrow-collapse-vertical",
            "Choose the offsets so that the leader, as it stands now, leads the robot to where it stands now", "quiet",
        )  # fmt: skip
        self.match.clicked.connect(self._match)
        self.told, self.idle = wrapped("", "faint"), wrapped("", "faint")
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.GRID)
        self._grid.setVerticalSpacing(theme.GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(*[theme.GRID] * 4)
        column.addWidget(self._body)
        column.addWidget(self.idle)
        column.addWidget(self.told)
        column.addWidget(self.match, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        for number, head in enumerate(("LEADER", "", "ROBOT", "", "SCALE", "OFFSET [°]", "LED TO, ROBOT ▲")):
            self._grid.addWidget(label(head, "section"), 0, number)
        self._grid.setColumnStretch(6, 1)
        self._make(USUAL)

    def _make(self, count: int) -> None:
        while len(self.rows) > count:
            self.rows.pop().forget(self._grid)
        while len(self.rows) < count:
            number = len(self.rows)
            row = _Row(number)
            row.place(self._grid)
            row.follows.chosen.connect(partial(self._follow, number))
            row.round.clicked.connect(partial(self._turn_round, number))
            row.scale.editingFinished.connect(partial(self._set, number, "scales"))
            row.offset.editingFinished.connect(partial(self._set, number, "offsets_rad"))
            for field in (row.scale, row.offset):
                field.left.connect(self.left)
            self.rows.append(row)

    @property
    def _map(self) -> JointMap:
        return whole(self.mapping.joints, len(self.rows))

    def _follow(self, joint: int, leader: str) -> None:
        self._change(joint, "order", int(leader))

    def _turn_round(self, joint: int) -> None:
        self._change(joint, "signs", -self._map.signs[joint])

    def _set(self, joint: int, name: str) -> None:
        row, told = self.rows[joint], getattr(self._map, name)[joint]
        if name == "scales":
            if row.scale.value() != round(told, 2):
                self._change(joint, name, row.scale.value())
        elif row.offset.value() != round(degrees(told), 1):
            self._change(joint, name, radians(row.offset.value()))

    def _change(self, joint: int, name: str, value: float) -> None:
        full = self._map
        parts = {part: getattr(full, part) for part in ("order", "signs", "scales", "offsets_rad")}
        parts[name] = with_item(parts[name], joint, value)
        try:
            made = JointMap(**parts)
        except DeviceError as error:
            self.show_mapping(self.mapping)
            self.refused.emit(str(error))
        else:
            self.changed.emit("joints", made)

    def _match(self) -> None:
        if self._leader is not None and len(self._robot):
            leader, robot = (tuple(float(x) for x in part) for part in (self._leader, self._robot))
            self.changed.emit("joints", matched(self.mapping.joints, leader, robot))

    def show_mapping(self, mapping: Mapping) -> None:
        """Show this mapping, also in a field that is being written in."""
        self.mapping = mapping
        full = self._map
        leaders = max((*full.order, len(self.rows) - 1, 0 if self._leader is None else len(self._leader) - 1)) + 1
        for i, row in enumerate(self.rows):
            row.show_joint(full.order[i], full.signs[i], full.scales[i], full.offsets_rad[i], leaders)

    def show_scope(self, scope: Scope) -> None:
        """Show whether joints count for the device."""
        idle = scope.idle("joints")
        self._body.setEnabled(not idle)
        self.match.setVisible(not idle)
        self.idle.setText(idle)
        self.idle.setVisible(bool(idle))

    def show_joints(self, leader: Vector | None, robot: Vector) -> None:
        """Show where they stand.

        Args:
            leader: (k,) its own joints; None while it says nothing, or is no leader [rad].
            robot: (n,) joints of the robot's arm; (0,) without one [rad].
        """
        before = -1 if self._leader is None else len(self._leader)
        self._leader, self._robot = leader, robot
        count = len(robot) or len(self.rows)
        if count != len(self.rows) or before != (-1 if leader is None else len(leader)):
            self._make(count)
            self.show_mapping(self.mapping)
        self.match.setEnabled(leader is not None and len(robot) > 0)
        problem = "" if leader is None else self.mapping.joints.problem(len(leader), count)
        self.told.setText(problem or ("" if leader is not None else "Nothing says how a leader's joints stand now."))
        self.told.setVisible(bool(self.told.text()) and not self.idle.text())
        led = self.mapping.joints.of(leader) if leader is not None and not problem else np.full(count, np.nan)
        for i, row in enumerate(self.rows):
            stands = float(robot[i]) if i < len(robot) else float("nan")
            row.show_angles(float(led[i]), stands)


class _Row:
    """One joint of the robot."""

    def __init__(self, number: int) -> None:
        name = f"joint {number + 1}"
        self._number = number
        self._arrow, self._title = label("▸", "faint"), label(f"J{number + 1}")
        self.follows = Choice(f"Leader's joint for {name}", f"Which joint of the leader moves the robot's {name} (↑ ↓)")
        self.follows.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.follows.setFixedWidth(11 * theme.GRID)
        self.round = Button("+", "", f"Turn {name} round (Space)")
        self.round.setAccessibleName(f"Sign of {name}")
        self.round.setCheckable(True)
        self.round.setFixedSize(4 * theme.GRID, 7 * theme.GRID // 2)
        self.scale = _number(f"Scale of {name}", "how far the robot's joint turns for the leader's", 2)
        self.offset = _number(
            f"Offset of {name}", "where the robot's joint stands while the leader's is at zero [°]", 1
        )
        self.bars = Bars(f"Leader and robot, {name}")
        self._offered = -1

    @property
    def _parts(self) -> tuple[QWidget, ...]:
        return self.follows, self._arrow, self._title, self.round, self.scale, self.offset, self.bars

    def place(self, grid: QGridLayout) -> None:
        for column, part in enumerate(self._parts):
            grid.addWidget(part, self._number + 1, column, Qt.AlignmentFlag.AlignVCenter)

    def forget(self, grid: QGridLayout) -> None:
        for part in self._parts:
            grid.removeWidget(part)
            part.hide()
            part.deleteLater()

    def show_joint(self, order: int, sign: int, scale: float, offset_rad: float, leaders: int) -> None:
        if leaders != self._offered:
            self._offered = leaders
            self.follows.offer([(str(STILL), "none"), *((str(i), f"joint {i + 1}") for i in range(leaders))])
        self.follows.show_chosen(str(order))
        self.round.setChecked(sign < 0)
        self.round.setText("−" if sign < 0 else "+")
        self.scale.setValue(scale)
        self.offset.setValue(rounded(degrees(offset_rad), 1))

    def show_angles(self, led_rad: float, robot_rad: float) -> None:
        led, stands = degrees(led_rad), degrees(robot_rad)
        self.bars.show_rows((Bar("", led, 180.0, stands, "°", 0),))


def _number(name: str, tip: str, digits: int) -> NumberField:
    made = NumberField(name, f"{name}: {tip}", digits)
    made.setRange(-_MOST, _MOST)
    made.setFixedWidth(8 * theme.GRID)
    return made
