"""Take: one episode while it is being written, from its first step until its last picture has come."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode_info import Ending
from accord.datasets.episode_writer import EncodedImage, EpisodeWriter
from accord.recorders.requests import Begin, End


class Take:
    """Copies the steps and pictures that belong to one episode. It is told the time; it keeps none."""

    def __init__(self, begin: Begin, model_xml: str) -> None:
        """Make the file.

        Args:
            begin: what was asked for.
            model_xml: the compiled scene of a simulated robot, or empty.

        Raises:
            OSError: if it cannot be made.
        """
        self.episode = begin.info.id
        self.end: End | None = None
        self._writer = EpisodeWriter(begin.path, begin.info, model_xml)
        self._first = self._next = begin.first_step
        self._images_lost = {camera.name: 0 for camera in begin.info.cameras}
        self._periods_ns = {camera.name: 1e9 / camera.rate_hz for camera in begin.info.cameras}
        self._shown = {camera.name: -1 for camera in begin.info.cameras}
        self._times_ns: dict[str, int] = {}  # of the newest picture of each view, and of the newest step
        self._first_ns = self._step_ns = 0
        self._ended_ns, self._sealed, self._too_long = 0, False, False
        self.steps = 0
        """Steps that no kill can take any more."""
        self.images: tuple[int, ...] = (0,) * len(begin.info.cameras)
        """Per view, pictures that no kill can take any more."""

    @property
    def steps_lost(self) -> int:
        """Steps that are missing so far, before and between those that came."""
        return self._next - self._first - self._writer.steps

    @property
    def images_lost(self) -> int:
        """Pictures that are missing so far, of all views together."""
        return sum(self._images_lost.values())

    def take_steps(self, records: NDArray[np.void]) -> None:
        """Write those of the new steps that belong to this episode; count those that are missing between them."""
        numbers = records["step"]
        mine = records[(numbers >= self._next) & (numbers < self._limit)]
        if not len(mine):
            return
        self._first_ns = self._first_ns or int(mine["t_ns"][0])
        self._next = int(mine["step"][-1]) + 1
        self._writer.append_steps(mine)
        self._step_ns = int(mine["t_ns"][-1])

    def take_images(self, camera: str, images: Sequence[EncodedImage], lost: int) -> None:
        """Write those of the new pictures that belong to this episode.

        Args:
            camera: whose pictures.
            images: those that came since the last time.
            lost: how many were due, or drawn, in that time and will never come.
        """
        if images:
            self._shown[camera] = images[-1].step
        if not self._sealed:
            self._images_lost[camera] += lost
        mine = [image for image in images if self._first <= image.step < self._limit]
        self._writer.append_images(camera, mine)
        if mine:
            self._times_ns[camera] = mine[-1].t_ns

    @property
    def _limit(self) -> int:
        return self.end.next_step if self.end is not None else np.iinfo(np.int64).max

    def stop(self, end: End, t_ns: int) -> None:
        """The episode ends with the step before `end.next_step`; what is under way may still come.

        The word may come late: what was written from there on belongs to the next scene, and the next `flush` takes
        it back.
        """
        if self.end is None:
            self.end, self._ended_ns = end, t_ns
            self._too_long = max(self._next - 1, *self._shown.values(), -1) >= end.next_step

    def seal(self) -> None:
        """Pictures that are lost from here on were due after the end."""
        self._sealed = True

    def whole(self, t_ns: int, patience_ns: int) -> bool:
        """Whether all has come that will: every view shows something later, or patience is over."""
        if self.end is None:
            return False
        shown = all(step >= self._limit - 1 for step in self._shown.values())
        return (self._next >= self._limit and shown) or t_ns - self._ended_ns > patience_ns

    def make_room(self) -> None:
        """See that the disk has room for what comes next.

        Raises:
            OSError: if it is full. Then nothing else may be asked of this take before there is room.
        """
        self._writer.make_room()

    def flush(self) -> None:
        """Put what was written where a kill cannot take it, without what came after the end."""
        if self._too_long:
            self._cut()
        self._writer.flush()
        self.steps, self.images = self._writer.steps, tuple(self._writer.images.values())

    def _cut(self) -> None:
        """Take back what lies after the end, and what was counted as lost there."""
        self._writer.cut(self._limit)
        self._too_long = False
        steps = self._writer.written("steps/step")
        self._next = int(steps[-1]) + 1 if len(steps) else self._first
        self._step_ns = int(self._writer.written("steps/t_ns")[-1]) if len(steps) else self._first_ns
        for camera, period_ns in self._periods_ns.items():
            times_ns = self._writer.written(f"cameras/{camera}/t_ns")
            self._times_ns[camera] = int(times_ns[-1]) if len(times_ns) else self._first_ns
            # Which ones were lost is not known, but they fit between those that stay; the rest is counted at the end.
            gaps = np.diff(times_ns, prepend=self._first_ns - int(period_ns)) / period_ns
            room = int(np.sum(np.maximum(np.rint(gaps) - 1, 0)))
            self._images_lost[camera] = min(self._images_lost[camera], room)

    def close(self) -> Ending:
        """Close the file; an end with a reason, or one whose steps did not all come, makes it incomplete."""
        reason = self.end.reason if self.end is not None else "the recorder was stopped"
        if not reason and self.end is not None and self._next < self._limit:
            reason = f"the last {self._limit - self._next} steps did not come"
        ending = Ending.INCOMPLETE if reason else Ending.COMPLETE
        self._count_missing_tail()
        self._writer.close(ending, reason, self.steps_lost, self._images_lost)
        return ending

    def _count_missing_tail(self) -> None:
        """Pictures that were due before the last step and never came: whoever draws them has died or fell behind."""
        for camera, period_ns in self._periods_ns.items():
            last_ns = self._times_ns.get(camera, self._first_ns)
            self._images_lost[camera] += max(int((self._step_ns - last_ns) // period_ns), 0)
