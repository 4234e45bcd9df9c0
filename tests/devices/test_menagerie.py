"""Robots of the menagerie by name: a small one of six joints stands in the cache, as the package would put it there."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import mujoco_menagerie
import numpy as np
import pytest
from rollouts import run

from accord.devices.command import Command, Vector
from accord.devices.errors import DeviceError
from accord.devices.sim.arms.catalogue import arm
from accord.devices.sim.arms.coarser import shares, thinned
from accord.devices.sim.arms.foreign_arm import PREFIX
from accord.devices.sim.arms.menagerie import menagerie_task
from accord.devices.sim.engine import model_from, mujoco
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.scene import arm_xml, scene_xml
from accord.devices.sim.shapes import Shape, drum, rounded_box, sweep
from accord.devices.sim.task import Mount
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator

UR5E = "menagerie:universal_robots_ur5e"
JOINTS = ("pan", "lift", "elbow", "wrist_1", "wrist_2", "wrist_3")
MJCF = """
<mujoco model="small arm">
  <compiler angle="degree" meshdir="meshes" texturedir="meshes" autolimits="true"/>
  <option integrator="implicitfast"/>
  <default>
    <joint axis="0 0 1" damping="2" armature="0.05"/>
    <default class="visual"><geom type="mesh" contype="0" conaffinity="0" group="2" material="paint"/></default>
    <default class="collision"><geom type="capsule" group="3"/></default>
  </default>
  <asset>
    <texture name="stripes" type="2d" file="stripes.png"/>
    <material name="paint" texture="stripes" rgba="1 1 1 1"/>
    <mesh file="upper.stl"/>
    <mesh name="fore" file="fore.obj" scale="0.001 0.001 0.001"/>
    <mesh name="claw" file="fore.obj" scale="0.0002 0.0002 0.0002"/>
  </asset>
  <worldbody>
    <light name="spot" mode="targetbodycom" target="tool" pos="0 -1 2"/>
    <geom name="floor" type="plane" size="1 1 0.1"/>
    <camera name="front" pos="2 0 1"/>
    <body name="table" pos="0 0 0.12">
      <geom class="collision" size="0.05" fromto="0 0 0 0 0 0.05" mass="4"/>
      <body name="shoulder" pos="0 0 0.16">
        <joint name="pan"/>
        <geom class="collision" size="0.05" fromto="0 0 0 0 0 0.01" mass="3"/>
        <body name="upper" quat="1 1 0 0">
          <joint name="lift" range="-180 180"/>
          <geom class="visual" mesh="upper" pos="0.01 0 0.1" euler="10 20 30"/>
          <geom class="collision" size="0.045" fromto="0 0 0.1 0.4 0 0.1" mass="5"/>
          <body name="forearm" pos="0.4 0 0">
            <joint name="elbow" range="-170 170"/>
            <geom class="visual" mesh="fore"/>
            <geom class="collision" size="0.04" fromto="0 0 0 0.38 0 0" mass="3"/>
            <body name="hand" pos="0.38 0 0">
              <joint name="wrist_1" range="-360 360"/>
              <geom class="collision" size="0.035" fromto="0 0 0 0 0 0.08" mass="1"/>
              <body name="turn" pos="0 0 0.1" quat="1 1 0 0">
                <joint name="wrist_2" range="-360 360"/>
                <geom class="collision" size="0.035" fromto="0 0 0 0 0 0.06" mass="1"/>
                <body name="tool" pos="0 0 0.1" quat="1 -1 0 0">
                  <joint name="wrist_3" range="-360 360"/>
                  <geom class="collision" size="0.03" fromto="0 0 0.03 0 0 0.05" mass="0.4"/>
                  SITE
                  <body name="left_finger" pos="0 0 0.1">
                    <joint name="left_finger" type="slide" axis="0 1 0" range="0 0.04"/>
                    <geom type="mesh" mesh="claw" mass="0.1"/>
                  </body>
                </body>
              </body>
            </body>
          </body>
        </body>
      </body>
    </body>
    BESIDES
  </worldbody>
  <actuator>
    <motor name="pan" joint="pan" forcerange="-80 80"/>
    <position name="lift" joint="lift" kp="50"/>
    <position name="grip" joint="left_finger" kp="10"/>
  </actuator>
  <sensor><jointpos joint="left_finger"/></sensor>
  <keyframe><key name="home" qpos="0.2 2.2 -2.0 -1.7 -1.5708 0 0"/></keyframe>
</mujoco>
"""
SITE = '<site name="attachment_site" pos="0 0 0.06"/>'


def write_stl(path: Path, shape: Shape) -> None:
    """A binary STL file."""
    row = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("nothing", "<u2")])
    triangles = np.zeros(len(shape.faces), row)
    triangles["corners"] = shape.vertices[shape.faces]
    path.write_bytes(bytes(80) + np.uint32(len(triangles)).tobytes() + triangles.tobytes())


def write_obj(path: Path, shape: Shape) -> None:
    lines = [f"v {x:.5f} {y:.5f} {z:.5f}" for x, y, z in shape.vertices * 1000.0]
    path.write_text("\n".join([*lines, *(f"f {a} {b} {c}" for a, b, c in shape.faces + 1)]) + "\n")


def publish(cache: Path, name: str, text: str, sides: int = 12) -> Path:
    """Put a robot of this text into the cache, as the package does when it has downloaded one."""
    robot = mujoco_menagerie.get(name)
    folder = Path(mujoco_menagerie.Cache(dir=cache).model_path(robot))
    meshes = folder / "meshes"
    meshes.mkdir(parents=True)
    (folder / robot.entry(robot.default_model).file).write_text(text)
    upper = sweep([(0, 0, 0), (0.2, 0.01, 0), (0.4, 0, 0)], [0.05, 0.04, 0.05], sides, steps=2 * sides)
    write_stl(meshes / "upper.stl", upper)
    write_obj(meshes / "fore.obj", rounded_box((0.19, 0.04, 0.03), 0.01))
    stripes = np.zeros((8, 8, 3), np.uint8)
    stripes[:, ::2] = (0, 100, 200)  # blue, green, red
    assert cv2.imwrite(str(meshes / "stripes.png"), stripes)
    (folder / ".complete").write_text("{}")
    return folder


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test's own, and nobody to download from."""
    monkeypatch.delenv("MENAGERIE_ROOT", raising=False)
    monkeypatch.setenv("MENAGERIE_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("MENAGERIE_BASE_URL", "http://127.0.0.1:9/assets")
    return tmp_path / "cache"


@pytest.fixture
def small(cache: Path) -> Path:
    return publish(cache, "universal_robots_ur5e", MJCF.replace("SITE", SITE).replace("BESIDES", ""))


def asked(*twist: float) -> Command:
    return Command(np.array(twist), 1.0, 0, "test")


def moved(cell: Workcell, twist: tuple[float, ...], steps: int) -> Vector:
    """(3,) by how much the hand has come away from where it was, after it came to rest [m]."""
    before = cell.observe(0).hand_position
    for _ in range(steps):
        cell.apply(asked(*twist))
    for _ in range(25):
        cell.apply(asked(0, 0, 0, 0, 0, 0))
    after: Vector = cell.observe(0).hand_position - before
    return after


def test_an_arm_of_the_menagerie_carries_our_hand_and_goes_where_told(small: Path) -> None:
    cell = Workcell("square-nut", arm=UR5E)
    cell.reset(0)
    start = cell.observe(0)
    assert cell.arm == UR5E
    assert start.joint_position.shape == (6,)
    np.testing.assert_allclose(start.hand_position, [0.45, 0.0, 0.28], atol=0.05)  # a reset moves joints by a degree
    assert abs(start.hand_quaternion @ np.array([0.0, 1.0, 0.0, 0.0])) > 0.99
    for axis in range(3):
        twist = 0.1 * np.eye(6)[axis] * (-1.0 if axis == 2 else 1.0)
        np.testing.assert_allclose(moved(cell, tuple(twist), 50), twist[:3], atol=2e-3)
    for _ in range(60):
        cell.apply(Command(np.zeros(6), 0.0, 0, "test"))
    assert cell.observe(0).gripper_width < 0.002


def test_a_scripted_operator_does_a_task_with_it(small: Path) -> None:
    cell = Workcell("lift", arm=UR5E)
    steps = run(cell, ScriptedOperator("lift", strategies("lift")[0], 1), 1, 20.0)
    assert steps["success"][-1]


def test_it_comes_late_and_not_beside_its_path(small: Path) -> None:
    cell = Workcell("square-nut", arm=UR5E)
    cell.reset(1)
    start, beside, late = cell.observe(0).hand_position, [], []
    for step in range(1, 51):
        cell.apply(asked(0, 0.2, 0, 0, 0, 0))
        off = cell.observe(0).hand_position - start - [0, 0.2 * step / 50, 0]
        beside.append(np.hypot(off[0], off[2]))
        late.append(-off[1])
    assert max(beside) < 2e-3
    assert 0.0 < max(late) < 0.2 * 0.04


def test_its_scene_is_one_text_that_makes_the_same_model_again(small: Path) -> None:
    text = Workcell("square-nut", arm=UR5E).model_xml
    assert "file=" not in text
    (small / "meshes" / "upper.stl").unlink()
    with Renderer(text, 64, 48) as renderer:
        cell = Workcell("square-nut", model_xml=text, arm=UR5E)
        assert renderer.draw(cell.state(), "side").std() > 5.0
    names = [str(model_from(text).body(i).name) for i in range(model_from(text).nbody)]
    assert {f"{PREFIX}tool", "hand", "left_finger", "table"} <= set(names)
    assert f"{PREFIX}left_finger" not in names
    assert names.count("hand") == names.count("table") == 1


def at_home(model: mujoco.MjModel, joints: tuple[str, ...], home: Vector) -> mujoco.MjData:
    data = mujoco.MjData(model)
    for name, angle in zip(joints, home, strict=True):
        data.joint(name).qpos[0] = angle
    mujoco.mj_forward(model, data)
    return data


def corners(model: mujoco.MjModel, data: mujoco.MjData, mesh: str) -> Vector:
    """(n, 3) of a mesh as it is drawn [m]."""
    geom = next(i for i in range(model.ngeom) if int(model.geom_dataid[i]) == int(model.mesh(mesh).id))
    start, count = int(model.mesh(mesh).vertadr[0]), int(model.mesh(mesh).vertnum[0])
    drawn: Vector = model.mesh_vert[start : start + count] @ data.geom_xmat[geom].reshape(3, 3).T + data.geom_xpos[geom]
    return drawn


def test_meshes_masses_and_colours_are_what_the_files_say(cache: Path) -> None:
    fine = publish(cache, "universal_robots_ur5e", MJCF.replace("SITE", SITE).replace("BESIDES", ""), sides=96)
    made = arm(UR5E)
    ours = model_from(arm_xml(made, "gripper", Mount(), 0.002))
    theirs = mujoco.MjModel.from_xml_path(str(fine / "ur5e.xml"))
    theirs.body("table").pos[:] = 0.0
    here, there = at_home(ours, made.joints, made.home), at_home(theirs, JOINTS, made.home)
    for body in ("shoulder", "upper", "forearm", "tool"):
        np.testing.assert_allclose(here.body(PREFIX + body).xpos, there.body(body).xpos, atol=1e-5)
        np.testing.assert_allclose(ours.body(PREFIX + body).mass, theirs.body(body).mass, rtol=1e-4)
        np.testing.assert_allclose(ours.body(PREFIX + body).inertia, theirs.body(body).inertia, rtol=1e-3)
    for mesh, off in (("fore", 1e-5), ("upper", 3e-3)):
        drawn, meant = corners(ours, here, PREFIX + mesh), corners(theirs, there, mesh)
        np.testing.assert_allclose(drawn.min(axis=0), meant.min(axis=0), atol=off)
        np.testing.assert_allclose(drawn.max(axis=0), meant.max(axis=0), atol=off)
    assert int(ours.mesh(f"{PREFIX}upper").facenum[0]) < 30_000 < int(theirs.mesh("upper").facenum[0])
    np.testing.assert_allclose(ours.mat(f"{PREFIX}paint").rgba, [100 / 255, 50 / 255, 0, 1], atol=0.01)
    assert ours.actuator(f"{PREFIX}pan").forcerange.tolist() == [-80.0, 80.0]
    assert set(ours.geom_contype.tolist()) == {0, 2}, "it meets furniture, not itself"


def test_a_robot_may_stand_in_a_folder_of_ones_own(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine").mkdir()
    small.rename(tmp_path / "mine" / "universal_robots_ur5e")
    monkeypatch.setenv("MENAGERIE_ROOT", str(tmp_path / "mine"))
    assert arm(UR5E).joints == tuple(PREFIX + name for name in JOINTS)
    with pytest.raises(DeviceError, match=r"(?s)kuka_iiwa_14.*MENAGERIE_ROOT"):
        arm("menagerie:kuka_iiwa_14")


def test_without_a_keyframe_the_hand_still_starts_before_the_base(cache: Path) -> None:
    text = MJCF.replace("SITE", SITE).replace("BESIDES", "")
    publish(cache, "universal_robots_ur5e", text.replace('name="home"', 'name="folded"'))
    hand = Workcell("square-nut", arm=UR5E).observe(0)
    np.testing.assert_allclose(hand.hand_position, [0.45, 0.0, 0.28], atol=0.05)


def test_its_task_is_an_empty_table_that_is_never_done(small: Path) -> None:
    task = menagerie_task(UR5E)
    assert task.arms == (UR5E,)
    assert task.objects == ()
    assert [stage.name for stage in task.stages] == ["done"]
    model = model_from(scene_xml(task, arm(UR5E), 0.002))
    assert model.body(f"{PREFIX}tool").id > 0
    assert not task.done(Workcell("square-nut", arm=UR5E).moment())


def test_offline_one_sentence_says_what_to_do_and_soon() -> None:
    started = time.monotonic()
    with pytest.raises(DeviceError, match=r"^Wanted the files of kuka_iiwa_14, found .* out of reach") as refused:
        arm("menagerie:kuka_iiwa_14")
    assert time.monotonic() - started < 6.0
    assert "MENAGERIE_ROOT" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where somebody listens and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_host_that_never_answers_is_not_waited_for_long(silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENAGERIE_BASE_URL", f"http://127.0.0.1:{silent}")
    monkeypatch.setattr("accord.devices.sim.arms.menagerie._PATIENCE_S", 0.5)
    started = time.monotonic()
    with pytest.raises(DeviceError, match="out of reach"):
        arm("menagerie:kuka_iiwa_14")
    assert time.monotonic() - started < 4.0


def test_a_download_that_is_not_what_it_should_be_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / mujoco_menagerie.get("kuka_iiwa_14").asset).write_bytes(b"a page of some hotel's network")
    monkeypatch.setenv("MENAGERIE_BASE_URL", tmp_path.as_uri())
    with pytest.raises(DeviceError, match="does not match the digest") as refused:
        arm("menagerie:kuka_iiwa_14")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("base", ["nowhere", "http://[", "file:///nowhere"])
def test_a_wrong_address_is_refused_in_one_sentence(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENAGERIE_BASE_URL", base)
    with pytest.raises(DeviceError, match="Wanted the files of kuka_iiwa_14, found"):
        arm("menagerie:kuka_iiwa_14")


@pytest.mark.parametrize(
    ("name", "near"), [("ur5e", "universal_robots_ur5e"), ("franka_emika_pandas", "franka_emika_panda"), ("", "kuka")]
)
def test_an_unknown_name_is_refused_with_near_ones(name: str, near: str) -> None:
    for load in (arm, menagerie_task):
        with pytest.raises(DeviceError, match=near):
            load(f"menagerie:{name}")


@pytest.mark.parametrize(
    ("site", "besides", "found"),
    [
        ("", "", "none of the sites"),
        ('<site name="elsewhere"/>', "", "none of the sites"),
        (SITE, '<body name="cart"><joint name="rail" type="slide"/><geom size="0.1"/></body>', "a moving base"),
    ],
)
def test_a_robot_that_is_no_arm_is_refused(cache: Path, site: str, besides: str, found: str) -> None:
    publish(cache, "universal_robots_ur5e", MJCF.replace("SITE", site).replace("BESIDES", besides))
    with pytest.raises(DeviceError, match=f"at least 5 hinges.*{found}"):
        arm(UR5E)


def test_a_chain_of_too_few_hinges_is_no_arm(cache: Path) -> None:
    text = MJCF.replace("SITE", SITE).replace("BESIDES", "")
    for joint in ("pan", "wrist_2"):
        text = text.replace(f'<joint name="{joint}"', f'<joint type="slide" name="{joint}"')
    publish(cache, "universal_robots_ur5e", text)
    with pytest.raises(DeviceError, match="too few hinges"):
        arm(UR5E)


@pytest.mark.parametrize("text", ["", "<mujoco", "<mujoco><worldbody><body><joint/></body></worldbody></mujoco>"])
def test_broken_files_are_refused_in_one_sentence(cache: Path, text: str) -> None:
    publish(cache, "universal_robots_ur5e", text)
    with pytest.raises(DeviceError, match=r"ur5e\.xml") as refused:
        arm(UR5E)
    assert "\n" not in str(refused.value)


def test_a_missing_mesh_is_named(small: Path) -> None:
    (small / "meshes" / "fore.obj").unlink()
    with pytest.raises(DeviceError, match=r"fore\.obj"):
        arm(UR5E)


def test_two_processes_make_the_same_scene(small: Path) -> None:
    code = """
import hashlib
from accord.devices.sim.workcell import Workcell
print(hashlib.sha256(Workcell("square-nut", arm="menagerie:universal_robots_ur5e").model_xml.encode()).hexdigest())
"""
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ))
        for _ in range(2)
    ]
    assert told[0].stdout == told[1].stdout


def test_a_thinned_mesh_keeps_its_size_and_has_few_enough_triangles() -> None:
    fine = drum(0.06, 0.1, 0.02, sides=2000)
    coarse = thinned(fine, 900)
    assert 300 < len(coarse.faces) <= 900 < len(fine.faces)
    np.testing.assert_allclose(np.ptp(coarse.vertices, axis=0), np.ptp(fine.vertices, axis=0), atol=0.012)
    assert thinned(coarse, 900) is coarse


@pytest.mark.parametrize(
    ("faces", "together", "each"),
    [([10, 20], 100, 20), ([10, 500, 500], 110, 50), ([], 100, 100), ([300, 300], 100, 50)],
)
def test_large_meshes_share_what_small_ones_leave(faces: list[int], together: int, each: int) -> None:
    assert shares(faces, together) == each
    assert sum(min(count, each) for count in faces) <= together
