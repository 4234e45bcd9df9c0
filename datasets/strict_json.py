"""JSON as files of ours hold it: what is no number, or nested without end, is refused like any other damage."""

import json
from typing import Any


def parse(text: str | bytes) -> Any:
    """The value that the text says.

    Raises:
        ValueError: if it is no JSON, says Infinity or NaN, or is nested deeper than anything of ours.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as error:
        raise ValueError("JSON nested without end") from error


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant}, which is no number")
