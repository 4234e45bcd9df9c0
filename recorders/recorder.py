"""Recorder: follows the rings and copies what belongs to an episode into its file, counting what it missed."""

from collections.abc import Mapping
from dataclasses import replace

from accord.datasets.decisions import Decisions, Kind
from accord.datasets.episode_info import Ending
from accord.datasets.errors import AccordError
from accord.recorders.disk import Disk
from accord.recorders.image_ring import ImageRing
from accord.recorders.requests import Begin, End, Request
from accord.recorders.ring import Ring
from accord.recorders.status import RecorderStatus
from accord.recorders.take import Take

FLUSH_NS = 250_000_000
"""How often rows are put where a kill cannot take them: half of what may be lost [ns]."""
PATIENCE_NS = 1_000_000_000
"""How long an ended episode waits for its last pictures [ns]."""


class Recorder:
    """Writes episodes. The next one may begin while the last one still waits for its pictures."""

    def __init__(
        self, steps: Ring, images: Mapping[str, ImageRing], decisions: Decisions, disk: Disk, model_xml: str = ""
    ) -> None:
        self._steps, self._images, self._model_xml = steps, images, model_xml
        self._decisions, self._disk = decisions, disk
        self._next_step = steps.head
        self._next_image = {camera: ring.ring.head for camera, ring in images.items()}
        self._undrawn: Mapping[str, int] = {}  # as told last
        self._counted: Mapping[str, int] = {}  # as it was when the takes were fed last
        self._takes: list[Take] = []
        self._abandoned: list[Take] = []  # kept, because letting go of one would close its file
        self._flushed_ns = 0
        self.status = RecorderStatus(disk_free=disk.free())

    @property
    def busy(self) -> bool:
        """Whether an episode is open."""
        return bool(self._takes)

    def follow(self, request: Request, t_ns: int) -> None:
        """Begin or end an episode."""
        match request:
            case Begin():
                self._begin(request)
            case End():
                open_takes = [take for take in self._takes if take.end is None]
                for take in open_takes:
                    take.stop(request, t_ns)
                self._feed_takes()
                for take in open_takes:
                    take.seal()

    def _begin(self, begin: Begin) -> None:
        self._say(disk_free=self._disk.free())
        if self.status.disk_free < self._disk.begin_with:
            full = _full("to begin an episode", self._disk.begin_with, self.status.disk_free)
            self._say(message=full, refused=begin.info.id)
            return
        try:
            self._disk.load_ballast()
            self._takes.append(Take(begin, self._model_xml))
        except OSError as error:
            wanted = f"Wanted to begin an episode in {begin.path.parent}"
            found = error.strerror or error
            self._say(message=f"{wanted}, found {found}: choose another library.", refused=begin.info.id)
            return
        self._look_back(begin.first_step)
        self._say(message="", episode=begin.info.id, steps=0, images=(), steps_lost=0, images_lost=0)

    def _look_back(self, first_step: int) -> None:
        """The request took a moment to come: what belongs to the episode may already be in the rings."""
        self._next_step = min(self._next_step, first_step)
        if len(self._takes) == 1:
            self._next_image = {camera: max(item - 4, 0) for camera, item in self._next_image.items()}

    def _say(self, **changes: object) -> None:
        self.status = replace(self.status, **changes)  # type: ignore[arg-type]

    def tick(self, t_ns: int, undrawn: Mapping[str, int]) -> None:
        """Four times a second, copy what is new to where no kill can take it; close what is whole.

        One large block costs what many small ones do each. The rings hold two seconds.

        Args:
            t_ns: now [ns].
            undrawn: camera → pictures that were due but not drawn since the session began.
        """
        self._undrawn = undrawn
        if not self._takes:
            self._feed_takes()  # only moves the marks along
        ending = any(take.end is not None for take in self._takes)
        if t_ns - self._flushed_ns < FLUSH_NS and not ending:
            return
        self._flushed_ns = t_ns
        self._watch_disk(t_ns)
        self._feed_takes()
        for take in self._takes:
            take.flush()
        for take in [take for take in self._takes if take.whole(t_ns, PATIENCE_NS)]:
            self._close(take)
        self._report()

    def _feed_takes(self) -> None:
        """Give every take what came since the last time; nothing is copied while no episode is open."""
        before, self._counted = self._counted, self._undrawn
        if not self._takes:
            self._next_step = self._steps.head
            self._next_image = {camera: ring.ring.head for camera, ring in self._images.items()}
            return
        steps = self._steps.since(self._next_step)
        self._next_step = steps.next_item
        for take in self._takes:
            take.take_steps(steps.items)
        for camera, ring in self._images.items():
            found, self._next_image[camera], overwritten = ring.since(self._next_image[camera])
            lost = overwritten + self._undrawn.get(camera, 0) - before.get(camera, 0)
            for take in self._takes:
                take.take_images(camera, found, lost)

    def _watch_disk(self, t_ns: int) -> None:
        """End what is being recorded while there is still room to end it well."""
        free = self._disk.free()
        self._say(disk_free=free)
        for take in tuple(self._takes):
            why = _full("to go on recording", self._disk.stop_at, free) if free < self._disk.stop_at else ""
            try:
                take.make_room()
            except OSError as error:
                why = f"Wanted to go on recording, found {error.strerror}: free some space."
                if not self._find_room(take):
                    continue
            if why and take.end is None:
                self._say(message=f"{why} What was recorded so far is saved.")
                take.stop(End(self._steps.head, "incomplete", "the disk was full"), t_ns)

    def _find_room(self, take: Take) -> bool:
        """Throw the ballast overboard for this take; a take that finds no room even then is left as it is.

        Its file stays readable up to the last flush. Closing would write, and the HDF5 library does not survive that.
        """
        self._disk.drop_ballast()
        try:
            take.make_room()
        except OSError as error:
            self._takes.remove(take)
            self._abandoned.append(take)
            remedy = "free some space, close Accord and run accord recover"
            self._say(message=f"Wanted to end an episode well, found {error.strerror}: {remedy}.", closed=take.episode,
                      closed_reason="the disk was full")  # fmt: skip
            return False
        return True

    def _close(self, take: Take) -> None:
        self._takes.remove(take)
        ending, end = take.close(), take.end
        complete = ending is Ending.COMPLETE and end is not None
        outcome, why = (end.outcome, "") if complete and end else ("incomplete", end.reason if end else "stopped")
        self._say(closed=take.episode, closed_ending=int(ending), closed_reason=why, episodes=self.status.episodes + 1)
        try:
            if complete:  # whoever drove may have overruled the outcome while the last pictures were still coming
                self._decisions.append_unless_said("recorder", take.episode, Kind.OUTCOME, outcome)
            else:
                self._decisions.append("recorder", take.episode, Kind.OUTCOME, outcome, why)
        except AccordError as error:
            self._say(message=self.status.message or str(error))

    def _report(self) -> None:
        open_takes = [take for take in self._takes if take.end is None]
        closing = len(self._takes) - len(open_takes)
        if open_takes:
            take = open_takes[-1]
            lost = {"steps_lost": take.steps_lost, "images_lost": take.images_lost}
            self._say(episode=take.episode, steps=take.steps, images=take.images, closing=closing, **lost)
        else:
            self._say(episode="", closing=closing)

    def stop(self, reason: str, t_ns: int) -> None:
        """End every open episode as incomplete; `busy` until their last pictures have come, or patience is over."""
        for take in self._takes:
            take.stop(End(self._steps.head, "incomplete", reason), t_ns)


def _full(aim: str, wanted: int, found: int) -> str:
    mib = 2**20
    return f"Wanted {wanted / mib:.0f} MiB of free disk {aim}, found {found / mib:.0f} MiB: free some space."
