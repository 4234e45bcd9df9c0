"""How often something that is gone is looked for, and a block of another process that comes and goes."""

import os

import pytest

from accord.devices.inputs.patience import SEARCH_NS, Search
from accord.devices.inputs.sought import Sought


class Reader:
    """Of a block that is there."""

    def __init__(self, name: str) -> None:
        self.name, self.closed = name, 0

    def close(self) -> None:
        self.closed += 1


def test_it_is_looked_for_at_once_and_then_twice_a_second() -> None:
    search = Search()
    looked = [t_ns for t_ns in range(0, 3 * SEARCH_NS, SEARCH_NS // 5) if search.due(t_ns)]
    assert looked == [0, SEARCH_NS, 2 * SEARCH_NS]
    search.begin()
    assert search.due(2 * SEARCH_NS + 1)


@pytest.mark.parametrize("error", [FileNotFoundError(), PermissionError(), ValueError("half made")])
def test_a_block_is_taken_when_it_is_there_and_anew_when_it_may_be_another(error: Exception) -> None:
    made: list[Reader] = []
    name = f"accord-test-{os.getpid()}"

    def attach(name: str) -> Reader:
        if len(made) != 1:
            made.append(Reader(name))
            return made[-1]
        made.append(Reader(name))
        raise error

    block = Sought(attach, name)
    assert block.look(0)
    first = block.reader
    assert first is made[0]
    assert first.name == name
    assert not block.look(SEARCH_NS - 1)
    assert block.reader is first
    assert block.look(SEARCH_NS), "which closes the one before, also where there is none now"
    assert first.closed == 1
    assert block.reader is None
    assert block.look(2 * SEARCH_NS)
    assert block.reader is made[2]
    block.let_go()
    block.let_go()
    assert (block.reader, made[2].closed) == (None, 1)
