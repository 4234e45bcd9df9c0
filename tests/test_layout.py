"""The architecture, kept by the machine: who imports whom, one door per heavy dependency, files where they belong."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("datasets", "devices", "recorders", "app")
"""In order: each imports only itself and what stands to its left."""
DATA = "assets"
"""Files without a line of code; whoever needs them may."""

DOORS = {
    "torch": {"datasets/fit.py"},
    "h5py": {
        "datasets/episode.py",
        "datasets/episode_writer.py",
        "datasets/picture_file.py",
        "datasets/rendered.py",
        "datasets/importers/foreign_file.py",
    },
    "scipy": {
        "datasets/scores/nearest.py",
        "datasets/scores/information.py",
        "datasets/scores/correlation.py",
    },
    "zarr": {"datasets/replay_buffer.py", "datasets/replay_buffer_rules.py"},
    "numcodecs": {"datasets/replay_buffer.py", "datasets/replay_buffer_rules.py"},
    "cv2": {"datasets/images.py"},
    "threadpoolctl": {"datasets/threads.py"},
    "mujoco": {"devices/sim/engine.py"},
    "mujoco_menagerie": {"devices/sim/arms/menagerie.py"},
    "mink": {"devices/sim/kinematics.py"},
    "msgpack": {"devices/policies/openpi_wire.py"},
    "websockets": {"devices/policies/remote.py", "devices/inputs/hand_server.py"},
    "daqp": {"devices/sim/kinematics.py"},
    "hid": {"devices/inputs/hidapi.py"},
    "serial": {"devices/inputs/serial_port.py"},
    "dynamixel_sdk": {"devices/inputs/dynamixel.py"},
    "scservo_sdk": {"devices/inputs/feetech.py"},
    "pygame": {"devices/inputs/gamepad.py"},
    "pynput": {"devices/inputs/global_keys.py"},
}
QT = ("PySide6", "shiboken6", "pyqtgraph", "qtawesome")
UNSAFE = ("pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve")
HOSTS = ("pypi" + ".org", "files." + "pythonhosted", "download." + "pytorch", "conda." + "anaconda")
MACHINE_PATHS = re.compile(r"(?<![\w./~}])/(?:work|root|home|Users)/")


def modules(*folders: str) -> list[Path]:
    """Every module of these folders, as a path from the root."""
    return sorted(path.relative_to(ROOT) for folder in folders for path in (ROOT / folder).rglob("*.py"))


OURS = modules(*FOLDERS, DATA)
EVERY = modules(*FOLDERS, DATA, "tests", "benchmarks")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and full name of everything that a module imports, also inside functions and by name at run time."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("importlib.import_module", "__import__"):
            yield node.lineno, _beginning(node.args[0])


def _beginning(name: ast.expr) -> str:
    """What is known of a name that is put together at run time."""
    if isinstance(name, ast.JoinedStr):
        name = name.values[0]
    return str(name.value) if isinstance(name, ast.Constant) else "?"


def importers(package: str) -> set[str]:
    """Modules of the program that import a package."""
    return {path.as_posix() for path in OURS for _, name in imports(path) if name.split(".")[0] == package}


def files() -> list[Path]:
    """Every file that is, or may become, part of the repository."""
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a checkout")
    return [Path(name) for name in told.split("\0") if name and (ROOT / name).is_file()]


def test_there_is_something_to_look_at() -> None:
    assert len(OURS) > 50
    assert importers("numpy"), "the scan finds imports"


@pytest.mark.parametrize("path", OURS, ids=str)
def test_a_folder_imports_only_itself_and_what_stands_to_its_left(path: Path) -> None:
    allowed = {DATA} if path.parts[0] == DATA else {DATA, *FOLDERS[: FOLDERS.index(path.parts[0]) + 1]}
    wrong = [
        f"line {line}: {name}"
        for line, name in imports(path)
        if name.split(".")[0] == "accord" and name.split(".")[1] not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_imports_are_absolute_and_go_through_the_package(path: Path) -> None:
    wrong = [
        f"line {line}: {name}" for line, name in imports(path) if name.startswith(".") or name.split(".")[0] in FOLDERS
    ]
    # A peer's own program may import the Hugging Face package that a folder of ours shares its name with.
    assert not wrong or path.parts[:2] == ("tests", "peers")


def test_only_the_window_imports_qt() -> None:
    outside = {path for package in QT for path in importers(package) if not path.startswith("app/ui/")}
    assert not outside


def test_the_window_is_imported_by_its_own_command_and_start_only() -> None:
    outside = {
        path.as_posix()
        for path in OURS
        if path.parts[:2] != ("app", "ui")
        for _, name in imports(path)
        if name.startswith("accord.app.ui")
    }
    assert outside <= {"app/commands/window.py", "app/commands/stub.py", "app/start.py"}


@pytest.mark.parametrize("package", DOORS)
def test_every_heavy_dependency_has_one_door(package: str) -> None:
    assert importers(package) <= DOORS[package]


def test_nothing_is_unpickled() -> None:
    assert not {path for package in UNSAFE for path in importers(package)}
    allowed = [path for path in OURS if re.search(r"allow_pickle\s*=\s*True", (ROOT / path).read_text())]
    assert not allowed


def test_the_installed_packages_are_the_folders_on_disk() -> None:
    setuptools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {path.parent.as_posix() for path in OURS}
    assert set(setuptools["packages"]) == {f"accord.{folder.replace('/', '.')}" for folder in folders}
    assert setuptools["package-dir"] == {name: name[7:].replace(".", "/") for name in setuptools["packages"]}


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [word for words in project["optional-dependencies"].values() for word in words]
    declared = {re.split(r"[^\w-]", word)[0].lower() for word in (*project["dependencies"], *extras)}
    known_as = {
        "mujoco_menagerie": "mujoco-menagerie",
        "cv2": "opencv-python-headless",
        "PySide6": "pyside6-essentials",
        "hid": "hidapi",
        "serial": "pyserial",
        "dynamixel_sdk": "dynamixel-sdk",
        "scservo_sdk": "feetech-servo-sdk",
        "pygame": "pygame-ce",
    }
    found = {name.split(".")[0] for path in OURS for _, name in imports(path)}
    third_party = found - set(sys.stdlib_module_names) - {"accord", "__future__"}
    assert {known_as.get(name, name).lower() for name in third_party} <= declared


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_folder_can_shadow_a_package_of_its_name(folder: str) -> None:
    assert not list((ROOT / folder).rglob("__init__.py"))


def test_the_links_for_the_checkers_are_relative_and_lead_to_the_folders() -> None:
    links = {link.name: os.readlink(link) for link in (ROOT / ".links" / "accord").iterdir()}
    assert links == {name: f"../../{name}" for name in (*FOLDERS, DATA)}


def test_no_file_names_a_package_registry() -> None:
    assert not [f"{path}: {host}" for path, text in texts() for host in HOSTS if host in text]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    assert not [f"{path}: {found.group()}" for path, text in texts() if (found := MACHINE_PATHS.search(text))]


def texts() -> list[tuple[Path, str]]:
    """Every file with its text; pictures read as noise, which does no harm. This one names what it forbids."""
    here = Path(__file__).relative_to(ROOT)
    return [(path, (ROOT / path).read_text(errors="replace")) for path in files() if path != here]


def test_only_the_command_line_prints() -> None:
    speaking = {
        path.as_posix()
        for path in OURS
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    }
    assert {path for path in speaking if not path.startswith("app/commands/")} <= {"app/cli.py"}


@pytest.mark.parametrize("path", EVERY, ids=str)
def test_a_file_holds_one_idea(path: Path) -> None:
    most = 600 if path.parts[0] == "tests" else 320
    assert len((ROOT / path).read_text().splitlines()) <= most


def test_a_foreign_package_named_datasets_and_ours_live_side_by_side(tmp_path: Path) -> None:
    """Hugging Face's is in every LeRobot environment; so is our folder on the path, when one works in it."""
    for name in FOLDERS:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("WHOSE = 'theirs'\n")
    ours = [".".join(("accord", *path.with_suffix("").parts)) for path in modules("datasets") if path.stem != "fit"]
    program = f"""
import importlib, sys
assert sys.path[0] == "", sys.path
for name in {FOLDERS}:
    assert importlib.import_module(name).WHOSE == "theirs", name
for name in {ours}:
    importlib.import_module(name)
import datasets, accord.datasets.errors
assert datasets.WHOSE == "theirs" and accord.datasets.errors.__name__ == "accord.datasets.errors"
assert not [name for name in sys.modules if name.startswith("datasets.")]
"""
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_window_that_opens_does_not_wait_for_the_simulator() -> None:
    program = "import sys, accord.app.ui.main; assert not {'mujoco', 'mink', 'torch'} & set(sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
