"""Pictures as bytes and back. The only door to OpenCV."""

import cv2
import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import EpisodeError

Picture = NDArray[np.uint8]

JPEG_QUALITY = 95
"""Default quality of recorded images: differences stay below what a network trained on 8-bit images sees."""


def encode(picture: Picture, codec: str = "jpeg", quality: int = JPEG_QUALITY) -> bytes:
    """Encode an RGB picture.

    Args:
        picture: (H, W, 3) uint8, RGB.
        codec: ``jpeg``, or ``png`` where nothing may be lost.
        quality: 1 to 100, for ``jpeg``.

    Raises:
        EpisodeError: if the codec is another.
    """
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    if codec == "jpeg":
        done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    elif codec == "png":
        done, data = cv2.imencode(".png", bgr, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    else:
        raise EpisodeError("a codec named jpeg or png", repr(codec), "choose one of the two")
    if not done:
        raise EpisodeError(f"a picture that {codec} can hold", f"shape {picture.shape}", "check the view's size")
    return bytes(data.tobytes())


def decode(data: bytes, half: bool = False) -> Picture:
    """Decode to RGB, (H, W, 3) uint8.

    Args:
        data: one encoded picture.
        half: decode at half the size, which costs a third: enough for a small view on the screen.

    Raises:
        EpisodeError: if the bytes are not a picture.
    """
    flags = cv2.IMREAD_REDUCED_COLOR_2 if half else cv2.IMREAD_COLOR
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error:  # a damaged header may speak of more pixels than OpenCV will hold
        bgr = None
    if bgr is None:
        raise EpisodeError("an encoded picture", f"{len(data)} bytes that are none", "run accord check on the file")
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)


def is_picture(data: bytes) -> bool:
    """Whether the bytes can be decoded."""
    try:
        decode(data)
    except EpisodeError:
        return False
    return True


def resize(picture: Picture, width: int, height: int) -> Picture:
    """The picture at another size, by area averaging when it shrinks; its own pixels when nothing changes."""
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width <= picture.shape[1] and height <= picture.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), np.uint8)
