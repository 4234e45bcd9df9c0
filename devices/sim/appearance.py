"""Appearance: what the drawn values of a reset change about the model of a scene.

The values stand in the scene's user data and so in every recorded state, and what they mean stands in the scene's own
text. So whoever has a recorded scene and one of its states (the loop, the views, a replay, a picture drawn years later)
comes to the same model without being told more.
"""

import colorsys
import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from accord.devices.command import Vector
from accord.devices.sim.engine import mujoco
from accord.devices.sim.factor import Kind
from accord.devices.sim.poses import turned
from accord.devices.sim.scene import NOTE, SEED, VALUES

_CHANGED = (
    "body_gravcomp", "body_inertia", "body_invweight0", "body_ipos", "body_mass", "body_pos", "body_quat",
    "body_subtreemass", "bvh_aabb", "cam_pos", "cam_poscom0", "cam_quat", "dof_M0", "dof_invweight0",
    "dof_length", "geom_aabb", "geom_pos", "geom_rbound", "geom_rgba", "geom_size", "light_ambient",
    "light_diffuse", "light_poscom0", "light_specular", "mat_rgba", "mesh_vert", "site_pos", "site_size",
)  # fmt: skip
"""Arrays of a model that a value may change; `mj_setConst` derives some of them."""
_TURN_PER_METRE = 1.0
"""How far a camera that is a metre off is turned as well [rad]."""


class Appearance:
    """The model of one scene, as it was made and as the values of a reset want it."""

    def __init__(self, model: mujoco.MjModel) -> None:
        self._model = model
        note = _note(model)
        self.task, self.arm = str(note.get("task", "")), str(note.get("arm", ""))
        """What the scene says it shows; empty for one that says nothing."""
        self._factors: list[Mapping[str, Any]] = note.get("factors", [])
        self._standing: list[str] = note.get("standing", [])
        names = _CHANGED if self._factors else ()
        self._made = {name: np.array(getattr(model, name)) for name in names}
        self._headlight = np.array(model.vis.headlight.ambient), np.array(model.vis.headlight.diffuse)
        self._shown: Vector | None = None
        self.meshes: tuple[int, ...] = ()
        """The meshes that sizes change: a renderer has to load them anew after `apply`."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every factor that the scene knows, in the order of its user data."""
        return tuple(str(factor["name"]) for factor in self._factors)

    @property
    def values(self) -> dict[str, float]:
        """Factor → the value that is shown; empty before the first `apply`."""
        if self._shown is None:
            return {}
        return {f["name"]: float(value) for f, value in zip(self._factors, self._shown[1:], strict=True)}

    def apply(self, user_data: Vector) -> bool:
        """Make the model what this user data want.

        Args:
            user_data: (n,) of a state.

        Returns:
            Whether anything changed; constants are exact again then.
        """
        if not self._factors:
            return False
        wanted = np.array(user_data[SEED:])
        if self._shown is not None and np.array_equal(wanted, self._shown):
            return False
        for name, array in self._made.items():
            getattr(self._model, name)[:] = array
        self._model.vis.headlight.ambient[:], self._model.vis.headlight.diffuse[:] = self._headlight
        self._shown, self.meshes = wanted, ()
        rng = np.random.default_rng([int(wanted[0]), 2])
        for factor, value in zip(self._factors, wanted[VALUES - SEED :], strict=True):
            self._change(factor, float(value), rng)
        return True

    def _change(self, factor: Mapping[str, Any], value: float, rng: np.random.Generator) -> None:
        match Kind(factor["kind"]):
            case Kind.SIZE if value != 1.0:
                for body in factor["targets"]:
                    self._scale(body, value)
                mujoco.mj_setConst(self._model, mujoco.MjData(self._model))
            case Kind.BODY_X | Kind.BODY_Y | Kind.BODY_TURN as kind:
                for body in factor["targets"]:
                    self._move(body, kind, value)
            case Kind.HUE:
                for material in factor["targets"]:
                    self._colour(material, value)
            case Kind.LIGHT:
                self._brighten(value)
            case Kind.CAMERAS:
                self._jitter(value, rng)
            case Kind.DISTRACTORS:
                for number, body in enumerate(distractors(self._model), start=1):
                    self._model.body_gravcomp[self._model.body(body).id] = float(number > value)
            case Kind.HEIGHT:
                for body in self._standing:
                    self._model.body(body).pos[2] += value

    def _move(self, body: str, kind: Kind, value: float) -> None:
        part = self._model.body(body)
        if kind is Kind.BODY_TURN:
            part.quat[:] = turned(np.array(part.quat), np.array([0.0, 0.0, np.radians(value)]))
        else:
            part.pos[0 if kind is Kind.BODY_X else 1] += value

    def _scale(self, body: str, scale: float) -> None:
        """Every length of a body and of what hangs on it; masses as of the same stuff."""
        model, root = self._model, int(self._model.body(body).id)
        for i in _subtree(model, root):
            geoms = slice(model.body_geomadr[i], model.body_geomadr[i] + model.body_geomnum[i])
            for name in ("geom_size", "geom_pos", "geom_rbound", "geom_aabb"):
                getattr(model, name)[geoms] *= scale
            bounds = slice(model.body_bvhadr[i], model.body_bvhadr[i] + model.body_bvhnum[i])
            model.bvh_aabb[bounds] *= scale
            model.body_ipos[i] *= scale
            model.body_mass[i] *= scale**3
            model.body_inertia[i] *= scale**5
            if i != root:
                model.body_pos[i] *= scale
            for site in np.flatnonzero(model.site_bodyid == i):
                model.site_pos[site] *= scale
            self._scale_meshes(geoms, scale)

    def _scale_meshes(self, geoms: slice, scale: float) -> None:
        model = self._model
        for geom in range(geoms.start, geoms.stop):
            mesh = int(model.geom_dataid[geom])
            if int(model.geom_type[geom]) != int(mujoco.mjtGeom.mjGEOM_MESH) or mesh in self.meshes:
                continue
            vertices = slice(model.mesh_vertadr[mesh], model.mesh_vertadr[mesh] + model.mesh_vertnum[mesh])
            bounds = slice(model.mesh_bvhadr[mesh], model.mesh_bvhadr[mesh] + model.mesh_bvhnum[mesh])
            model.mesh_vert[vertices] *= scale
            model.bvh_aabb[bounds] *= scale
            self.meshes = (*self.meshes, mesh)

    def _colour(self, material: str, hue: float) -> None:
        rgba = self._model.mat(material).rgba
        _, lightness, saturation = colorsys.rgb_to_hls(*(float(x) for x in rgba[:3]))
        rgba[:3] = colorsys.hls_to_rgb(hue, lightness, saturation)

    def _brighten(self, value: float) -> None:
        model = self._model
        for array in (model.light_ambient, model.light_diffuse, model.light_specular):
            np.multiply(array, value, out=array)
        model.vis.headlight.ambient *= value
        model.vis.headlight.diffuse *= value

    def _jitter(self, metres: float, rng: np.random.Generator) -> None:
        model = self._model
        for camera in range(model.ncam):
            shift, turn = rng.normal(0.0, 1.0, 3), rng.normal(0.0, 1.0, 3)
            if metres > 0.0 and int(model.cam_bodyid[camera]) == 0:
                model.cam_pos[camera] += metres * shift
                model.cam_quat[camera] = turned(model.cam_quat[camera], _TURN_PER_METRE * metres * turn)


def distractors(model: mujoco.MjModel) -> list[str]:
    """Names of the bodies of a scene that belong to no task."""
    names = (str(model.body(i).name) for i in range(model.nbody))
    return [name for name in names if name.startswith("distractor_")]


def _subtree(model: mujoco.MjModel, root: int) -> Iterator[int]:
    inside = {root}
    for body in range(root, model.nbody):  # parents come before their children
        if body == root or int(model.body_parentid[body]) in inside:
            inside.add(body)
            yield body


def _note(model: mujoco.MjModel) -> dict[str, Any]:
    number = int(mujoco.mj_name2id(model, int(mujoco.mjtObj.mjOBJ_TEXT), NOTE))
    if number < 0:
        return {}
    text = bytes(model.text_data)[model.text_adr[number] :][: model.text_size[number]]
    note = json.loads(text.rstrip(b"\0").decode())
    return note if isinstance(note, dict) else {}
