"""PolicyWarnings: amber lines over the page: a policy that is stale, a base set of several strategies, a small base."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from accord.app.ui import theme
from accord.app.ui.banner import Banner, Tone
from accord.app.ui.button import Button
from accord.datasets.scores.strategies import Split

AGAIN = "Fit again"
_SIDES = ("this", "that", "the third")
"""A base set has three strategies at most, see `accord.datasets.scores.strategies`."""


class StrategyLine(Banner):
    """Says that a set of episodes holds several strategies, and offers to tick only one of them."""

    wanted = Signal(object)
    """Ids of the episodes to tick."""

    def __init__(self) -> None:
        super().__init__(closable=False)
        self.sides: tuple[Button, ...] = ()
        self.episodes: frozenset[str] = frozenset()
        """Ids of those that are told of."""

    def show_split(self, split: Split, whose: str) -> None:
        """Show it; hidden where there is one strategy.

        Args:
            split: of the set.
            whose: set it is, in a word or two.
        """
        self.say(split.warning, Tone.WARNING, word=whose)
        self.episodes = frozenset(episode for group in split.groups for episode in group)
        row = self.layout()
        assert isinstance(row, QHBoxLayout), "a banner is one row"
        for button in self.sides:
            button.deleteLater()
        self.sides = tuple(self._side(*numbered) for numbered in enumerate(split.groups if split.warning else ()))
        for button in self.sides:
            row.insertWidget(row.count() - 2, button)

    @property
    def doubtful(self) -> bool:
        """Whether there is more than one strategy."""
        return bool(self.sides)

    def _side(self, number: int, group: tuple[str, ...]) -> Button:
        which = _SIDES[min(number, len(_SIDES) - 1)]
        button = Button(f"Only {which} side", tip=f"Tick only these {len(group)} episodes: {_named(group)}")
        button.clicked.connect(lambda: self.wanted.emit(group))
        return button


class PolicyWarnings(QWidget):
    """What makes the verdicts doubtful; takes no room while nothing does."""

    again = Signal()
    """The policy shall be fitted again."""
    side = Signal(object)
    """Ids of the episodes to tick."""

    def __init__(self) -> None:
        super().__init__()
        self.stale, self.calibration = Banner(closable=False), Banner(closable=False)
        self.ticked, self.fitted = StrategyLine(), StrategyLine()
        self.stale.acted.connect(self.again)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID // 2)
        for banner in (self.stale, self.ticked, self.fitted, self.calibration):
            banner.copy.hide()
            column.addWidget(banner)
        for line in (self.ticked, self.fitted):
            line.wanted.connect(self.side)
        self._tell()

    def show_policy(self, stale: str, split: Split, name: str, calibration: str) -> None:
        """What is to be said of the policy that is looked at."""
        self.stale.say(stale, Tone.WARNING, AGAIN, "Tick the same episodes, as far as they are left, and fit alike")
        self.fitted.show_split(split, name)
        self.calibration.say(calibration, Tone.WARNING)
        self._tell()

    def show_ticked(self, split: Split) -> None:
        """What is to be said of the episodes that are ticked for the next fit."""
        self.ticked.show_split(split, "Ticked episodes")
        self._tell()

    @property
    def _said(self) -> bool:
        """Whether what there is to say of the ticked episodes is said of the policy's base."""
        return self.fitted.doubtful and self.ticked.episodes <= self.fitted.episodes

    def _tell(self) -> None:
        """The same is not said twice: after a fit its episodes are still ticked, or most of them."""
        self.ticked.setVisible(self.ticked.doubtful and not self._said)
        self.setVisible(any(not one.isHidden() for one in (self.stale, self.ticked, self.fitted, self.calibration)))


def _named(group: tuple[str, ...]) -> str:
    return ", ".join(episode[:8] for episode in group)
