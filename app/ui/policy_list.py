"""PolicyList: base policies, newest first: when each was fitted, to how much, and whether it is stale."""

from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from accord.app.policy_summary import PolicySummary
from accord.app.ui import theme


class PolicyList(QListWidget):
    """One line for each version."""

    chosen = Signal(str)
    """Name of the policy to look at."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Base policies")
        self.setToolTip("Choose a base policy (↑ ↓)")
        self.setFixedHeight(11 * theme.GRID)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._on_current)

    def display(self, policies: tuple[PolicySummary, ...], current: str) -> None:
        """Show policies.

        Args:
            policies: oldest first.
            current: name of the one that is looked at.
        """
        self.blockSignals(True)
        self.clear()
        for policy in reversed(policies):
            item = QListWidgetItem(_text(policy), self)
            item.setData(Qt.ItemDataRole.UserRole, policy.name)
            item.setToolTip(policy.problem or policy.stale or f"{policy.name}: its episodes are as they were")
            if policy.problem or policy.stale:
                item.setIcon(theme.icon("mdi6.alert", self.palette(), theme.DOUBTFUL))
            if policy.name == current:
                self.setCurrentItem(item)
        self.blockSignals(False)

    def _on_current(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _text(policy: PolicySummary) -> str:
    """``base-v2   11-21 14:03   20 ep.   stale``."""
    if policy.problem:
        return f"{policy.name}   unreadable"
    when = datetime.fromtimestamp(policy.created_ns / 1e9).strftime("%m-%d %H:%M")
    return f"{policy.name}   {when}   {policy.episodes} ep." + ("   stale" if policy.stale else "")
