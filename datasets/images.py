"""Pictures as bytes and back. The only door to OpenCV."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from accord.datasets.errors import EpisodeError

Picture = NDArray[np.uint8]
DEEP = "png16"
"""Codec of pictures of one channel of 16 bits, of which nothing may be lost: distances, numbers of bodies."""

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


def written_on(picture: Picture, text: str) -> Picture:
    """The picture with a line of white text at its top left."""
    marked = picture.copy()
    at, size = (8, 18), 0.45
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):  # an edge of black keeps it legible anywhere
        cv2.putText(marked, text, at, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness, cv2.LINE_AA)
    return marked


def encode_deep(values: NDArray[np.uint16]) -> bytes:
    """Encode (H, W) uint16 so that not a bit is lost."""
    # Fast, and still a tenth of the bytes: neighbours are alike.
    done, data = cv2.imencode(".png", values, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise EpisodeError("a picture that png can hold", f"shape {values.shape}", "check the view's size")
    return bytes(data.tobytes())


def decode_deep(data: bytes) -> NDArray[np.uint16]:
    """Decode what `encode_deep` gave.

    Raises:
        EpisodeError: if the bytes are none of it.
    """
    try:
        found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED) if data else None
    except cv2.error:
        found = None
    if found is None or found.dtype != np.uint16 or found.ndim != 2:
        raise EpisodeError("an encoded picture of 16 bits", f"{len(data)} bytes that are none", "make it again")
    return np.asarray(found, np.uint16)


def is_picture(data: bytes) -> bool:
    """Whether the bytes can be decoded."""
    try:
        decode(data)
    except EpisodeError:
        return False
    return True


def resize(picture: NDArray[Any], width: int, height: int) -> NDArray[Any]:
    """The picture at another size, by area averaging when it shrinks; its own pixels when nothing changes.

    Distances and numbers of bodies are taken from the nearest pixel: their average belongs to nothing.
    """
    if picture.shape[:2] == (height, width):
        return picture
    shrinks = width <= picture.shape[1] and height <= picture.shape[0]
    method = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    if picture.dtype != np.uint8:
        method = cv2.INTER_NEAREST_EXACT
    return np.asarray(cv2.resize(picture, (width, height), interpolation=method), picture.dtype)
