from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from snapshots import picture, ready

from accord.app.snapshot import Finished, LiveScore, State
from accord.app.ui import actions
from accord.app.ui.record_panel import RecordPanel
from accord.datasets.episode_writer import EncodedImage
from accord.devices.limits import Hold
from accord.recorders.status import LoopStatus, RecorderStatus


@pytest.fixture
def panel(keep: Callable[[RecordPanel], RecordPanel]) -> RecordPanel:
    return keep(RecordPanel())


def ended(outcome: str, saved: bool = True) -> Finished:
    return Finished("id", outcome, 12.4, LiveScore(), saved)


def test_ready_offers_to_record_and_has_nothing_to_judge(panel: RecordPanel) -> None:
    panel.display(ready())
    assert panel.record.isEnabled()
    assert panel.record.text() == "Record"
    assert not any(button.isEnabled() for button in panel.outcomes.values())


def test_recording_offers_to_end_and_shows_the_time(panel: RecordPanel) -> None:
    panel.display(ready(state=State.RECORDING, elapsed_s=12.44))
    assert (panel.record.text(), panel.record.time) == ("End", "12.4 s")
    assert all(button.isEnabled() for button in panel.outcomes.values())
    assert not panel.practice.isEnabled()
    assert not panel.reset.isEnabled()


@pytest.mark.parametrize("state", [State.STARTING, State.RESETTING, State.FAILED])
def test_no_episode_begins_before_the_scene_is_set(panel: RecordPanel, state: State) -> None:
    panel.display(ready(state=state))
    assert not panel.record.isEnabled()


def test_practice_does_not_record(panel: RecordPanel) -> None:
    panel.display(ready(practice=True))
    assert not panel.record.isEnabled()
    assert panel.practice.isChecked()


def test_the_outcome_is_proposed_from_the_scene(panel: RecordPanel) -> None:
    panel.display(ready(state=State.RECORDING, success=True))
    assert panel.outcomes["success"].isChecked()


def test_the_last_outcome_shows_and_can_be_changed_until_the_next_begins(panel: RecordPanel) -> None:
    panel.display(ready(finished=ended("failure"), recorded=1))
    assert panel.outcomes["failure"].isChecked()
    assert panel.outcomes["success"].isEnabled()
    assert panel.count.text() == "1 episode recorded"
    panel.display(ready(state=State.RECORDING))
    assert not panel.outcomes["failure"].isChecked()


def test_an_incomplete_episode_cannot_be_judged(panel: RecordPanel) -> None:
    panel.display(ready(finished=ended("incomplete")))
    assert not any(button.isEnabled() for button in panel.outcomes.values())
    assert not panel.redo.isEnabled()


def test_saving_shows_and_stops_nobody(panel: RecordPanel) -> None:
    panel.display(ready(recorder=RecorderStatus(closing=1), finished=ended("success", saved=False)))
    assert panel.saving.text() == "saving…"
    assert panel.record.isEnabled()
    panel.display(ready(finished=ended("success")))
    assert panel.saving.text() == "success, 12.4 s, saved"


def test_the_last_picture_of_an_episode_stays_while_it_can_be_overruled(panel: RecordPanel) -> None:
    for shade in (40, 200):
        shown = {"front": picture(9), "wrist": picture(shade, t_ns=shade)}
        panel.display(ready(state=State.RECORDING, episode="id", views=("front", "wrist"), pictures=shown), "wrist")
        assert not panel.last.has_picture
    after = {"front": picture(0, t_ns=999), "wrist": picture(0, t_ns=999)}
    panel.display(ready(state=State.RESETTING, finished=ended("success"), pictures=after), "wrist")
    panel.display(ready(finished=ended("success"), pictures=after), "front")
    kept = panel.last.pixmap().toImage()
    assert kept.pixelColor(kept.width() // 2, kept.height() // 2).red() == 200
    panel.display(ready(state=State.RECORDING, episode="next", pictures=after))
    assert not panel.last.has_picture


def test_a_broken_last_picture_stops_nobody(panel: RecordPanel) -> None:
    broken = {"front": EncodedImage(b"no picture", 1, 1)}
    panel.display(ready(state=State.RECORDING, episode="id", pictures=broken))
    panel.display(ready(finished=ended("success")))
    assert not panel.last.has_picture


def test_an_episode_without_motion_says_which_key_discards_it_until_it_is(panel: RecordPanel) -> None:
    still = replace(ended("failure"), still="the input device was silent")
    panel.display(ready(finished=still))
    assert panel.scores.text() == f"No arm moved: {actions.DISCARD.shown_key} discards it"
    panel.display(ready(finished=replace(still, outcome="discarded")))
    assert panel.scores.text() == " "


def test_hold_shows_that_it_was_asked_for(panel: RecordPanel) -> None:
    panel.display(ready(loop=LoopStatus(hold=Hold.REQUESTED)))
    assert panel.hold.isChecked()
    panel.display(ready(loop=LoopStatus(hold=Hold.INPUT_LOST)))
    assert not panel.hold.isChecked()


@pytest.mark.parametrize("outcome", ["success", "failure", "discarded"])
def test_an_outcome_button_asks_for_its_outcome(panel: RecordPanel, outcome: str) -> None:
    asked: list[str] = []
    panel.outcome_asked.connect(asked.append)
    panel.display(ready(state=State.RECORDING))
    panel.outcomes[outcome].click()
    assert asked == [outcome]


def test_every_other_button_asks_for_its_thing(panel: RecordPanel) -> None:
    asked: list[str] = []
    for name in ("record", "redo", "practice", "hold", "reset"):
        getattr(panel, f"{name}_asked").connect(lambda name=name: asked.append(name))
    panel.display(ready(finished=ended("success")))
    for button in (panel.record, panel.redo, panel.practice, panel.hold, panel.reset):
        button.click()
    assert asked == ["record", "redo", "practice", "hold", "reset"]


def test_return_presses_the_record_button(panel: RecordPanel) -> None:
    pressed: list[bool] = []
    panel.record_asked.connect(lambda: pressed.append(True))
    panel.display(ready())
    QTest.keyClick(panel.record, Qt.Key.Key_Return)
    assert pressed


def test_every_button_has_a_name_and_tells_its_key(panel: RecordPanel) -> None:
    for button in (panel.record, panel.redo, panel.reset, panel.practice, panel.hold, *panel.outcomes.values()):
        assert button.accessibleName()
        assert button.toolTip().endswith(")")
