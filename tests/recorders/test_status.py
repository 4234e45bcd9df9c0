"""What a process says on its board: only what is new."""

import pytest

from accord.recorders.status import CameraStatus, LoopStatus, StatusBoard


def said(board: StatusBoard[LoopStatus]) -> int:
    return board._ring.head


@pytest.mark.parametrize("apart", [(), (0.1, -0.2), (float("nan"), 0.1)])
def test_a_status_that_says_nothing_new_is_not_said_again_whatever_its_numbers(apart: tuple[float, ...]) -> None:
    board = StatusBoard.create(LoopStatus)
    for _ in range(3):  # made anew every time, as the loop does: NaN is not equal to itself
        board.publish(LoopStatus(source="gello", apart=tuple(float(f"{angle}") for angle in apart)))
    assert said(board) == 1
    board.publish(LoopStatus(source="gello", apart=(*apart, 0.3)))
    assert said(board) == 2
    assert board.latest().apart[-1] == 0.3
    board.close()


def test_what_was_said_before_may_be_said_again_after_something_else() -> None:
    board = StatusBoard.create(CameraStatus)
    for lost in ((0,), (1,), (0,)):
        board.publish(CameraStatus(lost))
        assert board.latest() == CameraStatus(lost)
    assert board._ring.head == 3
    board.close()


def test_a_traceback_too_long_for_the_board_is_said_once_by_its_end() -> None:
    board = StatusBoard.create(LoopStatus)
    for _ in range(2):
        board.publish(LoopStatus(traceback="x" * 10_000 + "end"))
    assert board.latest().traceback.endswith("xend")
    assert said(board) == 1
    board.close()
