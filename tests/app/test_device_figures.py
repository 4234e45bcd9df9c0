"""How long a device's word takes to the robot, by the clock of its wire."""

import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from wires.exo import ExoWire
from wires.figures import coded_ms, figures, reported_ms
from wires.pad import FedPad, PadWire
from wires.place import made, opened
from wires.wire import Coded, Wire

from accord.datasets.episode import Episode
from accord.devices.fingers import CHANNELS
from accord.devices.input import Input
from accord.devices.inputs.exo_packet import FULL
from accord.devices.inputs.kinds import kind_named

MS = 1_000_000
TURNS = np.array([0, 20, 40, 60, 80]) * MS
ALL = np.ones(5, dtype=bool)


def test_a_report_that_was_overtaken_counts_until_the_turn_that_shows_a_later_one() -> None:
    codes = [(7.0, -3 * MS), (8.0, 1 * MS), (9.0, 9 * MS), (10.0, 17 * MS), (11.0, 41 * MS), (12.0, 79 * MS)]
    shown = np.array([7.0, 10.0, 10.0, 11.0, 11.0])
    assert coded_ms(TURNS, shown, ALL, codes).tolist() == [19.0, 11.0, 3.0, 19.0]


def test_turns_that_send_nothing_and_numbers_of_long_ago_do_not_count() -> None:
    codes = [(10.0, -2_000 * MS), (8.0, 1 * MS), (10.0, 30 * MS)]
    shown = np.array([10.0, 8.0, 10.0, 10.0, 10.0])
    assert coded_ms(TURNS, shown, ALL, codes).tolist() == [19.0, 10.0]
    assert coded_ms(TURNS, shown, np.array([True, True, False, True, True]), codes).tolist() == [19.0]


def test_with_two_hands_the_later_one_counts() -> None:
    codes = [(1.0, 1 * MS), (2.0, 21 * MS)]
    shown = np.array([[0.0, 0.0], [1.0, 0.0], [2.0, 1.0], [2.0, 2.0], [2.0, 2.0]])
    assert coded_ms(TURNS, shown, ALL, codes).tolist() == [39.0, 39.0]


def test_an_answer_counts_from_its_question_at_the_first_turn_that_shows_it() -> None:
    asked = np.array([-9, 12, 12, 55, 55]) * MS
    assert reported_ms(TURNS, asked, ALL).tolist() == [8.0, 5.0]
    assert reported_ms(TURNS, np.stack([asked, asked + 2 * MS], axis=1), ALL).tolist() == [8.0, 5.0]
    assert reported_ms(TURNS, asked, np.array([True, False, True, True, True])).tolist() == [5.0]


def driver(wire: Wire, folder: Path) -> tuple[Input, ...]:
    """What reads that wire in a device's process."""
    return (FedPad(""),) if isinstance(wire, PadWire) else kind_named(wire.setup.kind).make(wire.setup.options, folder)


@pytest.mark.parametrize("name", ["gamepad", "phone", "exoskeleton", "cockpit"])
def test_what_was_put_on_the_wire_comes_out_of_the_driver_with_its_number(name: str, tmp_path: Path) -> None:
    wire = made(name, tmp_path)
    assert isinstance(wire, Coded)
    hands = driver(wire, tmp_path)
    channel, seen, times = hands[0].channels.index(wire.code_channel), list[list[float]](), list[int]()
    deadline_s = time.monotonic() + 60.0
    with ExitStack() as stack:
        stack.callback(wire.close)
        for device in hands:
            stack.callback(device.close)
            device.open()
        wire.take()
        while len({each[0] for each in seen}) < 20:
            assert time.monotonic() < deadline_s, [device.health() for device in hands]
            t_ns = time.monotonic_ns()
            states = [device.read(t_ns) for device in hands]
            now = [state.raw[channel] for state in states if state is not None]
            if len(now) == len(hands) and now[0] in [code for code, _ in wire.codes]:
                seen.append(now)
                times.append(t_ns)
            time.sleep(0.001)
    ages = coded_ms(np.array(times), np.array(seen), np.ones(len(times), dtype=bool), wire.codes)
    assert len(ages) >= 19
    assert ages.min() > 0.0


def test_a_recorded_second_is_measured_and_has_what_both_gloves_said(tmp_path: Path) -> None:
    with opened("cockpit", tmp_path) as place:
        assert isinstance(place.wire, ExoWire)
        for side, spread in (("left", 0.2), ("right", 0.6)):  # which moves no gripper
            place.wire.body.move(f"{side} glove ring spread", spread)
        found = figures(place, 1.0)
        (kept,) = place.session.library.contents().entries
    assert found.reports > 20
    assert 0.0 < found.latency_median_ms <= found.latency_p99_ms
    with Episode(kept.path) as episode:
        raw, driven = episode.field("input/raw"), episode.field("sent/twist").any(axis=(1, 2))
        for hand, said in enumerate((0.2 * FULL, 0.6 * FULL)):
            channels = episode.info.inputs[hand].channels
            fingers = [channels.index(f"{name} [1/{FULL}]") for name in CHANNELS]
            assert np.isfinite(raw[driven][:, hand][:, fingers]).all()
            assert set(raw[driven, hand, fingers[CHANNELS.index("ring spread")]]) == {round(said)}
