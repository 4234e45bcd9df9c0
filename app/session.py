"""Session: the running processes, and the order of things from one episode to the next.

Advanced by `tick`, thirty times a second, by the window or by the command line. It knows no Qt.
"""

import numpy as np
from numpy.typing import NDArray

from accord.app.desk import Desk
from accord.app.driving import Driving
from accord.app.errors import AppError
from accord.app.first_word import FirstWord
from accord.app.live_policy import LivePolicy
from accord.app.meter import Meter
from accord.app.processes import Processes, Scene
from accord.app.provenance import new_info
from accord.app.readiness import check_may_begin, check_may_return
from accord.app.recorded_state import RecordedState
from accord.app.recording import Recording
from accord.app.settings import Settings, check_seed
from accord.app.snapshot import Snapshot, State
from accord.datasets.library import Library
from accord.devices.inputs.keyblock import KeyWriter
from accord.devices.sim.factor import Variation, check_variation
from accord.devices.sim.tasks import catalogue
from accord.recorders.requests import Begin, End, Hold, Request, Reset, Return, UsePolicy, UseSource
from accord.recorders.status import LoopStatus


class Session:
    """One person at one workcell, with one library."""

    def __init__(self, settings: Settings, operator: str = "", seed: int = 0, desk: Desk | None = None) -> None:
        """Open the library; nothing runs yet. A desk that is given is closed by whoever made it.

        Raises:
            AccordError: if the library cannot be opened.
        """
        check_seed(seed)
        self.settings, self.library = settings, Library.create(settings.library)
        self.operator, self.instruction, self.seed = operator, "", seed
        self.variation, self.practice = dict(settings.variation), False
        self._varied = self.variation
        self.desk, self._own_desk = desk or Desk(), desk is None
        self.driving = Driving(settings, self.desk, self._ask_loop, self._refuse_while_recording)
        self._policy, self._first_word = LivePolicy(self.library), FirstWord()
        self._processes: Processes | None = None
        self.recording = Recording(self.library.decisions)
        self._prepare()

    def _prepare(self) -> None:
        self.state = State.STARTING
        self._next_step, self._resets, self._returned = 0, 0, False
        self._message = self._failure = ""
        self._meter = Meter(self.settings.rate_hz)
        self.recording.current = None
        self._snapshot = Snapshot()

    def start(self) -> None:
        """Build the scene and start the processes; returns before they are ready. Takes about half a second.

        Raises:
            AccordError: if the scene cannot be built or there is too little shared memory.
        """
        self._prepare()
        self.scene = Scene.of(self.settings)
        self.instruction = self.instruction or self.scene.instruction
        self._processes = Processes(self.settings, self.scene)
        self._send_policy()
        self._ask_reset()

    def restart(self) -> None:
        """After a failure: everything anew; the library and the choices stay."""
        self._stop()
        self.start()

    def close(self) -> None:
        """End an episode in progress as incomplete, and every process."""
        self._stop()
        if self._own_desk:
            self.desk.close()

    def _stop(self) -> None:
        if self._processes is not None:
            self._processes.stop()
            self._processes = None

    @property
    def keys(self) -> KeyWriter | None:
        """Where the window writes the keys that are down; None while nothing runs."""
        return self._processes.keys if self._processes else None

    @property
    def _running(self) -> Processes:
        if self._processes is None:
            raise AppError("a running workcell", "one that is not started", "start it first")
        return self._processes

    def _ask_loop(self, request: Request) -> None:
        self._running.ask_loop(request)

    def _refuse_while_recording(self, aim: str) -> None:
        if self.state is State.RECORDING:
            raise AppError(f"to {aim}", "an episode that is being recorded", "end it first")

    # What may be asked for -------------------------------------------------------------------------------------

    def use_source(self, name: str) -> None:
        """Choose who drives. A hand drives at once, a scripted operator from the beginning of the next episode.

        Raises:
            AccordError: if there is no such source, an episode is being recorded, or a hand was to drive in fast time.
        """
        self.driving.choose(name)
        if self.state is State.READY:
            self.driving.begin()

    def use_view(self, view: str) -> None:
        """A person looks at this view now: forward is into its picture from here on."""
        self.driving.look_at(view, self.state in (State.READY, State.RECORDING))

    def use_policy(self, name: str) -> None:
        """Score every step against this base policy of the library; empty for none.

        Raises:
            AccordError: if it cannot be read, or an episode is being recorded.
        """
        self._refuse_while_recording("choose another base policy")
        self._policy.choose(name)
        self._meter.clear_score()
        if self._processes is not None:
            self._send_policy()

    def _send_policy(self) -> None:
        self._ask_loop(UsePolicy(self._policy.folder))

    def reset(self, seed: int | None = None) -> None:
        """Set the scene anew: with this seed, or with the next one.

        Raises:
            AppError: if an episode is being recorded, or nothing runs.
        """
        self._refuse_while_recording("set the scene anew")
        check_seed(self.seed if seed is None else seed)
        self.seed = self.seed + 1 if seed is None else seed
        self._ask_reset()

    def vary(self, variation: Variation) -> None:
        """Fix or vary factors of the scene otherwise; the scene is set anew with the same seed.

        Raises:
            AccordError: if there is no such factor or range, or an episode is being recorded.
        """
        self._refuse_while_recording("change the scene")
        check_variation(catalogue.task(self.settings.task).factors, variation)
        self.variation = dict(variation)
        self.reset(self.seed)

    def _ask_reset(self) -> None:
        if self.state is not State.FAILED:
            self._resets += 1
            self._returned = False
            self._ask_loop(Reset(self.seed, self.variation))
            self.state = State.RESETTING if self.state is not State.STARTING else State.STARTING

    def return_to(self, moment: RecordedState) -> None:
        """Practise from a recorded moment on; nothing is recorded before the scene is set anew.

        Raises:
            AppError: if an episode is being recorded, nothing is ready, or the moment is of another scene.
        """
        check_may_return(self.state, moment, self.scene)
        self._resets += 1
        self._returned = self.practice = True
        self._ask_loop(Return(moment.state, moment.gripper, moment.seed, moment.fingers))
        self.state = State.RESETTING

    def hold(self, on: bool) -> None:
        """Hold the robot, or let whoever drives go on."""
        self._ask_loop(Hold(on))

    def begin(self) -> str:
        """Begin an episode with the next step; its id.

        Raises:
            AppError: see `accord.app.readiness`.
        """
        check_may_begin(self.state, self.operator, self.driving, self.practice, self._returned, self.desk)
        running = self._running
        info = new_info(self.settings, self.scene, self._snapshot.newest, policy=self._policy.name, seed=self.seed,
                        operator=self.operator, source=self.driving.source, instruction=self.instruction,
                        inputs=self.desk.inputs(self.driving.held, self._snapshot.loop))  # fmt: skip
        self._message, self._varied = "", self.variation
        self._meter.clear_score()
        self.recording.begin(info)
        self._next_step = running.steps.head
        path = self.library.new_episode_path(info)
        running.ask_recorder(Begin(info, path, self._next_step))
        self.state = State.RECORDING
        if self.driving.scripted:
            running.ask_loop(UseSource(self.driving.source, self.seed))
        return info.id

    def end(self, outcome: str = "") -> None:
        """End the episode after the newest step; the next one may begin as soon as the scene is set.

        Args:
            outcome: ``success``, ``failure`` or ``discarded``; empty for what the scene says.

        Raises:
            AppError: if none is being recorded.
        """
        if self.state is not State.RECORDING:
            raise AppError("an episode that is being recorded", "none", "begin one first")
        outcome = outcome or ("success" if self._snapshot.success else "failure")
        self._running.ask_recorder(End(self._running.steps.head, outcome))
        self.recording.conclude(outcome, self._snapshot.elapsed_s, self._meter)
        self.seed += 1
        self._ask_reset()

    def redo(self) -> None:
        """Discard the episode, or the one that ended last, and set the same scene again.

        Raises:
            AccordError: if there is nothing to redo.
        """
        if self.state is State.RECORDING:
            self.end("discarded")
        else:
            last = self.recording.finished
            if last is not None and last.outcome == "discarded":
                raise AppError("an episode to redo", "one that is discarded already", "begin the next one")
            self.set_outcome("discarded")
        finished, self.variation = self.recording.finished, dict(self._varied)
        self.reset(finished.seed if finished is not None else self.seed)

    def set_outcome(self, outcome: str) -> None:
        """Overrule the outcome of the episode that ended last.

        Raises:
            AccordError: if there is none, or it is incomplete.
        """
        self.recording.overrule(outcome, self.operator)

    def beat(self) -> None:
        """Give a sign of life; between two ticks too, lest one that is late be taken for silence."""
        self._running.pulse.beat()

    def tick(self) -> Snapshot:
        """Give a sign of life, see what happened, and go on to what comes next."""
        running = self._running
        self.beat()
        self.desk.tick()
        batch = running.steps.since(self._next_step)
        self._next_step = batch.next_item
        self._meter.feed(batch.items, self._policy.thresholds if self.state is State.RECORDING else None)
        self._look_for_deaths(running)
        self._hear_recorder(running)
        self._look_for_reset(running.loop_board.latest())
        self._snapshot = self._take_snapshot(running, batch.items)
        return self._snapshot

    # What happens by itself ------------------------------------------------------------------------------------

    def _look_for_deaths(self, running: Processes) -> None:
        deaths = running.deaths()
        if not deaths or self.state is State.FAILED:
            return
        self._failure = deaths
        running.ask_loop(Hold(True))
        running.ask_recorder(End(running.steps.head, "incomplete", deaths))
        self.recording.conclude("incomplete", self._snapshot.elapsed_s, self._meter, deaths)
        self.state = State.FAILED

    def _hear_recorder(self, running: Processes) -> None:
        status = running.recorder_board.latest()
        over, why = self.recording.hear(status)
        self._message = status.message or running.loop_board.latest().message or self._policy.doubt
        if not over:
            return
        if why:
            self.recording.conclude("incomplete", self._snapshot.elapsed_s, self._meter, why)
        self.recording.current = None
        if self.state is State.RECORDING:
            self.state = State.READY
            self._ask_reset()

    def _look_for_reset(self, loop: LoopStatus) -> None:
        """Once the scene is set (and, at the start, drawn), the hand may drive and an episode may begin."""
        drawn = all(self._running.camera_board.latest().drawn or (0,))
        waiting = self.state in (State.RESETTING, State.STARTING)
        if waiting and loop.resets >= self._resets and drawn:
            self.state = State.READY
            if self._policy.read_again():  # thresholds that were moved meanwhile hold from the next episode on
                self._meter.clear_score()
                self._send_policy()
            if not self.driving.scripted:
                self.driving.begin()

    def _take_snapshot(self, running: Processes, steps: NDArray[np.void]) -> Snapshot:
        loop, newest = running.loop_board.latest(), running.steps.newest()
        recording, limits = self.recording, self._policy.thresholds
        pictures = {view: image for view, ring in running.images.items() if (image := ring.newest()) is not None}
        return Snapshot(
            state=self.state, task=self.settings.task, arm=self.scene.arm, instruction=self.instruction,
            operator=self.operator, source=self.driving.source, policy=self._policy.name, practice=self.practice,
            awaited=self._first_word.awaited(self.driving.source, loop, newest),
            seed=self.seed, variation=self.variation, factors=self.scene.drawn(newest), stages=self.scene.stages,
            stage=int(newest["stage"]) if newest is not None else 0,
            rate_hz=self.settings.rate_hz, time_scale=self.settings.time_scale,
            timing=self._meter.timing(loop.overruns, self.settings.time_scale), loop=loop,
            cameras=running.camera_board.latest(), recorder=running.recorder_board.latest(),
            views=tuple(running.images), pictures=pictures, steps=steps, newest=newest,
            episode=recording.current.id if recording.current else "",
            elapsed_s=recording.elapsed_s(steps, newest), recorded=recording.count,
            success=newest is not None and bool(newest["success"]), score=self._meter.score(),
            error_limit=limits.error_limit if limits else float("nan"),
            novelty_limit=limits.novelty_limit if limits else float("nan"),
            finished=recording.finished, failure=self._failure, message=self._message or recording.doubt,
        )  # fmt: skip
