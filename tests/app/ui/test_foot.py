"""The Collect page while a leader is brought near, drives, and is lost: nothing that somebody looks at jumps."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QApplication, QWidget
from snapshots import picture, ready

from accord.app.snapshot import Snapshot, State
from accord.app.ui.collect_page import CollectPage
from accord.devices.limits import Hold
from accord.devices.mapping import LEADER_DEFAULT
from accord.recorders.status import LoopStatus

VIEWS = ("front", "side", "wrist")
NEAR, FAR = (0.1,) * 7, (0.9,) * 7


@pytest.fixture
def page(keep: Callable[[QWidget], QWidget]) -> CollectPage:
    made = CollectPage()
    keep(made)
    made.setMinimumSize(600, 400)  # as the window's is set, whatever its panels would like
    made.show()
    return made


def led(hold: Hold, apart: tuple[float, ...] = NEAR) -> Snapshot:
    text = hold.sentence if hold is not Hold.NONE else ""
    return ready(source="gello", loop=LoopStatus(source="gello", hold=int(hold), hold_text=text, apart=apart))


RESETTING = ready(source="gello", state=State.RESETTING, loop=LoopStatus(hold=Hold.NO_SOURCE))
LOST = led(Hold.INPUT_LOST, ())
LONG = f"Wanted a servo of the GELLO, found another: choose one of {', '.join(f'XC330-M{n}' for n in range(100, 160))}."
WAY = {
    "apart": led(Hold.APART, FAR), "near": led(Hold.NOT_ENGAGED), "drives": led(Hold.NONE), "the next scene": RESETTING,
    "apart again": led(Hold.APART, FAR), "drives again": led(Hold.NONE), "lost": LOST,
    "held": led(Hold.REQUESTED), "lost at length": replace(LOST, loop=replace(LOST.loop, input_detail=LONG)),
}  # fmt: skip


def show(page: CollectPage, snapshot: Snapshot) -> None:
    shown = {name: picture(100, width=320, height=240) for name in VIEWS}
    seen = replace(snapshot, views=VIEWS, pictures=shown)
    for _ in range(3):  # a layout settles in the event loop
        page.display(seen)
        page.approach.display(seen, (LEADER_DEFAULT,))
        QApplication.processEvents()


def places(page: CollectPage) -> list[QRect]:
    return [*(page.views.view(name).geometry() for name in VIEWS), page.views.geometry(), page.state.geometry()]


@pytest.mark.parametrize("size", [(1180, 720), (1700, 950), (900, 540)])
def test_views_and_state_stay_where_they_are_however_far_the_leader_is(
    page: CollectPage, size: tuple[int, int]
) -> None:
    page.resize(*size)
    show(page, led(Hold.APART, FAR))
    before = places(page)
    for name, snapshot in WAY.items():
        show(page, snapshot)
        assert places(page) == before, name


def test_while_the_leader_drives_its_agreement_shows_beside_the_button_that_lets_go(page: CollectPage) -> None:
    page.resize(1180, 720)
    show(page, led(Hold.APART, FAR))
    assert page.approach.isVisible()
    assert not page.agreement.isVisible()
    show(page, led(Hold.NONE))
    assert page.agreement.isVisible()
    assert page.approach.button.isVisible()
    assert page.approach.button.text() == "Let go"
    assert not page.approach.geometry().intersects(page.agreement.geometry())
    show(page, RESETTING)
    assert not page.approach.isVisible()
    assert page.agreement.width() == page.foot.width()


def test_what_a_device_says_at_length_is_cut_and_whole_where_the_mouse_rests(page: CollectPage) -> None:
    page.resize(1180, 720)
    show(page, WAY["lost at length"])
    shown = page.state.text
    assert shown.text().endswith("…")
    assert shown.text().startswith("Held: the input device is silent.")
    assert shown.heightForWidth(shown.width()) <= page.state.height()
    assert shown.toolTip().endswith(LONG)
    show(page, led(Hold.REQUESTED))
    assert shown.text() == "Held because you asked for it. H lets it go on."
    assert not shown.toolTip()


def test_words_and_button_of_the_way_there_are_not_cut(page: CollectPage) -> None:
    page.resize(1180, 720)
    for snapshot in (led(Hold.APART, FAR), led(Hold.NOT_ENGAGED), led(Hold.NONE)):
        show(page, snapshot)
        panel = page.approach
        for part in (panel.title, panel.hint, panel.legend, panel.button):
            if part.isVisible():
                assert panel.rect().contains(part.geometry())
                assert part.height() >= part.heightForWidth(part.width())


def test_another_device_is_not_engaged_because_the_one_before_was(page: CollectPage) -> None:
    show(page, led(Hold.NOT_ENGAGED))
    assert page.approach.engages
    show(page, replace(led(Hold.NOT_ENGAGED), source="keyboard"))
    assert not page.approach.isVisible(), "the loop still listens to the leader"
    show(page, ready())
    assert not page.approach.engages


def test_on_a_small_screen_beside_the_scene_only_a_leader_has_a_place_below(page: CollectPage) -> None:
    page.resize(900, 540)
    page.show_scene(True)
    show(page, ready())
    assert not page.foot.isVisible()
    show(page, led(Hold.APART, FAR))
    assert page.approach.isVisible()
