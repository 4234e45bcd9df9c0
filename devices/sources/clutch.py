"""Clutch: whether a hand drives. Nothing moves unless it is engaged, and whatever was lost has to be engaged anew.

One button or another is what a person says "now" with. Only a press that was seen from its beginning counts: nobody
means a button that was down already when the device was plugged in.
"""

from accord.devices.limits import Hold
from accord.devices.mapping import Mapping, is_down
from accord.devices.sources.drive import Drive


class Clutch:
    """Whether one device drives.

    Args:
        mapping: which buttons engage it.
    """

    def __init__(self, mapping: Mapping) -> None:
        self._mapping = mapping
        self.engaged = False
        """Whether it drives."""
        self._before: int | None = None
        self._pressed = 0
        self._asked = False

    def let_go(self) -> None:
        """Nothing moves until it is engaged anew; every press so far is forgotten."""
        self.engaged, self._before, self._pressed, self._asked = False, None, 0, False

    def ask(self, on: bool) -> None:
        """The window's own button: engage at the next turn, if it may begin then; or let go."""
        if on:
            self._asked = True
        else:
            self.let_go()

    def attend(self, buttons: int, drive: Drive) -> Hold:
        """Why it does not drive at this turn; `Hold.NONE` when it does.

        Args:
            buttons: that are down now.
            drive: which has attended already.
        """
        before = buttons if self._before is None else self._before
        pressed, released, self._before = buttons & ~before, before & ~buttons & self._pressed, buttons
        self._pressed = (self._pressed | pressed) & ~released
        asked, self._asked = self._asked, False
        dead_man = self._mapping.dead_man_button
        if dead_man is not None:
            meant, held = is_down(pressed, dead_man), is_down(buttons, dead_man)
        else:
            meant, held = drive.by_itself or asked or is_down(released, self._engages), True
        self.engaged = (held and drive.goes_on) if self.engaged else (meant and drive.ready)
        return Hold.NONE if self.engaged else self._reason(held, drive)

    @property
    def _engages(self) -> int | None:
        """Whoever has no button to engage with presses and releases the clutch."""
        button = self._mapping.engage_button
        return self._mapping.clutch_button if button is None else button

    def _reason(self, held: bool, drive: Drive) -> Hold:
        if self._mapping.dead_man_button is not None:
            if not held and drive.unready is not Hold.APART:
                return Hold.LET_GO
            if not drive.ready:
                return drive.unready
            return Hold.PRESS_ANEW if held else Hold.LET_GO
        return Hold.NOT_ENGAGED if drive.ready else drive.unready
