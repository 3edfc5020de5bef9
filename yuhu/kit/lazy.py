"""Libraries that most processes never need: loaded by whoever asks first, or not at all.

A web process is mostly code that it has read. What only an upload or a point on the map needs must not stand in each
of them, nor make each start slower. Leaves to others: which libraries are worth it (the table in docs/performance.md).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any


class Library:
    """Stands for a module by name; the first attribute that is asked for loads it.

    Not importlib's LazyLoader: before Python 3.12 two threads that ask at once may see the module half loaded. Here the
    import's own lock makes the second one wait.
    """

    def __init__(self, name: str) -> None:
        self.__name = name

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(import_module(self.__name), attribute)
        # From now on an ordinary attribute: finding the block of a point takes microseconds.
        setattr(self, attribute, found)
        return found


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside, these modules cannot be imported, unless they are there already.

    For libraries that others load “if they are installed”, to offer what nobody here uses. Afterwards they can be
    imported as ever. Only while a process starts, with one thread.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment] # how the import system spells "not there"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
