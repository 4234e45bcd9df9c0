import numpy as np
import pytest

from accord.app.ui.figures import number, plain, rounded, seconds, share, signed, size, source_text


def test_what_is_not_known_is_a_dash() -> None:
    assert share(float("nan")) == number(float("nan")) == "–"


def test_a_minus_is_as_wide_as_a_figure() -> None:
    assert number(-0.5) == "−0.50"
    assert signed((0.5, -0.5), 1) == "\u20070.5  −0.5"


def test_what_rounds_to_zero_has_no_sign() -> None:
    assert number(-0.004) == "0.00"
    assert number(-0.4, 0) == "0"
    assert signed((-0.004,)) == "\u20070.00", "with the room for a sign, as every zero"
    assert str(rounded(-0.04, 1)) == "0.0"
    assert plain(-0.0) == "0"


@pytest.mark.parametrize(
    ("value", "text"), [(-3.0, "−3"), (1234567.0, "1234567"), (-0.12345, "−0.1235"), (np.nan, "–")]
)
def test_a_number_of_which_nothing_is_known_is_whole_or_has_four_digits(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0, "0.0 s"), (59.94, "59.9 s"), (62.44, "1:02.4"), (59.97, "1:00.0")])
def test_durations(value: float, text: str) -> None:
    assert seconds(value) == text


@pytest.mark.parametrize(("value", "text"), [(0, "0 B"), (71e9, "71 GB"), (1.25e12, "1.2 TB")])
def test_sizes_are_decimal(value: float, text: str) -> None:
    assert size(value) == text


def test_a_script_is_never_called_a_person() -> None:
    assert source_text("scripted:down-then-across") == "scripted: down-then-across"
    assert source_text("policy:ws://127.0.0.1:8000") == "policy: ws://127.0.0.1:8000"
