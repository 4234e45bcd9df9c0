"""RowsPreview: the first three rows of a training set, as the trainer will see them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem

from accord.app.ui import theme

_PICTURE = QSize(64, 48)
_MOST_NUMBERS = 3
"""Of a row's value; the others are in the tooltip."""


class RowsPreview(QTableWidget):
    """One line for each key: its shape, its type, and three values."""

    def __init__(self) -> None:
        super().__init__(0, 5)
        self.setHorizontalHeaderLabels(["Key", "Type", "Row 0", "Row 1", "Row 2"])
        self.setAccessibleName("The first three rows as the trainer will see them")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setIconSize(_PICTURE)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setStyleSheet(f"font-size: {theme.UNIT_PX}px;")
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for i, width in enumerate((116, 128)):
            header.setSectionResizeMode(i, QHeaderView.ResizeMode.Interactive)
            self.setColumnWidth(i, width)

    def display(self, rows: Mapping[str, NDArray[Any]]) -> None:
        """Show rows, key → (≤ 3, …); pictures stand at the top."""
        keys = sorted(rows, key=lambda key: (rows[key].ndim != 4, key != "action", key))
        self.setRowCount(len(keys))
        for i, key in enumerate(keys):
            values = rows[key]
            shape = " × ".join(str(n) for n in values.shape[1:]) or "1"
            self.setItem(i, 0, QTableWidgetItem(key))
            self.setItem(i, 1, _item(f"{shape} {values.dtype}"))
            for column in range(3):
                given = _value(values[column]) if column < len(values) else QTableWidgetItem("–")
                self.setItem(i, 2 + column, given)
            self.setRowHeight(i, _PICTURE.height() + 4 if values.ndim == 4 else 3 * theme.GRID)


def _item(text: str, tip: str = "") -> QTableWidgetItem:
    item = QTableWidgetItem(text)
    item.setToolTip(tip or text)
    return item


def _value(value: NDArray[Any]) -> QTableWidgetItem:
    if value.ndim == 3:
        return _picture(value)
    numbers = [
        f"{number:.3g}" if isinstance(number, float) else str(number) for number in np.atleast_1d(value).tolist()
    ]
    more = " …" if len(numbers) > _MOST_NUMBERS else ""
    return _item("  ".join(numbers[:_MOST_NUMBERS]) + more, ", ".join(numbers))


def _picture(value: NDArray[Any]) -> QTableWidgetItem:
    whole = np.ascontiguousarray(value)
    height, width = whole.shape[:2]
    image = QImage(whole.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    item = _item("", f"{width} × {height} RGB")
    item.setIcon(QIcon(QPixmap.fromImage(image.scaled(_PICTURE * 2, keep, smooth))))
    return item
