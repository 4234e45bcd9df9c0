from dataclasses import replace

import pytest
from snapshots import ready

from accord.app.snapshot import Finished, LiveScore, State
from accord.app.ui.words import Look, said, traceback
from accord.devices.limits import Hold
from accord.recorders.status import CameraStatus, LoopStatus


def done(outcome: str, reason: str = "") -> Finished:
    return Finished("id", outcome, 12.34, LiveScore(), saved=True, reason=reason)


def test_ready_says_which_key_begins() -> None:
    assert said(ready()).look is Look.READY
    assert "Space begins" in said(ready()).text


def test_without_a_source_it_is_a_hint_not_an_alarm() -> None:
    snapshot = ready(source="none", loop=LoopStatus(hold=Hold.NO_SOURCE, hold_text=Hold.NO_SOURCE.sentence))
    assert said(snapshot).look is Look.HINT
    assert "choose" in said(snapshot).text


def test_without_an_operator_it_asks_who_drives() -> None:
    assert "operator" in said(ready(operator="  ")).text


APPROACHED = (Hold.APART, Hold.NOT_ENGAGED)


@pytest.mark.parametrize("reason", [hold for hold in Hold if hold not in (Hold.NONE, Hold.NO_SOURCE, *APPROACHED)])
@pytest.mark.parametrize("state", [State.READY, State.RECORDING])
def test_every_other_hold_says_why(reason: Hold, state: State) -> None:
    now = said(ready(state=state, loop=LoopStatus(hold=int(reason), hold_text=reason.sentence)))
    assert now.look is Look.HOLDING
    assert reason.sentence in now.text


@pytest.mark.parametrize("reason", APPROACHED)
def test_how_a_device_is_engaged_is_said_where_that_is_done_and_there_alone(reason: Hold) -> None:
    now = said(ready(loop=LoopStatus(hold=int(reason), hold_text=reason.sentence)))
    assert (now.look, now.word) == (Look.HOLDING, "Holding")
    assert now.text == "The robot waits until the device is engaged."
    recording = said(ready(state=State.RECORDING, loop=LoopStatus(hold=int(reason), hold_text=reason.sentence)))
    assert recording.text == "The episode goes on. The robot waits until the device is engaged."
    led = LoopStatus(hold=int(Hold.LET_GO), hold_text=Hold.LET_GO.sentence, apart=(0.1, float("nan")))
    assert said(ready(loop=led)).text == now.text, "a leader with a dead-man button"


def test_a_device_that_is_about_to_speak_is_waited_for() -> None:
    loop = LoopStatus(hold=Hold.INPUT_LOST, hold_text="Held.", input_detail="Plug it in.")
    now = said(ready(source="spacemouse", loop=loop, awaited=True))
    assert (now.look, now.word, now.text) == (Look.QUIET, "Waiting for SpaceMouse…", "")


def test_a_lost_device_adds_what_the_device_says() -> None:
    loop = LoopStatus(hold=Hold.INPUT_LOST, hold_text="Held.", input_detail="Plug it in.")
    assert said(ready(loop=loop)).text == "Held. Plug it in."


def test_a_person_is_told_that_the_scene_is_done_and_ends_it_herself() -> None:
    recording = ready(state=State.RECORDING)
    assert said(recording).look is Look.RECORDING
    assert said(replace(recording, success=True)).look is Look.DONE
    assert "Space ends" in said(replace(recording, success=True)).text


def test_a_script_is_said_to_end_by_itself() -> None:
    assert "script" in said(ready(state=State.RECORDING, source="scripted:across-then-down", success=True)).text


def test_after_an_episode_the_other_outcome_is_one_key_away() -> None:
    assert "success, 12.3 s. N if" in said(ready(finished=done("success"))).text
    assert "failure, 12.3 s. Y if" in said(ready(finished=done("failure"))).text
    assert "takes it back" in said(ready(finished=done("discarded"))).text


def test_an_incomplete_episode_says_why() -> None:
    assert "disk full" in said(ready(finished=done("incomplete", "disk full"))).text


def test_practice_keeps_nothing_and_says_so() -> None:
    assert "nothing is kept" in said(ready(practice=True)).text
    assert "choose a device" in said(ready(practice=True, source="scripted:down-then-across")).text


def test_a_failure_says_what_died_and_what_is_kept() -> None:
    failed = ready(state=State.FAILED, failure="the camera process was killed by SIGKILL")
    assert said(failed).look is Look.FAILED
    assert said(failed).text.startswith("The camera process")
    assert "incomplete" in said(replace(failed, finished=done("incomplete"))).text
    assert traceback(replace(failed, cameras=CameraStatus(traceback="Traceback"))) == "Traceback"


@pytest.mark.parametrize("source", ["keyboard", "keyboard+spacemouse", "either:keyboard"])
def test_whoever_holds_the_keyboard_is_told_where_its_keys_are(source: str) -> None:
    assert "F1 shows the keys" in said(ready(source=source)).text
