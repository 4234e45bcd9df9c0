"""Provenance: where every row of a training set comes from, as JSON that travels with it."""

import platform
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from accord.datasets.export_plan import Plan, PlannedEpisode
from accord.datasets.rendered import RenderInfo
from accord.datasets.selection import Selection

_PACKAGES = ("accord", "numpy", "h5py", "zarr", "numcodecs", "opencv-python-headless")

_ALIGNED = (
    "A row is one recorded step. Its pictures are, for each view, the newest that was taken when the step began and is "
    "not older than the tolerance. Rows without such a picture are dropped. An episode is cut where rows or steps are "
    "missing, and where the selection leaves steps out. Nothing is interpolated. The action is the command that was "
    "sent to the robot in that step."
)


def provenance(plan: Plan, selection: Selection | None, wall_ns: int) -> dict[str, Any]:
    """Everything that is needed to make the training set again and to judge it.

    Args:
        plan: of the export.
        selection: where the episodes come from, or None.
        wall_ns: now (since 1970) [ns].
    """
    why = {row.id: row.why for row in selection.rows} if selection else {}
    return {
        "made_by": "accord",
        "software": software(),
        "created": datetime.fromtimestamp(wall_ns // 10**9, UTC).isoformat(),
        "task": plan.format.task,
        "policy": selection.rule.policy if selection else "",
        "selection": {"name": selection.name, "wall_ns": selection.wall_ns} if selection else None,
        "rule": asdict(selection.rule) if selection else None,
        "settings": asdict(plan.settings),
        "render": _render(plan.rendered),
        "alignment": _alignment(plan),
        "columns": {key: [asdict(one) for one in fields] for key, fields in plan.numbers.items()},
        "scripted_episodes": sum(episode.scripted for episode in plan.episodes),
        "episodes": [_episode(episode) | {"why": why.get(episode.source.id, "")} for episode in plan.episodes],
    }


def software() -> dict[str, str]:
    """Package → version, of what makes the rows."""
    return {"python": platform.python_version()} | {name: _version(name) for name in _PACKAGES}


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # another build of the same library may bear another name
        return "unknown"


def _render(rendered: RenderInfo | None) -> dict[str, Any] | None:
    """How the pictures were drawn again; None where they are the recorded ones."""
    if rendered is None:
        return None
    told = {"settings": asdict(rendered.settings), "bodies": rendered.bodies, "software": dict(rendered.software)}
    matrices = {camera.name: camera.intrinsics for camera in rendered.cameras}
    return told | {"depth_unit": "mm", "intrinsics": matrices}


def _alignment(plan: Plan) -> dict[str, Any]:
    return {
        "how": _ALIGNED,
        "recorded_hz": plan.format.recorded_hz,
        "rate_hz": plan.format.rate_hz,
        "tolerance_ms": plan.settings.tolerance_ms,
        "rows": plan.rows,
        "dropped_rows": plan.dropped,
        "cut_steps": plan.cut,
        "pieces": len(plan.pieces),
    }


def _episode(episode: PlannedEpisode) -> dict[str, Any]:
    source = episode.source
    return {
        "id": source.id,
        "operator": episode.operator,
        "source": episode.gave_commands,
        "scripted": episode.scripted,
        "outcome": source.outcome,
        "trim_s": source.trim,
        "cuts_s": source.cuts,
        "compatibility": source.compatibility,
        "conflict_share": source.conflict_share,
        "novel_share": source.novel_share,
        "rows": [piece.rows for piece in episode.pieces],
        "pieces_s": [piece.part_s for piece in episode.pieces],
        "dropped_rows": episode.dropped,
        "cut_steps": episode.cut,
    }
