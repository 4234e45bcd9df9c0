from collections.abc import Iterator
from pathlib import Path

import pytest
import zarr
from curation import add_policy, ids, let_go, make_library, wait_for
from PySide6.QtWidgets import QApplication

from accord.app.ui.export_page import ExportPage
from accord.datasets.decisions import Kind
from accord.datasets.library import Library
from accord.datasets.selection import Selection


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return make_library(tmp_path)


def open_page(library: Library) -> ExportPage:
    page = ExportPage(library)
    page.resize(1150, 700)
    page.show()
    page.shown()
    return page


@pytest.fixture
def page(application: QApplication, library: Library) -> Iterator[ExportPage]:
    made = open_page(library)
    wait_for(made.preview.rowCount, "the first look")
    yield made
    let_go(made)


def test_an_empty_library_says_what_to_do_first(application: QApplication, tmp_path: Path) -> None:
    page = open_page(Library.create(tmp_path / "empty"))
    wait_for(page._empty.isVisible, "the empty page")
    let_go(page)


def test_every_episode_has_a_reason(page: ExportPage, library: Library) -> None:
    library.decisions.append("curator", ids(library)[0], Kind.VERDICT, "reject")
    library.decisions.append("curator", ids(library)[1], Kind.OUTCOME, "failure")
    page.shown()
    wait_for(lambda: page.kept.text() == "kept 1 of 3", "the decisions")
    reasons = [page.choices.item(i, 4).text() for i in range(3)]
    assert reasons == ["rejected by the curator", "outcome failure is not chosen", "meets every condition"]


def test_the_rule_decides_at_once(page: ExportPage) -> None:
    assert page.kept.text() == "kept 3 of 3"
    page.rule._outcomes["success"].setChecked(False)
    assert page.kept.text() == "kept 0 of 3"
    assert not page.export.isEnabled()
    wait_for(lambda: "ask for less" in page.problem.text(), "the problem")


def test_a_limit_counts_only_with_a_policy(application: QApplication, library: Library) -> None:
    add_policy(library)
    page = open_page(library)
    wait_for(page.preview.rowCount, "the first look")
    page.rule._least.setValue(1.0)
    assert page.kept.text() == "kept 3 of 3"
    page.rule._policy.setCurrentIndex(1)
    page.rule._policy.activated.emit(1)
    wait_for(lambda: page.kept.text() == "kept 0 of 3", "the scores")
    assert "compatibility" in page.choices.item(0, 4).text()
    let_go(page)


def test_the_preview_shows_rows_as_the_trainer_sees_them(page: ExportPage) -> None:
    keys = [page.preview.item(i, 0).text() for i in range(page.preview.rowCount())]
    assert keys[:3] == ["front_image", "side_image", "action"]
    assert page.preview.item(0, 1).text() == "24 × 32 × 3 uint8"
    assert not page.preview.item(0, 2).icon().isNull()
    assert page.preview.item(2, 1).text() == "7 float32"
    assert "about" in page.estimate.text()


def test_settings_follow_the_form(page: ExportPage) -> None:
    page.form._views["side"].setChecked(False)
    page.form._container.setCurrentIndex(1)
    page.form._size.setCurrentIndex(1)
    settings = page.form.settings
    assert (settings.views, settings.container, settings.width) == (("front",), "zip", 84)
    wait_for(lambda: page.preview.item(0, 1).text() == "84 × 84 × 3 uint8", "the new preview")
    assert page._target().name == "training-set.zarr.zip"


def test_a_name_that_leads_elsewhere_is_refused(page: ExportPage) -> None:
    page.form.name.setText("../elsewhere")
    assert not page.export.isEnabled()
    assert "letters" in page.problem.text()


def test_an_export_is_written_and_told_with_its_path(page: ExportPage, library: Library) -> None:
    page.form.name.setText("set-1")
    wait_for(lambda: not page._looking.running and not page._settle.isActive(), "the preview")
    page.start()
    wait_for(lambda: "set-1.zarr" in page.report.text, "the report", 120)
    target = library.export_path("set-1.zarr")
    assert "3 episodes" in page.report.text
    assert zarr.open_group(target, mode="r")["meta/episode_ends"].shape == (3,)
    assert Selection.load(library.selection_path("set-1")).kept == tuple(ids(library))
    page.report.acted.emit()
    assert QApplication.clipboard().text() == str(target)
    wait_for(lambda: "exists" in page.problem.text(), "that the name is taken")
    assert not page.export.isEnabled()


def test_a_cancelled_export_leaves_nothing(page: ExportPage, library: Library) -> None:
    told: list[str] = []
    page.say.connect(told.append)
    page.start()
    wait_for(lambda: page.job.running, "the job")
    page.job.cancel()
    wait_for(lambda: not page.job.running, "the end", 60)
    assert "nothing of it is left" in told[0]
    exports = library.folder / "exports"
    assert not exports.exists() or not list(exports.iterdir())


def test_a_saved_selection_decides_instead_of_the_rule(page: ExportPage, library: Library) -> None:
    kept = Selection("mine", page.selection.rule, page.selection.rows[:1])
    library.selection_path("mine").parent.mkdir()
    kept.save(library.selection_path("mine"))
    page.shown()
    wait_for(lambda: page.rule._selection.count() == 2, "the selection")
    page.rule._selection.setCurrentIndex(1)
    page.rule._selection.activated.emit(1)
    assert page.kept.text() == "kept 1 of 1"
    assert not page.rule._rule.isVisible()
