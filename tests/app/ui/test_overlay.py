"""Ways drawn into a view, looked up pixel by pixel."""

from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from snapshots import picture

from accord.app.ui.overlay import BASES, YOURS, Pen, Way
from accord.app.ui.view import View

Keep = Callable[[QWidget], QWidget]


def shown(keep: Keep, *ways: Way) -> QImage:
    view = View("front")
    keep(view)
    view.resize(320, 240)
    view.show()
    view.show_picture(picture(128))
    view.show_ways(ways)
    return view.grab().toImage()


def near(image: QImage, x: float, y: float, colour: QColor, reach: int = 2) -> bool:
    """Whether the colour is within a few pixels of a place."""
    places = [(round(x) + i, round(y) + j) for i in range(-reach, reach + 1) for j in range(-reach, reach + 1)]
    inside = [(i, j) for i, j in places if 0 <= i < image.width() and 0 <= j < image.height()]
    return any(_close(image.pixelColor(i, j), colour) for i, j in inside)


def _close(one: QColor, other: QColor) -> bool:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return all(abs(a - b) < 30 for a, b in pairs)


def way(pen: Pen, at: int = 0, y: float = 0.5) -> Way:
    return Way(np.column_stack((np.linspace(0.1, 0.9, 41), np.full(41, y))), at, pen)


def test_a_way_is_drawn_where_its_places_are_and_its_mark_where_it_is_now(keep: Keep) -> None:
    image = shown(keep, way(YOURS, at=30))
    for x in np.linspace(40, 280, 20):
        assert near(image, x, 120, YOURS.colour)
    assert near(image, 32 + 0.75 * 256, 123, YOURS.colour, 0), "the mark is wider than the line"
    assert not near(image, 100, 60, YOURS.colour)


def test_the_two_ways_differ_without_their_colours_too(keep: Keep) -> None:
    solid, dashed = shown(keep, way(YOURS)), shown(keep, way(BASES))
    places = range(60, 280)
    assert all(near(solid, x, 120, YOURS.colour, 0) for x in places)
    drawn = [near(dashed, x, 120, BASES.colour, 0) for x in places]
    assert 0.3 < np.mean(drawn) < 0.9


def test_what_the_camera_cannot_see_leaves_a_gap_and_nothing_outside_is_drawn(keep: Keep) -> None:
    places = np.array([[0.1, 0.5], [0.4, 0.5], [np.nan, np.nan], [0.6, 0.5], [0.9, 0.5], [5.0, 0.5]])
    image = shown(keep, Way(places, 2, YOURS))
    assert near(image, 80, 120, YOURS.colour)
    assert not near(image, 160, 120, YOURS.colour)
    assert near(image, 250, 120, YOURS.colour)
    assert near(image, 318, 120, YOURS.colour), "it leads out of the picture"


def test_a_view_forgets_its_ways_with_its_picture(keep: Keep) -> None:
    view = View("front")
    keep(view)
    view.resize(320, 240)
    view.show()
    view.show_picture(picture(128))
    view.show_ways((way(YOURS),))
    view.show_nothing()
    assert not view.has_picture
    view.show_picture(picture(128))
    assert not near(view.grab().toImage(), 160, 120, YOURS.colour)
