"""The study's page: it says what its results say, no more and no less."""

import importlib
import json
import shutil
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
TASK = "hammer"


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "benchmarks")
    return importlib.import_module("studies.page")


def results(page: ModuleType, path: Path, lines: list[dict[str, object]]) -> object:
    path.write_text("\n".join(json.dumps(line) for line in lines))
    return page.Results(path)


def unit(cell: str, successes: int = 0, **more: object) -> dict[str, object]:
    told = {"task": TASK, "seed": 1, "cell": cell, "block": 0, "successes": successes}
    return told | {"rollouts": 0 if cell == "gather" else 50} | more


def test_the_page_and_the_picture_are_of_the_results_beside_them(page: ModuleType, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    shutil.copytree(ROOT / "docs" / "study", docs / "study")
    shutil.copy(ROOT / "docs" / "study.md", docs)
    page.write_page(page.Results(docs / "study" / "results.jsonl"), docs)
    for name in ("study.md", "study/success.svg"):
        assert (docs / name).read_text() == (ROOT / "docs" / name).read_text(), "benchmarks/study.py --page"


def test_detection_stands_beside_the_success_of_the_same_score(page: ModuleType, tmp_path: Path) -> None:
    detection = {name: {"all": value, "duration": 0.0} for name, value in (("conflict", 0.75), ("jerk", 0.5))}
    lines = [unit("gather", detection=detection), unit("conflict", 20), unit("naive", 10)]
    told = page.beside(results(page, tmp_path / "results.jsonl", lines))
    assert "| conflict | 0.750 | 40 |" in told
    assert "| jerk | 0.500 |  |" in told


def test_a_cell_that_was_not_run_has_no_row(page: ModuleType, tmp_path: Path) -> None:
    found = results(page, tmp_path / "results.jsonl", [unit("naive", 10), unit("conflict", 20)])
    assert page.done(found) == ["naive", "conflict"]
    told = page.successes(found)
    assert "filtered by conflict share" in told
    assert "departure" not in told


def test_what_was_gathered_before_there_was_the_combined_score_knows_it(page: ModuleType, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    for name in ("base", "new", "detection", "elicited", "conflicts"):
        np.savez(tmp_path / f"{name}.npz", allow_pickle=False, one=np.zeros(1))
    scores = {"one": {"conflict": 0.03, "incompatibility": 0.78}, "two": {"conflict": 0.3, "incompatibility": 0.5}}
    (tmp_path / "told.json").write_text(json.dumps({"scores": scores, "tries": 1}))
    gathered = importlib.import_module("studies.gathering").Gathered.load(tmp_path)
    assert {key: one["departure"] for key, one in gathered.scores.items()} == pytest.approx({"one": 1.2, "two": 2.0})
    assert importlib.import_module("studies.cells").ranked("departure", gathered.scores, ["two", "one"]) == [
        "one",
        "two",
    ]
