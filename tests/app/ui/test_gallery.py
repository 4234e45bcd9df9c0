"""The gallery: every task as a card, chosen with the mouse or the keyboard."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from accord.app.ui.gallery import Gallery, read_picture
from accord.app.ui.task_card import TaskCard, facts
from accord.devices.sim.tasks import catalogue

Keep = Callable[[QWidget], QWidget]


@pytest.fixture
def gallery(application: QApplication, keep: Keep) -> Iterator[Gallery]:
    made = Gallery()
    keep(made)
    made.resize(1100, 700)
    made.offer(catalogue.tasks())
    made.show()
    made.activateWindow()
    assert QTest.qWaitForWindowActive(made)
    yield made
    made.close_jobs()


def test_there_is_a_card_for_every_task(gallery: Gallery) -> None:
    assert tuple(card.task for card in gallery.cards) == catalogue.tasks()
    for card in gallery.cards:
        task = catalogue.task(card.task)
        assert task.instruction in card.accessibleDescription()
        assert f"{task.time_limit_s:g} s" in card.facts
        assert f"{len(task.factors)} factors" in card.facts


def test_facts_name_hands_arms_and_scripts() -> None:
    handover = next(catalogue.task(name) for name in catalogue.tasks() if catalogue.task(name).hands == 2)
    assert "two hands" in facts(handover, 1)
    assert "1 script  ·" in facts(handover, 1)
    assert "no script" in facts(handover, 0)
    assert "panda" in facts(catalogue.task("square-nut"), 3)


def test_a_card_is_chosen_with_the_keyboard(gallery: Gallery) -> None:
    chosen: list[str] = []
    gallery.chosen.connect(chosen.append)
    gallery.mark("square-nut")
    current = next(card for card in gallery.cards if card.task == "square-nut")
    assert current.current
    assert gallery.focusWidget() is current
    QTest.keyClick(current, Qt.Key.Key_Right)
    beside = gallery.cards[gallery.cards.index(current) + 1]
    assert gallery.focusWidget() is beside
    QTest.keyClick(beside, Qt.Key.Key_Return)
    QTest.keyClick(beside, Qt.Key.Key_Left)
    QTest.keyClick(current, Qt.Key.Key_Space)
    assert chosen == [beside.task, "square-nut"]


def test_down_goes_a_row_on_and_stops_at_the_end(gallery: Gallery) -> None:
    first, top = gallery.cards[0], gallery.cards[0].y()
    below = next(card for card in gallery.cards if card.y() > top)
    assert below.x() == first.x()
    first.setFocus()
    QTest.keyClick(first, Qt.Key.Key_Down)
    assert gallery.focusWidget() is below
    gallery.cards[-1].setFocus()
    QTest.keyClick(gallery.cards[-1], Qt.Key.Key_Down)
    assert gallery.focusWidget() is gallery.cards[-1]


def test_escape_changes_nothing(gallery: Gallery) -> None:
    said: list[str] = []
    gallery.chosen.connect(said.append)
    gallery.closed.connect(lambda: said.append("closed"))
    gallery.cards[0].setFocus()
    QTest.keyClick(gallery.cards[0], Qt.Key.Key_Escape)
    assert said == ["closed"]


def test_a_task_without_a_picture_has_a_card_all_the_same(keep: Keep) -> None:
    card = TaskCard(catalogue.task("square-nut"), 2)
    keep(card)
    card.resize(256, 300)
    assert not card.has_picture
    assert not card.grab().isNull()
    picture = QImage(32, 24, QImage.Format.Format_RGB888)
    picture.fill(Qt.GlobalColor.red)
    card.show_picture(picture)
    assert card.grab().toImage().pixelColor(128, 100) == Qt.GlobalColor.red


def test_pictures_are_read_where_they_are_shipped() -> None:
    shipped = {name: not read_picture(name).isNull() for name in catalogue.tasks()}
    assert shipped["square-nut"]
