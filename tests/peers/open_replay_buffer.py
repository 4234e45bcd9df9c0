"""Runs under zarr-python 2, without Accord: opens a ReplayBuffer as trainers do and checks every rule of its layout.

Prints as JSON what it saw, for the test to compare with what was recorded.
"""

import hashlib
import json
import os
import sys

import numcodecs
import numpy as np
import zarr


def check_layout(root, compressor):
    """The rules of the file, one by one."""
    assert sorted(root.group_keys()) == ["data", "meta"], "two groups, nothing else"
    data, meta = root["data"], root["meta"]
    assert list(data.group_keys()) == [], "data is flat"
    assert list(meta.group_keys()) == [], "meta is flat"
    ends = meta["episode_ends"]
    assert ends.dtype == np.int64
    assert ends.compressor is None
    assert (np.diff(np.concatenate([[0], ends[:]])) > 0).all(), "ends rise, no episode is empty"
    wanted = numcodecs.Blosc(compressor, clevel=5, shuffle=numcodecs.Blosc.BITSHUFFLE)
    for key, array in data.arrays():
        assert array.shape[0] == ends[-1], f"{key} has a row for every step"
        assert array.compressor == wanted, f"{key} is compressed with {array.compressor}"
        assert array.filters is None
        check_array(key, array)
    for key, array in meta.arrays():
        assert array.shape == ends.shape, f"{key} has a value for every episode"
        assert array.dtype.kind in "iufbS", f"{key} needs no pickle"


def check_array(key, array):
    if key.endswith("_image"):
        assert array.dtype == np.uint8
        assert array.ndim == 4
        assert array.shape[3] == 3
        assert array.chunks == (1, *array.shape[1:]), "one picture per chunk"
    elif key.endswith(("_depth", "_segmentation")):
        assert array.dtype == np.uint16
        assert array.ndim == 3
        assert array.chunks == (1, *array.shape[1:]), "one picture per chunk"
    elif key == "t_ns":
        assert array.dtype == np.int64
    elif key == "timestamp":
        assert array.dtype == np.float64
    else:
        assert array.dtype == np.float32, key
        assert array.ndim == 2


def load(path):
    """Into memory, as the trainers' recommended way does: every array of meta and data, then the same assertions."""
    store = zarr.open(path, "r").store
    source = zarr.group(store)
    meta = {key: value[:] for key, value in source["meta"].items()}
    data = {key: source["data"][key][:] for key in source["data"]}
    for value in data.values():
        assert value[: meta["episode_ends"][-1]].shape[0] == meta["episode_ends"][-1]
    return data, meta


def copy_without_recompression(path):
    """Into a compressed store in memory, the way of large sets and of UMI's zip."""
    source, memory = zarr.open(path, "r").store, zarr.MemoryStore()
    root = zarr.group(store=memory)
    root.create_group("data")
    zarr.copy_store(source=source, dest=memory, source_path="/meta", dest_path="/meta")
    for key in zarr.group(source)["data"]:
        zarr.copy_store(source=source, dest=memory, source_path=f"/data/{key}", dest_path=f"/data/{key}")
    return root


def windows(data, meta, horizon):
    """Sum over every training window of every episode, none of which may reach over an end."""
    count, begin = 0, 0
    for end in meta["episode_ends"]:
        stamps = data["timestamp"][begin:end]
        assert stamps[0] == 0.0, "time starts anew in every episode"
        assert (np.diff(stamps) > 0).all()
        count += max(0, len(stamps) - horizon + 1)
        begin = end
    return count


def plain(value):
    return [item.decode() if isinstance(item, bytes) else item for item in value.tolist()]


def main():
    path, compressor = sys.argv[1], sys.argv[2]
    assert zarr.__version__.startswith("2."), zarr.__version__
    root = zarr.open(os.path.expanduser(path), "r")
    check_layout(root, compressor)
    data, meta = load(path)
    copied = copy_without_recompression(path)
    for key, values in data.items():
        assert np.array_equal(copied["data"][key][:], values), key
    told = {
        "zarr": zarr.__version__,
        "shapes": {key: value.shape for key, value in data.items()},
        "hashes": {
            key: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest() for key, value in data.items()
        },
        "meta": {key: plain(value) for key, value in meta.items()},
        "first_action": data["action"][0].tolist(),
        "windows": windows(data, meta, 4),
        "attributes": root.attrs.asdict(),
    }
    json.dump(told, sys.stdout)


main()
