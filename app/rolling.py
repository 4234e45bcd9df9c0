"""Rolling: one rollout after another on one simulated robot, by the loop that records demonstrations.

Nothing of that loop is left out or replaced but the clock: it observes, asks the source, limits, writes the step and
applies it, so limits, records and the success test are those of collecting. The clock goes on by a period per turn and
stands still while a policy on this machine thinks. How long it stands still for a remote one is a matter of `Asking`.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from accord.app.report import CancelledError
from accord.app.rollout import OUT_OF_TIME, Rollout, RolloutPlan
from accord.app.rollout_episode import RolloutWriter
from accord.datasets.errors import AccordError
from accord.datasets.schema import Schema
from accord.devices.policies.catalogue import opened
from accord.devices.policies.policy import Distant, Policy
from accord.devices.policies.remote import FIRST_WITHIN_S
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.policy import Asking, PolicySource
from accord.recorders.step_log import StepLog
from accord.recorders.stepped import Stepped


class Rolling:
    """A workcell and a policy. Use it in one thread, and close it."""

    def __init__(self, plan: RolloutPlan, policy: Policy | Distant | None = None) -> None:
        """Build the scene; the policy that the plan names is opened with the first rollout.

        Args:
            plan: what all rollouts have in common.
            policy: a policy to use in place of the one that the plan names.

        Raises:
            AccordError: if the scene cannot be built.
        """
        self._plan = plan
        self._robot = Workcell(plan.task, plan.rate_hz, arm=plan.arm)
        self._stepped = Stepped(self._robot)
        self.schema: Schema = self._stepped.schema
        self._close = ExitStack()
        self._writer = RolloutWriter(plan, self._robot, self.schema)
        self._given, self._policy = policy, policy

    def open(self) -> Policy | Distant:
        """The policy; opened anew after it failed.

        Raises:
            AccordError: if it is not there, or made for another robot.
        """
        if self._policy is None:
            plan, robot = self._plan, self._robot
            policy = opened(plan.policy, plan.folder, self.schema, plan.instruction, plan.sight, robot.model_xml)
            self._policy = self._close.enter_context(policy)
        return self._policy

    @property
    def arm(self) -> str:
        """Name of the robot's arm."""
        return self._robot.arm

    @property
    def stages(self) -> tuple[str, ...]:
        """Names of the task's stages."""
        return tuple(stage.name for stage in self._robot.task.stages)

    def try_out(self, seed: int) -> None:
        """Ask the policy once at the start of this scene, with the patience that a first answer takes.

        Raises:
            AccordError: if the policy cannot be opened, does not answer, or gives no commands for this robot.
        """
        policy, robot, plan = self.open(), self._robot, self._plan
        robot.reset(seed, plan.variation)
        asking = Asking(wait_s=FIRST_WITHIN_S, patience_s=FIRST_WITHIN_S)
        source = PolicySource(policy, plan.policy.text, robot.observation_fields, plan.rate_hz, robot, asking)
        now_ns = time.monotonic_ns()
        source.command(robot.observe(now_ns), now_ns)
        if source.failure is not None:
            raise source.failure

    def roll(self, number: int, seed: int, stopped: Callable[[], bool] = lambda: False) -> Rollout:
        """One rollout, from the reset until success, the time limit, or the loss of the policy.

        Args:
            number: in the evaluation, from 0.
            seed: of the scene.
            stopped: asked at every turn; True ends it at once.

        Raises:
            AccordError: if the policy cannot be opened, or the scene not be set.
            CancelledError: if it was stopped.
        """
        policy = self.open()
        began_ns, wall_ns = time.monotonic_ns(), time.time_ns()
        robot, plan = self._robot, self._plan
        source = PolicySource(policy, plan.policy.text, robot.observation_fields, plan.rate_hz, robot, plan.asking)
        steps, values = self._drive(source, seed, began_ns, stopped)
        if source.failure is not None:
            self._hang_up()
        success = bool(steps["success"][-1])
        done = Rollout(
            number=number, seed=seed, success=success, stage=int(steps["stage"].max()),
            duration_s=float(steps["t_ns"][-1] - steps["t_ns"][0]) / 1e9, steps=len(steps),
            held=int(np.count_nonzero(steps["hold"])), seconds=(time.monotonic_ns() - began_ns) / 1e9,
            reason="" if success else str(source.failure or OUT_OF_TIME), too_late=source.too_late, values=values,
        )  # fmt: skip
        return self._kept(done, steps, (began_ns, wall_ns), stopped)

    def _drive(
        self, source: PolicySource, seed: int, began_ns: int, stopped: Callable[[], bool]
    ) -> tuple[NDArray[np.void], dict[str, float]]:
        """Every step, and what the reset drew."""

        def over(_: StepLog) -> bool:
            if stopped():
                raise CancelledError
            return source.failure is not None

        plan, stepped = self._plan, self._stepped
        steps = stepped.drive(source, seed, plan.variation, limit_s=plan.limit_s, began_ns=began_ns, over=over)
        return steps, dict(self._robot.values)

    def _kept(
        self, done: Rollout, steps: NDArray[np.void], began: tuple[int, int], stopped: Callable[[], bool]
    ) -> Rollout:
        """With the episode that it became, or its last picture, where they are wanted."""
        try:
            if self._plan.thumbnails and not done.success:
                done = replace(done, picture=self._writer.thumbnail(steps[-1]))
            if self._plan.keep.wants(done.number, done.success):
                done = replace(done, episode=self._writer.write(done, steps, began, stopped))
        except CancelledError:
            raise
        except (AccordError, OSError) as error:
            return replace(done, problem=f"The rollout of seed {done.seed} was not kept. {error}")
        return done

    def _hang_up(self) -> None:
        self._policy = self._given
        self._close.close()

    def close(self) -> None:
        """Let go of policy, OpenGL and robot."""
        self._hang_up()
        self._writer.close()
        self._robot.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()
