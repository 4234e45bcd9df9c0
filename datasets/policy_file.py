"""A base policy on disk: a folder with ``weights.npz`` (no pickle) and ``policy.json`` (everything else)."""

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from dataclasses import asdict
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accord.datasets.compatibility import Thresholds
from accord.datasets.ensemble import Ensemble
from accord.datasets.errors import PolicyError
from accord.datasets.features import Features
from accord.datasets.heads import Head, MeanHead, MixtureHead, head_named
from accord.datasets.incompatibility import Usual
from accord.datasets.normalisation import Normalisation
from accord.datasets.policy import BasePolicy
from accord.datasets.strict_json import parse
from accord.datasets.used import Used

FORMAT = "accord-policy"
VERSION = 2
"""1 had neither base states nor a limit for the distance to them, and still opens."""
_JSON, _WEIGHTS = "policy.json", "weights.npz"
_DAMAGE = (KeyError, ValueError, TypeError, AttributeError, OSError, EOFError, MemoryError, zipfile.BadZipFile)
"""What reading bytes that nobody wrote may raise."""
_SCALES = ("observation_mean", "observation_scale", "action_mean", "action_scale")


def save(policy: BasePolicy, folder: Path) -> None:
    """Write a policy; the folder appears whole or not at all.

    Raises:
        PolicyError: if something is already there.
        OSError: if it cannot be written.
    """
    if folder.exists():
        raise PolicyError(f"a new folder {folder.name}", "one that exists", "choose another name or remove it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        weights = _pack(policy)
        _write(fresh / _WEIGHTS, weights)
        _write(fresh / _JSON, _describe(policy, hashlib.sha256(weights).hexdigest()))
        fresh.chmod(0o755)  # mkdtemp's folder is for its owner alone; a library may be shared
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def load(folder: Path) -> BasePolicy:
    """Read a policy. Nothing in it is run or unpickled.

    Raises:
        PolicyError: if it is not there, damaged, foreign, from a newer version, or its weights were changed.
    """
    told = _told(folder)
    weights = _read(folder, _WEIGHTS)
    if hashlib.sha256(weights).hexdigest() != told.get("weights_sha256"):
        raise PolicyError(f"the weights that {folder.name} was saved with", "others", "restore the folder from a copy")
    try:
        return _build(told, _unpack(weights))
    except PolicyError:
        raise
    except (
        KeyError,
        ValueError,
        TypeError,
        AttributeError,
        OSError,
        EOFError,
        MemoryError,
        zipfile.BadZipFile,
    ) as error:
        raise PolicyError(f"a base policy in {folder.name}", f"{error!r}", "the folder is damaged") from error


def save_thresholds(folder: Path, thresholds: Thresholds) -> None:
    """Store other thresholds with a saved policy; its weights stay as they are.

    Raises:
        PolicyError: if there is no policy.
    """
    told = _told(folder) | {"thresholds": _limits(thresholds)}
    fresh = folder / f".{_JSON}.new"
    _write(fresh, json.dumps(told, indent=1).encode())
    os.replace(fresh, folder / _JSON)


def _told(folder: Path) -> dict[str, Any]:
    try:
        told = parse(_read(folder, _JSON))
    except ValueError as error:
        raise PolicyError(f"a base policy in {folder.name}", "a damaged policy.json", "restore it") from error
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise PolicyError(f"an Accord base policy in {folder.name}", "another kind of file", "fit one with accord fit")
    version = told.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise PolicyError(f"a policy of version {VERSION} or older", f"version {version}", "update Accord")
    return told


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        found = "no such file" if isinstance(error, FileNotFoundError) else "an unreadable file"
        raise PolicyError(f"{name} in {folder.name}", found, "fit the policy or restore it from a copy") from error


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _pack(policy: BasePolicy) -> bytes:
    seen, done = policy.observation_normalisation, policy.action_normalisation
    arrays: dict[str, NDArray[Any]] = dict(zip(_SCALES, (seen.mean, seen.scale, done.mean, done.scale), strict=True))
    arrays |= {f"weights_{i}": array for i, array in enumerate(policy.ensemble.weights)}
    arrays |= {f"biases_{i}": array for i, array in enumerate(policy.ensemble.biases)}
    arrays |= {} if policy.states is None else {"states": policy.states}
    arrays |= {} if policy.usual is None else policy.usual.arrays()
    data = io.BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    return data.getvalue()


def _unpack(data: bytes) -> dict[str, NDArray[Any]]:
    """Nothing in a file that others wrote may grow in memory: arrays are stored, not compressed."""
    with zipfile.ZipFile(io.BytesIO(data)) as members:
        if any(member.compress_type != zipfile.ZIP_STORED for member in members.infolist()):
            raise PolicyError("weights that are stored as they are", "compressed ones", "fit the policy again")
    with np.load(io.BytesIO(data), allow_pickle=False) as packed:
        return {name: packed[name] for name in packed.files}


def _describe(policy: BasePolicy, weights_sha256: str) -> bytes:
    plain = {name: getattr(policy, name) for name in ("name", "task", "rate_hz", "created_ns", "fitted_to", "held_out")}
    told = plain | {
        "format": FORMAT,
        "version": VERSION,
        "observed": asdict(policy.observed),
        "commanded": asdict(policy.commanded),
        "thresholds": _limits(policy.thresholds),
        "used": {episode: asdict(used) for episode, used in policy.used.items()},
        "metrics": dict(policy.metrics),
        "software": dict(policy.software),
        "layers": len(policy.ensemble.weights),
        "head": asdict(policy.head) | {"kind": "mixture" if isinstance(policy.head, MixtureHead) else "mean"},
        "levels": policy.levels,
        "weights_sha256": weights_sha256,
    }
    return json.dumps(told, indent=1).encode()


def _build(told: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> BasePolicy:
    layers = range(int(told["layers"]))
    scales = [np.asarray(arrays[name], np.float64) for name in _SCALES]
    limits = dict(told["thresholds"])
    weights = tuple(arrays[f"weights_{i}"] for i in layers)
    return BasePolicy(
        name=str(told["name"]),
        task=str(told["task"]),
        observed=_features(told["observed"]),
        commanded=_features(told["commanded"]),
        observation_normalisation=Normalisation(*scales[:2]),
        action_normalisation=Normalisation(*scales[2:]),
        ensemble=Ensemble(weights, tuple(arrays[f"biases_{i}"] for i in layers)),
        thresholds=Thresholds(**{name: float(limit) for name, limit in limits.items() if limit is not None}),
        fitted_to=tuple(str(episode) for episode in told["fitted_to"]),
        held_out=tuple(str(episode) for episode in told["held_out"]),
        rate_hz=float(told["rate_hz"]),
        metrics={str(name): float(value) for name, value in told["metrics"].items()},
        created_ns=int(told["created_ns"]),
        software={str(name): str(value) for name, value in told["software"].items()},
        states=arrays.get("states"),
        usual=Usual.of_arrays(arrays),
        used={str(episode): _used(one) for episode, one in told.get("used", {}).items()},
        head=_head(told.get("head")),
        levels=tuple(tuple(float(level) for level in some) for some in told.get("levels", ())),
    )


def _head(told: dict[str, Any] | None) -> Head:
    """Of a file of before: one command."""
    if told is None:
        return MeanHead(0)
    return head_named(str(told["kind"]), int(told["actions"]), int(told["chunk"]), int(told.get("modes", 1)))


def _limits(thresholds: Thresholds) -> dict[str, float | None]:
    """JSON knows no infinity: a limit that is none is null."""
    return {name: value if isfinite(value) else None for name, value in asdict(thresholds).items()}


def _used(told: dict[str, Any]) -> Used:
    cuts = tuple((float(first), float(last)) for first, last in told["cuts"])
    trim = None if told["trim"] is None else (float(told["trim"][0]), float(told["trim"][1]))
    return Used(str(told["digest"]), trim, cuts)


def _features(told: dict[str, Any]) -> Features:
    shapes = tuple(tuple(int(n) for n in shape) for shape in told["shapes"])
    return Features(tuple(str(name) for name in told["names"]), shapes)
