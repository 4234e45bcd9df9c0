"""The process around the loop: opens the workcell, keeps the beat, follows requests."""

import gc
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from accord.datasets.threads import at_most
from accord.devices.limits import expires_ns
from accord.devices.sim.cameras import headings
from accord.devices.sim.workcell import Workcell
from accord.devices.sources.catalogue import Sources
from accord.recorders.clock import Clock
from accord.recorders.loop import Loop, Parts
from accord.recorders.pulse import Pulse
from accord.recorders.requests import Quit, Reset, Return, UsePolicy
from accord.recorders.ring import Ring, RingSpec
from accord.recorders.status import LoopStatus, StatusBoard
from accord.recorders.worker import Inbox, guarded, hurry

_STATUS_HZ = 20.0


@dataclass(frozen=True, slots=True)
class LoopPlan:
    """What the loop process needs to know."""

    task: str
    arm: str
    rate_hz: float
    time_scale: float
    keys_block: str
    steps: RingSpec
    status: RingSpec
    pulse: RingSpec


def run(plan: LoopPlan, connection: Connection) -> None:
    """The whole life of the loop process."""
    board = StatusBoard.attach(plan.status, LoopStatus)

    def work() -> None:
        hurry(nice=-10, real_time=True)
        with at_most(1):  # one step's matrices are too small to share; two threads would only wait
            _turn_until_quit(plan, Inbox(connection), board)

    guarded(work, lambda trace: board.publish(LoopStatus(traceback=trace)))


def _turn_until_quit(plan: LoopPlan, inbox: Inbox, board: StatusBoard[LoopStatus]) -> None:
    clock, pulse, steps = Clock(plan.time_scale), Pulse.attach(plan.pulse), Ring.attach(plan.steps)
    robot = Workcell(plan.task, plan.rate_hz, arm=plan.arm)
    views, period_s = headings(robot), 1.0 / plan.rate_hz
    sources = Sources(plan.task, plan.keys_block, views, robot.chains, period_s, robot.fingers)
    silent_after_ns = expires_ns(plan.rate_hz * plan.time_scale)  # of the clock on the wall
    parts = Parts(
        robot,
        robot,
        robot.limits,
        steps,
        clock,
        sources.make,
        sources.heading,
        lambda: pulse.silent(silent_after_ns),
        robot.chains,
    )
    loop = Loop(parts)
    _warm_up(robot, clock.now())
    gc.freeze()  # what is here now stays; collections that walk it would only make a turn late
    try:
        _keep_the_beat(loop, clock, 1e9 / plan.rate_hz, inbox, board)
    finally:
        sources.close()
        robot.close()


def _warm_up(robot: Workcell, t_ns: int) -> None:
    """The first turns of a solver load code and fill caches; that is done before anybody counts."""
    for _ in range(5):
        robot.apply(robot.limits.hold("none", robot.observe(t_ns).t_ns))
    robot.reset(0)


def _keep_the_beat(loop: Loop, clock: Clock, period_ns: float, inbox: Inbox, board: StatusBoard[LoopStatus]) -> None:
    """Turn at absolute times; a turn that is more than a period late leaves periods out instead of bunching up."""
    start, turns = clock.now(), 0
    per_status = max(1, round(1e9 / period_ns * clock.scale / _STATUS_HZ))
    while True:
        due = start + int(turns * period_ns)
        clock.wait_until(due)
        requests = inbox.waiting()
        for request in requests:
            if isinstance(request, Quit):
                return
            loop.follow(request)
            if isinstance(request, Reset | Return | UsePolicy):  # they take their time, and never while one records
                start, turns = clock.now(), 0
                due = start
        loop.turn(due)
        behind = int((clock.now() - due) // period_ns)
        if behind > 1:
            loop.status = replace(loop.status, overruns=loop.status.overruns + behind - 1)
        turns += max(behind, 1)
        if requests or turns % per_status == 0 or behind > 1:
            board.publish(loop.report())
