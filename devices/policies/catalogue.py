"""Policies by name, as on the command line.

``base`` is the mean of the base policy of that name in the library, ``base#2`` the second of its members, and
``ws://127.0.0.1:8000`` what a server at that address says.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from accord.datasets.policy_file import load
from accord.datasets.schema import Schema
from accord.devices.errors import DeviceError
from accord.devices.policies.ensemble import EnsemblePolicy
from accord.devices.policies.policy import Distant, Policy
from accord.devices.policies.remote import RemotePolicy
from accord.devices.policies.views import Views


@dataclass(frozen=True, slots=True)
class PolicyName:
    """Which policy, taken apart."""

    text: str
    """As it was typed; what a file says about who drove."""
    base: str = ""
    """Name of a base policy; empty for a remote one."""
    member: int | None = None
    """Which of its members, from 1; None for the mean of all."""

    @property
    def remote(self) -> bool:
        """Whether somebody else serves it."""
        return not self.base

    @classmethod
    def read(cls, text: str) -> "PolicyName":
        """Take a name apart.

        Raises:
            DeviceError: if it is none.
        """
        if "://" in text:
            return cls(_checked_address(text))
        base, hash_, member = text.partition("#")
        if not base or (hash_ and not (member.isascii() and member.isdigit())):
            raise DeviceError("a policy NAME, NAME#MEMBER or ws://HOST:PORT", repr(text), "name one of these three")
        return cls(text, base, int(member) if hash_ else None)


def _checked_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        whole = parts.scheme in ("ws", "wss") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        whole = False
    if not whole:
        raise DeviceError("the address of a policy server", repr(text), "write it as ws://HOST:PORT")
    return text


@dataclass(frozen=True, slots=True)
class Sight:
    """What a remote policy is shown beside the numbers."""

    views: tuple[str, ...] = ()
    """Names of the views; none for a policy that sees no pictures."""
    width: int = 224
    """Of every picture [px]; what openpi's own policies are fed with."""
    height: int = 224
    """[px]"""

    def __post_init__(self) -> None:
        if len(set(self.views)) < len(self.views):
            raise DeviceError("each view once", ",".join(self.views), "name it once")


@contextmanager
def opened(
    name: PolicyName, folder: Path | None, steps: Schema, prompt: str, sight: Sight = Sight(), model_xml: str = ""
) -> Iterator[Policy | Distant]:
    """A policy, closed again at the end.

    Args:
        name: which.
        folder: of the base policy; a remote one needs none.
        steps: what a step of the robot holds.
        prompt: what the robot shall do, for a remote policy.
        sight: what a remote policy sees.
        model_xml: the scene, for its pictures.

    Raises:
        AccordError: if it is not there, or made for another robot.
    """
    with ExitStack() as close:
        if name.remote:
            views = Views(model_xml, sight.views, sight.width, sight.height) if sight.views else None
            if views is not None:
                close.callback(views.close)
            yield close.enter_context(RemotePolicy(name.text, prompt, views))
            return
        if folder is None:
            raise DeviceError("the folder of a base policy", "none", "name it")
        base = load(folder)
        base.observed.check(np.dtype(steps.dtype))
        base.commanded.check(np.dtype(steps.dtype))
        yield EnsemblePolicy(base, name.member)
