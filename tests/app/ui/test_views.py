from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from snapshots import picture, ready

from accord.app.snapshot import Snapshot, State
from accord.app.ui import theme, view
from accord.app.ui.views import Views
from accord.recorders.status import CameraStatus

NAMES = ("front", "side", "wrist")


@pytest.fixture
def views(keep: Callable[[Views], Views]) -> Views:
    made = keep(Views())
    made.resize(900, 460)
    made.show()
    return made


def seen(**changes: object) -> Snapshot:
    pictures = {name: picture(60 * (i + 1)) for i, name in enumerate(NAMES)}
    return ready(**({"views": NAMES, "pictures": pictures} | changes))


def test_the_first_view_is_large_and_a_click_swaps(views: Views) -> None:
    views.display(seen())
    large = views.view("front").geometry()
    assert views.large == "front"
    assert large.width() > 1.8 * views.view("side").width()
    QTest.mouseClick(views.view("side"), Qt.MouseButton.LeftButton)
    assert views.large == "side"
    assert views.view("side").geometry() == large


def test_a_view_can_be_enlarged_with_the_keyboard(views: Views) -> None:
    views.display(seen())
    QTest.keyClick(views.view("wrist"), Qt.Key.Key_Return)
    assert views.large == "wrist"


def test_views_keep_within_the_widget_and_apart(views: Views) -> None:
    views.display(seen())
    for size in ((600, 500), (1400, 460), (340, 200)):
        views.resize(*size)
        rects = [views.view(name).geometry() for name in NAMES]
        assert all(views.rect().contains(rect) for rect in rects)
        assert not any(a.intersects(b) for a in rects for b in rects if a is not b)


def test_a_picture_is_decoded_once(views: Views, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    monkeypatch.setattr(view, "decode", lambda data, half=False: decoded.append(data) or decode(data, half))
    views.display(seen())
    views.display(seen())
    assert len(decoded) == 3


decode = view.decode


def test_nothing_is_decoded_while_nobody_can_see_it(views: Views) -> None:
    views.hide()
    views.display(seen())
    assert not views.view("front").has_picture


def test_bytes_that_are_no_picture_leave_the_last_one(views: Views) -> None:
    views.display(seen())
    broken = {"front": view.EncodedImage(b"no picture", 2, 2)}
    views.display(seen(pictures=broken))
    assert views.view("front").has_picture


def test_every_view_says_what_it_lost_of_the_episode_and_nothing_while_nobody_keeps_it(views: Views) -> None:
    def captions(lost: tuple[int, ...], episode: str = "") -> list[str]:
        views.display(seen(cameras=CameraStatus(lost=lost), episode=episode))
        return [views.view(name).caption for name in NAMES]

    assert captions((0, 3, 1)) == list(NAMES)
    assert captions((1, 3, 1), "one") == ["front   0 lost", "side   0 lost", "wrist   0 lost"]
    assert captions((1, 5, 2), "one") == ["front   0 lost", "side   2 lost", "wrist   1 lost"]
    assert captions((9, 9, 9)) == list(NAMES)
    assert captions((9, 9, 9), "two") == ["front   0 lost", "side   0 lost", "wrist   0 lost"]


def test_the_frame_is_red_only_while_recording(views: Views) -> None:
    views.display(seen(state=State.RECORDING))
    assert views.recording
    corner = views.view("front").geometry().topLeft()
    assert views.grab().toImage().pixelColor(corner.x() - 1, corner.y() - 1) == theme.RECORDING
    views.display(seen())
    assert views.grab().toImage().pixelColor(corner.x() - 1, corner.y() - 1) != theme.RECORDING


def test_a_session_without_views_shows_none(views: Views) -> None:
    views.display(ready())
    assert views.large == ""
