"""Places: where the views of an episode stand, one large and the others small beside or below it. Knows no widget."""

from typing import Final

from PySide6.QtCore import QRectF

from accord.app.ui import theme

ASPECT: Final = 4 / 3
"""Of a place for a view; views of another shape have bars at their sides."""
GAP: Final = theme.GRID
_LEAST: Final = 2
"""A single small view takes no more than half of the large one's height or width."""


def arrange(room: QRectF, small: int) -> tuple[QRectF, list[QRectF]]:
    """Where the large view and the small ones stand: beside or below it, whichever leaves it larger."""
    if not small:
        return _alone(room), []
    share = 1 + 1 / max(small, _LEAST)
    across = min(room.height(), height_for(room.width(), small))
    down = min((room.height() - GAP) / share, room.width() / ASPECT)
    return beside(room, small) if across >= down else _below(room, small, down)


def beside(room: QRectF, small: int) -> tuple[QRectF, list[QRectF]]:
    """The same with the small ones beside the large one, whatever the room's shape."""
    if not small:
        return _alone(room), []
    rows, height = max(small, _LEAST), min(room.height(), height_for(room.width(), small))
    each = (height - (rows - 1) * GAP) / rows
    left = room.left() + max(0.0, room.width() - ASPECT * (height + each) - GAP) / 2
    at = left + ASPECT * height + GAP
    places = [QRectF(at, room.top() + i * (each + GAP), ASPECT * each, each) for i in range(small)]
    return QRectF(left, room.top(), ASPECT * height, height), places


def height_for(width: float, small: int) -> float:
    """The height of the large view at which it and the small ones beside it are as wide as this."""
    if not small:
        return width / ASPECT
    rows = max(small, _LEAST)
    return (width - GAP + ASPECT * GAP * (rows - 1) / rows) / (ASPECT * (1 + 1 / rows))


def height_below(width: float, small: int) -> float:
    """The height of the large view and the small ones below it where the large one is as wide as this."""
    if not small:
        return width / ASPECT
    columns = max(small, _LEAST)
    return (width + (width - (columns - 1) * GAP) / columns) / ASPECT + GAP


def _below(room: QRectF, small: int, height: float) -> tuple[QRectF, list[QRectF]]:
    width, columns = ASPECT * height, max(small, _LEAST)
    each = (width - (columns - 1) * GAP) / columns
    left, below = room.left() + (room.width() - width) / 2, room.top() + height + GAP
    high = min(each / ASPECT, room.bottom() - below)
    places = [QRectF(left + i * (each + GAP), below, each, high) for i in range(small)]
    return QRectF(left, room.top(), width, height), places


def _alone(room: QRectF) -> QRectF:
    height = min(room.height(), room.width() / ASPECT)
    return QRectF(room.left() + (room.width() - ASPECT * height) / 2, room.top(), ASPECT * height, height)
