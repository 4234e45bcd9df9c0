"""``accord elicit``: a lesson with a scripted operator who reacts to feedback; a person has one in the window."""

import argparse
from dataclasses import asdict

from accord.app.commands.arguments import add_json, add_library, print_json, size
from accord.app.desk import Desk
from accord.app.eliciting.attempt import Attempt
from accord.app.eliciting.elicitation import Elicitation
from accord.app.eliciting.learning import base_arm
from accord.app.eliciting.lesson import Lesson, Stage
from accord.app.eliciting.lesson_file import lesson_names, lesson_path, load
from accord.app.eliciting.plan import MEASURES, USUAL_LIMITS, Plan, default_name
from accord.app.eliciting.unattended import elicit_unattended, operator_of
from accord.app.errors import AppError
from accord.app.session import Session
from accord.app.settings import Settings
from accord.datasets.library import Library
from accord.datasets.policy_file import load as load_policy
from accord.devices.sources.catalogue import check_source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord elicit``."""
    add_library(parser)
    parser.add_argument("--resume", default="", metavar="NAME", help="go on with this lesson, as it was begun")
    parser.add_argument("--name", default="", help="of a new lesson (default: the operator's, and the policy's)")
    parser.add_argument("--policy", default="", metavar="NAME", help="the base policy to agree with")
    parser.add_argument("--task", default="", help="what to demonstrate (default: the policy's task)")
    parser.add_argument("--operator", default="", help="who drives, or stands beside the script")
    parser.add_argument("--source", default="", help="scripted:STRATEGY, what the operator does before any feedback")
    parser.add_argument("--react", type=float, default=0.7, metavar="P",
                        help="probability that feedback changes what it does (default: %(default)s)")  # fmt: skip
    parser.add_argument("--relapse", type=float, default=0.0, metavar="P",
                        help="probability, before an episode, that it falls back (default: %(default)s)")  # fmt: skip
    parser.add_argument("--partly", type=float, default=0.0, metavar="P",
                        help="how often it changes only what it was shown (default: %(default)s)")  # fmt: skip
    parser.add_argument("--accepted", type=int, default=10, metavar="N",
                        help="episodes to accept in a round (default: %(default)s)")  # fmt: skip
    parser.add_argument("--rounds", type=int, default=1, metavar="N", help="rounds (default: %(default)s)")
    usual = ", ".join(f"{limit:g} of {measure}" for measure, limit in USUAL_LIMITS.items())
    parser.add_argument("--limit", type=float, metavar="SHARE",
                        help=f"up to which an episode is accepted (default: {usual})")  # fmt: skip
    parser.add_argument("--measure", default="conflict",
                        help=f"what is limited: {' or '.join(MEASURES)} (default: %(default)s)")  # fmt: skip
    parser.add_argument("--naive", action="store_true", help="accept every success, with no feedback")
    parser.add_argument("--tries", type=int, default=4, metavar="N",
                        help="tries of a scene before another is set; 0: no end (default: %(default)s)")  # fmt: skip
    parser.add_argument("--most", type=int, default=200, metavar="N",
                        help="attempts after which it stops, to be gone on with (default: %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, help="of the first scene and of all chance")
    parser.add_argument("--size", default="320x240", metavar="WxH", help="of every view (default: %(default)s)")
    parser.add_argument("--speed", type=float, default=1.0, help="times real time")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Hold the lesson; 1 when it stopped before it was done."""
    if arguments.most < 1:
        raise AppError("one attempt or more", f"{arguments.most}", "give --most a positive number")
    library = Library(arguments.library)
    plan = _known(library, arguments.resume) if arguments.resume else _planned(library, arguments)
    check_source(plan.source, plan.task, Desk().drivers)
    operator = operator_of(plan, library)
    width, height = size(arguments.size)
    policy = load_policy(library.known_policy(plan.policy))
    settings = Settings(
        arguments.library, plan.task, base_arm(library, policy), policy.rate_hz, width=width, height=height,
        time_scale=arguments.speed,
    )  # fmt: skip
    session = Session(settings, plan.operator, plan.seed)
    held = Elicitation.resume(session, plan.name) if arguments.resume else Elicitation.begin(session, plan)
    before = len(held.lesson.skipped)
    try:
        lesson = elicit_unattended(held, operator, _Saying(held, arguments.json), arguments.most)
    finally:
        session.close()
        held.close()
        if arguments.json:
            print_json(_told(held.lesson))
    if not arguments.json:
        for left in lesson.skipped[before:]:
            print(f"left out in {left}")
    if lesson.stage is Stage.DONE:
        return 0
    if not arguments.json:
        print(f"stopped after {arguments.most} attempts: go on with --resume {plan.name}")
    return 1


def _planned(library: Library, arguments: argparse.Namespace) -> Plan:
    for option in ("policy", "operator", "source"):
        if not getattr(arguments, option):
            found = "neither it nor --resume"
            raise AppError(f"--{option} of a new lesson", found, "name it, or a lesson to go on with")
    if not arguments.source.startswith("scripted:"):
        remedy = "open the window and choose Elicit to hold a lesson with a person"
        raise AppError("--source scripted:STRATEGY", repr(arguments.source), remedy)
    policy = load_policy(library.known_policy(arguments.policy))
    limit = USUAL_LIMITS.get(arguments.measure, 0.0) if arguments.limit is None else arguments.limit
    return Plan(
        arguments.name or default_name(arguments.operator, arguments.policy), arguments.policy,
        arguments.task or policy.task, arguments.operator, arguments.seed, arguments.accepted, arguments.rounds, limit,
        arguments.measure, tries=arguments.tries, naive=arguments.naive, source=arguments.source,
        react=arguments.react, relapse=arguments.relapse, partly=arguments.partly,
    )  # fmt: skip


def _known(library: Library, name: str) -> Plan:
    if name not in lesson_names(library):
        known = ", ".join(lesson_names(library))
        remedy = f"choose one of {known}" if known else "begin one first"
        raise AppError("a lesson of this library", f"none named {name!r}", remedy)
    return load(lesson_path(library, name)).plan


class _Saying:
    """A line for every attempt."""

    def __init__(self, held: Elicitation, silent: bool) -> None:
        self._held, self._silent = held, silent

    def __call__(self, attempt: Attempt) -> None:
        """Say what became of it."""
        lesson = self._held.lesson
        if self._silent:
            return
        taken = sum(one.round == attempt.round for one in lesson.accepted)
        of = f"{taken} of {lesson.plan.accepted}, round {attempt.round}"
        print(f"{attempt.episode[:8]}  scene {attempt.scene}  {attempt.verdict}: {attempt.why}  ({of})", flush=True)


def _told(lesson: Lesson) -> dict[str, object]:
    attempts = [asdict(attempt) for attempt in lesson.attempts]
    return {
        "lesson": lesson.plan.name, "stage": lesson.stage, "round": lesson.round, "policy": lesson.policy,
        "accepted": [attempt.episode for attempt in lesson.accepted], "attempts": attempts, "skipped": lesson.skipped,
    }  # fmt: skip
