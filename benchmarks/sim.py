"""How fast the workcell is, beside plain MuJoCo doing the same steps and the same pictures, in one run.

    python benchmarks/sim.py [--tasks square-nut lift] [--rounds 5]

Per task, CPU time on one core, medians over interleaved rounds:

*steps*     physics steps/s of `Workcell.apply`, which also solves the arm's kinematics and judges the task,
            beside `mj_step` alone with the very same controls (*bare*), and beside a plain loop that solves the same
            kinematics with mink in the way of its documentation (*with IK*): nobody has the controls without that.
*pictures*  320×240 images/s of `Renderer.draw`, beside `mujoco.Renderer` with the same settings; *apart* is by how much
            the two pictures of one moment differ at most, of 255.
*rollouts*  scripted episodes per minute, all that a session does in a turn but with a clock that waits for nobody,
            on one process and on two, by the clock on the wall.
"""

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("MUJOCO_GL", "egl")

import mink
import mujoco
import numpy as np

from accord.app.trying import try_strategies
from accord.datasets.threads import at_most
from accord.devices.command import Command
from accord.devices.sim.appearance import Appearance
from accord.devices.sim.arms.catalogue import arm
from accord.devices.sim.engine import STATE, model_from
from accord.devices.sim.renderer import Renderer
from accord.devices.sim.scene import arm_xml
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.plans.catalogue import strategies
from accord.devices.sources.scripted import ScriptedOperator

STEPS = 400
"""Control steps of the episode that is repeated: eight seconds at 50 Hz."""
WIDTH, HEIGHT = 320, 240


class Episode:
    """The beginning of one scripted episode, to be done again by both."""

    def __init__(self, task: str) -> None:
        self.cell = Workcell(task)
        self.commands: list[Command] = []
        self.states, self.controls, self.targets = [], [], []
        operator = ScriptedOperator(task, strategies(task)[0], 1)
        self.cell.reset(1)
        for i in range(STEPS):
            t_ns = round(i * 1e9 / self.cell.rate_hz)
            seen = self.cell.observe(t_ns)
            sent, _ = self.cell.limits.apply(operator.command(seen, t_ns), seen, t_ns)
            self.states.append(self.cell.state())
            data = self.data()
            self.controls.append(data.ctrl.copy())
            self.targets.append((data.mocap_pos.copy(), data.mocap_quat.copy()))
            self.commands.append(sent)
            self.cell.apply(sent)
        self.model = model_from(self.cell.model_xml)
        Appearance(self.model).apply(self.data().userdata)
        self.substeps = round(1.0 / self.cell.rate_hz / self.model.opt.timestep)

    def data(self) -> mujoco.MjData:
        """A fresh one in the newest state."""
        model = model_from(self.cell.model_xml)
        data = mujoco.MjData(model)
        mujoco.mj_setState(model, data, self.cell.state(), STATE)
        return data


def ours(episode: Episode) -> None:
    episode.cell.set_state(episode.states[0])
    for command in episode.commands[:-1]:
        episode.cell.apply(command)


def bare(episode: Episode, data: mujoco.MjData) -> None:
    mujoco.mj_setState(episode.model, data, episode.states[0], STATE)
    for before, after in zip(episode.controls, episode.controls[1:], strict=False):
        change = (after - before) / episode.substeps
        for i in range(1, episode.substeps + 1):
            data.ctrl[:] = before + i * change
            mujoco.mj_step(episode.model, data)


class Plain:
    """Plain MuJoCo and mink: the arm's kinematics towards the same targets, then the same steps."""

    def __init__(self, episode: Episode) -> None:
        chosen, task = arm(episode.cell.arm), episode.cell.task
        self.episode, self.arms = episode, []
        for mount in task.mounts:
            model = model_from(arm_xml(chosen, task.hand, mount, episode.model.opt.timestep))
            hand = mink.FrameTask("hand", "site", position_cost=1.0, orientation_cost=0.5)
            rest = mink.PostureTask(model, cost=1e-2)
            start = np.zeros(model.nq)
            start[[int(model.joint(name).qposadr[0]) for name in chosen.joints]] = chosen.home
            configuration = mink.Configuration(model, start)
            rest.set_target_from_configuration(configuration)
            speeds = dict(zip(chosen.joints, chosen.joint_speed.tolist(), strict=True))
            limits = [mink.ConfigurationLimit(model), mink.VelocityLimit(model, speeds)]
            self.arms.append((configuration, hand, rest, limits, start))

    def __call__(self, data: mujoco.MjData) -> None:
        episode, period_s = self.episode, 1.0 / self.episode.cell.rate_hz
        mujoco.mj_setState(episode.model, data, episode.states[0], STATE)
        for configuration, *_, start in self.arms:
            configuration.update(start)
        for k in range(STEPS - 1):
            for number, (configuration, hand, rest, limits, _) in enumerate(self.arms):
                positions, quaternions = episode.targets[k + 1]
                turn = mink.SO3(quaternions[number])
                hand.set_target(mink.SE3.from_rotation_and_translation(turn, positions[number]))
                velocity = mink.solve_ik(configuration, [hand, rest], period_s, "daqp", damping=1e-4, limits=limits)
                configuration.integrate_inplace(velocity, period_s)
            before, after = episode.controls[k], episode.controls[k + 1]
            change = (after - before) / episode.substeps
            for i in range(1, episode.substeps + 1):
                data.ctrl[:] = before + i * change
                mujoco.mj_step(episode.model, data)


def seconds(work: Callable[[], None]) -> float:
    """CPU seconds of it."""
    began = time.process_time()
    work()
    return time.process_time() - began


def medians(rounds: int, *works: Callable[[], None]) -> list[float]:
    """Median CPU seconds of each, in interleaved rounds."""
    for work in works:
        work()
    taken = [[seconds(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*taken, strict=True)]


def steps_row(episode: Episode, rounds: int) -> str:
    data, plain = mujoco.MjData(episode.model), Plain(episode)
    works = partial(ours, episode), partial(bare, episode, data), partial(plain, data)
    mine, alone, with_ik = (episode.substeps * (STEPS - 1) / taken for taken in medians(rounds, *works))
    return f"{mine:9,.0f}  {alone:9,.0f}  {mine / alone:5.2f}  {with_ik:9,.0f}  {mine / with_ik:5.2f}"


def pictures_row(episode: Episode, rounds: int) -> str:
    chosen, views = episode.states[::10], episode.cell.cameras
    model = model_from(episode.cell.model_xml)
    model.vis.quality.offsamples = 0
    model.vis.global_.offwidth, model.vis.global_.offheight = WIDTH, HEIGHT
    data, option = mujoco.MjData(model), mujoco.MjvOption()
    mujoco.mj_setState(model, data, chosen[0], STATE)
    Appearance(model).apply(data.userdata)  # both draw the scene as this reset wanted it
    option.sitegroup[:] = 0
    with Renderer(episode.cell.model_xml, WIDTH, HEIGHT) as mine, mujoco.Renderer(model, HEIGHT, WIDTH) as plain:
        for flag in (mujoco.mjtRndFlag.mjRND_SHADOW, mujoco.mjtRndFlag.mjRND_REFLECTION):
            plain.scene.flags[int(flag)] = 0

        def draw_plain() -> np.ndarray:
            for state in chosen:
                mujoco.mj_setState(model, data, state, STATE)
                mujoco.mj_forward(model, data)
                for view in views:
                    plain.update_scene(data, view, option)
                    picture = plain.render()
            return picture

        def draw_mine() -> np.ndarray:
            for state in chosen:
                for view in views:
                    picture = mine.draw(state, view)
            return picture

        apart = int(np.abs(draw_mine().astype(int) - draw_plain()).max())
        taken = medians(rounds, draw_mine, draw_plain)
    rates = [len(chosen) * len(views) / one for one in taken]
    return f"{rates[0]:6.0f}  {rates[1]:6.0f}  {rates[0] / rates[1]:5.2f}  {apart:5d}"


def rollouts_row(task: str) -> str:
    rates = []
    for workers in (1, 2):
        began = time.monotonic()
        results = try_strategies([task], range(6), workers=workers)
        rates.append(60.0 * sum(result.share.of for result in results) / (time.monotonic() - began))
    return f"{rates[0]:6.0f}  {rates[1]:6.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tasks", nargs="*", default=["square-nut", "lift", "push-t", "handover"])
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    print("                     physics steps/s                                images/s               rollouts/min")
    print("task          accord       bare  ratio    with IK  ratio    accord   plain  ratio  apart   one     two")
    with at_most(1):
        for task in arguments.tasks:
            episode = Episode(task)
            steps, pictures = steps_row(episode, arguments.rounds), pictures_row(episode, arguments.rounds)
            print(f"{task:10} {steps}    {pictures}  {rollouts_row(task)}", flush=True)


if __name__ == "__main__":
    main()
