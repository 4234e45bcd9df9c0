"""Health: what a device says about itself."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """How a device is doing. Made anew whenever it is asked for."""

    name: str
    """What a person calls it: ``SpaceMouse Compact``, ``keyboard``."""
    connected: bool
    detail: str
    """One line: what is wrong and what to do, or empty."""
    last_report_ns: int
    """When the device last said something (CLOCK_MONOTONIC); 0 for never [ns]."""
    reports: int
    """How many reports were understood."""
    refused: int
    """How many were not: truncated, oversized or foreign."""
