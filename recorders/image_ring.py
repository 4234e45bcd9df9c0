"""Rings of encoded pictures, one per camera."""

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_writer import EncodedImage
from accord.recorders.ring import Ring

SLOTS = 64
"""Two seconds of 30 Hz: how long the disk may stall before a picture is lost."""


def image_item(width: int, height: int) -> np.dtype[np.void]:
    """The item of a ring of pictures up to this size.

    A third of the raw size holds every JPEG that a scene gives at quality 95, and most PNGs.
    """
    return np.dtype([("step", "i8"), ("t_ns", "i8"), ("size", "i4"), ("data", "u1", (width * height + 4096,))])


class ImageRing:
    """A ring of pictures of one camera, around the ring of plain records."""

    def __init__(self, ring: Ring) -> None:
        self.ring = ring
        self._item = np.zeros((), ring.dtype)

    def write(self, image: EncodedImage) -> bool:
        """Pass a picture on; False if it is too large for a slot and is therefore lost."""
        size = len(image.data)
        if size > self._item["data"].size:
            return False
        self._item["step"], self._item["t_ns"], self._item["size"] = image.step, image.t_ns, size
        self._item["data"][:size] = np.frombuffer(image.data, np.uint8)
        self.ring.write(self._item)
        return True

    def since(self, item: int) -> tuple[list[EncodedImage], int, int]:
        """Every whole picture from number `item` on, where to go on, and how many were lost."""
        batch = self.ring.since(item)
        return [_image(record) for record in batch.items], batch.next_item, batch.lost

    def newest(self) -> EncodedImage | None:
        """The newest picture, or None before the first."""
        record = self.ring.newest()
        return None if record is None else _image(record)


def _image(record: np.void) -> EncodedImage:
    data: NDArray[np.uint8] = record["data"][: int(record["size"])]
    return EncodedImage(data.tobytes(), int(record["t_ns"]), int(record["step"]))
