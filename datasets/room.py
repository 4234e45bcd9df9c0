"""Room: disk blocks taken for a file before they are needed, so that writing it cannot fail for want of them.

The HDF5 library does not survive a full disk: a write that fails inside it leaves the process to crash later (seen with
HDF5 2 and h5py 3.16: SIGSEGV on closing). So the blocks are asked for beforehand, from the system, whose "no" is an
ordinary error that comes while there is still room to end the file well.
"""

import ctypes
import errno
import os
import sys

_KEEP_SIZE = 1
"""FALLOC_FL_KEEP_SIZE of <linux/falloc.h>: take the blocks, leave the file's length as it is."""
_UNKNOWN = (errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL)


def take_room(descriptor: int, ahead: int) -> None:
    """See that a growing file has room before its end. Takes microseconds when the blocks are there already.

    The library cuts a file back to its end at every flush, and with it what was taken: so ask before each block.

    Args:
        descriptor: of the file, open for writing.
        ahead: how much is wanted [B].

    Raises:
        OSError: if the disk has no more.
    """
    _allocate(descriptor, os.fstat(descriptor).st_size, ahead)


def give_back_room(descriptor: int) -> None:
    """Free what was taken and not used."""
    os.ftruncate(descriptor, os.fstat(descriptor).st_size)


def _allocate(descriptor: int, first: int, length: int) -> None:
    """Does nothing on systems and file systems that know no such thing."""
    if not sys.platform.startswith("linux"):
        return
    libc = ctypes.CDLL(None, use_errno=True)
    call = getattr(libc, "fallocate64", libc.fallocate)
    if call(descriptor, _KEEP_SIZE, ctypes.c_int64(first), ctypes.c_int64(length)) == 0:
        return
    number = ctypes.get_errno()
    if number not in _UNKNOWN:
        raise OSError(number, os.strerror(number))
