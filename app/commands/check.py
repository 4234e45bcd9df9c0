"""``accord check``: this machine, a library, or an export."""

import argparse
from dataclasses import asdict
from pathlib import Path

from accord.app.checking import Finding, Grade, check_export, check_library, check_machine
from accord.app.cli import default_library
from accord.app.commands.arguments import Line, add_json, print_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``accord check``."""
    parser.add_argument("--library", type=Path, metavar="FOLDER", help="check every file of this library")
    parser.add_argument("--replay", action="store_true", help="replay its simulated episodes as well:"
                        " commands give the states, states the images")  # fmt: skip
    parser.add_argument("--export", type=Path, metavar="PATH", help="check this training set")
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check what was named, or this machine; 1 if something is bad."""
    findings: list[Finding] = []
    if arguments.library:
        findings.extend(check_library(arguments.library, arguments.replay, Line()))
    if arguments.export:
        findings.append(check_export(arguments.export))
    if not arguments.library and not arguments.export:
        findings.extend(check_machine(default_library()))
    if arguments.json:
        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            print(f"{finding.grade:5} {finding.what}: {finding.text}")
    return 1 if any(finding.grade is Grade.BAD for finding in findings) else 0
