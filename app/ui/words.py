"""Words: what the window says about the state of the session, in one line. Knows no toolkit."""

from dataclasses import dataclass
from enum import Enum, auto

from accord.app.snapshot import Finished, Snapshot, State
from accord.app.ui.approach_words import is_approached
from accord.app.ui.figures import seconds, source_text
from accord.devices.limits import Hold
from accord.devices.sources.held import devices_of


class Look(Enum):
    """One look for each thing that the session can be doing."""

    QUIET = auto()
    """Something comes by itself: starting, setting the scene."""
    READY = auto()
    HINT = auto()
    """Something is to be chosen first."""
    RECORDING = auto()
    DONE = auto()
    """Recording, and the scene sees the task done."""
    HOLDING = auto()
    FAILED = auto()


@dataclass(frozen=True, slots=True)
class Said:
    """One line."""

    look: Look
    word: str
    """The state, in a word or two."""
    text: str
    """Why, and what to do."""


def scripted(source: str) -> bool:
    """Whether nobody's hand is on it."""
    return source.startswith("scripted:")


def said(snapshot: Snapshot) -> Said:
    """What to say now."""
    match snapshot.state:
        case State.FAILED:
            return Said(Look.FAILED, "Failed", _failed(snapshot))
        case State.STARTING:
            return Said(Look.QUIET, "Starting", "The workcell comes up.")
        case State.RESETTING:
            return Said(Look.QUIET, "Setting the scene", _last(snapshot.finished))
    if snapshot.awaited:
        return Said(Look.QUIET, waiting_for(snapshot), "")
    if snapshot.loop.hold not in (Hold.NONE, Hold.NO_SOURCE):
        return Said(Look.HOLDING, "Holding", _held(snapshot))
    return _recording(snapshot) if snapshot.state is State.RECORDING else _ready(snapshot)


def waiting_for(snapshot: Snapshot) -> str:
    """What there is to say of a device that has not said anything yet."""
    return f"Waiting for {source_text(snapshot.source)}…"


def _failed(snapshot: Snapshot) -> str:
    failure = snapshot.failure[:1].upper() + snapshot.failure[1:]
    cut = snapshot.finished is not None and snapshot.finished.outcome == "incomplete"
    return f"{failure}. {'The episode until then is kept as incomplete.' if cut else 'Nothing recorded is lost.'}"


def traceback(snapshot: Snapshot) -> str:
    """What a failed process said last, for a report."""
    said = snapshot.loop.traceback, snapshot.cameras.traceback, snapshot.recorder.traceback
    return "\n".join(filter(None, said))


def _held(snapshot: Snapshot) -> str:
    text = snapshot.loop.hold_text
    if is_approached(snapshot):  # how it is engaged is said above, where that is done
        goes_on = "The episode goes on. " if snapshot.state is State.RECORDING else ""
        return f"{goes_on}The robot waits until the device is engaged."
    if snapshot.loop.hold == Hold.REQUESTED:
        return f"{text} H lets it go on."
    return f"{text} {snapshot.loop.input_detail}".strip() if snapshot.loop.hold == Hold.INPUT_LOST else text


def _recording(snapshot: Snapshot) -> Said:
    if scripted(snapshot.source):
        return Said(Look.RECORDING, "Recording", "The script ends the episode by itself. Space ends it now.")
    if snapshot.success:
        return Said(Look.DONE, "Recording", "The scene says: done. Space ends the episode.")
    return Said(Look.RECORDING, "Recording", "Space ends the episode, Backspace does it over.")


def _ready(snapshot: Snapshot) -> Said:
    if snapshot.source == "none":
        return Said(Look.HINT, "Ready", "Nobody is driving: choose who does.")
    if snapshot.practice and scripted(snapshot.source):
        return Said(Look.HINT, "Practice", "A script needs none: choose a device, or P to end the practice.")
    if snapshot.practice:
        return Said(Look.HINT, "Practice", "Drive as you like: nothing is kept. P ends the practice.")
    if not snapshot.operator.strip():
        return Said(Look.HINT, "Ready", "Say who the operator is, then Space begins an episode.")
    if snapshot.finished is not None:
        return Said(Look.READY, "Ready", _last(snapshot.finished))
    return Said(Look.READY, "Ready", f"Space begins an episode. {_drives(snapshot.source)}")


def _drives(source: str) -> str:
    if scripted(source):
        return "The script drives then."
    if "keyboard" in devices_of(source):
        return "F1 shows the keys that drive."
    return f"The {source_text(source)} drives."


def _last(finished: Finished | None) -> str:
    if finished is None:
        return ""
    if finished.outcome == "incomplete":
        return f"The last episode is incomplete: {finished.reason}."
    if finished.outcome == "discarded":
        return "The last episode does not count. Y or N takes it back."
    other = "N if it was a failure" if finished.outcome == "success" else "Y if it was a success"
    return f"Last episode: {finished.outcome}, {seconds(finished.duration_s)}. {other}; Space begins the next."
