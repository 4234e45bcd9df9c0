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
    """How many were not: truncated, oversized or foreign; and how often asking failed."""
    rate_hz: float = 0.0
    """How often it reports, over its newest reports; 0 where that is not known [Hz]."""
    jitter_ms: float = 0.0
    """By how much the time between two reports varies: their 95th percentile less their median [ms]."""
    battery: float | None = None
    """Charge, 0 to 1; None where nothing tells [1]."""
    serial: str = ""
    """Serial number, or the port where it has none."""
    notice: str = ""
    """One line: what to know of it though nothing is wrong, or empty. It never stands in the way of `detail`."""
