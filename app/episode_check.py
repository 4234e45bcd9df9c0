"""Checking one episode: whether it is whole, whether its commands give its states back, and its states its pictures."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accord.datasets.episode import Episode
from accord.datasets.episode_info import CameraInfo, Ending
from accord.datasets.errors import AccordError
from accord.datasets.images import decode, encode
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.replay import replay

SPREAD = 12
"""Pictures of each view that are drawn again, from the first to the last."""
MARGIN_DB = 2.0
"""How much further a recorded picture may be from the one drawn again than encoding takes that one from itself [dB].

The same simulator and OpenGL give the recorded bytes again, so the margin is for another OpenGL. Measured with pictures
of llvmpipe drawn again by softpipe, Mesa's other rasteriser: at most 0.6 dB; by llvmpipe from the state of one step
later, while the arm moved: 5 to 7 dB in the middle.
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of looking into one episode."""

    wrong: tuple[str, ...]
    """One sentence for each thing."""
    text: str
    """What it holds, and what was verified."""


@dataclass(slots=True)
class Redrawn:
    """Recorded pictures beside those that their states give now."""

    of: int
    """Pictures that were recorded."""
    compared: int = 0
    same: int = 0
    """Equal byte for byte."""
    worst_db: float = 0.0
    """How much further than encoding takes it the worst one is off [dB]."""

    def __str__(self) -> str:
        equal = "all" if self.same == self.compared else f"{self.same}"
        worst = "" if self.same == self.compared else f", the others within {self.worst_db:.1f} dB of encoding error"
        return f"{self.compared} of {self.of} images drawn again, {equal} byte for byte{worst}"


def lost_words(episode: Episode) -> str:
    """``, 12 of 180 images lost`` where anything was; empty where nothing was."""
    images = sum(episode.images_lost(camera.name) for camera in episode.cameras)
    of = images + sum(len(episode.image_times(camera.name)) for camera in episode.cameras)
    steps = f", {episode.steps_lost} steps lost" if episode.steps_lost else ""
    return f"{steps}, {images} of {of} images lost" if images else steps


def check_episode(path: Path, replayed: bool) -> Checked:
    """Look into an episode.

    Args:
        path: of its file.
        replayed: also replay what was simulated.

    Raises:
        AccordError: if it cannot be read.
    """
    with Episode(path) as episode:
        wrong = list(_wrong(episode))
        text = f"{len(episode)} steps, {episode.duration_s:.1f} s{lost_words(episode)}"
        if replayed and episode.info.simulator and "physics/state" in episode.info.schema and len(episode):
            wrong.extend(_wrong_commands(episode))
            text += ", commands give every state bit for bit"
            if episode.model_xml():
                redrawn = Redrawn(sum(len(episode.image_times(camera.name)) for camera in episode.cameras))
                wrong.extend(_wrong_pictures(episode, redrawn))
                text += f", {redrawn}"
        if episode.ending is not Ending.COMPLETE:
            text += "; ".join((f"; incomplete: {episode.reason}", *_wrong_scene(episode)))
        return Checked(tuple(wrong), text)


def _wrong(episode: Episode) -> Iterator[str]:
    if np.any(np.diff(episode.t_ns) <= 0):
        yield "its clock does not always go on"
    missing = int(np.sum(np.diff(episode.field("step")) - 1))
    if missing != episode.steps_lost:
        yield f"{missing} steps are missing, the file speaks of {episode.steps_lost}"
    yield from _wrong_numbers(episode)
    for camera in episode.cameras:
        yield from _wrong_images(episode, camera.name)
    if episode.ending is Ending.COMPLETE:  # a recorder that was killed may have saved a picture, but not yet its step
        yield from _wrong_scene(episode)


def _wrong_scene(episode: Episode) -> Iterator[str]:
    """Pictures of what came before the first step or after the last; those of a real camera show none."""
    numbers = episode.field("step")
    for camera in episode.cameras:
        shown = episode.image_steps(camera.name)
        shown = shown[shown >= 0]
        inside = (shown >= numbers[0]) & (shown <= numbers[-1]) if len(numbers) else np.zeros(len(shown), bool)
        if not np.all(inside):
            yield f"{np.count_nonzero(~inside)} images of view {camera.name} show steps outside the episode"


def _wrong_numbers(episode: Episode) -> Iterator[str]:
    """What may be left empty is NaN there; anything else that is no number is damage."""
    for field in episode.info.schema:
        if np.dtype(field.dtype).kind == "f" and not _may_be_empty(field.name):
            broken = ~np.isfinite(episode.field(field.name))
            if np.any(broken):
                yield f"{field.name} holds numbers that are not finite"


def _may_be_empty(name: str) -> bool:
    """A score without a base policy, joints and fingers that nobody leads, a device's numbers where there is none."""
    return name.startswith("score/") or name.endswith("/posture") or name in ("requested/fingers", "input/raw")


def _wrong_images(episode: Episode, camera: str) -> Iterator[str]:
    times = episode.image_times(camera)
    if np.any(np.diff(times) <= 0):
        yield f"the clock of view {camera} does not always go on"
    for i in range(len(times)):
        decode(episode.encoded(camera, i))


def _wrong_commands(episode: Episode) -> Iterator[str]:
    """Commands to states: every state of the episode, from its first one on."""
    if np.any(np.diff(episode.field("step")) != 1):
        yield "it cannot be replayed, because steps are missing"
        return
    sent = (episode.field("sent/twist"), episode.field("sent/gripper"))
    commands = np.concatenate([values.reshape(len(episode), -1) for values in sent], axis=1)
    states = episode.field("physics/state")
    led, bent = (
        episode.field(name) if name in episode.info.schema else None for name in ("sent/posture", "sent/fingers")
    )
    try:
        again = replay(episode.info.task, states[0], commands, episode.info.rate_hz, episode.model_xml(), led, bent)
    except AccordError as error:
        yield f"its scene cannot be built again ({error})"
        return
    if not np.array_equal(again, states):
        first = int(np.flatnonzero(np.any(again != states, axis=1))[0])
        made_by = f"{episode.info.simulator}, accord {episode.info.software.get('accord', 'unknown')}"
        yield f"its commands lead elsewhere from step {first} on (recorded with {made_by})"


def _wrong_pictures(episode: Episode, redrawn: Redrawn) -> Iterator[str]:
    """States to pictures: a spread over each view."""
    xml, states, number = episode.model_xml(), episode.field("physics/state"), episode.field("step")
    for size in {(camera.width, camera.height) for camera in episode.cameras}:
        views = [camera for camera in episode.cameras if (camera.width, camera.height) == size]
        try:
            with Renderer(xml, *size) as renderer:
                for camera in views:
                    yield from _wrong_view(episode, camera, renderer, dict(zip(number, states, strict=True)), redrawn)
        except AccordError as error:
            yield f"its pictures cannot be drawn again ({error})"


def _wrong_view(
    episode: Episode,
    camera: CameraInfo,
    renderer: Renderer,
    states: dict[int, NDArray[np.float64]],
    redrawn: Redrawn,
) -> Iterator[str]:
    shown = episode.image_steps(camera.name)
    known = [i for i, step in enumerate(shown) if step in states]  # of a step that was lost there is no state
    spread = np.unique(np.linspace(0, len(known) - 1, min(SPREAD, len(known))).astype(int))
    for index in (known[i] for i in spread):
        recorded = episode.encoded(camera.name, index)
        picture = renderer.draw(states[shown[index]], camera.name)
        again = encode(picture, camera.codec, camera.quality)
        redrawn.compared += 1
        if again == recorded:
            redrawn.same += 1
            continue
        off_db = _decibels(decode(recorded), picture) - _decibels(decode(again), picture)
        redrawn.worst_db = max(redrawn.worst_db, off_db)
        if off_db > MARGIN_DB:
            yield f"image {index} of view {camera.name} is {off_db:.1f} dB off what its state looks like"
            return


def _decibels(picture: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """Mean squared difference of two pictures of one shape [dB]; where there is none, that of a tenth of one step."""
    square = np.mean((picture.astype(np.float64) - other) ** 2)
    return 10.0 * math.log10(max(float(square), 1e-2))
