from collections.abc import Iterator
from math import nan

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from accord.app.ui import theme
from accord.app.ui.theme import Scheme, Theme, make_palette

ROLE = QPalette.ColorRole


@pytest.fixture
def look(application: QApplication) -> Iterator[Theme]:
    made = Theme(application, Scheme.LIGHT)
    yield made
    made.choose(Scheme.LIGHT)
    made.deleteLater()


def contrast(one: QColor, other: QColor) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""
    parts = (
        [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.getRgbF()[:3]]
        for colour in (one, other)
    )
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in parts)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("ink", [ROLE.Text, ROLE.PlaceholderText, ROLE.WindowText, ROLE.Accent])
@pytest.mark.parametrize("ground", [ROLE.Window, ROLE.Base, ROLE.AlternateBase])
def test_everything_written_can_be_read(dark: bool, ink: QPalette.ColorRole, ground: QPalette.ColorRole) -> None:
    palette = make_palette(dark)
    assert contrast(palette.color(ink), palette.color(ground)) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_white_can_be_read_on_red_and_on_the_accent(dark: bool) -> None:
    assert contrast(QColor("white"), theme.RECORDING) >= 4.5
    assert contrast(QColor("white"), make_palette(dark).color(ROLE.Highlight)) >= 4.5


def test_a_switch_changes_every_palette(application: QApplication, look: Theme) -> None:
    light = application.palette().color(ROLE.Window)
    look.switch()
    assert look.dark
    assert application.palette().color(ROLE.Window).lightness() < light.lightness()
    look.switch()
    assert application.palette().color(ROLE.Window) == light


def test_agreement_goes_from_red_over_amber_to_green() -> None:
    assert theme.agreement_colour(0.0) == theme.CONFLICT
    assert theme.agreement_colour(1.0).name() == theme.AGREE.name()
    assert theme.agreement_colour(0.5).name() == theme.DOUBTFUL.name()
    assert theme.agreement_colour(nan).saturation() == 0


def test_figures_are_as_wide_as_each_other() -> None:
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(theme.font())
    assert len({metrics.horizontalAdvance(figure) for figure in "0123456789"}) == 1
