"""What is the machine's fault and passes: a database that is away, a disk that is full. Doors answer it with 503."""

import errno

from django.db import InterfaceError, OperationalError

# No room, over quota, larger than files may be here, and a medium that cannot be read or written.
_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EROFS})


def is_away(error: BaseException | None) -> bool:
    """Whether the same request may succeed later, without anybody changing it."""
    if isinstance(error, OSError):
        return error.errno in _DISK
    return isinstance(error, OperationalError | InterfaceError)
