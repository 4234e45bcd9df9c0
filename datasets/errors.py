"""What can go wrong, said so that the person who reads it knows what to do next."""


class AccordError(Exception):
    """One clear sentence: what was wanted, what was found, what to do.

    The command line prints it and exits with 2, the window shows it without a traceback.
    """

    def __init__(self, wanted: str, found: str, remedy: str) -> None:
        super().__init__(f"Wanted {wanted}, found {found}: {remedy}.")
        self.wanted, self.found, self.remedy = wanted, found, remedy

    def __reduce__(self) -> tuple[type["AccordError"], tuple[str, str, str]]:
        """Errors cross process borders whole."""
        return type(self), (self.wanted, self.found, self.remedy)


class DatasetError(AccordError):
    """A file or a folder of data is not what it has to be."""


class EpisodeError(DatasetError):
    """An episode file is damaged, foreign, from a newer version, or not finished."""


class LibraryError(DatasetError):
    """A library folder, a name in it or a decision about it is wrong."""


class PolicyError(DatasetError):
    """A base policy cannot be fitted, read or used on these steps."""


class ExportError(DatasetError):
    """A selection cannot be turned into this training set."""


class RenderError(DatasetError):
    """Pictures that were drawn again later cannot be made, or are not what they have to be."""
