"""A foreign arm: somebody's MJCF file, written for other purposes, made into an `Arm` for our scenes.

What makes a file an arm is a chain of hinges that ends in a site to mount things on. Everything beyond the site that
moves (a gripper) makes room for our hand; motors, sensors, lights and what else the file holds besides go too. Our
scenes are one text without files beside it, so meshes are written into it, coarser where they are fine, and pictures on
surfaces become their mean colour.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np

from accord.devices.command import Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.arms.arm import Arm
from accord.devices.sim.arms.coarser import shares, thinned
from accord.devices.sim.arms.first_posture import first_posture, turned_flange
from accord.devices.sim.engine import fill_meshes, model_from, mujoco
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.shapes import Shape
from accord.devices.sim.task import Mount

FLANGES = ("attachment_site", "flange", "pinch_site")
"""Names of a site whose z axis points out of the flange, best one first, as in the MuJoCo menagerie."""
FEWEST_HINGES = 5
"""With fewer a hand cannot be put somewhere and point down."""
PREFIX = "robot/"
"""Before every name of a foreign arm, since a room, a task and a hand have names of their own."""
JOINT_SPEED = 2.0
"""MJCF says nothing of speeds; this is less than what data sheets of arms of this size allow [rad/s]."""
_SECTIONS = ("compiler", "default", "asset", "worldbody")
"""Of its text: how physics runs and what is drawn of it is the room's to decide."""
FACES = 30_000
"""Triangles that all meshes together may have; a built-in arm has a third of it."""
LAG_S = 0.02
"""By how much every servo lags behind what is wanted, as the UR5e's do [s]."""
TORQUE = 100.0
"""Limit of a joint whose file names none; enough, since gravity is taken off it [N m]."""


def foreign_arm(name: str, files: Iterable[Path]) -> Arm:
    """The arm in the first of these MJCF files that holds one. It compiles meshes, which may take seconds.

    Args:
        name: of the arm.
        files: the same robot in variants, the best first.

    Raises:
        DeviceError: if a file cannot be read, or none holds an arm.
    """
    found = "no file"
    for file in files:
        spec, model = _read(name, file)
        sites = [site for site in FLANGES if _site(model, site) >= 0]
        found = f"none of the sites {', '.join(FLANGES)}" if not sites else "a moving base, or too few hinges"
        for site in sites:
            joints = _chain(model, _site(model, site))
            if joints:
                return _arm(name, spec, model, site, joints)
    wanted = f"an arm in {name}: a chain of at least {FEWEST_HINGES} hinges that ends in a site to mount a hand on"
    raise DeviceError(wanted, found, "choose another robot")


def _read(name: str, file: Path) -> tuple[Any, mujoco.MjModel]:
    """The file as it stands, with a name for everything, and what it compiles to."""
    try:
        # A spec that was compiled holds on to its meshes, so the one that is changed later is another.
        return _named(file), _named(file).compile()
    except ValueError as error:
        found = " ".join(str(error).split())
        raise DeviceError(
            f"a model of {name} that compiles", found, f"put {file.name} right, or fetch it anew"
        ) from error


def _named(file: Path) -> Any:
    spec = mujoco.MjSpec.from_file(str(file))
    spec.compiler.fusestatic = False
    for kind, things in (("body", spec.bodies), ("joint", spec.joints), ("mesh", spec.meshes)):
        for number, thing in enumerate(things):
            thing.name = thing.name or _file_stem(thing) or f"{kind}_{number}"
    return spec


def _file_stem(thing: Any) -> str:
    return Path(getattr(thing, "file", "")).stem


def _site(model: mujoco.MjModel, name: str) -> int:
    return int(mujoco.mj_name2id(model, int(mujoco.mjtObj.mjOBJ_SITE), name))


# What is the arm -------------------------------------------------------------------------------------------------


def _chain(model: mujoco.MjModel, site: int) -> list[int]:
    """Joints from the base to a site; empty if they are no arm's, or if something moves beside them."""
    body = int(model.site_bodyid[site])
    above = _ancestors(model, body)
    joints = [joint for joint in range(model.njnt) if int(model.jnt_bodyid[joint]) in above]
    hinges = all(int(model.jnt_type[joint]) == int(mujoco.mjtJoint.mjJNT_HINGE) for joint in joints)
    if not hinges or len(joints) < FEWEST_HINGES:
        return []
    last = int(model.jnt_bodyid[joints[-1]])
    held = [joint for joint in range(model.njnt) if last in _ancestors(model, int(model.jnt_bodyid[joint]))]
    return joints if set(joints) | set(held) == set(range(model.njnt)) else []


def _ancestors(model: mujoco.MjModel, body: int) -> set[int]:
    """A body and all that carry it."""
    found = {body}
    while body:
        body = int(model.body_parentid[body])
        found.add(body)
    return found


def _arm(name: str, spec: Any, model: mujoco.MjModel, site: str, joints: list[int]) -> Arm:
    names = [str(model.joint(joint).name) for joint in joints]
    posture, limits = _posture(model, joints), _limits(spec, model, joints)
    _keep_masses(spec, model)
    _strip(spec, names, site)
    _inline(spec, model)
    _mend(spec, names)
    spec.site(site).name = "flange"
    text = _prefixed(spec)
    ours = tuple(PREFIX + joint for joint in names)
    bare = Arm(name, ours, np.full(len(ours), JOINT_SPEED), posture, lambda: mujoco.MjSpec.from_string(text))
    alone = model_from(arm_xml(bare, "gripper", Mount(), 0.002))
    first = first_posture(bare, alone)
    turned = bare.build()
    turned.site("flange").quat = turned_flange(np.array(turned.site("flange").quat), first.quarters)
    driven = _with_servos(turned, alone, ours, first.joints, limits)
    return Arm(name, ours, bare.joint_speed, first.joints, lambda: mujoco.MjSpec.from_string(driven))


def _posture(model: mujoco.MjModel, joints: list[int]) -> Vector:
    """(n,) joint angles of the keyframe ``home``, else the middle of the joints' ranges [rad]."""
    key = int(mujoco.mj_name2id(model, int(mujoco.mjtObj.mjOBJ_KEY), "home"))
    if key >= 0:
        return np.array(model.key_qpos[key, model.jnt_qposadr[joints]])
    return np.array(model.jnt_range[joints].mean(axis=1))


def _limits(spec: Any, model: mujoco.MjModel, joints: list[int]) -> Vector:
    """(n,) torque that each joint may have, as its own motor or the joint says [N m]."""
    limits = np.full(len(joints), TORQUE)
    for row, joint in enumerate(joints):
        if model.jnt_actfrclimited[joint]:
            limits[row] = np.abs(model.jnt_actfrcrange[joint]).max()
        for motor in range(model.nu):
            if int(model.actuator_trnid[motor, 0]) == joint and model.actuator_forcelimited[motor]:
                limits[row] = np.abs(model.actuator_forcerange[motor] * model.actuator_gear[motor, 0]).max()
    return limits


# What goes and what stays ----------------------------------------------------------------------------------------


def _keep_masses(spec: Any, model: mujoco.MjModel) -> None:
    """Write down what every body weighs, since coarser meshes would weigh something else."""
    spec.compiler.inertiafromgeom = mujoco.mjtInertiaFromGeom.mjINERTIAFROMGEOM_AUTO
    for body in spec.bodies[1:]:
        made = model.body(body.name)
        if made.mass[0] > 0.0:
            body.explicitinertial, body.fullinertia = True, np.full(6, np.nan)
            body.mass, body.inertia = float(made.mass[0]), made.inertia
            body.ipos, body.iquat = made.ipos, made.iquat


def _strip(spec: Any, joints: list[str], site: str) -> None:
    """Leave nothing but the chain and what is fixed to it."""
    besides = [*spec.actuators, *spec.sensors, *spec.tendons, *spec.equalities, *spec.excludes, *spec.pairs]
    besides += [*spec.keys, *spec.lights, *spec.cameras, *spec.skins, *spec.numerics, *spec.texts, *spec.tuples]
    besides += [other for other in spec.sites if other.name != site]
    besides += list(spec.worldbody.geoms)
    for thing in besides:
        spec.delete(thing)
    for body in [joint.parent for joint in spec.joints if joint.name not in joints]:
        if spec.body(body.name) is not None:  # its carrier may have gone before it
            spec.delete(body)
    used = {geom.meshname for geom in spec.geoms if geom.meshname}
    for mesh in [mesh for mesh in spec.meshes if mesh.name not in used]:
        spec.delete(mesh)


def _inline(spec: Any, model: mujoco.MjModel) -> None:
    """Put the meshes themselves in the place of their files, and mean colours in the place of pictures."""
    shapes = {mesh.name: _mesh(model, mesh.name) for mesh in spec.meshes}
    most = shares([len(shape.faces) for shape in shapes.values()], FACES)
    fewer = {name: thinned(shape, most) for name, shape in shapes.items()}
    for mesh in spec.meshes:
        mesh.file, mesh.scale, mesh.refpos, mesh.refquat = "", [1, 1, 1], [0, 0, 0], [1, 0, 0, 0]
        if fewer[mesh.name] is not shapes[mesh.name]:  # it may have lost its volume, but not its area
            mesh.inertia = mujoco.mjtMeshInertia.mjMESH_INERTIA_SHELL
    fill_meshes(spec, fewer)
    for material in spec.materials:
        texture = next((name for name in material.textures if name), "")
        if texture:
            material.rgba = [*(_mean_colour(model, texture) * material.rgba[:3]), material.rgba[3]]
            material.textures = [""] * len(material.textures)
    for texture in list(spec.textures):
        spec.delete(texture)


def _mesh(model: mujoco.MjModel, name: str) -> Shape:
    """A compiled mesh where its file has it: MuJoCo moves a mesh to its middle and turns it to its main axes."""
    mesh = model.mesh(name)
    first, first_face = int(mesh.vertadr[0]), int(mesh.faceadr[0])
    vertices = np.array(model.mesh_vert[first : first + int(mesh.vertnum[0])], dtype=np.float64)
    turn = np.empty(9)
    mujoco.mju_quat2Mat(turn, model.mesh_quat[mesh.id])
    faces = np.array(model.mesh_face[first_face : first_face + int(mesh.facenum[0])])
    return Shape(vertices @ turn.reshape(3, 3).T + model.mesh_pos[mesh.id], faces)


def _mean_colour(model: mujoco.MjModel, texture: str) -> Vector:
    """(3,) of a picture, 0 to 1."""
    made = model.texture(texture)
    start, size = int(made.adr[0]), int(made.height[0]) * int(made.width[0]) * int(made.nchannel[0])
    pixels = np.array(model.tex_data[start : start + size]).reshape(-1, int(made.nchannel[0]))
    colour: Vector = np.broadcast_to(pixels[:, :3].mean(axis=0) / 255.0, (3,))
    return colour


def _mend(spec: Any, joints: list[str]) -> None:
    """Give the arm the habits of ours: no weight to hold, contact with furniture only, a range for every joint."""
    for body in spec.bodies[1:]:
        body.gravcomp = 1.0
    for geom in spec.geoms:
        if geom.contype or geom.conaffinity:
            geom.contype, geom.conaffinity = 2, 1
    for joint in spec.joints:
        if not np.ptp(joint.range):
            joint.range = np.array([-1.0, 1.0]) * (2.0 * np.pi if not spec.compiler.degree else 360.0)
        joint.limited = mujoco.mjtLimited.mjLIMITED_TRUE
    root = spec.joint(joints[0]).parent
    while root.parent.name != spec.worldbody.name:
        root = root.parent
    root.pos = [0, 0, 0]


def _prefixed(spec: Any) -> str:
    """The arm as self-contained text, every name with our prefix but the flange's."""
    spec.compile()
    root = ElementTree.fromstring(spec.to_xml())
    for section in list(root):
        if section.tag not in _SECTIONS:
            root.remove(section)
    whole = mujoco.MjSpec()
    bare = mujoco.MjSpec.from_string(ElementTree.tostring(root, encoding="unicode"))
    whole.attach(bare, prefix=PREFIX, frame=whole.worldbody.add_frame())
    whole.site(f"{PREFIX}flange").name = "flange"
    whole.compile()
    return str(whole.to_xml())


# What drives it --------------------------------------------------------------------------------------------------


def _with_servos(spec: Any, model: mujoco.MjModel, joints: tuple[str, ...], home: Vector, limits: Vector) -> str:
    """The arm with a servo for each joint.

    Each servo is as stiff as makes its joint, with what hangs on it at home, a critically damped one that lags by
    `LAG_S`: all lag alike, so the hand comes late and not beside its path.
    """
    data = mujoco.MjData(model)
    data.qpos[[int(model.joint(name).qposadr[0]) for name in joints]] = home
    mujoco.mj_forward(model, data)
    for name, limit in zip(joints, limits, strict=True):
        dof = int(model.joint(name).dofadr[0])
        damping = float(model.dof_damping[dof])
        stiffness = max(4.0 * _inertia(model, data, dof) / LAG_S**2, damping / LAG_S)
        servo = spec.add_actuator(name=name, target=name, trntype=mujoco.mjtTrn.mjTRN_JOINT)
        servo.set_to_position(kp=stiffness, kv=LAG_S * stiffness - damping, inheritrange=False)
        servo.forcerange, servo.forcelimited = [-limit, limit], mujoco.mjtLimited.mjLIMITED_TRUE
        servo.ctrlrange, servo.ctrllimited = model.joint(name).range, mujoco.mjtLimited.mjLIMITED_TRUE
    spec.compile()
    return str(spec.to_xml())


def _inertia(model: mujoco.MjModel, data: mujoco.MjData, dof: int) -> float:
    """What this joint alone has to set in motion [kg m²]."""
    momentum = np.empty(model.nv)
    mujoco.mj_mulM(model, data, momentum, np.eye(model.nv)[dof])
    return float(momentum[dof])
