"""ExportForm: what stands in a row of the training set, how it is stored, and where."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from accord.app.ui import theme
from accord.app.ui.actions import Action
from accord.app.ui.button import Button
from accord.app.ui.labels import label
from accord.datasets.exporter import ExportSettings

FOLDER = Action("Folder", "Ctrl+Shift+O", "Choose the folder of the training set", "mdi6.folder-outline")

_SIZES = ((0, 0), (84, 84), (96, 96), (128, 128), (160, 120), (224, 224), (320, 240), (640, 480))
_RATES = (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 50.0)
_CONTAINERS = (("folder", "Diffusion Policy, Zarr folder"), ("zip", "Diffusion Policy, .zarr.zip"))
_COMPRESSORS = (("zstd", "zstd (smaller)"), ("lz4", "lz4 (faster)"))


class ExportForm(QWidget):
    """Settings and target. It writes nothing."""

    changed = Signal()

    def __init__(self, folder: Path) -> None:
        """Make it.

        Args:
            folder: where a training set stands unless another one is chosen.
        """
        super().__init__()
        self._folder = folder
        self._views: dict[str, QCheckBox] = {}
        self._container = self._box("Format", _CONTAINERS)
        self._size = self._box("Size of the pictures", [(size, _size_text(size)) for size in _SIZES])
        self._rate = self._box(
            "Rows per second", [(rate, f"{rate:g} Hz" if rate else "as recorded") for rate in _RATES]
        )
        self._compressor = self._box("Compressor", _COMPRESSORS)
        self._tolerance = QDoubleSpinBox()
        self._tolerance.setRange(0.0, 1000.0)
        self._tolerance.setMinimumHeight(3 * theme.GRID)
        self._tolerance.setDecimals(0)
        self._tolerance.setValue(ExportSettings().tolerance_ms)
        self._tolerance.setSuffix(" ms")
        self._tolerance.setAccessibleName("How old a picture may be")
        self._tolerance.setToolTip("Rows are dropped whose picture is older than this when the step begins (↑ ↓)")
        self._tolerance.valueChanged.connect(self.changed)
        self._state = QCheckBox("state, all observations in one")
        self._state.setToolTip("Also store every observation end to end under the key state (Space)")
        self._state.toggled.connect(self.changed)
        self.name = QLineEdit("training-set")
        self.name.setAccessibleName("Name of the training set")
        self.name.setToolTip("Letters, digits, dots, dashes and underscores; the ending is added")
        self.name.textChanged.connect(self.changed)
        self._where = label("", "faint", "Where the training set will stand")
        self._choose = Button("", FOLDER.icon, FOLDER.tip)
        self._choose.clicked.connect(self.choose_folder)
        self._lay_out()

    def _box(self, name: str, values: object) -> QComboBox:
        box = QComboBox()
        for value, text in values:  # type: ignore[attr-defined]
            box.addItem(text, value)
        box.setAccessibleName(name)
        box.setToolTip(f"{name} (↑ ↓)")
        box.currentIndexChanged.connect(self.changed)
        return box

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(theme.GRID // 2)
        self._view_boxes = QHBoxLayout()
        self._view_boxes.setSpacing(theme.GRID)
        rows = (
            ("Format", self._container), ("Pictures", self._size), ("Rate", self._rate),
            ("Compressor", self._compressor), ("Tolerance", self._tolerance), ("Also", self._state),
        )  # fmt: skip
        form.addRow(label("Views"), self._view_boxes)
        for text, widget in rows:
            form.addRow(label(text), widget)
        target = QHBoxLayout()
        target.addWidget(self.name, 1)
        target.addWidget(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.GRID)
        column.addWidget(label("A ROW HOLDS", "section"))
        column.addLayout(form)
        column.addWidget(label("CALLED", "section"))
        column.addLayout(target)
        column.addWidget(self._where)

    def offer_views(self, views: tuple[str, ...]) -> None:
        """Offer the views that the kept episodes have; those that are new are ticked."""
        if tuple(self._views) == views:
            return
        off = {name for name, box in self._views.items() if not box.isChecked()}
        for box in self._views.values():
            self._view_boxes.removeWidget(box)
            box.deleteLater()
        self._views = {name: QCheckBox(name) for name in views}
        for name, box in self._views.items():
            box.setChecked(name not in off)
            box.setToolTip(f"Export the pictures of the view {name} (Space)")
            box.toggled.connect(self.changed)
            self._view_boxes.addWidget(box)

    @property
    def settings(self) -> ExportSettings:
        """What is asked for now."""
        width, height = self._size.currentData()
        return ExportSettings(
            views=tuple(name for name, box in self._views.items() if box.isChecked()) if self._views else None,
            width=int(width),
            height=int(height),
            rate_hz=float(self._rate.currentData()),
            state=self._state.isChecked(),
            tolerance_ms=self._tolerance.value(),
            compressor=self._compressor.currentData(),
            container=self._container.currentData(),
        )

    def target(self, suffix: str) -> Path:
        """Where the training set will stand.

        Args:
            suffix: that its name must end in.
        """
        return self._folder / f"{self.name.text()}{suffix}"

    def show_target(self, target: Path) -> None:
        """Say where it will stand, shortened in the middle."""
        text = str(target)
        self._where.setText(text if len(text) < 46 else f"{text[:12]}…{text[-32:]}")
        self._where.setToolTip(text)

    def choose_folder(self) -> None:
        """Ask for another folder."""
        chosen = QFileDialog.getExistingDirectory(self, "Folder of the training set", str(self._folder))
        if chosen:
            self.set_folder(Path(chosen))

    def set_folder(self, folder: Path) -> None:
        """Write into another folder."""
        self._folder = folder
        self.changed.emit()


def _size_text(size: tuple[int, int]) -> str:
    return f"{size[0]} × {size[1]} px" if size[0] else "as recorded"
