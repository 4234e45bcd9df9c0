"""A library: a folder that a person may copy, tidy and damage, and that always says what is in it."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from episodes import made_up_images, make_episode, make_info
from hypothesis import given
from hypothesis import strategies as st

from accord.datasets.decisions import Kind
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.datasets.errors import EpisodeError, LibraryError
from accord.datasets.library import Library
from accord.datasets.names import checked_name

TOML = 'format = "accord-library"\nversion = 1\nname = "mine"\n'


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.create(tmp_path / "library")


def add(library: Library, **changes: object) -> Path:
    return make_episode(library.folder / "episodes" / "2026-09-21", steps=20, **changes)  # type: ignore[arg-type]


def left_behind(library: Library) -> Path:
    """An episode whose writer is gone: a copy of an open file has no lock."""
    info = make_info()
    writer = EpisodeWriter(library.folder / "writing" / f"{info.id}.h5", info)
    writer.flush()
    path = library.folder / "episodes" / "2026-09-22" / writer.path.name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(writer.path, path)
    writer.close(Ending.COMPLETE)
    shutil.rmtree(library.folder / "writing")
    return path


# Making and opening ----------------------------------------------------------------------------------------------


def test_a_new_library_is_named_after_its_folder_and_empty(tmp_path: Path) -> None:
    made = Library.create(tmp_path / "deep" / "nuts")
    assert made.name == "nuts"
    assert made.contents().entries == ()
    assert (made.policy_names(), made.selection_names()) == ((), ())
    assert Library(tmp_path / "deep" / "nuts").name == "nuts"
    assert Library.create(tmp_path / "deep" / "nuts").name == "nuts", "what is there is opened"


def test_an_empty_folder_becomes_one_and_a_full_one_does_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert Library.create(tmp_path / "empty").name == "empty"
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "thesis.txt").write_text("x")
    with pytest.raises(LibraryError, match="something else"):
        Library.create(tmp_path / "full")
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.txt"]


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for folder in (tmp_path / "file", tmp_path / "file" / "library", tmp_path / ("x" * 300)):
        with pytest.raises(LibraryError, match="Wanted"):
            Library.create(folder)
        with pytest.raises(LibraryError, match="a library at"):
            Library(folder)
    assert (tmp_path / "file").read_text() == "x"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (TOML.replace("1", "99"), "version 99: update Accord"),
        (TOML.replace("accord-library", "poetry"), "format 'poetry'"),
        (TOML.replace("1", '"one"'), "damaged library.toml"),
        (TOML.replace("version = 1\n", ""), "damaged library.toml"),
        (TOML.replace('name = "mine"\n', ""), "damaged library.toml"),
        ("", "damaged library.toml"),
        ("format = [", "damaged library.toml"),
        ("\x00\x01", "damaged library.toml"),
    ],
)
def test_a_library_file_that_is_wrong_is_refused_and_stays(tmp_path: Path, text: str, match: str) -> None:
    (tmp_path / "library.toml").write_text(text)
    for how in (Library, Library.create):
        with pytest.raises(LibraryError, match=match):
            how(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["library.toml"]


def test_a_library_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "library.toml").write_bytes(TOML.replace("mine", "grün").encode("latin-1"))
    with pytest.raises(LibraryError, match="damaged"):
        Library(tmp_path)


# Names -----------------------------------------------------------------------------------------------------------

BAD_NAMES = ["", ".", "..", "../x", "a/../b", "/etc/passwd", "a/b", "a\\b", "-rf", ".hidden", "a" * 65, "a b", "a\n",
             "a\0b", "ä", "a..b", "~"]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_name_that_could_leave_the_library_is_refused_everywhere(library: Library, name: str) -> None:
    for place in (library.policy_folder, library.selection_path, library.export_path, library.find):
        with pytest.raises(LibraryError, match="a name for"):
            place(name)
    if name:
        with pytest.raises(LibraryError, match="a name for"):
            Library.create(library.folder.with_name("other"), name)
        assert not library.folder.with_name("other").exists()


@given(st.text(max_size=70))
def test_a_name_that_is_allowed_is_one_folder_deep(name: str) -> None:
    try:
        checked_name(name, "a test")
    except LibraryError:
        return
    assert (Path("/library") / name).resolve().parent == Path("/library")


@pytest.mark.parametrize("name", ["a", "base-v1", "nut_2.zarr", "A" * 64, "0"])
def test_plain_names_are_allowed(name: str) -> None:
    assert checked_name(name, "a test") == name


# Contents --------------------------------------------------------------------------------------------------------


def test_episodes_are_listed_oldest_first_with_what_is_decided(library: Library) -> None:
    young, old = add(library, wall_ns=2 * 10**18), add(library, wall_ns=10**18)
    library.decisions.append("ana", old.stem, Kind.OUTCOME, "success")
    entries = library.contents().entries
    assert [entry.id for entry in entries] == [old.stem, young.stem]
    assert [entry.curation.outcome for entry in entries] == ["success", "unlabelled"]
    assert library.thumbnail(entries[0]).startswith(b"\xff\xd8")


def test_a_file_that_says_it_is_incomplete_is_so_without_a_decision(library: Library) -> None:
    add(library, ending=Ending.INCOMPLETE)
    (entry,) = library.contents().entries
    assert entry.curation.outcome == "incomplete"


def test_what_cannot_be_read_is_reported_and_the_rest_is_listed(library: Library) -> None:
    whole, lost = add(library), left_behind(library)
    day = whole.parent
    (day / "noise.h5").write_bytes(b"noise")
    (day / "empty.h5").write_bytes(b"")
    (day / "cut.h5").write_bytes(whole.read_bytes()[:20000])
    (day / "folder.h5").mkdir()
    (day / "nowhere.h5").symlink_to(day / "none")
    contents = library.contents()
    assert [entry.path for entry in contents.entries] == [whole]
    assert contents.left_behind == (lost,)
    assert len(contents.damaged) == 4
    assert all(sentence.startswith("Wanted") for sentence in contents.damaged)


def test_a_finished_episode_with_a_damaged_picture_is_damaged_and_not_left_behind(library: Library) -> None:
    """Else recovery would throw the pictures after it away."""
    camera = CameraInfo("front", 32, 24, 30.0, codec="png")
    info = make_info((camera,))
    images = [EncodedImage(b"noise", image.t_ns, image.step) for image in made_up_images(9, camera)]
    writer = EpisodeWriter(library.new_episode_path(info), info)
    writer.append_images("front", images)
    writer.close(Ending.COMPLETE)
    before = writer.path.read_bytes()
    contents = library.contents()
    assert contents.left_behind == ()
    assert len(contents.damaged) == 1
    with pytest.raises(EpisodeError, match="finished"):
        library.recover(writer.path)
    assert writer.path.read_bytes() == before


def test_an_episode_that_is_being_recorded_is_neither_listed_nor_reported(library: Library) -> None:
    info = make_info()
    writer = EpisodeWriter(library.new_episode_path(info), info)
    nothing = library.contents()
    assert (nothing.entries, nothing.left_behind, nothing.damaged) == ((), (), ())
    writer.close(Ending.COMPLETE)
    assert [entry.id for entry in library.contents().entries] == [info.id]


def test_what_was_seen_before_is_not_opened_again(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    add(library)
    before = library.contents()
    monkeypatch.setattr("accord.datasets.library.Episode", None)  # opening one would fail
    assert Library(library.folder).contents() == before


def test_a_file_that_changed_is_read_again_and_one_that_is_gone_forgotten(library: Library) -> None:
    path = add(library)
    library.contents()
    make_episode(path.parent, steps=30).replace(path)
    (entry,) = library.contents().entries
    assert entry.summary.steps == 30
    path.unlink()
    assert library.contents().entries == ()
    assert library.index.summaries() == {}


def test_a_library_that_was_moved_is_the_same_library(library: Library, tmp_path: Path) -> None:
    path = add(library)
    library.contents()
    library.decisions.append("ana", path.stem, Kind.VERDICT, "accept")
    (entry,) = Library(library.folder.rename(tmp_path / "moved")).contents().entries
    assert entry.path.parts[-4] == "moved"
    assert entry.curation.verdict == "accept"


def test_files_that_vanish_while_they_are_looked_at_do_not_matter(library: Library) -> None:
    paths = [add(library, views=()) for _ in range(6)]

    def delete_the_next(done: int, of: int) -> None:
        sorted(paths)[min(done, of - 1)].unlink(missing_ok=True)

    contents = library.contents(delete_the_next)
    assert len(contents.entries) == 1
    assert contents.damaged == ()


def test_the_index_may_be_thrown_away_and_the_decisions_may_not(library: Library) -> None:
    add(library)
    before = library.contents()
    (library.folder / "index.sqlite").unlink()
    assert library.contents() == before
    (library.folder / "index.sqlite").write_bytes(b"noise" * 1000)
    assert Library(library.folder).contents() == before
    (library.folder / "curation.sqlite").write_bytes(b"noise" * 1000)
    with pytest.raises(LibraryError, match="a log of decisions"):
        Library(library.folder)


def test_two_processes_may_open_a_new_library_at_once(tmp_path: Path) -> None:
    Library.create(tmp_path / "library")
    for name in ("curation.sqlite", "index.sqlite"):
        (tmp_path / "library" / name).unlink()
    program = """
import sys
from pathlib import Path
from accord.datasets.library import Library
sys.stdin.readline()
print(len(Library(Path(sys.argv[1])).contents().entries))
"""
    words = [sys.executable, "-W", "error", "-c", program, str(tmp_path / "library")]
    started = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ)
        for _ in range(3)
    ]
    threads = [threading.Thread(target=process.communicate, args=("go\n",)) for process in started]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [process.returncode for process in started] == [0, 0, 0]


# Finding and recovering ------------------------------------------------------------------------------------------


def test_an_episode_is_found_by_its_id_or_an_unmistakable_beginning(library: Library) -> None:
    first, second = add(library, id="aaaa" + "0" * 28), add(library, id="aabb" + "0" * 28)
    assert library.find(first.stem) == first
    assert library.find("aab") == second
    with pytest.raises(LibraryError, match="2 of them"):
        library.find("aa")
    with pytest.raises(LibraryError, match="none"):
        library.find("c")


def test_a_recovered_episode_is_listed_as_incomplete_with_the_reason(library: Library) -> None:
    path = left_behind(library)
    assert library.contents().left_behind == (path,)
    saved = library.recover(path)
    (entry,) = library.contents().entries
    assert (entry.id, entry.summary.complete) == (saved.episode, False)
    assert entry.curation.outcome == "incomplete"
    assert "killed" in entry.curation.why
    assert library.contents().left_behind == ()
