"""Readiness: whether an episode may begin or a moment be gone back to, and if not, why."""

from accord.app.desk import Desk
from accord.app.driving import Driving
from accord.app.errors import AppError
from accord.app.processes import Scene
from accord.app.recorded_state import RecordedState
from accord.app.snapshot import State


def check_may_begin(state: State, operator: str, driving: Driving, practice: bool, returned: bool, desk: Desk) -> None:
    """Refuse to record where something is missing.

    Args:
        state: of the session.
        operator: who drives.
        driving: who gives the commands, and what the person holds.
        practice: whether nothing is to be kept.
        returned: whether the scene stands at a moment that was recorded before, and not at its beginning.
        desk: with the devices.

    Raises:
        AppError: if the session is not ready, has no operator or source, only practises, is within a scene, or if
            a device that the person holds has not said yet what it is.
    """
    if state is not State.READY:
        raise AppError("a workcell that is ready", f"one that is {state}", "wait until it is ready")
    if practice:
        raise AppError("to record", "practice, which keeps nothing", "end the practice first")
    if returned:
        raise AppError("the beginning of a scene", "a moment within one", "set the scene anew first")
    if not operator.strip():
        raise AppError("the name of the operator", "none", "say who is driving")
    if driving.source == "none":
        raise AppError("somebody who drives", "no source", "choose a device or a scripted operator")
    desk.check_heard(driving.held)


def check_may_return(state: State, moment: RecordedState, scene: Scene) -> None:
    """Refuse to leave an episode that is being recorded, and a moment of another scene than the one that stands there.

    Raises:
        AppError: if the session is not ready, or the moment is of another scene.
    """
    if state is State.RECORDING:
        raise AppError("to go back to a recorded moment", "an episode that is being recorded", "end it first")
    if state is not State.READY:
        raise AppError("a workcell that is ready", f"one that is {state}", "wait until it is ready")
    moment.check(scene.model_xml, scene.schema)
