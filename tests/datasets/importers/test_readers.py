"""Foreign files are read as they are, and what is damaged or leads elsewhere is refused in one sentence."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import pytest
from foreign import MODEL, RATE_HZ, STEPS, put, robomimic, robosuite

from accord.datasets.errors import DatasetError
from accord.datasets.importers.foreign_file import ForeignFile
from accord.datasets.importers.imported import Foreign, Told, info_of, rate_of
from accord.datasets.importers.joints import joints_of, split_state
from accord.datasets.importers.recordings import Recordings

Change = Callable[[h5py.Group], None]


def read_all(path: Path) -> None:
    with ForeignFile(path) as file:
        recordings = Recordings(file)
        for name in recordings.names:
            recordings.read(name)


def test_a_demo_of_robomimic_keeps_every_number(tmp_path: Path) -> None:
    path = robomimic(tmp_path / "a.hdf5")
    with ForeignFile(path) as file, h5py.File(path, "r", locking=False) as raw:
        recordings = Recordings(file)
        assert (recordings.layout, recordings.environment.task) == ("robomimic", "door-v0")
        demo = recordings.read("demo_2")
        records = demo.records(np.arange(STEPS))
        there = raw["data/demo_2"]
        assert np.array_equal(records["observation/state"], there["obs/state"])
        assert np.array_equal(records["sent/action"], there["actions"])
        assert np.array_equal(records["reward"], there["rewards"])
        assert np.array_equal(records["done"], there["dones"])
        assert demo.left_out == ("states",), "it never changes, so it is a dummy"


def test_demos_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    with ForeignFile(robomimic(tmp_path / "a.hdf5", demos=11)) as file:
        assert Recordings(file).names == tuple(f"demo_{i}" for i in range(11))


def test_states_that_change_are_kept_and_pictures_are_named(tmp_path: Path) -> None:
    def change(data: h5py.Group) -> None:
        put("demo_0/states", np.arange(2.0 * STEPS).reshape(STEPS, 2))(data)
        put("demo_0/obs/agentview_image", np.zeros((STEPS, 4, 4, 3), np.uint8))(data)

    with ForeignFile(robomimic(tmp_path / "a.hdf5", 1, change)) as file:
        demo = Recordings(file).read("demo_0")
    assert demo["simulator/state"] is not None
    assert demo.left_out == ("obs/agentview_image",)


def test_a_raw_state_is_told_apart_by_the_model(tmp_path: Path) -> None:
    with ForeignFile(robosuite(tmp_path / "a.hdf5")) as file:
        recordings = Recordings(file)
        demo = recordings.read("demo_1")
        assert (recordings.layout, recordings.names) == ("robosuite", ("demo_1", "demo_2"))
        assert recordings.environment.recorded == "11-16-2022 14:13:58"
    states = demo["simulator/state"]
    assert states is not None
    where = {
        "robot0_joint_position": (1, 3), "gripper0_slide_joint_position": (3, 4), "cube_joint0_position": (4, 7),
        "cube_joint0_quaternion": (7, 11), "robot0_joint_velocity": (11, 13),
        "gripper0_slide_joint_velocity": (13, 14), "cube_joint0_velocity": (14, 20),
    }  # fmt: skip
    for name, (first, last) in where.items():
        assert np.array_equal(demo[f"observation/{name}"], states[:, first:last]), name
    units = {field.name: field.unit for field in demo.schema}
    assert units["observation/gripper0_slide_joint_velocity"] == "m/s"
    assert units["observation/robot0_joint_position"] == "rad"


def test_the_joints_of_a_body_come_before_those_of_its_children() -> None:
    names = [joint.name for joint in joints_of(MODEL, "here")]
    assert names == ["robot0_joint1", "robot0_joint2", "gripper0_finger_joint1", "cube_joint0"]


def test_a_model_of_another_robot_is_refused() -> None:
    with pytest.raises(DatasetError, match="states of 20 numbers"):
        split_state(np.zeros((3, 21)), joints_of(MODEL, "here"), "here")


@pytest.mark.parametrize(
    "text", ["<mujoco>", '<!DOCTYPE m [<!ENTITY a "x">]><mujoco>&a;</mujoco>', "<" * 1000, "<a\0/>"]
)
def test_a_model_that_is_no_xml_is_refused(text: str) -> None:
    with pytest.raises(DatasetError, match="the model's XML in here"):
        joints_of(text, "here")


def remove(name: str) -> Change:
    def change(data: h5py.Group) -> None:
        del data[name]

    return change


def attribute(name: str, value: Any, of: str = ".") -> Change:
    def change(data: h5py.Group) -> None:
        data[of].attrs[name] = value

    return change


def external_link(data: h5py.Group) -> None:
    del data["demo_1/actions"]
    data["demo_1/actions"] = h5py.ExternalLink("other.hdf5", "/secret")


def soft_link(data: h5py.Group) -> None:
    del data["demo_1"]
    data["demo_1"] = h5py.SoftLink("/data/demo_0")


def external_storage(data: h5py.Group) -> None:
    del data["demo_1/rewards"]
    data.create_dataset("demo_1/rewards", (STEPS,), "f8", external=[("secret.raw", 0, 8 * STEPS)])


def virtual(data: h5py.Group) -> None:
    layout = h5py.VirtualLayout((STEPS,), "f8")
    layout[:] = h5py.VirtualSource("other.hdf5", "x", (STEPS,))
    del data["demo_1/rewards"]
    data.create_virtual_dataset("demo_1/rewards", layout)


def huge(data: h5py.Group) -> None:
    del data["demo_1/actions"]
    data.create_dataset("demo_1/actions", (10**9, 28), "f8", chunks=(1000, 28), compression="gzip")


def huge_chunk(data: h5py.Group) -> None:
    del data["demo_1/actions"]
    data.create_dataset("demo_1/actions", (STEPS, 3), "f8", maxshape=(None, 3), chunks=(10**8, 3))


def not_finite(data: h5py.Group) -> None:
    data["demo_3/actions"][7, 1] = np.nan


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (external_link, "data/demo_1/actions, a link that leads elsewhere"),
        (soft_link, "a link that leads elsewhere"),
        (external_storage, "numbers stand in another file"),
        (virtual, "numbers stand in another file"),
        (huge, "a bearable size of data/demo_1/actions"),
        (huge_chunk, "a bearable size of data/demo_1/actions"),
        (not_finite, "finite numbers in data/demo_3/actions"),
        (put("demo_1/actions", np.zeros((STEPS, 3), [("a", "f8")])), "numbers in data/demo_1/actions"),
        (put("demo_1/actions", np.full((STEPS, 3), b"cos\nsystem")), "numbers in data/demo_1/actions"),
        (put("demo_1/actions", np.zeros((STEPS - 1, 3))), "arrays of one length in demo_1"),
        (put("demo_1/actions", np.zeros(STEPS)), "actions of 2 dimensions in data/demo_1"),
        (put("demo_1/actions", np.zeros((STEPS, 0))), "actions of 2 dimensions in data/demo_1"),
        (put("demo_1/actions", 3.0), "actions of 2 dimensions in data/demo_1"),
        (put("demo_1/obs/..-", np.zeros((STEPS, 3))), "names of letters, digits"),
        (remove("demo_1/actions"), "an array data/demo_1/actions"),
        (remove("demo_1/obs"), "vectors in obs of demo_1"),
        (attribute("num_samples", STEPS + 1, "demo_1"), f"num_samples {STEPS + 1}"),
        (attribute("num_samples", "many", "demo_1"), "a whole number as num_samples"),
        (attribute("env_args", "{"), "JSON as env_args"),
        (attribute("env_args", "[]"), "a JSON object as env_args"),
        (attribute("env_args", "[" * 100_000), "JSON as env_args"),
        (attribute("env_args", np.arange(3)), "a text as env_args"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(change: Change, wrong: str, tmp_path: Path) -> None:
    path = robomimic(tmp_path / "a.hdf5", change=change)
    with pytest.raises(DatasetError, match=wrong) as refused:
        read_all(path)
    assert str(refused.value).startswith("Wanted ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (attribute("model_file", "model_1.xml", "demo_2"), "only the name of another file"),
        (attribute("model_file", "", "demo_2"), "the model's XML in demo_2 of a.hdf5, found none"),
        (put("demo_2/states", np.zeros((STEPS, 20))), "a clock that goes on in the states of demo_2"),
        (put("demo_2/actions", np.zeros((STEPS - 1, 7))), "arrays of one length in demo_2"),
    ],
)
def test_what_is_wrong_with_a_raw_file_is_one_sentence(change: Change, wrong: str, tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=wrong):
        read_all(robosuite(tmp_path / "a.hdf5", change=change))


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.hdf5").write_text("pickle")
    with pytest.raises(DatasetError, match="an HDF5 file in text"):
        ForeignFile(tmp_path / "text.hdf5")
    with pytest.raises(DatasetError, match="a file nothing"):
        ForeignFile(tmp_path / "nothing.hdf5")
    with h5py.File(tmp_path / "other.hdf5", "w") as file:
        file["data"] = np.zeros(3)
    with ForeignFile(tmp_path / "other.hdf5") as foreign, pytest.raises(DatasetError, match="demos named data/demo_0"):
        Recordings(foreign)


def test_the_rate_is_the_files_or_the_persons_and_never_both_in_silence(tmp_path: Path) -> None:
    with ForeignFile(robomimic(tmp_path / "a.hdf5")) as file:
        mimic = Recordings(file)
        demo, foreign = mimic.read("demo_0"), Foreign("robomimic", "a.hdf5", "0" * 64, mimic.environment)
    with pytest.raises(DatasetError, match="a control rate in a"):
        rate_of(demo, foreign, Told())
    assert rate_of(demo, foreign, Told(rate_hz=50.0)) == (50.0, "the person who imported it")
    with ForeignFile(robosuite(tmp_path / "b.hdf5")) as file:
        suite = Recordings(file)
        demo, foreign = suite.read("demo_1"), Foreign("robosuite", "b.hdf5", "0" * 64, suite.environment)
    assert rate_of(demo, foreign, Told()) == (RATE_HZ, "the clock in the file's states")
    with pytest.raises(DatasetError, match="Wanted 50 Hz in b"):
        rate_of(demo, foreign, Told(rate_hz=50.0))
    assert info_of(demo, foreign, Told(rate_hz=20.0), 0).rate_hz == RATE_HZ


def test_the_control_rate_of_an_environment_is_believed(tmp_path: Path) -> None:
    said = attribute("env_args", '{"env_name": "Can", "env_kwargs": {"control_freq": 20}}')
    with ForeignFile(robomimic(tmp_path / "a.hdf5", change=said)) as file:
        mimic = Recordings(file)
        foreign = Foreign("robomimic", "a.hdf5", "0" * 64, mimic.environment)
        assert rate_of(mimic.read("demo_0"), foreign, Told()) == (20.0, "the file's control_freq")
        wrong = replace(foreign, environment=replace(mimic.environment, rate_hz=1e9))
        with pytest.raises(DatasetError, match=r"10,000 Hz in a\.hdf5, by the file's control_freq, found 1e"):
            rate_of(mimic.read("demo_0"), wrong, Told())


def test_the_arrays_of_one_demo_have_a_bearable_size_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    largest = 8 * STEPS * 5
    with ForeignFile(robomimic(tmp_path / "a.hdf5")) as file:
        recordings = Recordings(file)
        monkeypatch.setattr("accord.datasets.importers.foreign_file.MOST_BYTES", 3 * largest)
        for name in recordings.names:  # none counts for the next
            assert len(recordings.read(name)) == STEPS
        monkeypatch.setattr("accord.datasets.importers.foreign_file.MOST_BYTES", largest)
        with pytest.raises(DatasetError, match=r"recordings of a bearable size in a\.hdf5, found more than .* GB up"):
            recordings.read("demo_0")


def test_a_task_without_a_name_has_to_be_told(tmp_path: Path) -> None:
    with ForeignFile(robomimic(tmp_path / "a.hdf5", change=attribute("env_args", "{}"))) as file:
        mimic = Recordings(file)
        demo, foreign = mimic.read("demo_0"), Foreign("robomimic", "a.hdf5", "0" * 64, mimic.environment)
    with pytest.raises(DatasetError, match="the name of a task in a"):
        info_of(demo, foreign, Told(rate_hz=50.0), 0)
    assert info_of(demo, foreign, Told(rate_hz=50.0, task="door"), 0).task == "door"


WRONG_RATES = (-1.0, 0.0, 0.5, 1e9, float("nan"), float("inf"))


@pytest.mark.parametrize("wrong", [*({"rate_hz": hz} for hz in WRONG_RATES), {"outcome": "discarded"}])
def test_what_a_person_says_is_looked_at(wrong: dict[str, Any]) -> None:
    with pytest.raises(DatasetError, match=r"a rate from 1 to 10,000 Hz|an outcome success or failure"):
        Told(**wrong)
