"""Theme: how everything looks. Qt's Fusion style, a light and a dark palette, one accent, a grid of 8 px.

Widgets take their colours from their own `QPalette`, so they follow a switch by being painted again; only what has a
meaning of its own (agreement, novelty, recording) is a constant here.

====================  ==========================================
palette role          what it colours
====================  ==========================================
Window, WindowText    the ground, and text on it
Base, Text            lists, fields and pictures' surroundings
AlternateBase         panels, every other row
PlaceholderText       units, hints, what is off
Mid                   hairlines
Accent, Highlight     the one accent: selection, focus, links
====================  ==========================================
"""

from enum import StrEnum
from math import isnan
from typing import Any, Final

import qtawesome  # type: ignore[import-untyped]
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QToolTip

GRID: Final = 8
"""Every distance is a multiple (or half) of it [px]."""
TEXT_PX: Final = 13
UNIT_PX: Final = 11
TITLE_PX: Final = 18

AGREE: Final = QColor("#009E73")
DOUBTFUL: Final = QColor("#E69F00")
CONFLICT: Final = QColor("#D55E00")
NOVEL: Final = QColor("#56B4E9")
"""Okabe and Ito, Color Universal Design, 2008: told apart with any colour vision. Novel is also hatched."""
RECORDING: Final = QColor("#D32F2F")
"""White text on it has a contrast of 5.0 : 1."""

_ROLE = QPalette.ColorRole


class Scheme(StrEnum):
    """Light or dark."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


_LIGHT: Final = {
    _ROLE.Window: "#F3F4F6", _ROLE.WindowText: "#1A1D21", _ROLE.Base: "#FFFFFF", _ROLE.AlternateBase: "#EAECEF",
    _ROLE.Text: "#1A1D21", _ROLE.PlaceholderText: "#5C6570", _ROLE.Button: "#FFFFFF", _ROLE.ButtonText: "#1A1D21",
    _ROLE.BrightText: "#FFFFFF", _ROLE.Mid: "#CDD2D8", _ROLE.Midlight: "#E2E5E9", _ROLE.Dark: "#9AA2AC",
    _ROLE.Light: "#FFFFFF", _ROLE.Shadow: "#7B838D", _ROLE.Accent: "#4457C7", _ROLE.Highlight: "#4457C7",
    _ROLE.HighlightedText: "#FFFFFF", _ROLE.Link: "#4457C7", _ROLE.ToolTipBase: "#1A1D21", _ROLE.ToolTipText: "#F3F4F6",
}  # fmt: skip
_DARK: Final = {
    _ROLE.Window: "#17191C", _ROLE.WindowText: "#E6E8EB", _ROLE.Base: "#1F2226", _ROLE.AlternateBase: "#25292E",
    _ROLE.Text: "#E6E8EB", _ROLE.PlaceholderText: "#9AA3AE", _ROLE.Button: "#2A2E34", _ROLE.ButtonText: "#E6E8EB",
    _ROLE.BrightText: "#FFFFFF", _ROLE.Mid: "#3A4048", _ROLE.Midlight: "#30353B", _ROLE.Dark: "#0F1113",
    _ROLE.Light: "#3A4048", _ROLE.Shadow: "#000000", _ROLE.Accent: "#8C9BFF", _ROLE.Highlight: "#5366DA",
    _ROLE.HighlightedText: "#FFFFFF", _ROLE.Link: "#8C9BFF", _ROLE.ToolTipBase: "#E6E8EB", _ROLE.ToolTipText: "#17191C",
}  # fmt: skip

_SHEET: Final = """
QWidget {{ font-size: 13px; }}
QLabel[role="faint"] {{ color: {faint}; font-size: 11px; }}
QLabel[role="title"] {{ font-size: 18px; font-weight: 600; }}
QLabel[role="section"] {{ color: {faint}; font-size: 11px; font-weight: 600; }}
QPushButton {{ background: {button}; border: 1px solid {line}; border-radius: 4px; padding: 5px 12px; }}
QPushButton:hover {{ border-color: {faint}; }}
QPushButton:pressed {{ background: {hairline}; border-color: {accent}; }}
QPushButton:checked {{ background: {chosen}; border-color: {accent}; font-weight: 600; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 4px 11px; }}
QPushButton:disabled {{ color: {faint}; background: transparent; border-color: {hairline}; }}
QPushButton[role="primary"] {{ background: {highlight}; color: white; border-color: {highlight}; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {text}; }}
QPushButton[role="primary"]:disabled {{ background: {hairline}; color: {faint}; border-color: {hairline}; }}
QPushButton[role="quiet"] {{ background: transparent; border-color: transparent; }}
QPushButton[role="quiet"]:hover {{ background: {hairline}; }}
QPushButton[role="quiet"]:focus {{ border-color: {accent}; }}
QCheckBox::indicator:unchecked, QAbstractItemView::indicator:unchecked {{
    background: {base}; border: 1px solid {faint}; border-radius: 3px; width: 12px; height: 12px; }}
QFrame[role="panel"] {{ background: {panel}; border: none; border-radius: 6px; }}
QFrame[role="line"] {{ background: {line}; border: none; max-height: 1px; min-height: 1px; }}
QToolTip {{ background: {tip}; color: {tip_text}; border: none; padding: 4px 8px; }}
"""


class Theme(QObject):
    """Puts the look on the application, and keeps it in step with the system until a person chooses otherwise."""

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.SYSTEM) -> None:
        super().__init__(app)
        self._app, self._scheme = app, scheme
        app.setStyle("Fusion")
        app.setFont(font())
        self._show()
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._follow)

    @property
    def scheme(self) -> Scheme:
        """What was chosen."""
        return self._scheme

    @property
    def dark(self) -> bool:
        """Whether the dark palette shows now."""
        if self._scheme is Scheme.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return self._scheme is Scheme.DARK

    def choose(self, scheme: Scheme) -> None:
        """Show this one from now on."""
        self._scheme = scheme
        self._show()

    def switch(self) -> None:
        """From dark to light, or back."""
        self.choose(Scheme.LIGHT if self.dark else Scheme.DARK)

    def _follow(self) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._show()

    def _show(self) -> None:
        palette = make_palette(self.dark)
        self._app.setPalette(palette)
        QToolTip.setPalette(palette)
        self._app.setStyleSheet(_sheet(palette))


def make_palette(dark: bool) -> QPalette:
    """The dark or the light palette, with what is disabled faint."""
    palette = QPalette()
    for role, colour in (_DARK if dark else _LIGHT).items():
        palette.setColor(role, QColor(colour))
    faint = palette.color(_ROLE.PlaceholderText)
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def _sheet(palette: QPalette) -> str:
    names = {
        "text": _ROLE.Text, "faint": _ROLE.PlaceholderText, "line": _ROLE.Mid, "hairline": _ROLE.Midlight,
        "button": _ROLE.Button, "panel": _ROLE.AlternateBase, "accent": _ROLE.Accent, "highlight": _ROLE.Highlight,
        "base": _ROLE.Base, "tip": _ROLE.ToolTipBase, "tip_text": _ROLE.ToolTipText,
    }  # fmt: skip
    colours = {name: palette.color(role) for name, role in names.items()}
    colours["chosen"] = _between(colours["button"], colours["accent"], 0.25)
    return _SHEET.format(**{name: colour.name() for name, colour in colours.items()})


def font(size_px: int = TEXT_PX, bold: bool = False) -> QFont:
    """The one font, with figures of equal width, so that nothing that changes also moves."""
    made = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    made.setPixelSize(size_px)
    made.setBold(bold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def icon(name: str, palette: QPalette, colour: QColor | None = None) -> QIcon:
    """An icon of the one set, in the palette's text colour.

    Args:
        name: qtawesome's, such as ``mdi6.record``.
        palette: of the widget that shows it.
        colour: another colour than text.
    """
    shown, off = colour or palette.color(_ROLE.ButtonText), palette.color(_ROLE.PlaceholderText)
    made: QIcon = qtawesome.icon(name, color=shown, color_disabled=off)
    return made


def faint(palette: QPalette) -> QColor:
    """For units and hints."""
    return palette.color(_ROLE.PlaceholderText)


def hairline(palette: QPalette) -> QColor:
    """For lines between things."""
    return palette.color(_ROLE.Mid)


def accent(palette: QPalette) -> QColor:
    """The one accent."""
    return palette.color(_ROLE.Accent)


def agreement_colour(compatibility: float) -> QColor:
    """From conflict (0) over doubtful (½) to agree (1); grey for NaN."""
    if isnan(compatibility):
        return QColor("#808080")
    at = min(max(compatibility, 0.0), 1.0) * 2.0
    low, high = (CONFLICT, DOUBTFUL) if at < 1.0 else (DOUBTFUL, AGREE)
    return _between(low, high, at % 1.0 if at < 2.0 else 1.0)


def _between(low: QColor, high: QColor, share: float) -> QColor:
    parts = zip(low.getRgbF()[:3], high.getRgbF()[:3], strict=True)  # type: ignore[index]
    return QColor.fromRgbF(*(a + (b - a) * share for a, b in parts))


def novel_brush() -> QBrush:
    """Hatched, so that it is not only a colour."""
    return QBrush(NOVEL, Qt.BrushStyle.BDiagPattern)


def dress_plot(plot: Any, palette: QPalette) -> None:
    """Give a pyqtgraph plot the palette's ground, axes and text.

    Call it when the plot is made and again in `changeEvent` when the palette changed.

    Args:
        plot: a `pyqtgraph.PlotWidget`; not typed so, because importing pyqtgraph here would delay the first window.
        palette: of the plot.
    """
    plot.setBackground(palette.color(_ROLE.Base))
    for side in ("left", "bottom", "right", "top"):
        axis = plot.getAxis(side)
        axis.setPen(hairline(palette))
        axis.setTextPen(faint(palette))
        axis.setStyle(tickFont=font(UNIT_PX))
