"""Shortcuts: the keys of the page Elicit. A key presses that one of its buttons which can be seen."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QWidget

from accord.app.ui import actions
from accord.app.ui import elicit_actions as act
from accord.app.ui.actions import Action
from accord.app.ui.elicit_page import ElicitPage

_MOVES: Final = {act.BACK: (-1, 0), act.ON: (1, 0), act.BEFORE: (0, -1), act.AFTER: (0, 1)}
"""By how many steps and moments a key goes on in the feedback."""


class Shortcuts:
    """Off until the page is open: other pages use the same keys."""

    def __init__(self, page: ElicitPage, window: QWidget) -> None:
        self._window, review = window, page.review
        self._made = [self._key(action, partial(_press, buttons)) for action, buttons in _buttons(page)]
        self._made[0].activated.connect(lambda: page.learn.player.toggle() if page.learn.isVisible() else None)
        for action, (steps, moments) in _MOVES.items():
            made = self._key(action, partial(_go, page, steps, moments))
            made.setAutoRepeat(True)
            self._made.append(made)
        review.slider.setFocusPolicy(review.focusPolicy())  # the arrow keys are taken here

    def _key(self, action: Action, ask: Callable[[], None]) -> QShortcut:
        made = QShortcut(QKeySequence(action.key), self._window)
        made.setAutoRepeat(False)
        made.setEnabled(False)
        made.activated.connect(ask)
        return made

    def enable(self, on: bool) -> None:
        """Whether the page is open."""
        for shortcut in self._made:
            shortcut.setEnabled(on)


def _buttons(page: ElicitPage) -> tuple[tuple[Action, tuple[QAbstractButton, ...]], ...]:
    live, review, learn = page.live, page.review, page.learn
    return (
        (actions.RECORD, (live.record, review.play)), (actions.SUCCESS, (live.success,)),
        (actions.FAILURE, (live.failure,)), (actions.REDO, (live.redo,)),
        (act.GO_ON, (page.start.begin, live.again, review.again, page.waiting.new)),
        (act.SKIP, (live.skip, learn.skip)), (act.TRY, (review.try_here,)), (act.BACK_TO, (live.back,)),
        (act.OTHER, (live.other, review.other)), (act.ACCEPT, (review.accept,)), (act.SOUND, (live.sound,)),
        (act.LEAVE, (page.leave,)),
    )  # fmt: skip


def _press(buttons: tuple[QAbstractButton, ...]) -> None:
    for button in buttons:
        if button.isVisible():
            button.click()
            return  # it may have brought another one of them to sight


def _go(page: ElicitPage, steps: int, moments: int) -> None:
    if page.review.isVisible():
        page.review.go(steps, moments)
