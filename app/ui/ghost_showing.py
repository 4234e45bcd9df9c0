"""GhostShowing: lays the leader's ghost over a page's views while it does not drive. A part of the window."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from accord.app.snapshot import Snapshot
from accord.app.ui.errand import Errand, Progress
from accord.app.ui.ghost_layer import GhostLayer
from accord.app.ui.view import View
from accord.app.ui.views import Views

if TYPE_CHECKING:
    from accord.app.ghost import Eyes, Ghost
    from accord.app.processes import Scene

_EVERY: Final = 2
"""It moves at a half of the ticks, 15 Hz: drawing it costs as much as a picture."""


class GhostShowing(QObject):
    """One for each `Views`. What is known of a scene's cameras is made in a thread when its first ghost appears."""

    failed = Signal(str)
    """One sentence."""

    def __init__(self, views: Views) -> None:
        super().__init__(views)
        self._views = views
        self._eyes: Eyes | None = None
        self._scene: Scene | None = None
        self._layers: dict[str, tuple[View, GhostLayer]] = {}
        self._points: tuple[float, ...] = ()
        self._turns = 0
        self._making = Errand(self)
        self._making.answered.connect(self._take)
        self._making.failed.connect(self.failed)

    def display(self, snapshot: Snapshot, scene: "Scene | None") -> None:
        """Show the ghost of this moment; `Views.display` comes before.

        Args:
            snapshot: with `LoopStatus.ghost`.
            scene: whose cameras; None while there is no session.
        """
        points, newest = snapshot.loop.ghost, snapshot.newest
        if not points or scene is None or newest is None or "physics/state" not in (newest.dtype.names or ()):
            self._show({}, snapshot.views)
            self._points = ()
            return
        if scene is not self._scene:
            self._look_at(scene)
        self._turns += 1
        # The hand's own camera does not move while the robot is held; after a second it is looked up all the same.
        if self._eyes is not None and self._turns % _EVERY == 0 and (points != self._points or self._turns % 30 == 0):
            self._points = points
            self._show(self._seen(self._eyes, points, newest), snapshot.views)

    def close(self) -> None:
        """Wait for what is being made."""
        self._making.close()

    def _look_at(self, scene: "Scene") -> None:
        self._scene, self._eyes = scene, None

        def work(_progress: Progress) -> "Eyes":
            from accord.app.ghost import Eyes  # noqa: PLC0415  it needs the simulator

            return Eyes(scene.model_xml, scene.cameras)

        self._making.run(work)

    def _take(self, eyes: "Eyes") -> None:
        self._eyes, self._points = eyes, ()

    def _seen(self, eyes: "Eyes", points: tuple[float, ...], newest: np.void) -> "Ghost":
        from accord.app.ghost import skeletons  # noqa: PLC0415  loaded by then

        return eyes.see(skeletons(points, newest), newest)

    def _show(self, ghost: "Ghost", views: tuple[str, ...]) -> None:
        for name in views:
            limbs = ghost.get(name, ())
            if limbs or name in self._layers:
                with suppress(KeyError):  # the views of the session before still stand there
                    self._layer(name).show_limbs(limbs)

    def _layer(self, name: str) -> GhostLayer:
        view = self._views.view(name)
        if name not in self._layers or self._layers[name][0] is not view:
            self._layers[name] = view, GhostLayer(view)
        return self._layers[name][1]
