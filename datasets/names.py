"""Names that become folders: what they may look like, so that none of them leaves the library."""

import re

from accord.datasets.errors import LibraryError

_ALLOWED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str, what: str) -> str:
    """The name, if it can safely be a folder.

    Args:
        name: as a person typed it.
        what: of what it is the name, for the error.

    Raises:
        LibraryError: if it is empty, too long, or could lead out of the library.
    """
    if not _ALLOWED.fullmatch(name) or ".." in name:
        remedy = "use letters, digits, dots, dashes and underscores, beginning with a letter or digit"
        raise LibraryError(f"a name for {what}", repr(name), remedy)
    return name
