"""The bytes that an openpi policy server and its client exchange. The only door to msgpack.

Each message is one msgpack value. An array travels as a map of its own, with byte strings as keys::

    {"__ndarray__": true, "data": bytes, "dtype": "<f4", "shape": [8, 7]}

and a numpy number as ``{"__npgeneric__": true, "data": value, "dtype": "<f4"}``. Source: openpi-client 0.1.2,
``msgpack_numpy``. That package cannot be used itself: it needs a numpy before 2. What comes from a server is believed
in nothing: only plain numbers become arrays, and their size has to be that of their bytes.
"""

import re
from math import prod
from typing import Any

import msgpack  # type: ignore[import-untyped]
import numpy as np

_PLAIN = re.compile(r"[<>|=]?(?:b1|[iu][1248]|f[248])")
"""Numbers of a fixed size; numpy would run a parser over other names, and objects would have to be unpickled."""


def pack(value: Any) -> bytes:
    """A value with arrays in it, as bytes."""
    packed: bytes = msgpack.packb(value, default=_as_map)
    return packed


def unpack(data: bytes) -> Any:
    """The value in these bytes.

    Raises:
        ValueError: if they are no message, or one with something in it that is no plain array.
    """
    try:
        return msgpack.unpackb(data, object_hook=_from_map)
    except (msgpack.UnpackException, TypeError, RecursionError, OverflowError, KeyError) as error:
        raise ValueError(f"bytes that are no message ({error!r})") from error


def _as_map(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        flat = np.ascontiguousarray(value)
        return {b"__ndarray__": True, b"data": flat.tobytes(), b"dtype": flat.dtype.str, b"shape": list(value.shape)}
    if isinstance(value, np.generic):
        return {b"__npgeneric__": True, b"data": value.item(), b"dtype": value.dtype.str}
    raise TypeError(f"a message cannot hold {type(value).__name__}")


def _from_map(found: dict[Any, Any]) -> Any:
    if b"__ndarray__" in found:
        dtype, shape, data = _dtype(found[b"dtype"]), [int(n) for n in found[b"shape"]], found[b"data"]
        if not isinstance(data, bytes) or min(shape, default=0) < 0 or prod(shape) * dtype.itemsize != len(data):
            raise ValueError(f"an array of shape {shape} with other bytes")
        return np.frombuffer(data, dtype).reshape(shape)
    if b"__npgeneric__" in found:
        return _dtype(found[b"dtype"]).type(found[b"data"])
    return found


def _dtype(name: Any) -> np.dtype[Any]:
    text = name.decode("ascii", "replace") if isinstance(name, bytes) else str(name)
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"an array of {text[:40]!r}")
    return np.dtype(text)
