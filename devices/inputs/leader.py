"""Leader: an arm that is held in the hand and says how its joints stand, whatever its servos are.

Where its bones are known it says where its hand is too, so that a robot of another build can follow that.

The bus has to be asked, a hundred times a second or as often as the wire allows (eight servos at 57,600 baud: 55), and
an answer takes milliseconds, so a leader lives in a process of its own. Its state is as old as the question.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from accord.devices.calibration import Calibration, Calibrations
from accord.devices.errors import DeviceError, NotConnectedError
from accord.devices.health import Health
from accord.devices.input import InputState
from accord.devices.inputs.leader_port import leader_port
from accord.devices.inputs.leaders import LeaderModel
from accord.devices.inputs.patience import CLOSED, SEARCH_NS, STALE_NS, Search
from accord.devices.inputs.roll_call import RollCall
from accord.devices.inputs.serial_port import serial_of
from accord.devices.inputs.servo_bus import ServoBus, UnansweredError
from accord.devices.tempo import Tempo

PERIOD_NS: Final = 10_000_000
"""How often it is read by who waits for it [ns]."""
BUSY_NS: Final = 5_000_000
"""The bus is asked no sooner than this after the last question [ns]."""
FAILURES: Final = 2
"""So many reads in a row fail before every servo is asked by itself."""
SQUEEZED, LET_GO = 0.2, 0.4
"""The trigger's button goes down below the one opening and up above the other [1]."""
TRIGGER_BUTTON: Final = 0
"""The bit of `InputState.buttons`."""
_FEWEST, _MOST = 2, 17
"""Servos: one joint and the trigger; 16 joints, which is what `accord.devices.inputs.stateblock` has room for."""
_HIGHEST_ID: Final = 252


class Leader:
    """One leader arm. Satisfies `accord.devices.input.Input` and `accord.devices.input.Waits`.

    Args:
        model: of which make.
        bus: its servos.
        config: folder of calibrations.
        port: path of its serial port, or serial number of its USB adapter; empty for the only one of USB.
        baud: of its bus; 0 for as its makers set it [bit/s].
        ids: of its servos from the base on, the trigger's last, like ``1,2,3``; empty for as its makers set them.

    Raises:
        DeviceError: if baud or ids cannot be.
    """

    def __init__(
        self, model: LeaderModel, bus: ServoBus, config: Path, port: str = "", baud: int = 0, ids: str = ""
    ) -> None:
        self.name = model.name
        self._model, self._bus, self._port = model, bus, port
        self._baud = _checked_baud(model, bus, baud)
        self._ids = _checked_ids(model, ids)
        self._joints = len(self._ids) - 1
        self._chain = model.chain_of(self._joints)
        names = (*model.names_of(self._joints), "trigger")
        self.channels: tuple[str, ...] = tuple(f"{name} [tick]" for name in names)
        self._calibrations = Calibrations(config)
        self._calibration: Calibration | None = None
        self._uncalibrated, self._calibration_ns = "", 0
        self._roll = RollCall(self._ids)
        self._tempo = Tempo()
        self._opened = False
        self._path, self._serial, self._settled = "", "", False
        self._search = Search()
        self._asked_ns = self._due_ns = self._heard_ns = self._last_report_ns = 0
        self._failures = self._turn = 0
        self._probe = 0
        self._state: InputState | None = None
        self._squeezed = False
        self._detail = CLOSED
        self._reports = self._refused = 0

    def open(self) -> None:
        """Begin to listen; see `Input`."""
        if not self._opened:
            self._opened, self._detail = True, "Looking for it."
            self._search.begin()

    def read(self, t_ns: int) -> InputState | None:
        """The newest state, or None while unplugged, stale, or while a servo is missing; see `Input`.

        Asks the bus once at most, and not sooner than `BUSY_NS` after the last time: 36 ms when nobody answers.
        """
        if not self._opened or not self._connected(t_ns):
            return None
        if self._roll.running or t_ns - self._asked_ns >= BUSY_NS:
            self._asked_ns = t_ns
            self._due_ns = max(self._due_ns + PERIOD_NS, t_ns + BUSY_NS)  # in step, or else not too soon
            try:
                self._ask(t_ns)
            except NotConnectedError as error:
                self._lose(str(error))
        return self._judged(t_ns) if self._path else None

    def wait(self, timeout_s: float) -> None:
        """Until it is time for the next question; see `Waits`."""
        if self._path and self._roll.running:
            return
        left_s = (self._due_ns - time.monotonic_ns()) / 1e9 if self._path else timeout_s
        time.sleep(min(max(left_s, 0.0), timeout_s))

    # The wire --------------------------------------------------------------------------------------------------

    def _connected(self, t_ns: int) -> bool:
        if not self._path and self._search.due(t_ns):
            try:
                path = leader_port(self._model.text, self._port)
                self._bus.open(path, self._baud)
            except DeviceError as error:
                self._detail = str(error)
                return False
            self._path, self._serial, self._detail = path, serial_of(path), "Asking which servos are there."
            self._roll = RollCall(self._ids)
            self._roll.begin()
            self._calibration_ns = 0
        return bool(self._path)

    def _ask(self, t_ns: int) -> None:
        servo = self._roll.next(t_ns)
        if servo is None and not self._roll.present:
            self._lose(self._nobody())
            return
        try:
            if servo is not None:
                self._call(servo)
            else:
                self._read_all(t_ns)
        except UnansweredError as error:
            self._refused += 1
            if servo is not None:
                self._roll.unanswered(servo, error.garbled, t_ns)
            else:
                self._failed()
        self._settled = self._settled or bool(self._roll.present and not self._roll.running)

    def _call(self, servo: int) -> None:
        number = self._bus.model(servo)
        if number not in self._bus.models:
            if self._bus.model(servo) != number:  # then one of the two answered something that was asked before
                raise UnansweredError(garbled=True)
            known = ", ".join(sorted(self._bus.models.values()))
            remedy = f"choose the kind of leader that it is, or put one of these in: {known}"
            wanted = f"a servo of the {self._model.text} with the id {servo}"
            raise NotConnectedError(wanted, f"one of another model (number {number})", remedy)
        self._bus.release(servo)
        self._bus.position(servo)  # where two have one id, this is where they differ
        self._roll.answered(servo)

    def _failed(self) -> None:
        # Asked in another order, a late answer to the last question cannot be taken for one to the next.
        self._turn += 1
        self._failures += 1
        if self._failures >= FAILURES:
            self._failures = 0
            self._roll.begin()

    def _nobody(self) -> str:
        """A sentence about a bus on which no servo answers; another baud rate is tried each time."""
        garbled = bool(self._roll.garbled)
        found = "answers that make no sense" if garbled else "no answer"
        wanted = f"servos {_listed(self._ids)} of the {self._model.text} on {self._path} at {self._baud} baud"
        others = [baud for baud in self._bus.bauds if baud != self._baud]
        other = others[self._probe % len(others)]
        try:
            self._bus.open(self._path, other)
            self._bus.model(self._ids[0])
        except (UnansweredError, DeviceError):
            self._probe += 1
            remedy = "check its power supply and cables, and that its port and baud rate are the right ones"
            return str(DeviceError(wanted, found, remedy))
        return str(DeviceError(wanted, f"them at {other} baud", f"set its baud rate to {other}"))

    def _read_all(self, t_ns: int) -> None:
        present = self._roll.present
        turn = self._turn % len(present)
        order = present[turn:] + present[:turn]
        ticks = dict(zip(order, self._bus.positions(order), strict=True))
        self._failures = 0
        if not self._roll.missing:
            self._believe(np.array([ticks[servo] for servo in self._ids], dtype=np.float64), t_ns)

    # What it says ----------------------------------------------------------------------------------------------

    def _believe(self, ticks: np.ndarray[tuple[int], np.dtype[np.float64]], t_ns: int) -> None:
        self._look_for_calibration(t_ns)
        self._reports += 1
        self._heard_ns = self._last_report_ns = t_ns
        self._tempo.heard(t_ns)
        self._state = InputState(t_ns=t_ns, raw=ticks)
        if self._calibration is not None:
            opening = self._calibration.opening(ticks[-1])
            if opening is not None:
                self._squeezed = opening < (LET_GO if self._squeezed else SQUEEZED)
            buttons = self._squeezed << TRIGGER_BUTTON
            joints = self._calibration.angles(ticks[:-1])
            pose = None if self._chain is None else self._chain.pose(joints)
            self._state = replace(self._state, joints=joints, pose=pose, gripper=opening, buttons=buttons)

    def _look_for_calibration(self, t_ns: int) -> None:
        if t_ns < self._calibration_ns:
            return
        self._calibration_ns = t_ns + SEARCH_NS
        try:
            self._calibration = self._calibrations.load(self._serial, self._model.name, self._joints)
            self._uncalibrated = ""
        except DeviceError as error:
            self._calibration, self._uncalibrated = None, str(error)

    def _judged(self, t_ns: int) -> InputState | None:
        if self._roll.missing and self._settled:
            self._detail = self._who_is_missing()
            return None
        if self._state is None or t_ns - self._heard_ns > STALE_NS:
            if self._settled:
                found = "none for 100 ms" if self._state else "none yet"
                remedy = "check its cables and its power supply"
                self._detail = str(DeviceError(f"positions of the {self._model.text}", found, remedy))
            return None
        self._detail = self._uncalibrated
        return self._state

    def _who_is_missing(self) -> str:
        roll, told = self._roll, []
        if roll.silent:
            told.append(f"no answer of {_listed(sorted(roll.silent))}")
        if roll.garbled:
            told.append(f"garbled answers of {_listed(sorted(roll.garbled))}")
        remedy = "check cable and power there; each is asked again once a second"
        if roll.garbled:
            remedy = "look for two servos with one id there and give each its own, or for a loose cable"
        wanted = f"all servos of the {self._model.text} ({_listed(self._ids)})"
        return str(DeviceError(wanted, " and ".join(told), remedy))

    def _lose(self, why: str) -> None:
        self._bus.close()
        self._path, self._settled, self._state, self._squeezed = "", False, None, False
        self._detail = why
        self._tempo.clear()

    def health(self) -> Health:
        """How it is doing; see `Input`."""
        rate_hz, jitter_ms = self._tempo.rate_hz, self._tempo.jitter_ms
        return Health(
            self._model.text, self._settled, self._detail, self._last_report_ns, self._reports, self._refused,
            rate_hz, jitter_ms, serial=self._serial,
        )  # fmt: skip

    def close(self) -> None:
        """Stop listening; closing twice is allowed."""
        self._opened = False
        self._lose(CLOSED)


def _listed(ids: Sequence[int]) -> str:
    return ", ".join(str(servo) for servo in ids)


def _checked_baud(model: LeaderModel, bus: ServoBus, baud: int) -> int:
    if baud and baud not in bus.bauds:
        choices = ", ".join(str(one) for one in sorted(bus.bauds))
        raise DeviceError(f"a baud rate of {bus.make} servos", str(baud), f"choose one of {choices}")
    return baud or model.baud


def _checked_ids(model: LeaderModel, ids: str) -> tuple[int, ...]:
    words = [word.strip() for word in ids.split(",")] if ids.strip() else [str(servo) for servo in model.ids]
    found = tuple(int(word) if word.isascii() and word.isdecimal() else -1 for word in words)
    good = all(0 <= servo <= _HIGHEST_ID for servo in found) and len(set(found)) == len(found)
    if not good or not _FEWEST <= len(found) <= _MOST:
        wanted = f"{_FEWEST} to {_MOST} different ids of servos, 0 to {_HIGHEST_ID}"
        raise DeviceError(
            wanted, repr(ids), f"say them from the base on, the trigger's last, like {_listed(model.ids)}"
        )
    return found
