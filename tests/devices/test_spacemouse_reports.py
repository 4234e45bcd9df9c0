import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.devices.inputs.reports import CHANNELS, MODELS, Charge, Model, Pressed, Puck, Refusal, decode, model_of

X, Y, Z, ROLL, PITCH, YAW = range(6)


def model(name: str) -> Model:
    return next(model for model in MODELS if model.name == name)


COMPACT = model("SpaceMouse Compact")
WIRELESS = model("SpaceMouse Wireless")
PRO = model("SpaceMouse Pro")


def decoded(report: bytes, of: Model, puck: Puck | None = None) -> Puck:
    after = decode(report, puck or Puck(), of)
    assert isinstance(after, Puck), after
    return after


def axes(*reports: str, of: Model) -> np.ndarray:
    puck = Puck()
    for report in reports:
        puck = decoded(bytes.fromhex(report), of, puck)
    return puck.axes()


def full(axis: int, sign: float = 1.0) -> np.ndarray:
    expected = np.zeros(6)
    expected[axis] = sign
    return expected


# Written after the layout of the reports: 350 is 5e 01, -350 is a2 fe; their own axes are right, towards the person,
# down.
@pytest.mark.parametrize(
    ("report", "axis", "sign"),
    [
        ("01 5e 01 00 00 00 00", Y, -1),  # pushed right
        ("01 a2 fe 00 00 00 00", Y, +1),  # pushed left
        ("01 00 00 a2 fe 00 00", X, +1),  # pushed away from the person
        ("01 00 00 5e 01 00 00", X, -1),  # pulled
        ("01 00 00 00 00 a2 fe", Z, +1),  # lifted
        ("01 00 00 00 00 5e 01", Z, -1),  # pressed down
        ("02 a2 fe 00 00 00 00", PITCH, +1),  # tilted forward
        ("02 00 00 a2 fe 00 00", ROLL, +1),  # leaned right
        ("02 00 00 00 00 a2 fe", YAW, +1),  # twisted counter-clockwise
        ("02 00 00 00 00 5e 01", YAW, -1),  # twisted clockwise
    ],
)
def test_a_spacemouse_compact_reports_each_axis_in_the_split_layout(report: str, axis: int, sign: int) -> None:
    np.testing.assert_array_equal(axes(report, of=COMPACT), full(axis, sign))


@pytest.mark.parametrize(
    ("report", "axis", "sign"),
    [
        ("01 5e 01 00 00 00 00 00 00 00 00 00 00", Y, -1),
        ("01 00 00 a2 fe 00 00 00 00 00 00 00 00", X, +1),
        ("01 00 00 00 00 a2 fe 00 00 00 00 00 00", Z, +1),
        ("01 00 00 00 00 00 00 a2 fe 00 00 00 00", PITCH, +1),
        ("01 00 00 00 00 00 00 00 00 a2 fe 00 00", ROLL, +1),
        ("01 00 00 00 00 00 00 00 00 00 00 a2 fe", YAW, +1),
    ],
)
def test_a_spacemouse_wireless_reports_each_axis_in_the_combined_layout(report: str, axis: int, sign: int) -> None:
    np.testing.assert_array_equal(axes(report, of=WIRELESS), full(axis, sign))


def test_a_combined_report_is_believed_from_a_model_that_splits() -> None:
    np.testing.assert_array_equal(axes("01 00 00 a2 fe 00 00 00 00 00 00 00 00", of=COMPACT), full(X))


def test_translation_and_rotation_that_come_apart_are_put_together() -> None:
    both = axes("01 00 00 51 ff 00 00", "02 00 00 00 00 af 00", of=COMPACT)
    np.testing.assert_array_equal(both, [0.5, 0, 0, 0, 0, -0.5])


def test_a_release_brings_every_axis_back_to_zero() -> None:
    rest = axes("01 5e 01 5e 01 5e 01", "02 5e 01 5e 01 5e 01", "01" + 6 * "00", "02" + 6 * "00", of=COMPACT)
    np.testing.assert_array_equal(rest, np.zeros(6))


def test_more_than_full_scale_is_full_scale() -> None:
    np.testing.assert_array_equal(axes("01 00 00 44 fd 00 00", of=COMPACT), full(X))  # 700 away from the person


@pytest.mark.parametrize("report", ["01 00 00 43 fd 00 00", "01 00 00 00 80 00 00", "02 ff 7f 00 00 00 00"])
def test_what_no_cap_can_do_is_rubbish(report: str) -> None:
    assert decode(bytes.fromhex(report), Puck(), COMPACT) is Refusal.IMPOSSIBLE


@pytest.mark.parametrize(
    ("report", "buttons"),
    [
        ("03 01", 0b1),
        ("03 02 00", 0b10),
        ("03 03 00 00", 0b11),
        ("03 00 00", 0),
        ("03 00 10 00 00 00 00", 1 << 12),  # button 1 of a SpaceMouse Pro Wireless
        ("03 00 00 80 00 00 00", 1 << 23),  # its Alt
        ("03 01" + 11 * "00", 0b1),  # padded, as Windows does
    ],
)
def test_buttons_are_a_little_endian_mask(report: str, buttons: int) -> None:
    assert decode(bytes.fromhex(report), Puck(), PRO) == Pressed(buttons)


@pytest.mark.parametrize("report", ["03 04", "03 00 01", "03 8f 12 aa 01 00 3c"])
def test_buttons_that_a_model_has_not_are_rubbish(report: str) -> None:
    assert decode(bytes.fromhex(report), Puck(), COMPACT) is Refusal.IMPOSSIBLE


def test_buttons_say_nothing_of_the_cap_and_motion_does_not_press() -> None:
    puck = decoded(bytes.fromhex("01 01 00 02 00 03 00"), COMPACT, Puck(buttons=2))
    assert puck == Puck((1, 2, 3), buttons=2)
    assert decode(bytes.fromhex("03 01"), puck, COMPACT) == Pressed(1)


@pytest.mark.parametrize(
    ("report", "of", "refusal"),
    [
        ("", COMPACT, Refusal.EMPTY),
        ("01", COMPACT, Refusal.TRUNCATED),
        ("01 00 00 00 00 00", COMPACT, Refusal.TRUNCATED),
        ("01 00 00 00 00 00 00 00", COMPACT, Refusal.OVERSIZED),
        ("02 00 00 00 00 00", COMPACT, Refusal.TRUNCATED),
        ("02" + 12 * "00", COMPACT, Refusal.OVERSIZED),
        ("03", COMPACT, Refusal.TRUNCATED),
        ("03" + 13 * "00", COMPACT, Refusal.OVERSIZED),
        ("01 00 00 00 00 00 00", WIRELESS, Refusal.TRUNCATED),
        ("01" + 13 * "00", WIRELESS, Refusal.OVERSIZED),
        ("02 00 00 00 00 00 00", WIRELESS, Refusal.FOREIGN),
        ("1c 00 00", COMPACT, Refusal.FOREIGN),
        ("17", WIRELESS, Refusal.TRUNCATED),
        ("00" + 6 * "00", COMPACT, Refusal.FOREIGN),
    ],
)
def test_truncated_oversized_and_foreign_reports_are_refused(report: str, of: Model, refusal: Refusal) -> None:
    assert decode(bytes.fromhex(report), Puck(), of) is refusal


@pytest.mark.parametrize(("report", "level"), [("17 64", 1.0), ("17 2a 00", 0.42), ("17 00", 0.0), ("17 ff", 1.0)])
def test_a_battery_report_says_the_charge_and_nothing_about_the_hand(report: str, level: float) -> None:
    assert decode(bytes.fromhex(report), Puck((1, 2, 3)), WIRELESS) == Charge(level)


def test_the_raw_numbers_are_those_of_the_report() -> None:
    puck = decoded(bytes.fromhex("01 01 00 fe ff 03 00 04 00 fb ff 06 00"), WIRELESS)
    np.testing.assert_array_equal(puck.raw(), [1, -2, 3, 4, -5, 6])
    assert len(CHANNELS) == 6


@given(st.binary(max_size=64), st.sampled_from(MODELS))
def test_no_bytes_make_decoding_raise_or_leave_the_range(report: bytes, of: Model) -> None:
    after = decode(report, Puck(), of)
    if isinstance(after, Puck):
        assert np.all(np.abs(after.axes()) <= 1.0)
    elif isinstance(after, Pressed):
        assert after.buttons >= 0


def test_thirteen_models_are_known_each_once() -> None:
    assert len({(model.vendor, model.product) for model in MODELS}) == len(MODELS) == 13
    assert model_of(0x256F, 0xC635) is COMPACT
    assert model_of(0x256F, 0xC650) is None  # a CadMouse
