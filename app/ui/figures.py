"""Figures: numbers as the window writes them, at one width, so that nothing moves as they change. Knows no toolkit."""

from collections.abc import Iterable
from math import isfinite
from typing import Final

from accord.devices.sources.held import EITHER

NOTHING: Final = "–"
_MINUS: Final = "−"  # as wide as a figure, unlike the hyphen
_FIGURE_SPACE: Final = "\u2007"


def share(value: float) -> str:
    """A share as per cent; a dash for NaN."""
    return f"{value:.0%}".replace("%", " %") if isfinite(value) else NOTHING


def rounded(value: float, digits: int = 0) -> float:
    """A number as it is written: one that rounds to zero has no sign."""
    return round(float(value), digits) + 0.0 if isfinite(value) else value


def number(value: float, digits: int = 2) -> str:
    """A number; a dash for NaN."""
    return f"{rounded(value, digits):.{digits}f}".replace("-", _MINUS) if isfinite(value) else NOTHING


def plain(value: float, digits: int = 4) -> str:
    """A number of which nothing else is known: counts whole, others with so many digits in all; a dash for NaN."""
    if not isfinite(value):
        return NOTHING
    whole = float(value).is_integer() and abs(value) < 1e12
    return (f"{value + 0.0:.0f}" if whole else f"{value:.{digits}g}").replace("-", _MINUS)


def signed(values: Iterable[float], digits: int = 2) -> str:
    """Numbers in columns, those above zero with the room for a sign."""
    told = [number(value, digits) for value in values]
    return "  ".join(one if one.startswith(_MINUS) else _FIGURE_SPACE + one for one in told)


def seconds(value: float) -> str:
    """A duration: ``12.4 s``, from a minute on ``1:02.4``."""
    tenths = round(value * 10)
    if tenths < 600:
        return f"{tenths / 10:.1f} s"
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"


def size(count: float) -> str:
    """Bytes: ``71 GB``, decimal as disks are sold."""
    for unit in ("B", "kB", "MB"):
        if count < 1000.0:
            return f"{count:.0f} {unit}"
        count /= 1000.0
    return f"{count:.0f} GB" if count < 1000.0 else f"{count / 1000.0:.1f} TB"


def source_text(name: str) -> str:
    """What a source is called on the screen. A script or a policy is always called one, never a person."""
    if name.startswith(("scripted:", "policy:")):
        return name.replace(":", ": ", 1)
    if name.startswith(EITHER):
        return f"{source_text(name.removeprefix(EITHER))}, either arm"
    if "+" in name:
        left, right = (source_text(device) for device in name.split("+"))
        return f"{left} left, {right} right"
    return {"none": "Choose who drives…", "keyboard": "Keyboard", "spacemouse": "SpaceMouse"}.get(name, name)
