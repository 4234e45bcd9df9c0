"""When the window sounds the alarm. What is heard is tested with the loudspeaker."""

from snapshots import ready, steps

from accord.app.snapshot import Snapshot
from accord.app.ui.alarm import Alarm
from accord.devices.limits import Hold
from accord.recorders.status import LoopStatus


class Counted(Alarm):
    """Makes no sound."""

    def ring(self) -> None:
        self.rung += 1


def seen(*holds: Hold, status: Hold = Hold.NONE) -> Snapshot:
    return ready(steps=steps(len(holds), hold=[int(hold) for hold in holds]), loop=LoopStatus(hold=status))


def test_it_rings_once_when_who_drove_is_lost() -> None:
    alarm = Counted()
    for holds in ((Hold.NO_SOURCE, Hold.MUST_REST), (Hold.NONE, Hold.NONE), (), (Hold.INPUT_LOST,) * 3):
        alarm.display(seen(*holds))
    assert alarm.rung == 1
    alarm.display(seen(Hold.INPUT_LOST, Hold.MUST_REST, Hold.NONE, Hold.STALE_OBSERVATION))
    assert alarm.rung == 2


def test_a_loss_of_one_step_between_two_words_of_the_loop_is_heard() -> None:
    alarm = Counted()
    alarm.display(seen(Hold.NONE, Hold.STALE_COMMAND, Hold.MUST_REST, Hold.MUST_REST, status=Hold.MUST_REST))
    assert alarm.rung == 1


def test_letting_go_and_being_lost_while_nobody_drives_are_silent() -> None:
    alarm = Counted()
    alarm.display(seen(Hold.INPUT_LOST, Hold.NONE, Hold.LET_GO, Hold.INPUT_LOST, Hold.REQUESTED))
    assert alarm.rung == 0
