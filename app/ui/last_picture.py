"""LastPicture: how the episode that ended last looked at its end, for as long as its outcome can still be changed."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QWidget

from accord.app.snapshot import Snapshot
from accord.datasets.episode_writer import EncodedImage
from accord.datasets.errors import EpisodeError
from accord.datasets.images import decode

_SIZE = QSize(128, 96)
"""[px]"""


class LastPicture(QLabel):
    """Remembers the newest picture while an episode is recorded, and shows it once that has ended."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._newest: EncodedImage | None = None
        self.setFixedSize(_SIZE)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setAccessibleName("Last picture of the last episode")
        self.setToolTip("How the last episode ended: the scene may be set anew by now")

    @property
    def has_picture(self) -> bool:
        """Whether there is one to see."""
        return not self.pixmap().isNull()

    def display(self, snapshot: Snapshot, view: str = "") -> None:
        """Remember, or show what was remembered.

        Args:
            snapshot: of the session.
            view: the one that the person looks at; the first one if empty.
        """
        if snapshot.episode:
            first = snapshot.views[0] if snapshot.views else next(iter(snapshot.pictures), "")
            self._newest = snapshot.pictures.get(view or first, self._newest)
            if self.has_picture:
                self.clear()
        elif self._newest is not None:
            newest, self._newest = self._newest, None
            self._show(newest)

    def _show(self, image: EncodedImage) -> None:
        try:
            picture = decode(image.data)
        except EpisodeError:  # a broken one that was recorded shows in the library
            return
        height, width = picture.shape[:2]
        whole = QImage(picture.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        ratio = self.devicePixelRatioF()
        fitted = whole.scaled(
            _SIZE * ratio, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        fitted.setDevicePixelRatio(ratio)
        self.setPixmap(QPixmap.fromImage(fitted))
