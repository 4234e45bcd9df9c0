"""Desk: what lies on a person's desk. Its devices, each in a process of its own where it has to be, and their profiles.

The window and the command line have one each; sessions come and go. It knows no Qt and no robot.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from hashlib import blake2s
from pathlib import Path
from typing import Final

from accord.app.config_folder import config_folder
from accord.app.errors import AppError
from accord.app.gives import usual
from accord.app.watched import Reading, Watched
from accord.datasets.input_info import InputInfo
from accord.devices.errors import DeviceError
from accord.devices.inputs.kinds import kind_named
from accord.devices.mapping import Frame
from accord.devices.mapping import Mapping as AxisMapping
from accord.devices.profiles import Profiles
from accord.devices.setup import Setup, load_setups, save_setups
from accord.devices.sources.driver import Driver
from accord.devices.sources.held import Held, devices_of
from accord.recorders.status import LoopStatus

ALWAYS: Final = (Setup("keyboard", "keyboard"), Setup("spacemouse", "spacemouse"))
"""What every desk has."""


class Desk:
    """The devices of one desk. Advanced by `tick`, some times a second."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read what is set up; nothing runs yet. A file that cannot be read is left as it is; see `problem`.

        Args:
            folder: where it is kept; None for the person's own.
        """
        self.folder = config_folder() if folder is None else folder
        self._path = self.folder / "devices.toml"
        self.profiles, self.calibrations = Profiles(self.folder / "profiles"), self.folder / "calibrations"
        self._own, self.problem = _loaded(self._path)
        """`problem`: why nothing of the person's own is here, in one sentence; empty if all is well."""
        self._processes: dict[str, Watched] = {}
        self._parting: dict[str, Watched] = {}
        self._driving: frozenset[str] = frozenset()
        self._watched: frozenset[str] = frozenset()

    # What there is ---------------------------------------------------------------------------------------------

    @property
    def setups(self) -> tuple[Setup, ...]:
        """Every device in an order that stays: what every desk has, as the person set it up, then the person's own."""
        mine = {setup.name: setup for setup in self._own if setup.known}
        always = [mine.pop(setup.name, setup) for setup in ALWAYS]
        return (*always, *mine.values())

    @property
    def doubt(self) -> str:
        """Which devices are of a kind that is not here, in one sentence; empty for none. They stay in the file."""
        unknown = [setup for setup in self._own if not setup.known]
        if not unknown:
            return ""
        found = f"no kind {' and '.join(sorted({setup.kind for setup in unknown}))}"
        called = " and ".join(setup.name for setup in unknown)
        return str(DeviceError(f"what drives {called}", found, "install its plug-in again, or remove it"))

    def setup(self, name: str) -> Setup:
        """The device of this name.

        Raises:
            DeviceError: naming those that there are.
        """
        found = {setup.name: setup for setup in self.setups}
        if name not in found:
            raise DeviceError("a device of this desk", repr(name), f"choose one of {', '.join(found)}")
        return found[name]

    @property
    def drivers(self) -> Mapping[str, Driver]:
        """Every device that can drive, by name; see `source_names`."""
        kinds = {setup.name: kind_named(setup.kind) for setup in self.setups}
        return {name: Driver(kind.name, kind.hands, usual(kind)) for name, kind in kinds.items() if kind.drives}

    def mapping(self, name: str) -> AxisMapping:
        """How the person drives with this device.

        Raises:
            DeviceError: if its profile cannot be read.
        """
        setup = self.setup(name)
        if setup.profile:
            return self.profiles.load(setup.profile)
        return replace(kind_named(setup.kind).mapping, frame=Frame.VIEW)

    # What may be changed ---------------------------------------------------------------------------------------

    def put(self, setup: Setup, instead_of: str = "", place: int | None = None) -> None:
        """Set a device up, or change or rename one; its process begins anew.

        Args:
            setup: how it is from now on.
            instead_of: which device it takes the place of; empty for a new one.
            place: where a new one goes among those that were set up here, as `remove` tells it; None for the end.

        Raises:
            DeviceError: if the name is taken, there is no such kind, or what shall be its pedals is none.
        """
        kind_named(setup.kind)
        self._check_pedals(setup)
        self._write(self._with(setup, instead_of, place))
        self._stop({instead_of, setup.name})

    def remove(self, name: str) -> int:
        """Forget a device; its calibration stays.

        Returns:
            Where it stood among those that were set up here.

        Raises:
            DeviceError: if it is one that every desk has, or there is none.
        """
        names = [one.name for one in self._own]
        if name not in names:
            raise DeviceError("a device that was set up here", repr(name), "choose one that you added")
        self._write(tuple(one for one in self._own if one.name != name))
        self._stop({name})
        return names.index(name)

    def choose_profile(self, name: str, profile: str) -> None:
        """Drive with this profile from now on; empty for the kind's own mapping."""
        if profile:
            self.profiles.load(profile)
        self._write(self._with(replace(self.setup(name), profile=profile), name))

    def _with(self, setup: Setup, instead_of: str, place: int | None = None) -> tuple[Setup, ...]:
        """What the person set up, with one device in the place of another, or at this place, or as the last one."""
        names = [one.name for one in self._own]
        if instead_of not in names:
            return (*self._own[:place], setup, *(() if place is None else self._own[place:]))
        return tuple(setup if one.name == instead_of else one for one in self._own)

    def _check_pedals(self, setup: Setup) -> None:
        if setup.pedals == "":
            return
        if setup.pedals == setup.name or kind_named(self.setup(setup.pedals).kind).drives:
            remedy = "choose keys or pedals of this desk, or none"
            raise DeviceError(f"pedals for {setup.name}", f"{setup.pedals!r}, which is none", remedy)

    def _write(self, setups: Sequence[Setup]) -> None:
        if self.problem:
            found = f"{self._path}, which cannot be read"
            raise DeviceError("a file of devices that may be written", found, "mend it, or move it away")
        now, problem = _loaded(self._path)
        if problem or now != self._own:
            self._own, self.problem = now, problem
            remedy = "mend it, or move it away" if problem else "look at it as it is now, then try again"
            raise DeviceError("a file of devices that nobody else changes", f"another {self._path}", remedy)
        save_setups(setups, self._path)
        self._own = tuple(setups)

    def _stop(self, names: set[str]) -> None:
        for name in names & set(self._processes):
            self._parting[name] = self._processes.pop(name)
            self._parting[name].part(time.monotonic_ns())

    # What runs -------------------------------------------------------------------------------------------------

    def watch(self, names: Sequence[str]) -> None:
        """Keep the processes of these devices, besides those that drive; others end."""
        self._watched = frozenset(names)
        self.tick()

    def hold(self, source: str) -> tuple[Held, ...]:
        """What the person holds who drives with this source; the processes of it run from now on.

        What is refused leaves who drives as it is.

        Args:
            source: ``left-gello``, ``left-gello+right-gello``, ``either:spacemouse`` …; anything else holds nothing.

        Raises:
            DeviceError: if a device or its profile is not there.
        """
        setups = [self.setup(name) for name in devices_of(source)]
        held = tuple(one for setup in setups for one in self._held(setup))
        self._driving = frozenset(name for setup in setups for name in (setup.name, setup.pedals) if name)
        self.tick()
        return held

    def _held(self, setup: Setup) -> tuple[Held, ...]:
        kind, mapping = kind_named(setup.kind), self.mapping(setup.name)
        self._check_pedals(setup)
        serial = str(setup.options.get("serial", ""))
        pedals = self.blocks(setup.pedals)[0] if setup.pedals else ""
        blocks = ("",) if kind.in_loop else self.blocks(setup.name)
        return tuple(Held(setup.name, setup.kind, mapping, setup.profile, block, serial, pedals) for block in blocks)

    def blocks(self, name: str) -> tuple[str, ...]:
        """The shared memory of a device's process, one for each hand. macOS takes names of 30 characters at most."""
        hands, digest = kind_named(self.setup(name).kind).hands, blake2s(name.encode(), digest_size=5).hexdigest()
        return tuple(f"accord-{os.getpid():x}-{digest}-{hand}" for hand in range(hands))

    def tick(self, t_ns: int | None = None) -> None:
        """See that the processes that are wanted run, and no others.

        Args:
            t_ns: now (CLOCK_MONOTONIC); None to look at the clock [ns].
        """
        now_ns = time.monotonic_ns() if t_ns is None else t_ns
        names = self._driving | self._watched | self._pedals
        wanted = {setup.name: setup for setup in self.setups if setup.name in names and self._has_process(setup)}
        self._stop(set(self._processes) - set(wanted))
        self._parting = {name: one for name, one in self._parting.items() if not one.gone(now_ns)}
        for name, setup in wanted.items():
            if name in self._parting:  # both would write into shared memory of one name
                continue
            if name not in self._processes:
                self._processes[name] = Watched(setup, self.blocks(name), self.calibrations)
                self._processes[name].start(now_ns)
            else:
                self._processes[name].mend(now_ns)

    @property
    def _pedals(self) -> frozenset[str]:
        """Keys and pedals are always listened to: they may ask for something at any time."""
        return frozenset(setup.name for setup in self.setups if not kind_named(setup.kind).drives)

    def _has_process(self, setup: Setup) -> bool:
        return setup.kind != "keyboard" and (setup.name in self._watched or not kind_named(setup.kind).in_loop)

    def readings(self, name: str) -> tuple[Reading, ...]:
        """What a device that drives or is watched says, one for each hand; nothing for others."""
        return self._processes[name].readings() if name in self._processes else ()

    def check_heard(self, held: Sequence[Held]) -> None:
        """Refuse what is held of which nobody knows yet what it is and what its numbers mean.

        Raises:
            AppError: naming it, with what it says instead.
        """
        for one in held:
            said = self._said(one)
            if one.block and (said is None or not (said.channels or (said.beat_ns and said.health.connected))):
                found = said.health.detail.rstrip(".") if said is not None and said.health.detail else "silence"
                remedy = "wait until it is there, or choose another device"
                raise AppError(f"what {one.device} says before it is recorded", found, remedy)

    def inputs(self, held: Sequence[Held], loop: LoopStatus) -> tuple[InputInfo, ...]:
        """What is written into an episode about what the person holds.

        Args:
            held: one for each hand.
            loop: which knows the devices that it reads by itself.
        """
        alone = len(held) == 1 and devices_of(loop.source) == (held[0].device,)
        return tuple(self._info(one, loop if alone and not one.block else LoopStatus()) for one in held)

    def _info(self, held: Held, loop: LoopStatus) -> InputInfo:
        said, kind = self._said(held), kind_named(held.kind)
        name, serial, channels = loop.input_name or kind.text, loop.input_serial or held.serial, kind.channels
        if said is not None:
            name, serial, channels = said.health.name, said.health.serial, said.channels
        return InputInfo(held.device, held.kind, name, serial, channels, held.profile, plain(held.mapping))

    def _said(self, held: Held) -> Reading | None:
        """What the process of a held device says; None where there is none."""
        readings, blocks = self.readings(held.device), self.blocks(held.device)
        return readings[blocks.index(held.block)] if readings and held.block in blocks else None

    def close(self) -> None:
        """End every process."""
        self._stop(set(self._processes))
        for one in self._parting.values():
            one.close()
        self._parting = {}


def _loaded(path: Path) -> tuple[tuple[Setup, ...], str]:
    try:
        return load_setups(path), ""
    except DeviceError as error:
        return (), str(error)


def plain(mapping: AxisMapping) -> dict[str, object]:
    """A mapping as values that JSON knows."""
    return asdict(mapping)
