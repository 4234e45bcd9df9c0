"""The rules that Diffusion Policy's loader relies on, checked on a training set that stands on the disk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from accord.datasets.errors import ExportError


def broken_rules(path: Path) -> list[str]:
    """What is wrong with a ReplayBuffer, one sentence each; empty for a good one. Every chunk is read.

    Raises:
        ExportError: if there is no Zarr group to look into.
    """
    if not path.exists():
        raise ExportError(f"a training set at {path}", "nothing", "name a .zarr folder or a .zarr.zip file")
    store: Any = None
    try:
        if path.is_file():
            store = zarr.storage.ZipStore(path, mode="r")
        else:
            store = zarr.storage.LocalStore(path, read_only=True)
        root = zarr.open_group(store, mode="r", zarr_format=2)
        return list(_broken(root))
    except (OSError, ValueError, KeyError, RuntimeError, zarr.errors.GroupNotFoundError) as error:
        found = f"something that cannot be read ({error})"
        raise ExportError(f"a Zarr format 2 training set at {path}", found, "export it again") from error
    finally:
        if store is not None:
            store.close()


def _broken(root: zarr.Group) -> Iterator[str]:
    for name in ("data", "meta"):
        if not isinstance(root.get(name), zarr.Group):
            yield f"there is no group {name}"
            return
    data, ends = root["data"], root.get("meta/episode_ends")
    if not isinstance(ends, zarr.Array):
        yield "there is no meta/episode_ends"
        return
    rows = np.asarray(ends[:])
    if rows.dtype != np.int64 or np.any(np.diff(rows, prepend=0) <= 0):
        yield "meta/episode_ends is not rising int64"
    for key, array in data.members():  # type: ignore[union-attr]
        if not isinstance(array, zarr.Array):
            yield f"data/{key} is a group"
        elif array.shape[0] != rows[-1]:
            yield f"data/{key} has {array.shape[0]} rows, meta/episode_ends says {rows[-1]}"
        elif not _finite(array):
            yield f"data/{key} holds numbers that are not finite"
    for key, label in root["meta"].members():  # type: ignore[union-attr]
        if not isinstance(label, zarr.Array) or label.shape[0] != len(rows):
            yield f"meta/{key} is not one value per episode"


def _finite(array: zarr.Array[Any]) -> bool:
    """Reads every chunk, a block at a time, so that a damaged one is found."""
    count = array.shape[0]
    block = max(1, (1 << 24) // max(1, array.nbytes // max(1, count)))
    blocks = (np.asarray(array[i : i + block]) for i in range(0, count, block))
    return all(bool(np.all(np.isfinite(values))) for values in blocks)
